"""`waypost message`: messages found, and cancelling one that waits. `waypost why` tells of one."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.message_list import list_messages
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    REFUSED,
    CommandError,
    print_json,
    print_lines,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.lifecycle import State
from waypost.store.ports import Transaction

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.status.canceller import Cancellation

application = typer.Typer(no_args_is_help=True, help="Messages: found, and cancelled.")
application.command("list")(list_messages)


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
