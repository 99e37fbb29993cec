"""The columns of an export, and a message as one row of them.

The first sixteen are the documented report's, in its order and spelling (`reference` kaleyra-v2 7);
what follows is ours.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.money import Money
from waypost.model.recipient import parse_address
from waypost.model.search import FoundInbound, FoundMessage
from waypost.report.content_text import text_of_content, text_of_inbound

Cell = str | bool | datetime | None
Row = tuple[Cell, ...]


class Kind(StrEnum):
    """What a column holds; ADDRESS is a number or a user id, AMOUNT a decimal number as text."""

    TEXT = "text"
    ADDRESS = "address"
    FLAG = "flag"
    MOMENT = "moment"
    AMOUNT = "amount"


class Column(Struct, frozen=True):
    """One column."""

    name: str
    kind: Kind = Kind.TEXT


COLUMNS: Sequence[Column] = (
    Column("WABA ID"),
    Column("WHATSAPP_ID"),
    Column("FROM", Kind.ADDRESS),
    Column("TO", Kind.ADDRESS),
    Column("MESSAGE_DIRECTION", Kind.FLAG),
    Column("SOURCE"),
    Column("FORMAT"),
    Column("REASON_FOR_FAILURE"),
    Column("COUNTRY"),
    Column("TEMPLATE_NAME"),
    Column("MESSAGE"),
    Column("CREATED_AT", Kind.MOMENT),
    Column("FAILED_AT", Kind.MOMENT),
    Column("SENT_AT", Kind.MOMENT),
    Column("DELIVERED_AT", Kind.MOMENT),
    Column("SEEN_AT", Kind.MOMENT),
    Column("STATE"),
    Column("ERROR_CODE"),
    Column("NEXT_STEP"),
    Column("REF"),
    Column("REF1"),
    Column("REF2"),
    Column("TEMPLATE_LANGUAGE"),
    Column("CATEGORY"),
    Column("PRICE", Kind.AMOUNT),
    Column("CURRENCY"),
    Column("PAYMENT"),
    Column("REPLY_TO"),
    Column("TRACE_ID"),
    Column("META_ID"),
)

FORMATS = {
    "template": "Template",
    "text": "Text",
    "image": "Image",
    "video": "Media",
    "audio": "Media",
    "document": "Media",
    "sticker": "Media",
    "contacts": "Contact",
    "location": "Location",
}
"""The documented words; any other kind is told by its own name."""

SOURCES = {"api": "API", "campaign": "Campaign"}
WEBHOOK = "Webhook"
RECEIVED = "received"
"""The state of what a recipient wrote."""


def row_of_message(message: FoundMessage, currency: str, body: str | None) -> Row:
    """A message to a recipient; `body` is its template's, if that is known."""
    amount, _, unit = str(Money(message.price_minor, currency)).partition(" ")
    stations, references, content = message.stations, message.references, message.content
    is_over = message.state in (State.FAILED, State.NOT_SENT)
    failure = message.reason
    return (
        message.waba_id,
        message.message_id,
        f"+{message.sender_id}",
        message.recipient,
        False,
        SOURCES.get(message.source, message.source),
        _format(content.kind),
        _reason(failure),
        message.country,
        content.template_name,
        text_of_content(content, body),
        message.accepted_at,
        (stations.failed_at or message.changed_at) if is_over else None,
        stations.sent_at,
        stations.delivered_at,
        stations.read_at,
        message.state.value.replace("_", " "),
        None if failure is None else failure.code,
        None if failure is None else failure.next_step,
        references.ref,
        references.ref1,
        references.ref2,
        content.template_language,
        message.category,
        amount,
        unit,
        message.payment.value,
        None,
        message.trace_id,
        message.wamid,
    )


def row_of_inbound(message: FoundInbound) -> Row:
    """A message from a recipient: it came when it was made, and nothing more became of it."""
    # It knows the numbers of all countries, which takes a while to load: no command waits for it.
    from waypost.wallet.countries import country_of  # noqa: PLC0415

    references = message.references
    return (
        message.waba_id,
        message.inbound_id,
        message.recipient,
        f"+{message.sender_id}",
        True,
        WEBHOOK,
        _format(message.kind),
        None,
        country_of(parse_address(message.recipient)),
        None,
        text_of_inbound(message.kind, message.value),
        message.received_at,
        None,
        message.occurred_at,
        None,
        None,
        RECEIVED,
        None,
        None,
        references.ref,
        references.ref1,
        references.ref2,
        None,
        None,
        None,
        None,
        None,
        message.reply_to,
        message.trace_id,
        message.wamid,
    )


def show_moment(at: datetime) -> str:
    """As the documented report prints it: `2022-11-25T08:34:10.000Z`; `at` is in UTC."""
    return f"{at.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def _format(kind: str) -> str:
    return FORMATS.get(kind) or kind.replace("_", " ").capitalize()


def _reason(failure: Failure | None) -> str | None:
    if failure is None:
        return None
    return f"{failure.title}: {failure.detail}" if failure.detail else failure.title
