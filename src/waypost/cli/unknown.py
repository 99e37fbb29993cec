"""`waypost unknown`: messages that were given to Meta, and whose outcome nobody knows."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    REFUSED,
    MisusedError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.report import UnknownMessage

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.status.resolver import Resolution, Resolved

application = typer.Typer(
    no_args_is_help=True, help="Messages that were given to Meta, and whose outcome nobody knows."
)

PAGE = 500

AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="SID", help="Only of this account.")
]


@application.command("list")
def list_unknown(
    account: AccountOption = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 1000,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List messages of unknown outcome: whose, since when, and what becomes of them.

    Example: waypost unknown list --account HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[UnknownMessage]:
        id_ = None if account is None else (await tools.registrar.find(account)).account_id
        return await tools.store.read(
            lambda transaction: transaction.reports.unknown(id_, "", limit)
        )

    found = work_on(load_for(data, config), work)
    if as_json:
        print_json(found)
        return
    if not found:
        print_lines("No message is of unknown outcome.")
        return
    print_rows(
        ("message", "account", "sender", "to", "since", "attempts", "policy", "next look"),
        [
            (
                one.message_id,
                one.sid,
                f"+{one.sender_id}",
                one.recipient,
                show_time(one.since),
                one.attempts,
                one.policy,
                show_time(one.due_at) or "never",
            )
            for one in found
        ],
    )
    print_lines("Whoever knows what became of one says so with `waypost unknown resolve`.")


@application.command("resolve")
def resolve(  # each answer is an option of its own: none of them may be typed by mistake
    message_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="As `waypost unknown list` has it.")
    ] = None,
    resend: Annotated[bool, typer.Option("--resend", help="Give it to Meta again.")] = False,
    sent: Annotated[bool, typer.Option("--sent", help="Meta took it.")] = False,
    not_sent: Annotated[
        bool, typer.Option("--not-sent", help="Meta did not take it, and it is not sent again.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every one of the account's; give --account.")
    ] = False,
    account: AccountOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what became of messages of unknown outcome. Ends with 1 if one could not be resolved.

    Example: waypost unknown resolve A0MWPDAWKF0OPFFPU21L --sent
    """
    from waypost.status.resolver import Resolution  # noqa: PLC0415 - with serve

    said = [
        resolution
        for resolution, is_said in (
            (Resolution.RESEND, resend),
            (Resolution.SENT, sent),
            (Resolution.NOT_SENT, not_sent),
        )
        if is_said
    ]
    if len(said) != 1:
        raise MisusedError("Say one of --resend, --sent and --not-sent.")
    if bool(message_ids) == every:
        raise MisusedError("Name messages, or say --all with --account.")
    if every and account is None:
        raise MisusedError("--all needs --account: it is about every unknown message of one.")

    async def work(tools: "OperatorTools") -> "list[Resolved]":
        if every:
            return await _resolve_all(tools, account or "", said[0])
        return await _resolve_named(tools, message_ids or [], said[0])

    resolved = work_on(load_for(data, config), work)
    if as_json:
        print_json(resolved)
    elif not resolved:
        print_lines("No message is of unknown outcome.")
    else:
        print_lines(*(f"{one.message_id} {one.said}." for one in resolved))
    if not all(one.is_done for one in resolved):
        raise typer.Exit(REFUSED)


async def _resolve_all(
    tools: "OperatorTools", sid: str, resolution: "Resolution"
) -> "list[Resolved]":
    """Every unknown message of an account, page by page."""
    account_id = (await tools.registrar.find(sid)).account_id
    resolved: list[Resolved] = []
    after = ""
    while True:
        page = await tools.store.read(
            lambda transaction: transaction.reports.unknown(account_id, after, PAGE)  # noqa: B023 - run at once
        )
        if not page:
            return resolved
        resolved += await _say(tools, account_id, [one.message_id for one in page], resolution)
        after = page[-1].message_id


async def _resolve_named(
    tools: "OperatorTools", message_ids: list[str], resolution: "Resolution"
) -> "list[Resolved]":
    """Messages of any accounts, in the order in which they were named."""
    from waypost.status.resolver import Resolved  # noqa: PLC0415 - with serve

    resolved: list[Resolved] = []
    for message_id in dict.fromkeys(message_ids):
        found = await tools.store.read(
            lambda transaction: transaction.reports.find_message(message_id)  # noqa: B023 - run at once
        )
        if found is None:
            resolved.append(Resolved(message_id, is_done=False, said="is no message here"))
        else:
            resolved += await _say(tools, found.account_id, [message_id], resolution)
    return resolved


async def _say(
    tools: "OperatorTools", account_id: int, message_ids: list[str], resolution: "Resolution"
) -> "tuple[Resolved, ...]":
    from waypost.status.resolver import Word  # noqa: PLC0415 - with serve

    word = Word(account_id, tuple(message_ids), resolution, who_acts())
    return await tools.resolver.resolve(word)
