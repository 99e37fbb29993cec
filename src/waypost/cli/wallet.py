"""`waypost wallet`: whether the money adds up."""

from typing import TYPE_CHECKING

import typer

from waypost.cli.opening import work_on
from waypost.cli.output import REFUSED, print_json, print_lines
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Money of all accounts.")


@application.callback()
def _wallet() -> None:
    """Keeps `audit` a word of its own while it is the only one."""


@application.command("audit")
def audit(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Hold every wallet against its ledger, and every hold against its message.

    Ends with 1 if anything does not add up. Example: waypost wallet audit
    """

    async def work(tools: "OperatorTools") -> list[str]:
        return await tools.store.read(lambda transaction: transaction.wallets.audit())

    findings = work_on(load_for(data, config), work)
    if as_json:
        print_json({"findings": findings})
    else:
        print_lines(*findings or ["Every wallet is the sum of its entries."])
    if findings:
        raise typer.Exit(REFUSED)
