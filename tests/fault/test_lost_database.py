"""PostgreSQL goes away and comes back: stopped, crashed, cut off, or at another address."""

import time
from collections import Counter
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from support.checker import check
from support.crowd import Crowd
from support.postgres import own_server
from support.processes import DATABASE_URL, house, until
from support.scenarios import at_full, report
from support.tcp_proxy import proxy

pytestmark = [pytest.mark.fault, pytest.mark.postgres_only, pytest.mark.timeout(300)]

ROLES = ("api,webhook", "dispatch,callback")
BRISK = {"unknown_window_s": 30, "lease_s": 10, "meta_timeout_s": 5, "callback_timeout_s": 5}


@contextmanager
def durable_server():
    """A PostgreSQL of this test's own, which promises what it says."""
    with own_server() as server:
        token = DATABASE_URL.set(server.url)
        try:
            yield server
        finally:
            DATABASE_URL.reset(token)


def refusals(told) -> dict[str, int]:
    """What customers got beside 202; nothing but that we failed."""
    codes = Counter(answer.status for answer in told.others)
    assert set(codes) <= {500, 503}, codes
    return {"answered_500": sum(codes.values())}


def grows(crowd, number) -> None:
    goal = crowd.accepted + number
    until(lambda: crowd.accepted >= goal, f"{number} more messages are accepted", 60, 0.01)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_database_that_is_stopped_and_started_loses_nothing(tmp_path, engine, mode):
    stops = at_full(3, 1)
    with durable_server() as server, house(tmp_path, roles=ROLES, **BRISK) as home:
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        back_s = []
        for _ in range(stops):
            grows(crowd, 60)
            server.stop(mode)
            time.sleep(2)
            server.start()
            began = time.monotonic()
            grows(crowd, 1)
            back_s.append(time.monotonic() - began)
        grows(crowd, 60)
        told = crowd.end()
        home.settle(90)

        figures = check(home, told.message_ids)
        words = {"fast": "stopped", "immediate": "crashed"}[mode]
        report(
            engine,
            f"PostgreSQL is {words} and started again under load",
            figures,
            stops=stops,
            longest_until_accepting_s=max(back_s),
            **refusals(told),
        )
        assert figures.unknown == 0


def test_sessions_that_are_ended_again_and_again_lose_nothing(tmp_path, engine):
    with house(tmp_path, roles=ROLES, **BRISK) as home:
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        ended = 0
        for _ in range(at_full(40, 10)):
            grows(crowd, 15)
            ended += home.kept.number(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        told = crowd.end()
        home.settle(90)

        figures = check(home, told.message_ids)
        report(
            engine,
            "PostgreSQL ends the gateway's sessions, again and again",
            figures,
            sessions_ended=ended,
            **refusals(told),
        )
        assert figures.unknown == 0


def test_a_database_that_moves_to_another_address_is_found_there(tmp_path, engine):
    port = urlsplit(DATABASE_URL.get()).port
    assert port is not None
    with proxy(port) as first, proxy(port) as second:
        second.shut()
        hosts = f"127.0.0.1:{first.port},127.0.0.1:{second.port}"
        url = DATABASE_URL.get().replace(f"127.0.0.1:{port}", hosts)
        with house(tmp_path, roles=ROLES, database_url=url, **BRISK) as home:
            crowd = Crowd(home, clients=4, gap_s=0.02)
            crowd.start()
            back_s = []
            for gone, there in [(first, second), (second, first)] * at_full(3, 1):
                grows(crowd, 60)
                gone.shut()
                gone.cut()
                began = time.monotonic()
                time.sleep(0.5)
                there.open()
                grows(crowd, 1)
                back_s.append(time.monotonic() - began)
            grows(crowd, 60)
            told = crowd.end()
            home.settle(90)

            figures = check(home, told.message_ids)
            report(
                engine,
                "PostgreSQL fails over to another address, and back",
                figures,
                moves=len(back_s),
                longest_until_accepting_s=max(back_s),
                **refusals(told),
            )
            assert figures.unknown == 0
