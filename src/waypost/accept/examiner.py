"""Holds a send against what Meta approved, before anyone becomes answerable for it.

The checks themselves are pure; here is gathered what they need: the template, the media and the
products that are named. What is not known is looked for once more, and what cannot be looked up
now (Meta does not answer) counts against nobody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from waypost.accept.checks import TEMPLATE, check_template_status
from waypost.accept.substitution import put_in_media_ids
from waypost.model.account import Account, CheckMode
from waypost.model.catalogue import Product
from waypost.model.content_check.check import check_content
from waypost.model.holdings_check import Holdings, KnownMedium, KnownProduct, check_holdings
from waypost.model.medium import Medium
from waypost.model.mentions import Mentions, find_mentions, glance_at_media
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.model.submission import Submission, pointer_as_sent
from waypost.model.template import APPROVED, Template
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import TemplateForm, compile_form
from waypost.runtime.clock import Clock

MOST_FORMS = 10_000
"""How many compiled templates are remembered at most."""

MOST_LOOKED_UP = 100
"""Media, and products, of one send that are looked up: more than any kind of message may name.
What is named beyond that is refused for its number, and nobody need ask Meta of it."""


class FoundMedia(Struct, frozen=True):
    """What looking for media came to; `unchecked` are ids that nobody could say anything of."""

    known: Mapping[str, Medium]
    unchecked: frozenset[str] = frozenset()


class FoundProducts(Struct, frozen=True):
    """What looking for products came to; `products` is None where no catalogue is known."""

    catalogue_id: str | None
    products: Mapping[str, Product] | None
    unchecked: frozenset[str] = frozenset()


class Shelves(Protocol):
    """Where templates, media and products are looked for: the directory, by `api.shelves`."""

    async def look_again(self, account: Account, waba_id: str, name: str) -> tuple[Account, bool]:
        """The account, its templates of this name read anew from Meta if that was not just done.

        And whether it is certain what Meta has of this name: not if Meta could not be asked.
        """
        ...

    async def find_media(
        self, account: Account, sender: Sender, media_ids: Collection[str], *, may_ask: bool
    ) -> FoundMedia:
        """Media of a sender, by the ids that customers name.

        may_ask  whether Meta may be asked of those that are not known here
        """
        ...

    async def find_products(
        self, account: Account, waba_id: str, retailer_ids: Collection[str]
    ) -> FoundProducts:
        """Products of a WABA's catalogue."""
        ...

    def use_media(self, media: Collection[Medium]) -> None:
        """A send was accepted with these: they are worth keeping good at Meta."""
        ...


class Examination(Struct, frozen=True):
    """A send, looked at.

    account       as it is now: it may have been read anew
    submission    with media ids as Meta knows them now
    findings      all of them, with pointers into the body as it was sent
    is_marketing  whether opt-outs concern it
    media         those of its media that are known here
    """

    account: Account
    submission: Submission
    findings: tuple[Fault, ...]
    is_marketing: bool
    media: tuple[Medium, ...] = ()


@dataclass(frozen=True, slots=True)
class Examiner:
    """Runs every check that the account's mode asks for."""

    shelves: Shelves
    clock: Clock
    forms: dict[tuple[int, str, str, str], tuple[Template, TemplateForm]] = field(
        default_factory=dict
    )

    async def examine(
        self, account: Account, sender: Sender, submission: Submission
    ) -> Examination:
        """What there is to say of this send; raises StoreError."""
        if submission.content.kind != TEMPLATE:
            return await self._examine_content(account, sender, submission)
        template = _find(account, sender, submission)
        is_checked = account.check_mode is not CheckMode.OFF
        name = submission.content.template_name or ""
        is_certain = True
        if is_checked and (template is None or template.status != APPROVED):
            account, is_certain = await self.shelves.look_again(account, sender.waba_id, name)
            template = _find(account, sender, submission)
        found = Examination(
            account, submission, (), is_marketing=template is not None and template.is_marketing
        )
        if not is_checked:
            return await self._put_in_media(sender, found)
        findings: tuple[Fault, ...] = ()
        if template is None or template.status != APPROVED:
            findings = check_template_status(
                account, sender, submission, template, is_certain=is_certain
            )
        if template is not None:
            findings += check_template(
                self._form_of(account, sender, template),
                submission.message[TEMPLATE],
                f"{submission.pointer}/template",
            )
        return await self._examine_holdings(sender, replace(found, findings=findings))

    async def _examine_content(
        self, account: Account, sender: Sender, submission: Submission
    ) -> Examination:
        found = Examination(account, submission, (), is_marketing=False)
        if account.check_mode is CheckMode.OFF:
            return await self._put_in_media(sender, found)
        findings = check_content(submission.content.kind, submission.message, submission.pointer)
        return await self._examine_holdings(sender, replace(found, findings=findings))

    async def _put_in_media(self, sender: Sender, found: Examination) -> Examination:
        """What is not checked is sent with Meta's ids nevertheless: the customer's stay good."""
        glanced = await self._glance(sender, found, may_ask=False)
        if glanced is not None:
            return glanced
        submission = found.submission
        mentions = find_mentions(submission.content.kind, submission.message, submission.pointer)
        if not mentions.media:
            return found
        held = await self.shelves.find_media(
            found.account, sender, _first(one.media_id for one in mentions.media)[0], may_ask=False
        )
        return _with_media(found, mentions, held.known)

    async def _examine_holdings(self, sender: Sender, found: Examination) -> Examination:
        """The media and products that the send names."""
        glanced = await self._glance(sender, found, may_ask=True)
        if glanced is not None:
            found, mentions = glanced, Mentions()
        else:
            content = found.submission.content
            mentions = find_mentions(
                content.kind, found.submission.message, found.submission.pointer
            )
        submission, findings = found.submission, found.findings
        if mentions:
            holdings, unchecked, known = await self._gather(found.account, sender, mentions)
            findings += check_holdings(_without(mentions, unchecked), holdings, self.clock.now())
            found = _with_media(found, mentions, known)
        if findings and submission.lone_parameters:
            findings = tuple(
                replace(one, path=pointer_as_sent(submission, one.path)) for one in findings
            )
        return replace(found, findings=findings)

    async def _glance(
        self, sender: Sender, found: Examination, *, may_ask: bool
    ) -> Examination | None:
        """The send, if all its media are known and good as they stand; None: look closer."""
        glance = glance_at_media(found.submission.content.json)
        if not glance:
            return found if glance is not None else None
        media_ids = {media_id for _, media_id in glance}
        if len(media_ids) > MOST_LOOKED_UP:
            return None
        held = await self.shelves.find_media(found.account, sender, media_ids, may_ask=may_ask)
        now = self.clock.now()
        for kind, media_id in glance:
            medium = held.known.get(media_id)
            if medium is None or not _is_good(medium, kind, media_id, now):
                return None
        return replace(found, media=tuple(held.known.values()))

    async def _gather(
        self, account: Account, sender: Sender, mentions: Mentions
    ) -> tuple[Holdings, frozenset[str], Mapping[str, Medium]]:
        """What is held of what is named; what could not be looked up; the media themselves."""
        known: Mapping[str, Medium] = {}
        unchecked: set[str] = set()
        if mentions.media:
            media_ids, beyond = _first(one.media_id for one in mentions.media)
            found = await self.shelves.find_media(account, sender, media_ids, may_ask=True)
            unchecked.update(found.unchecked, beyond)
            known = found.known
        catalogue_id: str | None = None
        products: dict[str, KnownProduct] | None = None
        if mentions.products:
            retailer_ids, beyond = _first(one.retailer_id for one in mentions.products)
            shelf = await self.shelves.find_products(account, sender.waba_id, retailer_ids)
            catalogue_id = shelf.catalogue_id
            unchecked.update(shelf.unchecked, beyond)
            if shelf.products is not None:
                products = {
                    retailer_id: KnownProduct(product.availability, product.is_hidden)
                    for retailer_id, product in shelf.products.items()
                }
        media = {
            media_id: KnownMedium(medium.kind.value, medium.meta_expires_at)
            for media_id, medium in known.items()
        }
        return Holdings(media, products, catalogue_id), frozenset(unchecked), known

    def _form_of(self, account: Account, sender: Sender, template: Template) -> TemplateForm:
        """The template, compiled once for as long as its definition stays the same."""
        key = (account.account_id, sender.waba_id, template.name, template.language)
        held = self.forms.get(key)
        if held is not None and held[0] is template:
            return held[1]
        if held is not None and _same_definition(held[0], template):
            form = held[1]
        else:
            form = compile_form(
                tuple(template.components), template.parameter_format, template.category
            )
        if len(self.forms) >= MOST_FORMS:
            self.forms.clear()
        self.forms[key] = (template, form)
        return form


def _is_good(medium: Medium, kind: str, media_id: str, now: datetime) -> bool:
    """Whether it goes out under this id and as this kind, and nothing is to be said of it."""
    return medium.meta_id == media_id and medium.kind.value == kind and medium.meta_expires_at > now


def _with_media(found: Examination, mentions: Mentions, known: Mapping[str, Medium]) -> Examination:
    """With the media that are known, by Meta's ids of now."""
    meta_ids = {media_id: medium.meta_id for media_id, medium in known.items()}
    return replace(
        found,
        submission=put_in_media_ids(found.submission, mentions.media, meta_ids),
        media=tuple(known.values()),
    )


def _same_definition(one: Template, other: Template) -> bool:
    """Whether both compile to the same form."""
    return (
        one.components == other.components
        and one.parameter_format == other.parameter_format
        and one.category == other.category
    )


def _find(account: Account, sender: Sender, submission: Submission) -> Template | None:
    content = submission.content
    name, language = content.template_name or "", content.template_language or ""
    return account.templates.get((sender.waba_id, name, language))


def _first(names: Iterable[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Names, each once: those that are looked up, and those beyond."""
    each = tuple(dict.fromkeys(names))
    return each[:MOST_LOOKED_UP], each[MOST_LOOKED_UP:]


def _without(mentions: Mentions, unchecked: frozenset[str]) -> Mentions:
    """What is left to be judged."""
    if not unchecked:
        return mentions
    return Mentions(
        tuple(one for one in mentions.media if one.media_id not in unchecked),
        tuple(one for one in mentions.products if one.retailer_id not in unchecked),
    )
