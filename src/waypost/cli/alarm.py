"""`waypost alarm`: what goes on until a person acts."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.opening import work_on
from waypost.cli.output import print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.alarm import Alarm

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.store.ports import Transaction

application = typer.Typer(no_args_is_help=True, help="What goes on until a person acts.")


@application.callback()
def _alarm() -> None:
    """Keeps `list` a word of its own while it is the only one."""


@application.command("list")
def list_alarms(
    account: Annotated[
        str | None, typer.Option("--account", metavar="SID", help="Only of this account.")
    ] = None,
    past: Annotated[
        bool, typer.Option("--past", help="Those that are over, instead of those that go on.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List alarms, the newest first, each with what to do.

    Example: waypost alarm list --past
    """

    async def work(tools: "OperatorTools") -> list[tuple[str, Alarm]]:
        id_ = None if account is None else (await tools.registrar.find(account)).account_id

        async def read(transaction: "Transaction") -> list[Alarm]:
            alarms = transaction.alarms
            return await (alarms.past if past else alarms.open)(id_, limit)

        sids = {one.account_id: one.sid for one, _ in await tools.registrar.accounts()}
        return [(sids.get(one.account_id, ""), one) for one in await tools.store.read(read)]

    found = work_on(load_for(data, config), work)
    if as_json:
        print_json(
            [
                {
                    "kind": one.kind,
                    "sid": sid or None,
                    "subject": one.subject,
                    "detail": one.detail,
                    "next_step": one.next_step,
                    "raised_at": one.raised_at,
                    "cleared_at": one.cleared_at,
                }
                for sid, one in found
            ]
        )
        return
    if not found:
        print_lines("No alarm is over yet." if past else "No alarm is open.")
        return
    print_rows(
        ("since", "until", "alarm", "account", "of", "what happened", "what to do"),
        [
            (
                show_time(one.raised_at),
                show_time(one.cleared_at) or "now",
                one.kind.value.replace("_", " "),
                sid or "the deployment",
                one.subject,
                one.detail,
                one.next_step,
            )
            for sid, one in found
        ],
    )
