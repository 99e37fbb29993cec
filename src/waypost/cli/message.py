"""`waypost message`: what became of a message; and cancelling one that still waits."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    REFUSED,
    CommandError,
    console,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.lifecycle import State
from waypost.report.timeline import Line, Listed, Timeline, list_messages, tell
from waypost.store.ports import Transaction

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.status.canceller import Cancellation

application = typer.Typer(no_args_is_help=True, help="Messages and their timelines.")

STYLES = {"gateway": "cyan", "meta": "green", "callback": "magenta", "money": "yellow"}


@application.command("show")
def show(
    message_id: Annotated[
        str, typer.Argument(metavar="ID", help="The message_id of the 202 answer.")
    ],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of a message: every attempt, status, callback and charge.

    Example: waypost message show A0MWPDAWKF0OPFFPU21L --data data/dev
    """
    loaded = load_for(data, config)

    async def find(transaction: Transaction) -> Timeline | tuple[Listed, ...]:
        timeline = await tell(transaction, message_id)
        return timeline or await list_messages(transaction, message_id)

    async def work(tools: "OperatorTools") -> Timeline | tuple[Listed, ...]:
        return await tools.store.read(find)

    found = work_on(loaded, work)
    if not found:
        raise CommandError(
            f"There is no message {message_id} in {loaded.data_dir}; the id is the message_id of "
            "the 202 answer, and --data names the gateway's folder."
        )
    if as_json:
        print_json(found)
    elif isinstance(found, Timeline):
        print_timeline(found)
    else:
        print_lines(f"{message_id} is a request with {len(found)} recipients:")
        print_rows(
            ("message", "to", "state", ""),
            [(one.message_id, one.recipient, one.state, one.headline) for one in found],
        )


@application.command("cancel")
def cancel(
    message_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="The message_id of the 202; a request's is all of its."),
    ],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cancel a message that still waits. Ends with 1 if none could be cancelled.

    Example: waypost message cancel A0MWPDAWKF0OPFFPU21L
    """
    loaded = load_for(data, config)

    async def work(tools: "OperatorTools") -> "Cancellation | None":
        from waypost.status.canceller import Asked  # noqa: PLC0415 - with serve

        account_id = await tools.store.read(
            lambda transaction: find_account(transaction, message_id)
        )
        if account_id is None:
            return None
        return await tools.canceller.cancel(Asked(account_id, message_id, who_acts()))

    cancellation = work_on(loaded, work)
    if cancellation is None:
        raise CommandError(
            f"There is no message {message_id} in {loaded.data_dir}; the id is the message_id of "
            "the 202 answer, and --data names the gateway's folder."
        )
    if as_json:
        print_json(
            {
                "cancelled": [one.message_id for one in cancellation.cancelled],
                "too_late": [one.message_id for one in cancellation.too_late],
            }
        )
    else:
        for one in cancellation.cancelled:
            print_lines(f"{one.message_id} to {one.recipient} is cancelled.")
        for one in cancellation.too_late:
            print_lines(
                f"{one.message_id} to {one.recipient} is too late to cancel: it is "
                + (
                    "being given to Meta."
                    if one.state is State.ACCEPTED
                    else f"{one.state.value.replace('_', ' ')}."
                )
            )
    if not cancellation.cancelled:
        raise typer.Exit(REFUSED)


async def find_account(transaction: Transaction, named: str) -> int | None:
    """Whose a message or a request is; None if there is no such id."""
    found = await transaction.reports.find_message(named)
    if found is None:
        for message_id, _, _ in await transaction.reports.messages_of_submission(named):
            found = await transaction.reports.find_message(message_id)
            break
    return None if found is None else found.account_id


def print_timeline(timeline: Timeline) -> None:
    """A timeline for a person: first where it stands, then what is wrong, then its story."""
    out = console()
    out.print(Text(f"{timeline.message_id}: {timeline.headline}", style="bold"))
    trouble = timeline.trouble
    if trouble is not None:
        code = f" (error {trouble.code})" if trouble.code not in ("", "0") else ""
        out.print(Text(f"What happened: {trouble.happened}{code}", style="red"))
        if trouble.detail:
            out.print(Text(f"In detail:     {trouble.detail}"))
        if trouble.next_step:
            out.print(Text(f"What to do:    {trouble.next_step}", style="bold"))
    references = ", ".join(one for one in timeline.references if one)
    facts = {
        "account": timeline.sid,
        "wamid": timeline.wamid,
        "references": references,
        "price": f"{timeline.price}, {timeline.payment}",
        "valid until": show_time(timeline.expires_at),
        "trace": timeline.trace_id,
    }
    for word, value in facts.items():
        if value:
            out.print(Text(f"  {word:<12}{value}", style="dim"))
    for line in timeline.lines:
        out.print(render_line(line))


def render_line(line: Line) -> Text:
    """`12:00:01.250  meta      delivered: …`; what is still to come has no time."""
    at = f"{line.at:%H:%M:%S}.{line.at.microsecond // 1000:03}" if line.at is not None else "…"
    text = Text(f"  {at:<14}")
    text.append(f"{line.who:<10}", STYLES[line.who])
    text.append(line.text)
    return text
