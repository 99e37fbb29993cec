"""`waypost serve --workers`: processes behind one port, of which any may die."""

import json
import os
import signal

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import SERVE, Program, ask, free_port, house, until
from support.scenarios import report

pytestmark = [pytest.mark.fault, pytest.mark.postgres_only, pytest.mark.timeout(120)]

WORKERS = 2


def started(program: Program) -> list[dict]:
    """What its workers logged when they began to answer."""
    lines = [json.loads(line) for line in program.log.read_text().splitlines() if line[:1] == "{"]
    return [line for line in lines if line["event"] == "gateway.started"]


def test_a_worker_that_dies_is_started_again_and_the_port_answers_all_the_while(tmp_path, engine):
    health = free_port()
    with house(tmp_path, workers=WORKERS, health_port=health, lease_s=10) as home:
        until(lambda: len(started(home.gateway)) == WORKERS, "both answer")
        crowd = Crowd(home, clients=4, gap_s=0.02)
        crowd.start()
        until(lambda: crowd.accepted > 60, "60 messages are accepted")
        first = started(home.gateway)[0]
        os.kill(first["pid"], signal.SIGKILL)
        until(lambda: len(started(home.gateway)) == WORKERS + 1, "it is there again")
        goal = crowd.accepted + 60
        until(lambda: crowd.accepted > goal, "60 more are accepted")
        told = crowd.end()
        home.settle(60)
        told_by = [ask(health + number, "GET", "/health/ready") for number in range(WORKERS)]
        figures = check(home, told.message_ids)
        assert home.gateway.terminate() == 0

        report(
            engine,
            "One of two processes behind one port is killed",
            figures,
            connections_failed=told.failures,
        )
        assert not told.others
        assert [one["status"] for one in told_by] == ["ready", "ready"]
        assert sum(one["lanes"] for one in told_by) == 1, "one of them paces the sender"
        assert {line["role"] for line in started(home.gateway)} == {"all"}
        assert "worker.died" in home.log()
        for line in started(home.gateway):
            with pytest.raises(ProcessLookupError):
                os.kill(line["pid"], 0)


def test_several_processes_on_sqlite_are_refused_in_a_sentence(tmp_path, engine):
    program = Program([*SERVE, "--workers", "2"], free_port(), "/health/live", tmp_path / "log")
    program.environment = {"WAYPOST_DATA_DIR": str(tmp_path / "data")}
    process = program.launch()
    try:
        assert process.wait(20) == 2
    finally:
        program.kill()
    assert "WAYPOST_DATABASE_URL" in program.log.read_text()
