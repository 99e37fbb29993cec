"""How the schema is distributed by account over many machines, with Citus.

Every table but those of LOCAL has the account in its key, so all of one account's rows lie on one
machine, and a statement that names the account runs there. `accounts` is whole on every machine:
it is small, joined by all, and a SID is unique over all of them.
"""

from collections.abc import Sequence

import asyncpg

from waypost.model.errors import StoreError
from waypost.store.postgres.connection import (
    LOST,
    connect,
    hang_up,
    known_migrations,
    reason,
    shown,
)
from waypost.store.postgres.dialect import read_schema

EVERYWHERE = ("accounts",)
LOCAL = ("writers",)
"""Stays on the machine that is spoken to: which batch each process committed last there."""
FIRST = "wallets"
"""The table beside whose rows of an account those of all others lie."""


def tables() -> tuple[str, ...]:
    """The tables that are distributed by account, in the order in which that is done."""
    schema = read_schema([migration.text for migration in known_migrations()])
    others = sorted(set(schema) - {FIRST, *EVERYWHERE, *LOCAL})
    return (FIRST, *others)


def statements() -> list[str]:
    """What distributes an empty or a filled database; each may be run once."""
    return [
        *(f"SELECT create_reference_table('{table}')" for table in EVERYWHERE),
        f"SELECT create_distributed_table('{FIRST}', 'account_id')",
        *(
            f"SELECT create_distributed_table('{table}', 'account_id', colocate_with => '{FIRST}')"
            for table in tables()[1:]
        ),
    ]


async def distribute(url: str) -> Sequence[str]:
    """Runs what has not been run; those statements. Raises StoreError."""
    connection = await connect(url, "distribute", {"lock_timeout": "0"}, is_patient=True)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_extension WHERE extname = 'citus'"):
            raise StoreError(
                f"The database at {shown(url)} has no Citus. On a server that brings it, say "
                "CREATE EXTENSION citus and name its workers with citus_add_node, then try again."
            )
        done = {
            row[0]
            for row in await connection.fetch("SELECT logicalrelid::text FROM pg_dist_partition")
        }
        missing = [
            statement
            for table, statement in zip([*EVERYWHERE, *tables()], statements(), strict=True)
            if table not in done
        ]
        for statement in missing:
            await connection.execute(statement)
    except (asyncpg.PostgresError, *LOST) as error:
        raise StoreError(
            f"The database at {shown(url)} could not be distributed: {reason(error)}. Tables that "
            "were done stay so; try again."
        ) from error
    finally:
        await hang_up(connection)
    return missing
