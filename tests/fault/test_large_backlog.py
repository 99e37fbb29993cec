"""A campaign of a million waits: it is worked off without slowing, in bounded memory."""

import re
import time
from urllib.request import urlopen

import pytest

from support.backlog import cpu_s, resident_mb, seed_backlog
from support.processes import HOST, house, until
from support.scenarios import at_full, report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

BACKLOG = at_full(1_000_000, 20_000)
WINDOWS, WINDOW_S = at_full(6, 3), at_full(10.0, 2.0)
DEARER = 1.5
"""How much more processor time a message may take at the end than at the beginning: the pace itself
is that of a machine that others use as well."""


def largest_batch(port: int) -> float:
    """The upper bound of the largest commit so far, in steps; infinite beyond all buckets."""
    with urlopen(f"http://{HOST}:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    counts = re.findall(r'commit_batch_size_bucket\{le="([^"]+)"\} ([0-9.]+)', text)
    whole = float(counts[-1][1])
    return next(float(bound) for bound, count in counts if float(count) == whole)


def test_a_backlog_is_worked_off_without_slowing_and_within_bounds(tmp_path, engine):
    with house(tmp_path, "--status-delays", "none") as home:
        began = time.monotonic()
        seed_backlog(home, BACKLOG)
        seeded_s = time.monotonic() - began
        home.gateway.start()
        assert home.gateway.process is not None
        until(lambda: home.emulator.counts()["messages"] > 0, "it begins", 120)
        time.sleep(2)
        paces, memory_mb, costs_us = [], [], []
        for _ in range(WINDOWS):
            before, start = home.emulator.counts()["messages"], time.monotonic()
            used_s = cpu_s(home.gateway.process.pid)
            time.sleep(WINDOW_S)
            gone = home.emulator.counts()["messages"] - before
            paces.append(gone / (time.monotonic() - start))
            costs_us.append((cpu_s(home.gateway.process.pid) - used_s) * 1e6 / max(1, gone))
            memory_mb.append(resident_mb(home.gateway.process.pid))
        batch = largest_batch(home.gateway.port)
        with home.customer() as customer:
            asked = time.monotonic()
            single = customer.send("single").message_id
            until(lambda: home.emulator.has(single), "the single message is at Meta", 30, 0.01)
            single_s = time.monotonic() - asked
        assert home.gateway.terminate() == 0

        taken = home.emulator.taken()
        report(
            engine,
            f"A backlog of {BACKLOG:,} messages is worked off",
            seeded_s=seeded_s,
            first_per_s=paces[0],
            last_per_s=paces[-1],
            slowest_per_s=min(paces),
            first_cpu_us=round(costs_us[0]),
            last_cpu_us=round(costs_us[-1]),
            most_memory_mb=max(memory_mb),
            memory_growth_mb=memory_mb[-1] - memory_mb[0],
            largest_batch=int(batch),
            single_message_s=single_s,
            twice=sum(number > 1 for number in taken.values()),
        )
        assert set(taken.values()) == {1}
        assert costs_us[-1] <= DEARER * costs_us[0]
        assert max(memory_mb) < 300
        assert batch <= 512
        assert single_s < 5
