"""More comes than a sender may give away: the door stays open, and Meta's limit is kept."""

import time

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import RATES, house
from support.scenarios import at_full, report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

THROUGHPUT = 80
OVERLOAD = 1.5
FOR_S = at_full(60, 8)
CLIENTS = 6


def test_an_overload_of_half_as_much_again_is_worked_off_at_meta_s_pace(tmp_path, engine):
    quick = ("--status-delays", "sent=100,delivered=200,read=300", *RATES)
    with house(tmp_path, *quick, throughput=THROUGHPUT) as home:
        each = int(THROUGHPUT * OVERLOAD * FOR_S / CLIENTS)
        gap_s = CLIENTS / (THROUGHPUT * OVERLOAD) * 0.9
        crowd = Crowd(home, CLIENTS, each=each, gap_s=gap_s)
        began = time.monotonic()
        crowd.start()
        told = crowd.wait()
        sending_s = time.monotonic() - began
        waiting = home.kept.number("SELECT count(*) FROM queue WHERE queue = 'dispatch'")
        home.settle(FOR_S + 60)
        took_s = time.monotonic() - began

        figures = check(home, told.message_ids)
        refused = home.emulator.counts()["refusals"]
        offered = figures.accepted / sending_s
        report(
            engine,
            "Half as much again as a sender may give away is offered",
            figures,
            offered_per_s=offered,
            allowed_per_s=THROUGHPUT,
            waiting_at_the_end=waiting,
            given_away_per_s=figures.at_meta / took_s,
            refused_by_meta=refused,
        )
        assert not told.others
        assert refused == 0, "Meta's limit was overrun"
        assert figures.unknown == 0
        assert figures.at_meta == figures.kept
