"""The gateway is killed while it tells: every event comes, under the id that it had before."""

from collections import Counter

import pytest

from support.checker import check
from support.crowd import Crowd
from support.processes import house, until
from support.receiver import told
from support.scenarios import at_full, report
from support.told_customer import told_customer

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]

KILLS = at_full(8, 2)
PER_KILL = 60
"""How many calls come to the receiver before each kill."""
ON_ITS_WAY_S = 0.05
"""How long each answer takes, so that every kill meets calls that are on their way."""


def test_every_event_is_told_however_often_the_gateway_is_killed_over_it(tmp_path, engine):
    with (
        house(tmp_path, unknown_window_s=6, lease_s=6, callback_timeout_s=3) as home,
        told_customer(home) as shop,
    ):
        receiver = shop.receiver
        receiver.delay_s = ON_ITS_WAY_S
        crowd = Crowd(home, clients=4, each=at_full(200, 20), gap_s=0.01)
        crowd.start()
        met = 0
        for _ in range(KILLS):
            goal = len(receiver.calls) + PER_KILL
            until(lambda goal=goal: len(receiver.calls) >= goal, f"{goal} calls came", gap_s=0.002)
            home.gateway.kill()
            told_by_then = receiver.calls[-1].event_id
            met += home.kept.number(
                f"SELECT count(*) FROM callbacks WHERE event_id = '{told_by_then}'"
                " AND state = 'pending'"
            )
            home.gateway.start()
        ids = crowd.end().message_ids
        home.settle()

        taken = Counter(receiver.taken())
        again = sum(number > 1 for number in taken.values())
        report(
            engine,
            "The gateway is killed while it tells of statuses, again and again",
            check(home, ids, told=told(receiver)),
            kills=KILLS,
            events=len(receiver.events),
            told_again=again,
        )
        assert receiver.problems == [], "an event came with other bytes, or unsigned"
        assert met, "no kill met a call that was on its way"
        assert again >= met
        kept = {id_ for (id_,) in home.kept.rows("SELECT event_id FROM callbacks")}
        assert set(receiver.events) == kept
        states = {id_: fate.state for id_, fate in receiver.fates().items()}
        assert states == dict(home.kept.rows("SELECT message_id, state FROM messages"))
        assert set(ids) <= set(states)
        assert {state for (state,) in home.kept.rows("SELECT state FROM callbacks")} == {
            "delivered"
        }
