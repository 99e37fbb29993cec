"""`waypost audit`: who changed what, and when."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from waypost.cli.opening import work_on
from waypost.cli.output import print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.audit import AuditEntry

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Who changed what, and when.")


@application.callback()
def _audit() -> None:
    """Keeps `list` a word of its own while it is the only one."""


@application.command("list")
def list_entries(
    sid: Annotated[
        str | None, typer.Argument(metavar="SID", help="Of one account; else of all.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    before: Annotated[
        int | None, typer.Option(metavar="ID", help="Only entries before this one.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List administrative acts, the newest first.

    Example: waypost audit list HXIN1234567890IN --limit 20
    """

    async def work(tools: "OperatorTools") -> tuple[dict[int, str], list[AuditEntry]]:
        sids = {one.account_id: one.sid for one, _ in await tools.registrar.accounts()}
        return sids, await tools.registrar.audit(sid, limit, before)

    sids, entries = work_on(load_for(data, config), work)
    if as_json:
        print_json([_row(sids, entry) for entry in entries])
        return
    print_rows(
        ("when", "account", "who", "act", "target", "detail"),
        [
            (
                show_time(entry.acted_at),
                sids.get(entry.account_id),
                f"{entry.actor.name} {entry.actor.address}".rstrip(),
                entry.act,
                entry.target,
                _detail_of(entry),
            )
            for entry in entries
        ],
    )
    if len(entries) == limit:
        print_lines(f"Older ones: --before {entries[-1].audit_id}")


def _row(sids: dict[int, str], entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.audit_id,
        "at": entry.acted_at,
        "sid": sids.get(entry.account_id),
        "actor": entry.actor.name,
        "address": entry.actor.address,
        "act": entry.act,
        "target": entry.target,
        "detail": entry.detail,
    }


def _detail_of(entry: AuditEntry) -> str:
    """`name: before -> after` for what changed, `name: value` for the rest."""
    words = []
    for name, value in entry.detail.items():
        if isinstance(value, dict) and value.keys() == {"before", "after"}:
            words.append(f"{name}: {_plain(value['before'])} -> {_plain(value['after'])}")
        else:
            words.append(f"{name}: {_plain(value)}")
    return "; ".join(words)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
