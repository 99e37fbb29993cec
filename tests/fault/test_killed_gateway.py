"""The gateway is killed under load, again and again: what it answered for is done, and once."""

import time
from collections import Counter, defaultdict

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import PRICE, RICH, House, house, until
from support.scenarios import at_full, report

pytestmark = [pytest.mark.fault, pytest.mark.timeout(150)]

KILLS = at_full(12, 4)
ON_ITS_WAY_MS = 60
"""How long an answer of Meta takes, so that every kill meets some that are on their way."""
CLIENTS, GAP_S = 8, 0.012
STEPS, DOWN_S = (300, 60, 240, 200), (0.0, 0.4, 0.8)
"""How many more messages are accepted before each kill, and how long it stays down."""


def test_what_was_answered_202_is_sent_exactly_once_however_often_the_gateway_is_killed(
    tmp_path, engine
):
    with house(tmp_path, unknown_window_s=8, lease_s=20, meta_timeout_s=5) as home:
        home.emulator.faults(delay_ms=ON_ITS_WAY_MS)
        crowd = Crowd(home, CLIENTS, gap_s=GAP_S)
        crowd.start()
        goal = 0
        for kill in range(KILLS):
            goal += STEPS[kill % len(STEPS)]
            until(
                lambda goal=goal: crowd.accepted >= goal,
                f"{goal} messages are accepted",
                gap_s=0.005,
            )
            home.gateway.kill()
            time.sleep(DOWN_S[kill % len(DOWN_S)])
            home.gateway.start()
        told = crowd.end()
        home.settle(60)

        kept, taken = home.kept.message_ids(), home.emulator.taken()
        again = {id_: number for id_, number in taken.items() if number > 1}
        # On PostgreSQL a status is often there before another process looks at what was lost.
        by_status = kept - messages_with(home, "taken")
        told_events = Counter(
            (one["headers"]["webhook-id"], str(one["body"])) for one in home.emulator.callbacks()
        )
        report(
            engine,
            "The gateway, one process, is killed under load, again and again",
            check(home, told.message_ids),
            kills=KILLS,
            connections_failed=told.failures,
            settled_by_status_alone=len(by_status),
        )
        assert not told.others
        assert told.failures >= KILLS / 2, "the kills hit nobody"
        assert by_status, "no kill met a message that Meta had taken"
        assert len(set(told.message_ids)) == len(told.accepted)
        assert set(told.message_ids) <= kept
        assert set(taken) == kept
        assert not again, "sent twice"
        assert home.kept.states() == {"read": len(kept)}
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - PRICE * len(kept), 0)
        assert home.kept.number("SELECT count(*) FROM submissions") == len(kept)
        assert home.kept.number("SELECT count(*) FROM parked_statuses") == 0
        assert home.kept.number("SELECT count(*) FROM webhooks WHERE processed_at IS NULL") == 0
        expected = {f"{id_}.{word}" for id_ in kept for word in ("sent", "delivered", "read")}
        # The id of an event ends in the profile that it is for: one, here.
        assert len({id_.rpartition(".")[2] for id_, _ in told_events}) == 1
        assert {id_.rpartition(".")[0] for id_, _ in told_events} == expected
        assert len(told_events) == len(expected), "one id, two bodies"
        assert repeated_keys(home) == {}
        assert faults_of(home) == []


def messages_with(home: House, fact: str) -> set[str]:
    rows = home.kept.rows(f"SELECT message_id FROM facts WHERE fact = '{fact}'")
    return {message_id for (message_id,) in rows}


def repeated_keys(home: House) -> dict[str, list[str]]:
    """Messages that one Idempotency-Key made, where they are several."""
    made = defaultdict(list)
    for ref, id_ in home.kept.rows("SELECT ref, submission_id FROM submissions"):
        if ref.startswith("keyed"):
            made[ref].append(id_)
    return {ref: ids for ref, ids in made.items() if len(ids) > 1}


def faults_of(home: House) -> list[str]:
    """Lines of the log that speak of something that must not happen."""
    words = ("Traceback", "exception", "handler_failed", "part.ended", "cut_off")
    return [line for line in home.log().splitlines() if any(word in line for word in words)]
