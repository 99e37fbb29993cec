"""`waypost optout`: recipients who want no marketing."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.account import Sid
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.opt_out import OptOut

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Recipients who want no marketing.")

RecipientArgument = Annotated[
    str, typer.Argument(metavar="RECIPIENT", help="Like +919812345678, or a user id.")
]


@application.command("list")
def list_opt_outs(
    sid: Sid,
    after: Annotated[str, typer.Option(metavar="RECIPIENT", help="Those behind this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who wants no marketing from an account, and who told so.

    Example: waypost optout list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[OptOut]:
        account = await tools.registrar.find(sid)
        return await tools.opt_outs.page(account, after=after, limit=limit)

    rows = [_row(one) for one in work_on(load_for(data, config), work)]
    if as_json:
        print_json(rows)
        return
    print_rows(("recipient", "told by", "in words", "since"), [tuple(row.values()) for row in rows])
    if len(rows) == limit:
        print_lines(f"The next ones: --after {rows[-1]['recipient']}")


@application.command("add")
def add(
    sid: Sid,
    recipient: RecipientArgument,
    reason: Annotated[str, typer.Option(help="For your own lists.")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a recipient no marketing from now on.

    Example: waypost optout add HXIN1234567890IN +919812345678 --reason "asked by phone"
    """

    async def work(tools: "OperatorTools") -> OptOut:
        account = await tools.registrar.find(sid)
        return await tools.opt_outs.add(account, recipient, reason, actor=who_acts())

    one = work_on(load_for(data, config), work)
    if as_json:
        print_json(_row(one))
    else:
        print_lines(f"{one.recipient} gets no marketing of {sid} from now on.")


@application.command("remove")
def remove(
    sid: Sid,
    recipient: RecipientArgument,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a recipient get marketing again; only if they asked for it.

    Example: waypost optout remove HXIN1234567890IN +919812345678
    """

    async def work(tools: "OperatorTools") -> None:
        account = await tools.registrar.find(sid)
        await tools.opt_outs.remove(account, recipient, actor=who_acts())

    work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "removed": recipient})
    else:
        print_lines(f"{recipient} gets marketing of {sid} again.")


def _row(one: OptOut) -> dict[str, str]:
    return {
        "recipient": one.recipient,
        "source": one.source.value,
        "detail": one.detail,
        "opted_out_at": show_time(one.opted_out_at),
    }
