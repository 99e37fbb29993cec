"""Opening PostgreSQL: the address, how a session is kept, and the schema.

An address may name several servers; the one that takes writes is used.
"""

import asyncio
import re
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from importlib import resources
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg

from waypost.model.errors import StoreError, UnknownSchemaError
from waypost.store.migrate import Migration, load_migrations, pending
from waypost.store.postgres.parts import AHEAD, DAYS, MAKING, make_parts
from waypost.store.repositories.instants import to_ms

Connection: TypeAlias = asyncpg.Connection

OLDEST_SERVER = 15
"""The first version of PostgreSQL that the plans were tried on."""

CONNECT_S = 5.0
"""How long opening one connection may take."""

ANSWER_S = 10.0
"""How long a session waits for the answer to what takes a moment, such as the begin of a
transaction. A machine that lost its power or its network ends no connection."""

ROLL_BACK_S = 2.0

MIGRATION_LOCK = 0x57595054
"""The number of the advisory lock under which the schema is brought forward."""

HOT = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_material": "off",
    "join_collapse_limit": "1",
}
"""Plans of the statements that run all day: made once, and by index whatever the statistics say.

A table that is empty, or was filled a moment ago, is planned as small; such a plan would walk
through all of it later. So tables are joined in the order in which a query names them, the given
rows first: a planner that knows no better would look for a message by its account alone.
"""

COLD = {
    "enable_seqscan": "on",
    "enable_hashjoin": "on",
    "enable_mergejoin": "on",
    "enable_material": "on",
    "join_collapse_limit": "8",
}
"""What is set again while a query runs that may look at whole tables."""

BY_KEY = {"enable_indexscan": "off", "enable_indexonlyscan": "off"}
"""What is set while a plan is made that looks given rows up by their keys.

Of a table that was empty when it was last counted, or holds a handful of rows, the planner would
read the whole index, and look among the given rows for each: every plan costs the same there, and
the table may be filled while the plan is kept. What is left here, an index by way of a bitmap, can
only be entered with a key.
"""

KEPT = {
    "client_encoding": "utf8",
    "timezone": "UTC",
    "default_transaction_isolation": "read committed",
    # Two processes that wait for each other's rows are both told sooner than by the server's
    # search for deadlocks; both run their batch again.
    "lock_timeout": "500ms",
    # A process that stands still holds the rows that it has touched for no longer.
    "idle_in_transaction_session_timeout": "5s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}

KEPT_ALIVE = {
    "TCP_KEEPIDLE": 5,
    "TCP_KEEPINTVL": 2,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 11_000,
}
"""This side of the same; the last one, in milliseconds, is for what was said and not received."""

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""The connection is gone or of no more use; nothing that was not committed is kept."""


def shown(url: str) -> str:
    """The address without the name and the password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


async def connect(
    url: str, purpose: str, settings: Mapping[str, str], *, is_patient: bool = False
) -> Connection:
    """A connection that takes writes. Raises StoreError with what to do.

    is_patient  whether statements that name no time of their own may take any; else ANSWER_S
    """
    made: list[Connection] = []
    try:
        return await _connect(url, purpose, settings, made, is_patient=is_patient)
    except BaseException:
        # Whoever waits may go at any moment; the driver then drops what it had opened unclosed.
        for connection in made:
            connection.terminate()
        raise


async def _connect(
    url: str,
    purpose: str,
    settings: Mapping[str, str],
    made: list[Connection],
    *,
    is_patient: bool,
) -> Connection:
    """The same; each connection that was opened on the way is in `made`."""

    class Noted(asyncpg.Connection):  # type: ignore[misc] # the driver has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    is_open_to_all = "target_session_attrs" in url
    try:
        connection: Connection = await asyncpg.connect(
            url,
            connection_class=Noted,
            timeout=CONNECT_S,
            statement_cache_size=0,
            command_timeout=None if is_patient else ANSWER_S,
            server_settings={"application_name": f"waypost {purpose}", **KEPT, **settings},
            **({} if is_open_to_all else {"target_session_attrs": "read-write"}),
        )
    except (asyncpg.ClientConfigurationError, ValueError) as error:
        raise StoreError(
            f"database_url is no address of a PostgreSQL database: {error}. Write it like "
            "postgresql://name:password@host:5432/database."
        ) from None
    except (asyncpg.PostgresError, *LOST) as error:
        raise StoreError(
            f"The database at {shown(url)} cannot be reached: {reason(error)}. Check the address, "
            "the password and that the server runs and takes writes."
        ) from error
    _watch(connection)
    check_version(connection.get_server_version().major, url)
    try:
        await _prepare_session(connection)
    except (asyncpg.PostgresError, *LOST) as error:
        raise StoreError(f"The database at {shown(url)} hung up: {reason(error)}.") from error
    return connection


def _watch(connection: Connection) -> None:
    """Has the system end a connection whose other machine is gone, as the server has its own."""
    transport = connection._transport  # noqa: SLF001 - the driver has no other way to it
    line = transport.get_extra_info("socket")
    if line is None or line.family == socket.AF_UNIX:
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEPT_ALIVE.items():
        if (option := getattr(socket, name, None)) is not None:  # not every system has each
            line.setsockopt(socket.IPPROTO_TCP, option, value)


def check_version(major: int, url: str) -> None:
    """Raises StoreError if the server of this version is older than what was tried."""
    if major < OLDEST_SERVER:
        raise StoreError(
            f"The server at {shown(url)} is PostgreSQL {major}. Waypost needs {OLDEST_SERVER} or "
            "newer: upgrade the server, or name another in database_url."
        )


async def _prepare_session(connection: Connection) -> None:
    # Sums of bigint come as numeric; ours are whole numbers.
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=_whole, format="text"
    )
    # A server that was told to answer commits before they are on its disk is told otherwise; one
    # that waits for its standbys too, as well as it may.
    if await connection.fetchval("SHOW synchronous_commit") == "off":
        await connection.execute("SET synchronous_commit = on")


def _whole(text: str) -> int | Decimal:
    return int(text) if re.fullmatch(r"-?\d+", text) else Decimal(text)


def reason(error: BaseException) -> str:
    """An error's own words in one line."""
    if isinstance(error, TimeoutError) and not str(error):
        return "it did not answer in time"
    return " ".join(str(error).split()) or type(error).__name__


async def roll_back(connection: Connection) -> None:
    """Ends a transaction, or the connection if it does not answer."""
    try:
        async with asyncio.timeout(ROLL_BACK_S):  # the driver's own begins behind a statement's end
            await connection.execute("ROLLBACK")
    except (asyncpg.PostgresError, *LOST):
        connection.terminate()


async def hang_up(connection: Connection) -> None:
    """Closes politely, or at once if that takes long."""
    try:
        await connection.close(timeout=1.0)
    except (asyncpg.PostgresError, *LOST, asyncio.CancelledError):
        connection.terminate()


def known_migrations() -> list[Migration]:
    """The migrations of this program."""
    return load_migrations(resources.files("waypost.store.postgres").joinpath("migrations"))


async def bring_forward(
    url: str, now: datetime, part_days: int = DAYS, *, is_copying: bool = False
) -> None:
    """Applies the migrations this database lacks, in one transaction, under a lock.

    part_days   how many days of history stand in one part; those of the coming weeks are made
    is_copying  whether it is opened to copy into it: nobody else may before the copy is done

    Raises UnknownSchemaError for a database this program does not know; nothing is changed.
    StoreError if it cannot be reached or will not have it.
    """
    connection = await connect(url, "migrate", {"lock_timeout": "0"}, is_patient=True)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
            for migration in pending(known_migrations(), await read_versions(connection)):
                await connection.execute(migration.text)
                await connection.execute(
                    "INSERT INTO schema_versions VALUES ($1, $2, $3, $4)",
                    migration.version,
                    migration.name,
                    migration.digest,
                    to_ms(now),
                )
            if await connection.fetchval("SELECT to_regclass('copy_progress')") and not is_copying:
                raise StoreError(
                    f"A copy into {shown(url)} is not finished. Begin `waypost db copy` again, "
                    "or name another database."
                )
        await connection.execute("SELECT pg_advisory_lock($1)", MAKING)  # until it is closed
        await make_parts(connection, now, now + AHEAD, part_days)
    except (asyncpg.PostgresError, *LOST) as error:
        raise StoreError(
            f"The schema of {shown(url)} could not be brought up to date: {reason(error)}. "
            "Nothing of it was changed."
        ) from error
    finally:
        await hang_up(connection)


async def pending_at(url: str) -> list[str]:
    """What `bring_forward` would apply; nothing is changed. Raises as it does."""
    connection = await connect(url, "migrate", {})
    try:
        trial = connection.transaction()
        await trial.start()
        try:
            applied = await read_versions(connection)
        finally:
            await trial.rollback()
        return [migration.label for migration in pending(known_migrations(), applied)]
    except (asyncpg.PostgresError, *LOST) as error:
        raise StoreError(f"{shown(url)} could not be read: {reason(error)}.") from error
    finally:
        await hang_up(connection)


async def read_versions(connection: Connection) -> Sequence[tuple[int, str, str]]:
    """Version, name and digest of what was applied; the table is made in an empty database.

    Raises UnknownSchemaError if it holds what is not ours.
    """
    tables = {
        row["tablename"]
        for row in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
    }
    if "schema_versions" in tables:
        rows: list[Any] = await connection.fetch(
            "SELECT version, name, digest FROM schema_versions ORDER BY version"
        )
        return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]
    if tables:
        raise UnknownSchemaError(
            "This PostgreSQL database holds tables that are not Waypost's. Name another in "
            "database_url."
        )
    await connection.execute(
        "CREATE TABLE schema_versions (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
        "digest TEXT NOT NULL, applied_at BIGINT NOT NULL)"
    )
    return []
