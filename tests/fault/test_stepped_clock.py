"""The machine's clock steps by an hour, to and fro, under load."""

import sys
import time
from pathlib import Path

import pytest

from support import stepped_gateway
from support.checker import check
from support.crowd import Crowd
from support.processes import house, until
from support.scenarios import report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(200)]

HOUR = 3600
LAUNCHER = [sys.executable, "-P", str(Path(stepped_gateway.__file__)), "serve"]


def grows(crowd, number) -> None:
    goal = crowd.accepted + number
    until(lambda: crowd.accepted >= goal, f"{number} more messages are accepted", 60, 0.01)


def test_a_clock_that_steps_by_an_hour_loses_nothing_and_sends_nothing_twice(tmp_path, engine):
    offset = tmp_path / "offset"
    offset.write_text("0")
    settings = {"unknown_window_s": 10, "lease_s": 15, "meta_timeout_s": 5}
    with house(
        tmp_path,
        command=LAUNCHER,
        environment={stepped_gateway.OFFSET_FILE: str(offset)},
        **settings,
    ) as home:
        home.emulator.faults(delay_ms=200)
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        steps = (HOUR, 0, -HOUR, 0)
        for step in steps:
            grows(crowd, 80)
            (tmp_path / "next").write_text(str(step))
            (tmp_path / "next").replace(offset)  # whole, whoever reads meanwhile
            time.sleep(1)
        grows(crowd, 80)
        told = crowd.end()
        home.settle(120)

        figures = check(home, told.message_ids)
        report(engine, "The clock steps by an hour, forth and back", figures, steps=len(steps))
        assert not told.others
        assert figures.unknown == 0
        assert figures.at_meta == figures.kept
