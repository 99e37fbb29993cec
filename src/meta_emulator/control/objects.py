"""Orders about objects: templates and their reviews, media, products, numbers.

So a test can let Meta's side drift from what a client last saw, with the webhook or without.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.graph.objects import UPGRADED, number_object
from meta_emulator.graph.templates import template_object
from meta_emulator.physics.review import Review, Reviewer
from meta_emulator.seed import ProductSeed, TemplateSeed
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.catalogue import product_object
from meta_emulator.world.objects import Number, Template, seeded_template
from meta_emulator.world.state import State

STATUSES = frozenset(
    {
        "APPROVED",
        "ARCHIVED",
        "UNARCHIVED",
        "DELETED",
        "DISABLED",
        "FLAGGED",
        "IN_APPEAL",
        "LIMIT_EXCEEDED",
        "LOCKED",
        "PAUSED",
        "PENDING",
        "REINSTATED",
        "PENDING_DELETION",
        "REJECTED",
    }
)
OUTCOMES = frozenset({"APPROVED", "REJECTED", "PENDING"})
SCORES = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})
CATEGORIES = frozenset({"AUTHENTICATION", "MARKETING", "UTILITY"})

TIER = re.compile(r"TIER_(UNLIMITED|[0-9]{1,6}K?)")


class TemplateOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is to become of a template. What is left out stays.

    announce          whether Meta tells of it by webhook
    more              `other_info`, `disable_info` or `rejection_info` of the status webhook
    correct_category  an impending change, told now and carried out by `category` later
    """

    id: str
    announce: bool = True
    status: str | None = None
    reason: str | None = "NONE"
    more: dict[str, Any] = msgspec.field(default_factory=dict)
    category: str | None = None
    correct_category: str | None = None
    quality: str | None = None
    components: list[dict[str, Any]] | None = None


class NewTemplate(msgspec.Struct, forbid_unknown_fields=True):
    """A template that appears, as in a seed; without a WABA's id, in the first one."""

    template: TemplateSeed
    waba_id: str | None = None


class MediaOrder(msgspec.Struct, forbid_unknown_fields=True):
    """The media id that expires now."""

    id: str


class ProductsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Products that are added or changed, and retailer ids that go; by default in the first one."""

    set: list[ProductSeed] = []
    remove: list[str] = []
    catalog_id: str | None = None


class NumberOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is to become of a number, by default the first. What is left out stays.

    announce  whether Meta tells of limit and throughput by webhook
    """

    phone_number_id: str | None = None
    quality_rating: str | None = None
    status: str | None = None
    name_status: str | None = None
    messaging_limit: str | None = None
    throughput: int | None = None
    is_on_biz_app: bool | None = None
    announce: bool = False


class ObjectOrders:
    """Carries out orders; each gets the body of its POST and returns what is shown for it."""

    def __init__(self, state: State, reporter: Reporter, reviewer: Reviewer) -> None:
        self._state = state
        self._reporter = reporter
        self._reviewer = reviewer

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        appear = "A template appears, as in a seed."
        return (
            Route("GET", "state", "What the emulator holds.", self._shown),
            Route("GET", "review", "How reviews end.", self._shown_review, gives=Review),
            Route("POST", "review", "Tell how reviews end.", self._review, Review, Review),
            Route("POST", "templates", "A template changes.", self._template, TemplateOrder),
            Route("POST", "templates/new", appear, self._new_template, NewTemplate),
            Route("POST", "media/expire", "A media id expires.", self._expire, MediaOrder),
            Route("POST", "products", "Products come and go.", self._products, ProductsOrder),
            Route("POST", "numbers", "A number changes.", self._number_order, NumberOrder),
        )

    def _shown_review(self, _call: Call) -> Review:
        return self._reviewer.rule

    def _review(self, call: Call) -> Review:
        rule: Review = call.order
        for outcome in (rule.outcome, *rule.names.values()):
            _one_of(outcome, OUTCOMES, "outcome")
        if rule.category is not None:
            _one_of(rule.category, CATEGORIES, "category")
        self._reviewer.rule = rule
        return rule

    def _template(self, call: Call) -> dict[str, Any]:
        order: TemplateOrder = call.order
        template = self._state.templates.get(order.id)
        if template is None:
            raise OrderError(f"there is no template {order.id}")
        for value, words, what in (
            (order.status, STATUSES, "status"),
            (order.quality, SCORES, "quality"),
            (order.category, CATEGORIES, "category"),
            (order.correct_category, CATEGORIES, "correct_category"),
        ):
            if value is not None:
                _one_of(value, words, what)
        with _of_metas_shape():
            self._change(template, order)
        self._state.changes.happened()
        return template_object(template)

    def _change(self, template: Template, order: TemplateOrder) -> None:
        if order.components is not None:
            self._reviewer.set_components(template, order.components, is_told=order.announce)
        if order.correct_category is not None:
            at = int(self._state.clock.now().timestamp()) + 24 * 3600
            self._reviewer.announce_category(template, order.correct_category, at)
        if order.category is not None:
            self._reviewer.set_category(template, order.category, is_told=order.announce)
        if order.quality is not None:
            self._reviewer.set_quality(template, order.quality, is_told=order.announce)
        if order.status is not None and order.announce:
            self._reviewer.set_status(template, order.status, order.reason, order.more)
        elif order.status is not None:
            self._reviewer.set_status_untold(template, order.status, order.reason)

    def _new_template(self, call: Call) -> dict[str, Any]:
        order: NewTemplate = call.order
        waba_id = order.waba_id or self._state.first_number.waba.id
        waba = self._state.wabas.get(waba_id)
        if waba is None:
            raise OrderError(f"there is no WABA {waba_id}")
        if order.template.id in self._state.templates:
            raise OrderError(f"there is a template {order.template.id} already")
        with _of_metas_shape():
            template = seeded_template(order.template, waba.id)
        self._state.add_template(waba, template)
        self._state.changes.happened()
        return template_object(template)

    def _number(self, number_id: str | None) -> Number:
        number = self._state.number_named(number_id)
        if number is None:
            raise OrderError(f"there is no phone number {number_id}")
        return number

    def _products(self, call: Call) -> dict[str, Any]:
        order: ProductsOrder = call.order
        catalogue_id = order.catalog_id or next(iter(self._state.catalogues), "")
        waba = self._state.catalogues.get(catalogue_id)
        if waba is None:
            raise OrderError(f"there is no catalogue {catalogue_id}")
        for product in order.set:
            waba.catalogue.set(product)
        removed = [name for name in order.remove if waba.catalogue.remove(name)]
        self._state.changes.happened()
        return {"catalog_id": catalogue_id, "set": len(order.set), "removed": removed}

    def _number_order(self, call: Call) -> dict[str, Any]:
        order: NumberOrder = call.order
        number = self._number(order.phone_number_id)
        if order.messaging_limit is not None and not TIER.fullmatch(order.messaging_limit):
            raise OrderError("messaging_limit must be a tier, as in TIER_2K or TIER_UNLIMITED")
        changed = {
            key: value
            for key, value in msgspec.structs.asdict(order).items()
            if value is not None and key not in {"phone_number_id", "announce"}
        }
        number.seed = msgspec.structs.replace(number.seed, **changed)
        number.throughput = number.seed.throughput
        if order.announce:
            self._announce(number, order)
        self._state.changes.happened()
        return number_object(number)

    def _announce(self, number: Number, order: NumberOrder) -> None:
        """Tells of it as Meta does (reference 4.6)."""
        limit = {"max_daily_conversations_per_business": number.seed.messaging_limit}
        if order.messaging_limit is not None:
            self._reporter.tell_account(number.waba.id, "business_capability_update", limit)
        if order.throughput is not None:
            upgraded = {
                "display_phone_number": number.digits,
                "event": "THROUGHPUT_UPGRADE" if order.throughput >= UPGRADED else "ONBOARDING",
                **limit,
            }
            self._reporter.tell_account(number.waba.id, "phone_number_quality_update", upgraded)

    def _expire(self, call: Call) -> dict[str, str]:
        order: MediaOrder = call.order
        media = self._state.media.get(order.id)
        if media is None:
            raise OrderError(f"there is no media {order.id}")
        media.expires_at = datetime.fromtimestamp(0, UTC)
        return {"id": media.id}

    def _shown(self, _call: Call) -> dict[str, Any]:
        wabas = [
            {
                "id": waba.id,
                "name": waba.name,
                "webhook_url": waba.webhook_url,
                "phone_numbers": [number_object(number) for number in waba.numbers],
                "templates": [template_object(template) for template in waba.templates.values()],
                "catalogue_id": waba.holdings.catalogue_id,
                "products": [product_object(product) for product in waba.catalogue],
            }
            for waba in self._state.wabas.values()
        ]
        media = [
            {"id": held.id, "mime_type": held.mime_type, "expires_at": held.expires_at}
            for held in self._state.media.values()
        ]
        return {"webhook_url": self._reporter.webhook_url, "wabas": wabas, "media": media}


@contextmanager
def _of_metas_shape() -> Iterator[None]:
    """Components may break Meta's rules here, not its shape; raises OrderError."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise OrderError(
            f"the components are not of Meta's shape ({error}): each is an object with its type"
        ) from error


def _one_of(value: str, words: frozenset[str], what: str) -> None:
    if value not in words:
        raise OrderError(f"{what} must be one of {', '.join(sorted(words))}; it is {value!r}")
