"""`python -m bench`: measures everything, prints the ratios, saves them as JSON.

--quick       one round of two seconds: to see that it works, not to quote
--only NAME   only these contenders (several times), in every round
--write-page  measures nothing; writes the table of the last run into docs/performance.md
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from bench.ingest import ingest
from bench.measure import ROOT
from bench.micro import measure_single_costs
from bench.peer.server import Database, tuned_peer
from bench.rounds import (
    Figure,
    Trial,
    decode_only,
    decode_only_at,
    durable_accept,
    emulator_alone,
    everything_on,
    file_system,
    full_path,
)
from bench.scale_out import durable_accept_on_postgresql, full_path_on_postgresql, spread
from bench.table import Results, render, rows_of
from tools.marked import write_generated

from waypost.version import __version__

RESULTS = ROOT / "bench" / "results" / "latest.json"
PAGE = ROOT / "docs" / "performance.md"
ROUNDS = 3
SECONDS = 5.0
DISPATCHERS = (1, 2, 4)
WEBHOOK_SIZES = (1, 20)


def main() -> None:
    arguments = parse_arguments()
    if arguments.write_page:
        write_page()
        return
    rounds, seconds = (1, 2.0) if arguments.quick else (arguments.rounds, arguments.seconds)
    results = run(rounds, seconds, arguments.only or [])
    print(f"\n{render(results)}")
    if not arguments.quick and not arguments.only:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
        print(f"Saved in {RESULTS.relative_to(ROOT)}.")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write-page", action="store_true")
    return parser.parse_args()


def run(rounds: int, seconds: float, only: list[str]) -> Results:
    with tempfile.TemporaryDirectory(prefix="waypost-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        load_before = round(os.getloadavg()[0], 2)
        database = Database(folder / "postgresql")
        try:
            measured = [
                run_round(number, rounds, folder, plan_round(seconds, database), only)
                for number in range(1, rounds + 1)
            ]
        finally:
            database.stop()
        return Results(
            date=datetime.now(UTC).strftime("%Y-%m-%d"),
            version=__version__,
            machine=describe_machine(folder, database) | {"load_before": load_before},
            seconds=seconds,
            rounds=measured,
            single_costs_us=measure_single_costs(folder),
            ratios=rows_of(measured),
        )


Measure = Callable[[Path, dict[str, Figure]], Figure]


def plan_round(seconds: float, database: Database) -> dict[str, Measure]:
    """The contenders in their order; each is given a folder and what this round has so far."""
    return {
        "decode-only": lambda folder, _: decode_only(Trial(seconds, folder)),
        "durable accept": lambda folder, _: durable_accept(Trial(seconds, folder)),
        "full path": lambda folder, _: full_path(Trial(seconds, folder)),
        "decode-only, paced": lambda folder, before: decode_only_at(
            before["full path"].rate if "full path" in before else 4000.0, Trial(seconds, folder)
        ),
        "durable accept, PostgreSQL": lambda folder, _: durable_accept_on_postgresql(
            Trial(seconds, folder), database
        ),
        "full path, PostgreSQL": lambda folder, _: full_path_on_postgresql(
            Trial(seconds, folder), database
        ),
        "tuned peer": lambda folder, _: tuned_peer(Trial(seconds, folder), database),
        "emulator alone": lambda folder, _: emulator_alone(Trial(seconds, folder)),
        **{
            f"webhooks, {size} in each": lambda folder, _, size=size: ingest(
                Trial(seconds, folder), size
            )
            for size in WEBHOOK_SIZES
        },
        "everything on": lambda folder, _: everything_on(Trial(seconds, folder)),
        **{
            f"PostgreSQL, {number} dispatching": lambda folder, _, number=number: spread(
                Trial(seconds, folder), database, number
            )
            for number in DISPATCHERS
        },
    }


def run_round(
    number: int, rounds: int, folder: Path, contenders: dict[str, Measure], only: list[str]
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for name, measure in contenders.items():
        if only and name not in only:
            continue
        place = folder / f"{number}-{name.replace(' ', '-')}"
        place.mkdir()
        started = time.monotonic()
        figure = figures[name] = measure(place, figures)
        print(
            f"round {number}/{rounds}  {name:26} {figure.rate:9,.0f}/s  p99 {figure.p99_ms:6.1f} ms"
            f"  CPU {figure.cpu_us:5.0f} µs  {figure.memory_mb:4.0f} MiB"
            f"  ({time.monotonic() - started:.0f} s)",
            flush=True,
        )
    return figures


def describe_machine(folder: Path, database: Database) -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "file_system": file_system(folder),
        "postgresql": database.settings,
    }


def write_page() -> None:
    if not RESULTS.exists():
        sys.exit("There are no results yet: run `make bench` first.")
    results = msgspec.json.decode(RESULTS.read_bytes(), type=Results)
    machine = results.machine
    head = (
        f"Run of {results.date}, Waypost {results.version}, CPython {machine['python']}, "
        f"{machine['cores']} cores, {machine['file_system']}, "
        f"PostgreSQL {machine['postgresql']['server_version']}; load before it "
        f"{machine['load_before']:g}; "
        f"{len(results.rounds)} rounds of {results.seconds:g} s.\n\n"
    )
    write_generated(PAGE, head + render(results))


if __name__ == "__main__":
    main()
