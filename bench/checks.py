"""What the check at the door costs: the documented sends, and a carousel of ten cards.

The check alone is a pure function; the whole examination is what every request of an account in
strict mode goes through, with its template, media and products at hand.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import request

from waypost.accept.examiner import Examiner, FoundMedia, FoundProducts
from waypost.model.account import Account, AccountKind, AccountState
from waypost.model.catalogue import Product
from waypost.model.medium import Medium, MediumKind
from waypost.model.sender import Sender
from waypost.model.submission import Submission
from waypost.model.template import Template
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import compile_form
from waypost.runtime.clock import SystemClock
from waypost.wire.send import parse_send

CHECK = "template check, "
"""How the names of the single costs begin that have a bound."""
BOUND_US = 60.0
MOST_CARDS = 10
PRODUCTS = ("2lc20305pt", "nseiw1x3ch", "n6k6x0y7oe")
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Checked:
    """A template, and the body of a send of it."""

    template: Template
    body: bytes


@dataclass(frozen=True)
class MemoryShelves:
    """Shelves on which all that the sends name lies at hand."""

    media: dict[str, Medium]
    products: dict[str, Product]

    async def look_again(self, account: Account, _waba_id: str, _name: str) -> tuple[Account, bool]:
        """The account as it is."""
        return account, True

    def use_media(self, _media: Collection[Medium]) -> None:
        """Nothing is kept of it."""

    async def find_media(
        self, _account: Account, _sender: Sender, media_ids: Collection[str], **_: bool
    ) -> FoundMedia:
        """All of them."""
        return FoundMedia({media_id: self.media[media_id] for media_id in media_ids})

    async def find_products(
        self, _account: Account, _waba_id: str, retailer_ids: Collection[str]
    ) -> FoundProducts:
        """All of them."""
        return FoundProducts("1", {name: self.products[name] for name in retailer_ids})


class NoTemplates:
    """A template book without a page."""

    def find(self, _name: str, _language: str) -> Template | None:
        """Nothing."""
        return None


def subjects() -> dict[str, Checked]:
    """What is checked, by the words for it."""
    return {
        "the documented carousel": _carousel(1),
        "the documented multi-product message": _products(),
        f"a carousel of {MOST_CARDS} cards": _carousel(MOST_CARDS),
    }


Measure = Callable[[Callable[[], object], int], float]
"""The microseconds of one call, of so many."""


def check_costs(measure: Measure, times: int) -> dict[str, float]:
    """Microseconds by name: each check, and each examination beside its reading."""
    costs: dict[str, float] = {}
    found = subjects()
    for name, subject in found.items():
        submission = _read(subject.body)
        template = subject.template
        form = compile_form(template.components, template.parameter_format, template.category)
        content = submission.message["template"]
        assert check_template(form, content, "/template") == (), name
        costs[CHECK + name] = measure(lambda f=form, c=content: check_template(f, c, ""), times)
    for name, subject in found.items():
        submission = _read(subject.body)
        account, sender, examiner = _at_the_door(subject.template)
        assert _run(examiner.examine(account, sender, submission)).findings == (), name
        costs[f"parse_send, {name}"] = measure(lambda b=subject.body: _read(b), times)
        costs[f"whole examination, {name}"] = measure(
            lambda e=examiner, a=account, n=sender, s=submission: _run(e.examine(a, n, s)), times
        )
    return costs


def _at_the_door(template: Template) -> tuple[Account, Sender, Examiner]:
    sender = Sender(
        sender_id=request.SENDER,
        phone_number_id=request.PHONE_NUMBER_ID,
        waba_id=request.WABA_ID,
        access_token="",
        throughput=80,
    )
    account = Account(
        account_id=1,
        sid="HXIN1234567890IN",
        name="bench",
        kind=AccountKind.PREPAID,
        state=AccountState.ACTIVE,
        price_minor=None,
        requests_per_s=None,
        version=1,
        templates={(request.WABA_ID, template.name, template.language): template},
    )
    picture = Medium(
        1,
        request.PICTURE,
        request.SENDER,
        MediumKind.IMAGE,
        "image/jpeg",
        303_833,
        "",
        None,
        None,
        request.PICTURE,
        NOW + timedelta(days=30),
        NOW,
        NOW,
    )
    shelves = MemoryShelves({request.PICTURE: picture}, _known_products())
    return account, sender, Examiner(shelves, SystemClock())


def _run(coroutine: Any) -> Any:
    """What a coroutine gives that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise RuntimeError("it waited for something")


def _read(body: bytes) -> Submission:
    submission = parse_send(body, NoTemplates())
    assert isinstance(submission, Submission)
    return submission


def _template(shown: dict[str, Any]) -> Template:
    return Template(
        shown["name"], shown["language"], shown["category"], "APPROVED", shown["components"]
    )


def _carousel(cards: int) -> Checked:
    """The documented carousel, its card so many times."""
    shown = request.demonstrated("Carousel Template")
    shown["components"] = request.with_cards(shown["components"], cards)
    content = {
        "name": shown["name"],
        "language": {"code": "en_US"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "welcome"}]},
            {"type": "carousel", "cards": [request.card(index) for index in range(cards)]},
        ],
    }
    return Checked(_template(shown), _body(content))


def _products() -> Checked:
    first, second, third = ({"product_retailer_id": name} for name in PRODUCTS)
    action = {
        "thumbnail_product_retailer_id": PRODUCTS[0],
        "sections": [
            {"title": "Popular Bundles", "product_items": [first, second]},
            {"title": "Premium Packages", "product_items": [third]},
        ],
    }
    button = {"type": "button", "sub_type": "mpm", "index": 0}
    content = {
        "name": "abandoned_cart",
        "language": {"code": "en_US"},
        "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "Pablo"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "10OFF"}]},
            {**button, "parameters": [{"type": "action", "action": action}]},
        ],
    }
    return Checked(_template(request.demonstrated("abandoned_cart")), _body(content))


def _body(content: dict[str, Any]) -> bytes:
    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+919812345678",
        "type": "template",
        "template": content,
    }
    return json.dumps({"messaging_object": message, "extra_info": {}}).encode()


def _known_products() -> dict[str, Product]:
    return {
        name: Product(name, name, "in stock", is_hidden=False, price="9.99 USD")
        for name in PRODUCTS
    }
