"""The promise of the gateway, measured: nothing lost and nothing twice, whatever is in doubt.

Meta accepts and loses one answer in twenty, while the gateway is killed every few seconds.
"""

import time

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import house
from support.scenarios import FULL, at_full, report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1500)]

MESSAGES = at_full(20_000, 1_200)
EVERY_S = (3.0, 4.5, 2.0)
"""How long the gateway lives before it is killed, in turn."""

CLIENTS = 10
ROLES = {"sqlite": ("all",), "postgres": ("api,webhook", "dispatch", "dispatch", "callback")}
POLICY = {} if FULL else {"unknown_window_s": 15}
"""A full run is under the default policy whole; a short one does not wait for its two minutes."""


def test_lost_answers_and_kills_together_lose_and_double_nothing(tmp_path, engine):
    with house(tmp_path, roles=ROLES[engine], lease_s=15, meta_timeout_s=5, **POLICY) as home:
        home.emulator.faults(lose_answers=0.05, delay_ms=30)
        crowd = Crowd(home, CLIENTS, each=MESSAGES // CLIENTS)
        began = time.monotonic()
        crowd.start()
        kills = 0
        while crowd.accepted < MESSAGES - CLIENTS * 2:
            time.sleep(EVERY_S[kills % len(EVERY_S)])
            for program in list(home.gateways.values())[kills % len(home.gateways) :][:1]:
                program.kill()
                program.start()
            kills += 1
        told = crowd.wait()
        accepted_s = time.monotonic() - began
        home.settle(400)

        figures = check(home, told.message_ids)
        report(
            engine,
            "Meta loses 5 % of its answers, and the gateway is killed every few seconds",
            figures,
            kills=kills,
            connections_failed=told.failures,
            seconds_of_sending=accepted_s,
        )
        assert not told.others
        assert figures.accepted >= MESSAGES - CLIENTS
        assert figures.unsure >= MESSAGES // 40, "hardly an answer was lost"
        assert figures.unknown == 0
        assert figures.at_meta == figures.kept
