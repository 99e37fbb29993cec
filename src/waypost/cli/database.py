"""`waypost db`: the database of a gateway."""

import asyncio
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from msgspec import Struct, to_builtins
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import REFUSED, print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.report.usage_audit import find_differences
from waypost.runtime.clock import SystemClock
from waypost.runtime.config import Config

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="The database.")


ToOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="URL",
        help="The PostgreSQL to copy to. Default: the setting database_url, which no list of "
        "processes shows.",
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would be applied; change nothing.")
]
ExecuteOption = Annotated[
    bool, typer.Option("--execute", help="Run the statements instead of printing them.")
]


class Checked(Struct, frozen=True):
    """What a look at the whole database found; `findings` is empty if all is well."""

    messages: dict[str, int]
    waiting: dict[str, int]
    findings: list[str]


@application.command("check")
def check(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Bring the schema up to date, look for all that does not fit, and count what is there.

    Reads everything: the money of every message, rows without those they belong to, figures by the
    hour against the messages themselves, the file or the partitions. Ends with 1 if anything is
    wrong. Example: waypost db check --data data/dev
    """
    loaded = load_for(data, config)

    async def work(tools: "OperatorTools") -> Checked:
        store = tools.store
        return Checked(
            await store.read(lambda transaction: transaction.reports.states()),
            await store.read(lambda transaction: transaction.queue.backlog()),
            [
                *await store.partitions.find_faults(SystemClock().now()),
                *await store.read(lambda transaction: transaction.wallets.audit()),
                *await store.read(lambda transaction: transaction.history.orphans()),
                *await find_differences(store),
            ],
        )

    found = work_on(loaded, work)
    if as_json:
        print_json({"database": where(loaded), **to_builtins(found)})
    else:
        print_lines(f"The database in {where(loaded)} is this program's.")
        print_rows(
            ("what", "how many"),
            [
                *((f"messages {state}", count) for state, count in sorted(found.messages.items())),
                *((f"waiting in {queue}", count) for queue, count in sorted(found.waiting.items())),
            ],
        )
        print_lines(*found.findings or ["Everything fits."])
    if found.findings:
        raise typer.Exit(REFUSED)


@application.command("migrate")
def migrate(
    data: DataOption = None,
    config: ConfigOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the schema up to date, as the start of a gateway does; makes a new database too.

    Example: waypost db migrate --dry-run
    """
    from waypost.upkeep import migrate, pending_migrations  # noqa: PLC0415 - loads a database

    loaded = load_for(data, config)
    if dry_run:
        lacking = asyncio.run(pending_migrations(loaded))
    else:
        lacking = asyncio.run(migrate(loaded, SystemClock().now()))
    if as_json:
        print_json({"database": where(loaded), "migrations": lacking, "applied": not dry_run})
        return
    done = "Would apply" if dry_run else "Applied"
    print_lines(
        *(f"{done} {name}." for name in lacking)
        if lacking
        else [f"The schema in {where(loaded)} is up to date."]
    )


@application.command("copy")
def copy(
    to: ToOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the SQLite of a data directory into an empty PostgreSQL, and prove them equal.

    Stop the gateway first. A copy that was cut off goes on where it was. The keys that seal
    access tokens, and the bytes of media, are not in the database: keep secret_keys (or the file
    secret.key), and the folder media. Example: waypost db copy --to postgresql://host/waypost
    """
    from waypost.upkeep import copy  # noqa: PLC0415 - loads a database

    loaded = load_for(data, config)
    url = to or loaded.database_url
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def show(what: str, table: str, done: int, total: int) -> None:
            if total and (what, table) not in tasks:
                tasks[what, table] = bars.add_task(f"{what} {table}", total=total)
            if total:
                bars.update(tasks[what, table], completed=done, total=total)

        rows = asyncio.run(copy(loaded, url, SystemClock().now(), show))
    if as_json:
        print_json({"rows": rows})
        return
    print_rows(("table", "rows"), [(table, count) for table, count in rows.items() if count])
    print_lines(
        "Both sides are equal. Set database_url (WAYPOST_DATABASE_URL) and start the gateway."
    )


@application.command("distribute")
def distribute(
    data: DataOption = None,
    config: ConfigOption = None,
    execute: ExecuteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print the statements that distribute the schema by account with Citus; or run them.

    Example: waypost db distribute --execute
    """
    from waypost.upkeep import distribute, distribution  # noqa: PLC0415 - loads a database

    loaded = load_for(data, config)
    statements = list(asyncio.run(distribute(loaded))) if execute else distribution()
    if as_json:
        print_json({"statements": statements, "executed": execute})
        return
    print_lines(*(f"{statement};" for statement in statements))
    if execute:
        print_lines(f"{len(statements)} run; every table is distributed.")


def where(config: Config) -> str:
    """Which database the settings name, without the words that open it."""
    if not config.database_url:
        return str(config.data_dir)
    parts = urlsplit(config.database_url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"


@application.command("reseal")
def reseal(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Seal every access token and every profile's secrets anew with the first of secret_keys.

    Put the new key in front of the old ones, start the gateway anew, reseal, then take the old
    ones away. Example: waypost db reseal --data data
    """
    loaded = load_for(data, config)

    async def work(tools: "OperatorTools") -> int:
        return await tools.registrar.tokens.reseal(actor=who_acts())

    resealed = work_on(loaded, work)
    if as_json:
        print_json({"database": where(loaded), "resealed": resealed})
    else:
        what = "secret" if resealed == 1 else "secrets"
        print_lines(f"{resealed} {what} in {where(loaded)} sealed anew with the first key.")
