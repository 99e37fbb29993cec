"""Runs what `assembly` builds: a Config to a gateway at work, until it is told to stop."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog
from granian.server.embed import Server
from prometheus_client import CollectorRegistry

from waypost.api.app import App
from waypost.assembly import Gateway, OperatorTools, assemble, build_tools
from waypost.runtime.children import Children, stop_with_parent
from waypost.runtime.clock import Clock, SystemClock
from waypost.runtime.config import Config
from waypost.runtime.entropy import SystemEntropy
from waypost.runtime.http import PooledHttpClient
from waypost.runtime.listening import choose_port, hold_port, is_answering
from waypost.runtime.logs import configure_logs, watch_work
from waypost.runtime.metrics import Metrics
from waypost.runtime.roles import ALL
from waypost.runtime.senses import Senses
from waypost.runtime.server import build_server as serve_application
from waypost.runtime.supervisor import Part, supervise
from waypost.runtime.vault import open_vault
from waypost.store.ports import Store, Transaction
from waypost.store.sqlite.store import SqliteStore
from waypost.version import __version__
from waypost.workers import SPARE_S

if TYPE_CHECKING:
    from waypost.runtime.tracing import Tracing

USER_AGENT = f"Waypost/{__version__}"

SERVER_SHARE = 0.2
"""How much of the time for a stop the server may take: a client that never ends its request must
not take it from those who are giving messages to Meta."""


async def run_gateway(
    config: Config,
    *,
    ready: Callable[[Gateway], None] | None = None,
    worker: int | None = None,
    clock: Clock | None = None,
) -> None:
    """Runs a gateway, or this process's roles of one, until SIGTERM or SIGINT.

    ready   called once it answers
    worker  the number of this process among those that share its port; None if it is alone
    clock   its time; the machine's if none is given

    Raises ConfigError, AddressInUseError, StoreError, VaultError, or PartFailedError.
    """
    configure_logs(config.log_level, config.log_format)
    if not config.meta_app_secret:
        structlog.get_logger("waypost.serve").warning(
            "webhooks.refused", why="meta_app_secret is not set: no webhook can be verified"
        )
    if worker is None:
        port = choose_port(config.host, config.port)
    else:
        port = config.port
        stop_with_parent()
    clock = clock or SystemClock()
    http = PooledHttpClient(USER_AGENT)
    metrics = Metrics(CollectorRegistry(), name_process(config, worker))
    tracing = watch(config, clock)
    store = await open_store(config, clock, metrics)
    try:
        # After the store, which refuses a folder that is another's: no key is to be left there.
        vault = open_vault(config.secret_keys, config.data_dir)
        senses = Senses(clock, SystemEntropy(), http, metrics, vault)
        gateway = assemble(config, store, senses, port)
        tools = gateway.tools
        if not config.database_url:
            await store.write(take_over, gateway)
        await tools.registrar.tokens.seal()
        await tools.registrar.profiles.complete()
        await tools.registrar.tokens.check()
        parts = list_parts(gateway, worker)

        async def announce() -> None:
            await wait_until_answering(gateway)
            settle_memory()
            if ready is not None:
                ready(gateway)

        await supervise(parts, grace_s=config.shutdown_grace_s, started=announce)
        for one in gateway.workers:
            await one.close()
    finally:
        await store.close()
        await http.close()
        if tracing is not None:
            watch_work(None)
            await asyncio.to_thread(tracing.close)


def watch(config: Config, clock: Clock) -> "Tracing | None":
    """Has units of work traced, if the settings ask for it. Raises ConfigError."""
    if not config.tracing_endpoint:
        return None
    # A tenth of a second to load, which nobody without it need wait for.
    from waypost.runtime.tracing import open_tracing  # noqa: PLC0415

    tracing = open_tracing(config.tracing_endpoint, config.tracing_share, clock, __version__)
    watch_work(tracing.record)
    return tracing


async def run_workers(config: Config, command: Sequence[str]) -> int:
    """Runs as many processes of a command as there are workers, on one port, until SIGTERM.

    command  starts one of them when the port and its own number stand behind it

    Raises AddressInUseError. The exit code of the whole.
    """
    configure_logs(config.log_level, config.log_format)
    with hold_port(config.host, config.port) as port:
        structlog.get_logger("waypost.serve").info(
            "workers.started", workers=config.workers, port=port, pid=os.getpid()
        )
        shared = [*command, "--port", str(port), "--worker"]
        return await Children(shared, config.workers, config.shutdown_grace_s, SystemClock()).run()


def name_process(config: Config, worker: int | None) -> str:
    """How a process is told from the others of its deployment; empty if it is all of it."""
    is_alone = config.role == ALL and worker is None
    return "" if is_alone else f"{config.role}:{worker or 0}"


def name_database(config: Config) -> str:
    """Where everything is kept, without the words that open it."""
    if not config.database_url:
        return f"sqlite:{config.data_dir / 'waypost.sqlite'}"
    where = config.database_url.rpartition("@")[2].partition("?")[0]
    return f"postgresql:{where.removeprefix('postgresql://').removeprefix('postgres://')}"


def list_parts(gateway: Gateway, worker: int | None) -> list[Part]:
    """What runs in this process, in the order in which it stops. Raises ConfigError."""
    config, tools = gateway.config, gateway.tools
    server_s = config.shutdown_grace_s * SERVER_SHARE
    server = build_server(gateway)
    parts = [Part("server", server.serve, server.stop, server_s)]
    if config.health_port:
        beside = serve_application(
            App(gateway.app.health), config.host, config.health_port + (worker or 0)
        )
        parts.append(Part("health", beside.serve, beside.stop, server_s))
    return [
        *parts,
        Part(
            "synchronizer", partial(tools.synchronizer.run, gateway.leads), tools.synchronizer.stop
        ),
        Part(
            "media",
            partial(tools.media_renewer.run, gateway.leads),
            tools.media_renewer.stop,
            SPARE_S,
        ),
        *(Part(one.name, one.run, one.stop, SPARE_S) for one in gateway.keepers),
        *(Part(one.name, one.run, one.stop) for one in gateway.workers),
        *(Part(one.name, one.run, one.stop) for one in [gateway.ownership] if one is not None),
    ]


class OpenStore(Store, Protocol):
    """A store that somebody opened, and must close."""

    async def close(self) -> None:
        """Commits what waits and lets go of the database."""
        ...


async def open_store(
    config: Config, clock: Clock, metrics: Metrics, *, is_gateway: bool = True
) -> OpenStore:
    """The store that the settings name; its commits are counted.

    is_gateway  whether this process is the one gateway of a data directory; on PostgreSQL there
                may be any number

    Raises StoreError.
    """

    def observe(items: int, seconds: float) -> None:
        metrics.commit_batch_size.observe(items)
        metrics.commit_seconds.observe(seconds)

    linger_s = config.commit_linger_ms / 1000 if is_gateway else 0.0
    if config.database_url:
        # Its driver takes a tenth of a second to load, which nobody without it need wait for.
        from waypost.store.postgres.store import PostgresStore  # noqa: PLC0415

        return await PostgresStore.open(
            config.database_url,
            now=clock.now(),
            linger_s=linger_s,
            batch=config.commit_batch,
            part_days=config.part_days,
            observe=observe,
        )
    return SqliteStore(
        config.data_dir,
        now=clock.now(),
        is_gateway=is_gateway,
        linger_s=linger_s,
        batch=config.commit_batch,
        observe=observe,
    )


def build_server(gateway: Gateway) -> Server:
    """The HTTP server around the gateway's application. Raises ConfigError."""
    config = gateway.config
    return serve_application(
        gateway.app, config.host, gateway.port, config.tls_certificate, config.tls_key
    )


async def take_over(transaction: Transaction, gateways: Sequence[Gateway]) -> Sequence[None]:
    """A step: this gateway is the only one here, so whoever held a lease before is gone."""
    for gateway in gateways:
        await transaction.queue.orphans(gateway.senses.clock.now())
    return [None] * len(gateways)


async def wait_until_answering(gateway: Gateway) -> None:
    """Asks at the gateway's own door until it opens."""
    config = gateway.config
    has_tls = bool(config.tls_certificate)
    while not await is_answering(config.host, gateway.port, "/health/live", has_tls=has_tls):
        await gateway.senses.clock.sleep(0.02)


def settle_memory() -> None:
    """What stands now stays: the collector need not look at it again, and looks less often.

    Measured: 4 to 8 % of throughput, and p99 from 34 to 26 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@asynccontextmanager
async def open_directory(config: Config) -> AsyncIterator[OperatorTools]:
    """The store that the settings name, and the hands that work on it.

    Raises StoreError or VaultError.
    """
    clock, metrics = SystemClock(), Metrics(CollectorRegistry())
    store = await open_store(config, clock, metrics, is_gateway=False)
    http = PooledHttpClient(USER_AGENT)
    try:
        vault = open_vault(config.secret_keys, config.data_dir)
        senses = Senses(clock, SystemEntropy(), http, metrics, vault)
        tools = build_tools(config, store, senses)
        await tools.registrar.tokens.seal()
        yield tools
    finally:
        await store.close()
        await http.close()
