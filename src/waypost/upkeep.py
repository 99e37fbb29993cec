"""What an operator does to a database as a whole: bring it forward, copy it, distribute it.

Beside `serve` the only file that sees which database it is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from waypost.model.errors import StoreError
from waypost.runtime.config import Config
from waypost.store.sqlite.connection import pending_in
from waypost.store.sqlite.store import FILE, SqliteStore

Progress = Callable[[str, str, int, int], None]
POSTGRES = ("postgresql://", "postgres://")


async def pending_migrations(config: Config) -> list[str]:
    """The migrations that the database lacks; nothing is changed. Raises StoreError."""
    if not config.database_url:
        return pending_in(config.data_dir / FILE)
    from waypost.store.postgres.connection import pending_at  # noqa: PLC0415 - its driver is heavy

    return await pending_at(config.database_url)


async def migrate(config: Config, now: datetime) -> list[str]:
    """Applies the migrations that the database lacks, and makes it if it is not there.

    Raises StoreError.
    """
    lacking = await pending_migrations(config)
    if not config.database_url:
        await SqliteStore(config.data_dir, now=now, is_gateway=False).close()
        return lacking
    from waypost.store.postgres.connection import bring_forward  # noqa: PLC0415

    await bring_forward(config.database_url, now, config.part_days)
    return lacking


async def copy(config: Config, url: str, now: datetime, progress: Progress) -> dict[str, int]:
    """Copies the SQLite of `data_dir` to a PostgreSQL; the rows of each table, proved equal.

    Raises StoreError, StoreBusyError while a gateway runs on the directory.
    """
    if not url.startswith(POSTGRES):
        raise StoreError("Name a PostgreSQL to copy to: --to postgresql://user:password@host/name.")
    if not (config.data_dir / FILE).exists():
        raise StoreError(f"There is no gateway's database in {config.data_dir}: name its folder.")
    from waypost.store.copier import copy_to_postgres  # noqa: PLC0415

    copied = await copy_to_postgres(config.data_dir, url, now, config.part_days, progress)
    return {one.table: one.rows for one in copied}


def distribution() -> list[str]:
    """The statements that distribute the schema by account over many machines."""
    from waypost.store.postgres.distribution import statements  # noqa: PLC0415

    return statements()


async def distribute(config: Config) -> Sequence[str]:
    """Runs those that have not been run; which. Raises StoreError."""
    if not config.database_url:
        raise StoreError("SQLite is one file on one machine. Set database_url to a PostgreSQL.")
    from waypost.store.postgres.distribution import distribute as run  # noqa: PLC0415

    return await run(config.database_url)
