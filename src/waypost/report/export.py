"""All messages that are as asked, to recipients and from them, in batches of rows, newest first.

Law: what is held at once is a page of each direction, however many rows there are. A row stands as
its page was read; what is accepted while the export runs is not in it.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import islice

from msgspec.structs import replace

from waypost.model.search import FoundInbound, FoundMessage, MessageFilters, Stretch
from waypost.report.columns import Row, row_of_inbound, row_of_message
from waypost.report.content_text import body_of
from waypost.report.filters import FilterError
from waypost.report.search import find_ids, stretch_of
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

PAGE = 1000
MOST_TEMPLATES = 500
"""How many templates' bodies are remembered."""

AHEAD = timedelta(milliseconds=1)

TemplateKey = tuple[str, str, str]
Numbered = tuple[str, Row]
"""A row with its id."""


class Direction(StrEnum):
    """Which messages are wanted."""

    BOTH = "both"
    OUTGOING = "outgoing"
    INCOMING = "incoming"


def read_direction(text: str) -> Direction:
    """The direction that a word names. Raises FilterError."""
    try:
        return Direction(text.strip().lower())
    except ValueError:
        told = f"direction is {text!r}; it must be both, outgoing or incoming."
        raise FilterError({"direction": told}) from None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose messages an export is of, and which."""

    account_id: int
    filters: MessageFilters
    direction: Direction = Direction.BOTH


@dataclass(slots=True)
class _Feed:
    """Rows of one direction with their ids, read ahead by one page."""

    pages: AsyncIterator[list[Numbered]]
    rows: list[Numbered] = field(default_factory=list)
    is_over: bool = False

    async def fill(self) -> None:
        """Reads on, unless there is something still."""
        while not self.rows and not self.is_over:
            try:
                page = await anext(self.pages)
            except StopAsyncIteration:
                self.is_over = True
                return
            page.reverse()  # taken from the end
            self.rows = page


@dataclass(frozen=True, slots=True)
class Exporter:
    """Reads exports."""

    store: Store
    clock: Clock

    async def rows(self, asked: Asked) -> AsyncGenerator[list[Row], None]:
        """The rows in batches, the newest first. Raises StoreError."""
        if asked.filters.until is None:
            # Two pages of now and of later would not be of the same moment.
            until = self.clock.now() + AHEAD
            asked = Asked(asked.account_id, replace(asked.filters, until=until), asked.direction)
        sent, received = _Feed(self._sent(asked)), _Feed(self._received(asked))
        while True:
            await sent.fill()
            await received.fill()
            if not sent.rows and not received.rows:
                return
            yield list(_merged(sent, received))

    async def _sent(self, asked: Asked) -> AsyncIterator[list[Numbered]]:
        if asked.direction is Direction.INCOMING:
            return
        bodies: dict[TemplateKey, str | None] = {}
        stretch: Stretch | None = stretch_of(asked.filters)
        while stretch is not None:
            rows, stretch = await self.store.study(
                partial(_read_sent_page, asked=asked, stretch=stretch, bodies=bodies)
            )
            yield rows

    async def _received(self, asked: Asked) -> AsyncIterator[list[Numbered]]:
        if asked.direction is Direction.OUTGOING or asked.filters.is_of_sent:
            return
        stretch: Stretch | None = stretch_of(asked.filters)
        while stretch is not None:
            rows, stretch = await self.store.study(
                partial(_read_received_page, asked=asked, stretch=stretch)
            )
            yield rows


async def _read_sent_page(
    transaction: Transaction,
    *,
    asked: Asked,
    stretch: Stretch,
    bodies: dict[TemplateKey, str | None],
) -> tuple[list[Numbered], Stretch | None]:
    """Messages to recipients, and where those that follow are."""
    found, stopped_at = await find_ids(transaction, asked.account_id, asked.filters, stretch, PAGE)
    last = found[PAGE - 1] if len(found) > PAGE else stopped_at
    rows = await _read_sent(transaction, asked.account_id, found[:PAGE], bodies)
    return rows, None if last is None else Stretch(stretch.from_id, last)


async def _read_received_page(
    transaction: Transaction, *, asked: Asked, stretch: Stretch
) -> tuple[list[Numbered], Stretch | None]:
    """The same of messages from recipients."""
    filters = asked.filters
    found = await transaction.search.inbound(asked.account_id, filters.recipient, stretch, PAGE)
    rows = [(one.inbound_id, row_of_inbound(one)) for one in found if _is_asked(one, filters)]
    is_whole = len(found) < PAGE
    return rows, None if is_whole else Stretch(stretch.from_id, found[-1].inbound_id)


def _merged(sent: _Feed, received: _Feed) -> list[Row]:
    """Rows of both, the newest first, as far as neither needs to be read on."""
    rows: list[Row] = []
    while (sent.rows or sent.is_over) and (received.rows or received.is_over):
        if not sent.rows and not received.rows:
            break
        is_sent = not received.rows or (bool(sent.rows) and sent.rows[-1][0] > received.rows[-1][0])
        rows.append((sent if is_sent else received).rows.pop()[1])
    return rows


async def _read_sent(
    transaction: Transaction,
    account_id: int,
    ids: list[str],
    bodies: dict[TemplateKey, str | None],
) -> list[Numbered]:
    """Messages as rows, with the bodies of their templates, which are remembered."""
    messages = await transaction.search.messages([(account_id, one) for one in ids])
    currency = (await transaction.wallets.load([account_id]))[account_id].currency
    await _learn_bodies(transaction, account_id, messages, bodies)
    return [
        (one, row_of_message(messages[one], currency, bodies.get(_template_of(messages[one]))))
        for one in ids
        if one in messages
    ]


async def _learn_bodies(
    transaction: Transaction,
    account_id: int,
    messages: Mapping[str, FoundMessage],
    bodies: dict[TemplateKey, str | None],
) -> None:
    wanted = {_template_of(one) for one in messages.values() if one.content.template_name}
    for key in wanted - bodies.keys():
        waba_id, name, language = key
        found = await transaction.templates.find(account_id, waba_id, [(name, language)])
        template = found.get((name, language))
        bodies[key] = None if template is None else body_of(template.components)
    if len(bodies) > MOST_TEMPLATES:
        for key in list(islice(bodies, len(bodies) - MOST_TEMPLATES)):
            if key not in wanted:
                del bodies[key]


def _template_of(message: FoundMessage) -> TemplateKey:
    content = message.content
    return message.waba_id, content.template_name or "", content.template_language or ""


def _is_asked(message: FoundInbound, filters: MessageFilters) -> bool:
    """Whether a message from a recipient is as asked, beside whose and when."""
    asked, has = filters.references, message.references
    return (
        filters.sender_id in (None, message.sender_id)
        and asked.ref in (None, has.ref)
        and asked.ref1 in (None, has.ref1)
        and asked.ref2 in (None, has.ref2)
    )
