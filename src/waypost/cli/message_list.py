"""`waypost message list`: messages found, the newest first."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from waypost.cli.account import Sid
from waypost.cli.opening import work_on
from waypost.cli.output import print_json, print_lines, print_rows, show_time
from waypost.cli.search_options import (
    ErrorOption,
    FromOption,
    RecipientOption,
    Ref1Option,
    Ref2Option,
    RefOption,
    SenderOption,
    StateOption,
    TemplateOption,
    ToOption,
    filters_of,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.money import Money
from waypost.model.search import FoundMessage

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.report.search import FoundPage

MOST = 500
COLUMNS = ("message", "accepted", "to", "what", "state", "error", "ref")


def list_messages(
    sid: Sid,
    recipient: RecipientOption = "",
    ref: RefOption = "",
    ref1: Ref1Option = "",
    ref2: Ref2Option = "",
    template: TemplateOption = "",
    state: StateOption = "",
    error: ErrorOption = "",
    sender: SenderOption = "",
    since: FromOption = "",
    until: ToOption = "",
    after: Annotated[
        str, typer.Option("--after", metavar="CURSOR", help="Where the page before ended.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most.")] = 50,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List an account's messages, the newest first, by what they are.

    Example: waypost message list HXIN1234567890IN --state failed --from 2027-01-31
    """
    filters = filters_of(
        recipient=recipient,
        ref=ref,
        ref1=ref1,
        ref2=ref2,
        template=template,
        state=state,
        error=error,
        sender=sender,
        since=since,
        until=until,
    )

    async def work(tools: "OperatorTools") -> "FoundPage":
        from waypost.report.search import find_page  # noqa: PLC0415 - with the gateway's parts

        account = await tools.registrar.find(sid)
        return await tools.store.study(
            lambda transaction: find_page(transaction, account.account_id, filters, limit, after)
        )

    page = work_on(load_for(data, config), work)
    if as_json:
        messages = [_as_json(one, page.currency) for one in page.messages]
        print_json({"messages": messages, "next": page.next, "scanned_to": page.scanned_to})
        return
    if page.messages:
        print_rows(COLUMNS, [_row(one) for one in page.messages])
    elif page.next is None:
        print_lines("No message is like that.")
    if page.scanned_to is not None:
        print_lines(f"All since {show_time(page.scanned_to)} was looked at; there is more before.")
    if page.next is not None:
        print_lines(f"The next ones: --after {page.next}")


def _row(message: FoundMessage) -> tuple[str | None, ...]:
    failure, content = message.failure, message.content
    return (
        message.message_id,
        show_time(message.accepted_at),
        message.recipient,
        content.template_name or content.kind,
        message.state.value.replace("_", " "),
        None if failure is None else f"{failure.code} {failure.title}",
        message.references.ref,
    )


def _as_json(message: FoundMessage, currency: str) -> dict[str, object]:
    """All that is known but what was said."""
    shown = msgspec.structs.asdict(message)
    content = shown.pop("content")
    return {
        **shown,
        "state": message.state.value.replace("_", " "),
        "price": str(Money(shown.pop("price_minor"), currency)),
        "kind": content.kind,
        "template": content.template_name,
        "language": content.template_language,
    }
