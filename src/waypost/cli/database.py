"""`waypost db`: the database of a gateway."""

from typing import TYPE_CHECKING

import typer

from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="The database.")


@application.command("check")
def check(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Open the database, bring its schema up to date, and count what is in it.

    Example: waypost db check --data data/dev
    """
    loaded = load_for(data, config)

    async def work(tools: "OperatorTools") -> tuple[dict[str, int], dict[str, int]]:
        states = await tools.store.read(lambda transaction: transaction.reports.states())
        backlog = await tools.store.read(lambda transaction: transaction.queue.backlog())
        return states, backlog

    states, backlog = work_on(loaded, work)
    if as_json:
        print_json({"data_dir": str(loaded.data_dir), "messages": states, "waiting": backlog})
        return
    print_lines(f"The database in {loaded.data_dir} is this program's.")
    print_rows(
        ("what", "how many"),
        [
            *((f"messages {state}", count) for state, count in sorted(states.items())),
            *((f"waiting in {queue}", count) for queue, count in sorted(backlog.items())),
        ],
    )


@application.command("reseal")
def reseal(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Seal every access token anew with the first of secret_keys.

    Put the new key in front of the old ones, start the gateway anew, reseal, then take the old
    ones away. Example: waypost db reseal --data data
    """
    loaded = load_for(data, config)

    async def work(tools: "OperatorTools") -> int:
        return await tools.registrar.tokens.reseal(actor=who_acts())

    resealed = work_on(loaded, work)
    if as_json:
        print_json({"data_dir": str(loaded.data_dir), "resealed": resealed})
    else:
        tokens = "access token" if resealed == 1 else "access tokens"
        print_lines(f"{resealed} {tokens} in {loaded.data_dir} sealed anew with the first key.")
