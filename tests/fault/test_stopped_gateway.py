"""The gateway is asked to stop under load: it ends what it began, and nothing else is begun."""

import time

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import PRICE, RICH, house, until
from support.scenarios import at_full, report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]

STOPS = at_full(5, 3)
GRACE_S = 10
PER_STOP = 100
"""How many messages are accepted before each stop: enough for many to be on their way."""


def test_a_gateway_that_is_asked_to_stop_loses_and_repeats_nothing(tmp_path, engine):
    with house(tmp_path, shutdown_grace_s=GRACE_S, unknown_window_s=30) as home:
        home.emulator.faults(delay_ms=150)  # so that messages are on their way at every stop
        crowd = Crowd(home, clients=8, gap_s=0.01)
        crowd.start()
        longest_s, waiting = 0.0, 0
        for _ in range(STOPS):
            goal = crowd.accepted + PER_STOP
            until(lambda goal=goal: crowd.accepted >= goal, f"{goal} messages are accepted")
            asked = time.monotonic()
            assert home.gateway.terminate(GRACE_S + 2) == 0
            longest_s = max(longest_s, time.monotonic() - asked)
            assert home.kept.number("SELECT count(*) FROM queue WHERE lease_token IS NOT NULL") == 0
            waiting += home.kept.number("SELECT count(*) FROM queue")
            home.gateway.start()
        told = crowd.end()
        home.settle()

        taken, kept = home.emulator.taken(), home.kept.message_ids()
        report(
            engine,
            "The gateway is asked to stop under load, again and again",
            check(home, told.message_ids),
            stops=STOPS,
            longest_stop_s=longest_s,
            items_left_by_all=waiting,
        )
        assert not told.others
        assert longest_s < GRACE_S
        assert "cut_off" not in home.log()
        assert set(told.message_ids) <= kept
        assert taken == dict.fromkeys(kept, 1)
        assert home.kept.facts()["lost"] == 0
        assert home.kept.states() == {"read": len(kept)}
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - PRICE * len(kept), 0)


def test_a_stop_that_lasts_too_long_is_cut_off_and_still_loses_nothing(tmp_path):
    with house(tmp_path, shutdown_grace_s=1, unknown_window_s=4) as home:
        home.emulator.faults(delay_ms=3000)
        crowd = Crowd(home, clients=4, each=5)
        crowd.start()
        told = crowd.wait()
        asked = time.monotonic()
        home.gateway.terminate(8)
        took_s = time.monotonic() - asked
        home.emulator.faults()
        home.gateway.start()
        home.settle()

        taken = home.emulator.taken()
        print(f"\na stop with {len(told.accepted)} answers outstanding took {took_s:.2f} s")
        assert took_s < 3
        assert taken == dict.fromkeys(told.message_ids, 1)
        assert home.kept.states() == {"read": 20}
        assert home.kept.audit() == []
