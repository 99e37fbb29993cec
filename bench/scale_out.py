"""The gateway on PostgreSQL: one process, and one that accepts beside several that dispatch."""

from collections.abc import Sequence
from contextlib import ExitStack

import msgspec
from bench import request
from bench.books import PostgresBook
from bench.contenders import Options, Ready
from bench.measure import children, contender, cpu_s
from bench.peer.server import Database
from bench.rounds import HOST, Figure, Trial, gateway_plan, measure_answers, measure_end_to_end

NAME = "waypost_bench"


def options_on(url: str, trial: Trial, senders: int = 1, **settings: str | int) -> Options:
    """A gateway on that database. The key that seals tokens is in the folder they share."""
    given = {"database_url": url, "data_dir": str(trial.folder / "data"), **settings}
    return Options(given, senders=senders)


def durable_accept_on_postgresql(trial: Trial, database: Database) -> Figure:
    """Accepting alone, committed by PostgreSQL."""
    url = database.fresh(NAME)
    with contender("accept", trial.folder, options_on(url, trial)) as (ready, pid):
        before = cpu_s(children(database.pid))
        figure = measure_answers(gateway_plan(ready.port, ready.sid, ready.key, trial), pid)
        return with_server(figure, database, before, trial)


def full_path_on_postgresql(trial: Trial, database: Database) -> Figure:
    """One process with every role."""
    url = database.fresh(NAME)
    with contender("upstream", trial.folder) as (meta, _):
        options = options_on(url, trial, meta_base_url=f"http://{HOST}:{meta.port}")
        with contender("gateway", trial.folder, options) as (ready, pid):
            return measured(ready, [pid], url, database, trial)


def spread(trial: Trial, database: Database, dispatchers: int) -> Figure:
    """One process that accepts, and so many that dispatch; each owns its share of the senders."""
    url = database.fresh(NAME)
    with contender("upstream", trial.folder) as (meta, _), ExitStack() as running:
        upstream = f"http://{HOST}:{meta.port}"
        senders = len(request.SENDERS)
        accepting = options_on(url, trial, senders, role="api", meta_base_url=upstream)
        ready, pid = running.enter_context(contender("gateway", trial.folder, accepting))
        dispatching = options_on(url, trial, role="dispatch", meta_base_url=upstream)
        pids = [pid]
        for _ in range(dispatchers):
            _, beside = running.enter_context(contender("beside", trial.folder, dispatching))
            pids.append(beside)
        return measured(ready, pids, url, database, trial, senders)


def measured(
    ready: Ready,
    pids: Sequence[int],
    url: str,
    database: Database,
    trial: Trial,
    senders: int = 1,
) -> Figure:
    """End to end; over several senders, several dispatchers have something to own."""
    paths = [f"/v2/{ready.sid}/whatsapp/+{sender}/messages" for sender in request.SENDERS[:senders]]
    plan = gateway_plan(ready.port, ready.sid, ready.key, trial)
    plan = msgspec.structs.replace(plan, paths=paths)
    before = cpu_s(children(database.pid))
    figure = measure_end_to_end(plan, pids, PostgresBook(url))
    return with_server(figure, database, before, trial)


def with_server(figure: Figure, database: Database, before: float, trial: Trial) -> Figure:
    """The same, with what the database server took for each message."""
    spent_s = cpu_s(children(database.pid)) - before
    messages = max(1.0, figure.accepted_rate * trial.seconds)
    return msgspec.structs.replace(figure, parts={"postgresql_cpu_us": spent_s / messages * 1e6})
