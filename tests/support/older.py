"""Databases of an older release, with rows of a test's own, opened by this one."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import asyncpg

from support.nouns import NOW
from support.stored import SQLITE, Engine, Stored, opened
from waypost.store.migrate import load_migrations
from waypost.store.repositories.instants import to_ms
from waypost.store.sqlite.connection import APPLICATION_ID, connect
from waypost.store.sqlite.store import FILE

OLD = {"sqlite": 3, "postgres": 1}
"""The last migration of the release before there were profiles and figures."""


@contextmanager
def brought_forward(engine: Engine, folder: Path, statements: Iterable[str]) -> Iterator[Stored]:
    """A database of the older release in which these were run, opened by this release."""
    if engine is SQLITE:
        _make_sqlite(folder, statements)
    else:
        asyncio.run(_make_postgres(engine.url(folder), statements))
    with opened(folder, engine) as stored:
        yield stored


def _migrations(name: str) -> Any:
    folder = resources.files(f"waypost.store.{name}").joinpath("migrations")
    return load_migrations(folder)[: OLD[name]]


def _make_sqlite(folder: Path, statements: Iterable[str]) -> None:
    with contextlib.closing(connect(folder / FILE)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(
            "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
            "digest TEXT NOT NULL, applied_at INTEGER NOT NULL)"
        )
        for one in _migrations("sqlite"):
            connection.execute(one.text)
            row = (one.version, one.name, one.digest, to_ms(NOW))
            connection.execute("INSERT INTO schema_versions VALUES (?, ?, ?, ?)", row)
        for statement in statements:
            connection.execute(statement)


async def _make_postgres(url: str, statements: Iterable[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await connection.execute(
            "CREATE TABLE schema_versions (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
            "digest TEXT NOT NULL, applied_at BIGINT NOT NULL)"
        )
        for one in _migrations("postgres"):
            await connection.execute(one.text)
            await connection.execute(
                "INSERT INTO schema_versions VALUES ($1, $2, $3, $4)",
                *(one.version, one.name, one.digest, to_ms(NOW)),
            )
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
