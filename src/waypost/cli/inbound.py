"""`waypost inbound`: what recipients wrote, and what Meta told of accounts."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from waypost.cli.opening import work_on
from waypost.cli.output import (
    CommandError,
    MisusedError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.inbound import InboundMessage, KeptAccountEvent
from waypost.model.personal import NOTHING
from waypost.report.filters import FilterError
from waypost.report.incoming import (
    EventPage,
    IncomingPage,
    find_events,
    find_incoming,
    read_question,
)

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(
    no_args_is_help=True, help="What recipients wrote, and what Meta told of accounts."
)

NOBODY = 0
"""The account of what belongs to none."""
LONGEST_SAID = 60

SidOrNone = Annotated[
    str | None, typer.Argument(metavar="[SID]", help="The account; left out with --unowned.")
]
UnownedOption = Annotated[
    bool, typer.Option("--unowned", help="What came to numbers and WABAs of no account here.")
]
AfterOption = Annotated[
    str, typer.Option("--after", metavar="ID", help="`next` of the page before.")
]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


@application.command("list")
def list_inbound(  # each word of the search is an option of its own
    sid: SidOrNone = None,
    unowned: UnownedOption = False,
    sender: Annotated[str | None, typer.Option(help="To this number.")] = None,
    recipient: Annotated[str | None, typer.Option(help="From this number or user id.")] = None,
    kind: Annotated[str | None, typer.Option(help="Meta's type: text, button, order ...")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Received from then on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Received before then.")] = None,
    after: AfterOption = "",
    limit: LimitOption = 100,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what recipients wrote to an account, the newest first.

    Example: waypost inbound list HXIN1234567890IN --kind order --from 2027-01-31
    """
    words = {"sender": sender, "recipient": recipient, "kind": kind, "from": since, "to": until}

    async def work(tools: "OperatorTools") -> IncomingPage:
        asked = read_question(await _account(tools, sid, is_nobodys=unowned), words, after, limit)
        return await tools.store.study(lambda transaction: find_incoming(transaction, asked))

    try:
        page = work_on(load_for(data, config), work)
    except FilterError as error:
        raise MisusedError(str(error)) from None
    if as_json:
        shown = [_shown(one) for one in page.messages]
        print_json({"messages": shown, "next": page.next})
        return
    print_rows(
        ("id", "received", "from", "to", "type", "answers", "says"),
        [
            (
                one.inbound_id,
                show_time(one.received_at),
                one.recipient,
                one.sender_id,
                one.kind,
                _answers(one),
                _said(one),
            )
            for one in page.messages
        ],
    )
    if page.next is not None:
        print_lines(f"The next ones: --after {page.next}")


@application.command("show")
def show(
    sid: Annotated[str, typer.Argument(metavar="SID", help="The account.")],
    inbound_id: Annotated[str, typer.Argument(metavar="ID", help="As `inbound list` has it.")],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one message of a recipient, with Meta's own payload.

    Example: waypost inbound show HXIN1234567890IN A0MWPDAWKF0OPFFPU21L
    """

    async def work(tools: "OperatorTools") -> InboundMessage | None:
        key = (await tools.registrar.find(sid)).account_id, inbound_id
        found = await tools.store.read(lambda transaction: transaction.inbound.load([key]))
        return found.get(key)

    message = work_on(load_for(data, config), work)
    if message is None:
        raise CommandError(
            f"{sid} has no incoming message {inbound_id}; `waypost inbound list {sid}` has them."
        )
    shown = _shown(message)
    if as_json:
        print_json(shown)
        return
    value = shown.pop("value")
    print_lines(*(f"{name:<14}{part}" for name, part in shown.items() if part not in (None, "")))
    print_lines(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


@application.command("events")
def list_events(
    sid: SidOrNone = None,
    unowned: UnownedOption = False,
    field: Annotated[str, typer.Option(help="Only Meta's webhooks of this name.")] = "",
    after: AfterOption = "",
    limit: LimitOption = 100,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what Meta told of an account, its WABAs and numbers, the newest first.

    Example: waypost inbound events HXIN1234567890IN --field account_update
    """

    async def work(tools: "OperatorTools") -> EventPage:
        account_id = await _account(tools, sid, is_nobodys=unowned)
        return await tools.store.study(
            lambda transaction: find_events(transaction, account_id, field, after, limit)
        )

    page = work_on(load_for(data, config), work)
    if as_json:
        shown = [_shown_event(one) for one in page.events]
        print_json({"events": shown, "next": page.next})
        return
    print_rows(
        ("id", "at", "field", "WABA", "number", "value"),
        [
            (
                one.account_event_id,
                show_time(one.occurred_at),
                one.field,
                one.waba_id,
                one.sender_id,
                _cut(one.value.decode()),
            )
            for one in page.events
        ],
    )
    if page.next is not None:
        print_lines(f"The next ones: --after {page.next}")


async def _account(tools: "OperatorTools", sid: str | None, *, is_nobodys: bool) -> int:
    """Raises MisusedError unless exactly one of both is given."""
    if is_nobodys == (sid is not None):
        raise MisusedError("Name an account by its SID, or give --unowned instead.")
    return NOBODY if sid is None else (await tools.registrar.find(sid)).account_id


def _answers(message: InboundMessage) -> str:
    if message.reply_to is None:
        return ""
    return f"{message.reply_to}{' (probably)' if message.is_probable else ''}"


def _said(message: InboundMessage) -> str:
    """What it says, in a few words: its own body without its envelope."""
    if message.value == NOTHING:
        return "(erased)"
    value = msgspec.json.decode(message.value)
    (written,) = value["messages"]
    body = written.get(message.kind, "")
    if isinstance(body, dict) and isinstance(body.get("body"), str):
        return _cut(body["body"])
    return _cut(body if isinstance(body, str) else msgspec.json.encode(body).decode())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


def _shown(message: InboundMessage) -> dict[str, Any]:
    shown = msgspec.to_builtins(message, builtin_types=(bytes,))
    return {**shown, "value": msgspec.json.decode(message.value)}


def _shown_event(event: KeptAccountEvent) -> dict[str, Any]:
    shown = msgspec.to_builtins(event, builtin_types=(bytes,))
    return {**shown, "value": msgspec.json.decode(event.value)}
