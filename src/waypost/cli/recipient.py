"""`waypost recipient`: everything that is kept of one person, erased."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import REFUSED, print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.forgotten import Erasure, ErasureOrder

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Everything that is kept of one person.")


@application.callback()
def _recipient() -> None:
    """Keeps `erase` a word of its own while it is the only one."""


@application.command("erase")
def erase(
    recipient: Annotated[
        str, typer.Argument(metavar="RECIPIENT", help="Like +919812345678, or a user id.")
    ],
    account: Annotated[
        str | None, typer.Option(metavar="SID", help="Of one account; else of all.")
    ] = None,
    cancel: Annotated[
        bool,
        typer.Option(
            "--cancel",
            help="Cancel messages that wait, and give up callbacks and media still to come.",
        ),
    ] = False,
    forget_opt_out: Annotated[
        bool, typer.Option("--forget-opt-out", help="Also forget that it wants no marketing.")
    ] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a recipient everywhere, and look afterwards whether anything is left.

    Exit code 0: nothing was found afterwards. It reads all that is kept, so it may take minutes.

    Example: waypost recipient erase +919812345678 --account HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> Erasure:
        from waypost.directory.opt_outs import parse_recipient  # noqa: PLC0415 - only now needed

        ids = (
            [one.account_id for one, _ in await tools.registrar.accounts()]
            if account is None
            else [(await tools.registrar.find(account)).account_id]
        )
        whom = parse_recipient(recipient)
        return await tools.forgetter.erase(
            ErasureOrder(
                tuple(ids), whom, who_acts(), is_to_cancel=cancel, forgets_opt_out=forget_opt_out
            )
        )

    erasure = work_on(load_for(data, config), work)
    if as_json:
        print_json(show(erasure))
    else:
        from waypost.runtime.redaction import mask_recipient  # noqa: PLC0415 - knows all numbers

        _tell(mask_recipient(recipient.strip()), erasure)
    if not erasure.is_complete:
        raise typer.Exit(REFUSED)


def show(erasure: Erasure) -> dict[str, object]:
    """The same as JSON has it."""
    return {
        "pseudonym": erasure.pseudonym,
        "erased": {kind.value: count for kind, count in erasure.erased.items()},
        "left": {kind.value: count for kind, count in erasure.left.items()},
        "opt_outs_kept": erasure.opt_outs,
        "cancelled": erasure.cancelled,
        "is_complete": erasure.is_complete,
    }


def _tell(masked: str, erasure: Erasure) -> None:
    if erasure.cancelled:
        print_lines(f"Messages cancelled: {erasure.cancelled}.")
    rows = [(kind.value, count) for kind, count in sorted(erasure.erased.items())]
    if rows:
        print_rows(("table", "rows erased"), rows)
    else:
        print_lines(f"Nothing was kept of {masked}.")
    if erasure.opt_outs:
        print_lines(
            f"It wants no marketing, and that is remembered ({erasure.opt_outs} rows with its "
            "address): --forget-opt-out forgets it too."
        )
    if erasure.is_complete:
        print_lines(f"Every table was looked at again: {masked} is found nowhere.")
        return
    print_rows(
        ("table", "rows left"), [(kind.value, n) for kind, n in sorted(erasure.left.items())]
    )
    print_lines("Something of it came meanwhile. Ask again in a moment.")
