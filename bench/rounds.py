"""One measurement of each contender: started afresh, warmed up, loaded, counted, ended.

End to end means: from the first request until nothing is left to be given to Meta, and the
messages whose TAKEN fact is in the database are what counts.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from bench import request
from bench.books import Book, SqliteBook
from bench.contenders import Options
from bench.load import Plan, Report
from bench.measure import (
    BenchError,
    apply_load,
    contender,
    cpu_s,
    memory_mb,
    process,
    wait_until,
)

from waypost.runtime.listening import choose_port

HOST = "127.0.0.1"
FIRST_WARM = 9_810_000_000
FIRST = 9_850_000_000
WARM_S = 1.0
SECRET, WORD, TOKEN = "bench-secret", "bench-word", "bench-token"
DELAYS = "sent=20,delivered=40,read=60"
STATUSES = 3


class Figure(msgspec.Struct):
    """One measurement.

    rate           messages or requests per second, to the end of what is measured
    accepted_rate  requests answered per second while the load lasted
    p50_ms, p99_ms of the answers
    cpu_us         processor time of the measured processes per message
    memory_mb      resident memory of the (first) measured process at the end
    """

    rate: float
    accepted_rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    memory_mb: float
    parts: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a measurement needs: how long the load lasts, and a folder of its own."""

    seconds: float
    folder: Path


def figure_of(report: Report, rate: float, cpu_us: float, memory: float) -> Figure:
    return Figure(rate, report.rate, report.p50_ms, report.p99_ms, cpu_us, memory)


def gateway_plan(port: int, sid: str, key: str, trial: Trial) -> Plan:
    return Plan(
        port=port,
        path=f"/v2/{sid or 'SID'}/whatsapp/+{request.SENDER}/messages",
        headers={"api-key": key or "key"},
        body=request.customer_body().decode(),
        seconds=trial.seconds,
        first=FIRST,
    )


def warm_up(plan: Plan) -> None:
    apply_load(msgspec.structs.replace(plan, seconds=WARM_S, first=FIRST_WARM))


def measure_answers(plan: Plan, pid: int) -> Figure:
    """Only what is answered counts."""
    warm_up(plan)
    before = cpu_s([pid])
    report = apply_load(plan)
    spent_us = (cpu_s([pid]) - before) / report.requests * 1e6
    return figure_of(report, report.rate, spent_us, memory_mb(pid))


def decode_only(trial: Trial) -> Figure:
    with contender("decode-only", trial.folder) as (ready, pid):
        return measure_answers(gateway_plan(ready.port, "", "", trial), pid)


def decode_only_at(rate: float, trial: Trial) -> Figure:
    """The yardstick at a given rate: an idle server pays more per request than a busy one."""
    with contender("decode-only", trial.folder) as (ready, pid):
        plan = gateway_plan(ready.port, "", "", trial)
        return measure_answers(msgspec.structs.replace(plan, rate=rate), pid)


def durable_accept(trial: Trial) -> Figure:
    options = Options({"data_dir": str(trial.folder / "data")})
    with contender("accept", trial.folder, options) as (ready, pid):
        return measure_answers(gateway_plan(ready.port, ready.sid, ready.key, trial), pid)


def measure_end_to_end(plan: Plan, pids: Sequence[int], book: Book) -> Figure:
    """What is taken and recorded counts."""
    warm_up(plan)
    wait_until(lambda: book.is_idle("dispatch"), "dispatch after warming up")
    taken, before = book.taken(), cpu_s(pids)
    report = apply_load(plan)
    ended_at = wait_until(lambda: book.is_idle("dispatch"), "dispatch")
    spent_us = (cpu_s(pids) - before) / report.requests * 1e6
    done = book.taken() - taken
    book.close()
    if done != report.requests:
        raise BenchError(f"{report.requests} messages were accepted and {done} taken")
    return figure_of(report, done / (ended_at - report.started_at), spent_us, memory_mb(pids[0]))


def full_path(trial: Trial) -> Figure:
    data = trial.folder / "data"
    with contender("upstream", trial.folder) as (meta, _):
        settings = {"data_dir": str(data), "meta_base_url": f"http://{HOST}:{meta.port}"}
        with contender("gateway", trial.folder, Options(settings)) as (ready, pid):
            plan = gateway_plan(ready.port, ready.sid, ready.key, trial)
            return measure_end_to_end(plan, [pid], SqliteBook(data))


@contextmanager
def emulator(trial: Trial, delays: str, webhook_url: str | None) -> Iterator[tuple[str, int]]:
    """The emulator with our template: its URL and process id."""
    seed, ready = trial.folder / "seed.json", trial.folder / "emulator.json"
    seed.write_bytes(request.emulator_seed())
    command = ["-m", "meta_emulator", "serve", "--quiet", "--port", "0", "--seed", str(seed)]
    command += ["--ready-file", str(ready), "--status-delays", delays, "--limits", "none"]
    if webhook_url is not None:
        command += ["--webhook-url", webhook_url]
    secrets = {"ACCESS_TOKEN": TOKEN, "APP_SECRET": SECRET, "VERIFY_TOKEN": WORD}
    environment = {f"META_EMULATOR_{name}": value for name, value in secrets.items()}
    log = trial.folder / "emulator.log"
    with process(command, log, environment) as running:
        wait_until(lambda: ready.exists() or running.poll() is not None, "the emulator's start")
        if not ready.exists():
            raise BenchError(f"the emulator did not start: {log.read_text()[-2000:]}")
        yield msgspec.json.decode(ready.read_bytes())["url"], running.pid


def emulator_alone(trial: Trial) -> Figure:
    """How fast the emulator takes sends when nobody is told of them."""
    with emulator(trial, "none", None) as (url, pid):
        plan = Plan(
            port=int(url.rpartition(":")[2]),
            path=f"/v25.0/{request.PHONE_NUMBER_ID}/messages",
            headers={"authorization": f"Bearer {TOKEN}"},
            body=request.meta_body().decode(),
            seconds=trial.seconds,
            first=FIRST,
            status=200,
        )
        return measure_answers(plan, pid)


def everything_on(trial: Trial) -> Figure:
    """The emulator as Meta, three statuses for each message, a callback for each status."""
    data = trial.folder / "data"
    port = choose_port(HOST, 0)
    hook = f"http://{HOST}:{port}/webhooks/meta"
    with (
        contender("upstream", trial.folder) as (customer, _),
        emulator(trial, DELAYS, hook) as (url, emulator_pid),
    ):
        options = Options(
            settings={
                "data_dir": str(data),
                "port": port,
                "meta_base_url": url,
                "meta_app_secret": SECRET,
                "meta_verify_token": WORD,
                "callback_private_addresses": True,
            },
            access_token=TOKEN,
            callback_url=f"http://{HOST}:{customer.port}/callbacks",
        )
        with contender("gateway", trial.folder, options) as (ready, pid):
            plan = gateway_plan(ready.port, ready.sid, ready.key, trial)
            book = SqliteBook(data)
            warm_up(plan)
            warmed = book.taken
            wait_until(lambda: book.told() == STATUSES * warmed(), "callbacks after warming up")
            emulated = cpu_s([emulator_pid])
            figure = measure_until_told(plan, pid, book)
            spent_us = (cpu_s([emulator_pid]) - emulated) * 1e6
            figure.parts["emulator_cpu_us"] = spent_us / figure.parts["messages"]
            book.close()
            return figure


def measure_until_told(plan: Plan, pid: int, book: Book) -> Figure:
    """Messages taken per second, and messages whose last callback is delivered per second."""
    told, before = book.told(), cpu_s([pid])
    report = apply_load(plan)
    taken_at = wait_until(lambda: book.is_idle("dispatch"), "dispatch")
    wanted = told + STATUSES * report.requests
    told_at = wait_until(lambda: is_all_told(book, wanted), "callbacks")
    spent_us = (cpu_s([pid]) - before) / report.requests * 1e6
    rate = report.requests / (taken_at - report.started_at)
    figure = figure_of(report, rate, spent_us, memory_mb(pid))
    told_rate = report.requests / (told_at - report.started_at)
    figure.parts = {"told_rate": told_rate, "messages": report.requests}
    return figure


def is_all_told(book: Book, wanted: int) -> bool:
    """Counting reads the whole table: not more often than need be."""
    if book.is_idle("callback") and book.is_idle("webhook") and book.told() >= wanted:
        return True
    time.sleep(0.1)
    return False


def file_system(folder: Path) -> str:
    """The file system that the databases stand on; says how honest an fsync is."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, name, *_ = line.split()
        if len(mount) > len(best) and os.path.commonpath([mount, folder]) == mount:
            best, kind = mount, name
    return kind
