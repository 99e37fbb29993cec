"""Five processes share the work on one database; each role is killed, and frozen, under load."""

import signal
import time

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import RATES, House, house, until
from support.scenarios import FULL, at_full, report

pytestmark = [pytest.mark.fault, pytest.mark.postgres_only, pytest.mark.timeout(400)]

ROLES = ("api", "webhook", "dispatch", "dispatch", "callback")
BRISK = {"unknown_window_s": 15, "lease_s": 10, "meta_timeout_s": 5, "callback_timeout_s": 5}
ON_ITS_WAY_MS = 60
TAKEOVER_S = 10.0
"""How long a sender may stand still when the process that paced it is gone."""


def pacer(home: House) -> str:
    """The name of the process that owns the sender; never two do, and soon one does."""
    found: list[str] = []

    def is_owned() -> bool:
        found[:] = [
            name
            for name, program in home.gateways.items()
            if name.startswith("dispatch") and program.is_running and program.health()["lanes"]
        ]
        assert len(found) <= 1, found
        return bool(found)

    until(is_owned, "a process owns the sender", TAKEOVER_S, 0.02)
    return found[0]


def goes_on(home: House, before: int) -> None:
    """Returns when Meta got more messages than the few that were on their way."""
    until(lambda: home.emulator.counts()["messages"] > before + 5, "it goes on", 30, 0.02)


def grows(home: House, crowd: Crowd, number: int) -> None:
    """Returns when so many more messages were accepted."""
    goal = crowd.accepted + number
    until(lambda: crowd.accepted >= goal, f"{number} more messages are accepted", 60, 0.01)


def test_whichever_role_is_killed_nothing_is_lost_and_nothing_is_sent_twice(tmp_path, engine):
    rounds = at_full(4, 1)
    with house(tmp_path, roles=ROLES, **BRISK) as home:
        home.emulator.faults(delay_ms=ON_ITS_WAY_MS)
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        for _ in range(rounds):
            for name, program in home.gateways.items():
                grows(home, crowd, 40)
                program.kill()
                if name != "api":
                    grows(home, crowd, 20)
                program.start()
        told = crowd.end()
        home.settle(90)

        figures = check(home, told.message_ids)
        report(
            engine,
            "Each role is killed under load, again and again",
            figures,
            kills=rounds * len(ROLES),
            connections_failed=told.failures,
        )
        assert not told.others
        assert figures.unknown == 0


def test_a_dead_dispatcher_s_sender_goes_on_within_ten_seconds(tmp_path, engine):
    with house(tmp_path, roles=ROLES, **BRISK) as home:
        home.emulator.faults(delay_ms=ON_ITS_WAY_MS)
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        stood_still_s = []
        for _ in range(at_full(5, 2)):
            grows(home, crowd, 40)
            name = pacer(home)
            home.gateways[name].kill()
            killed_at, before = time.monotonic(), home.emulator.counts()["messages"]
            goes_on(home, before)
            stood_still_s.append(time.monotonic() - killed_at)
            home.gateways[name].start()
            until(lambda: len(home.gateways) == len(ROLES), "all are there")
        told = crowd.end()
        home.settle(90)

        figures = check(home, told.message_ids)
        report(
            engine,
            "The dispatcher of a sender is killed, and another takes the sender over",
            figures,
            kills=len(stood_still_s),
            longest_standstill_s=max(stood_still_s),
        )
        assert max(stood_still_s) < TAKEOVER_S + 1.0  # and the look for it
        assert figures.unknown == 0


@pytest.mark.parametrize("role", ["dispatch", "webhook", "callback"] if FULL else ["dispatch"])
def test_a_process_that_is_frozen_longer_than_its_lease_does_no_harm_when_it_wakes(
    tmp_path, engine, role
):
    frozen_s = at_full(20, 13)
    with house(tmp_path, roles=ROLES, **BRISK) as home:
        home.emulator.faults(delay_ms=ON_ITS_WAY_MS)
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        grows(home, crowd, 60)
        name = pacer(home) if role == "dispatch" else role
        home.gateways[name].signal(signal.SIGSTOP)
        time.sleep(frozen_s)
        home.gateways[name].signal(signal.SIGCONT)
        grows(home, crowd, 60)
        told = crowd.end()
        home.settle(90)

        figures = check(home, told.message_ids)
        report(
            engine,
            f"A {role} process is frozen for longer than its lease, and wakes",
            figures,
            frozen_s=float(frozen_s),
        )
        assert not told.others
        assert figures.unknown == 0


def test_dispatchers_that_come_and_go_never_pace_a_sender_together(tmp_path, engine):
    throughput, lives = 80, at_full(12, 4)
    roles = ("api,webhook,callback", "dispatch", "dispatch", "dispatch")
    options = ("--status-delays", "sent=100,delivered=200,read=300", *RATES)
    with house(tmp_path, *options, roles=roles, throughput=throughput, **BRISK) as home:
        crowd = Crowd(home, clients=6, gap_s=0.03)
        crowd.start()
        dispatchers = [name for name in home.gateways if name.startswith("dispatch")]
        for life in range(lives):
            program = home.gateways[dispatchers[life % 3]]
            grows(home, crowd, 60)
            if life % 2:
                program.kill()
            else:
                assert program.terminate() == 0
            grows(home, crowd, 30)
            program.start()
        told = crowd.end()
        home.settle(120)

        figures = check(home, told.message_ids)
        refused = home.kept.number(
            "SELECT count(*) FROM facts WHERE failure_code IN ('130429', '80007')"
        )
        report(
            engine,
            "Three dispatchers come and go and fight for one sender",
            figures,
            lives=lives,
            throttled_by_meta=refused,
        )
        assert figures.unknown == 0
        assert refused <= figures.at_meta // 50, "two processes paced one sender"
