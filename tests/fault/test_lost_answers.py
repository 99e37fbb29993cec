"""Meta takes a message and its answer is lost: a status settles it, and it is not sent twice."""

import pytest

from support.crowd import Crowd
from support.processes import PRICE, RICH, house, until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(90)]


def test_messages_whose_answers_are_lost_are_settled_by_their_status(tmp_path):
    with house(tmp_path, unknown_window_s=6) as home:
        home.emulator.faults(lose_answers=0.4)
        crowd = Crowd(home, clients=6, each=60)
        crowd.start()
        told = crowd.wait()
        home.settle()

        taken, facts = home.emulator.taken(), home.kept.facts()
        print(f"\n{len(told.accepted)} sent, {facts['lost']} answers lost, {taken.total()} at Meta")
        assert taken == dict.fromkeys(told.message_ids, 1)
        assert facts["lost"] > 100
        assert facts["lost"] + facts["taken"] == len(told.accepted)
        assert home.kept.states() == {"read": len(told.accepted)}
        assert home.kept.number("SELECT count(*) FROM messages WHERE wamid IS NULL") == 0
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - PRICE * len(told.accepted), 0)


def test_messages_whose_answers_take_too_long_are_settled_by_their_status(tmp_path):
    with house(tmp_path, unknown_window_s=6, meta_timeout_s=0.5) as home:
        home.emulator.faults(delay_ms=1500)
        crowd = Crowd(home, clients=4, each=10)
        crowd.start()
        told = crowd.wait()
        home.settle()

        taken, facts = home.emulator.taken(), home.kept.facts()
        print(f"\n{len(told.accepted)} sent, {facts['lost']} timed out, {taken.total()} at Meta")
        assert taken == dict.fromkeys(told.message_ids, 1)
        assert facts["lost"] == len(told.accepted)
        assert home.kept.states() == {"read": len(told.accepted)}
        assert home.kept.audit() == []


def test_without_any_status_a_message_is_sent_again_after_the_window_and_not_before(tmp_path):
    with house(tmp_path, "--status-delays", "none", unknown_window_s=3) as home:
        home.emulator.faults(lose_answers=1)
        with home.customer() as customer:
            ids = [customer.send(f"{number}").message_id for number in range(10)]
            until(lambda: home.kept.states() == {"unknown": 10}, "all ten are unknown")
            home.emulator.faults()

            def are_submitted() -> bool:
                home.emulator.hears()  # webhooks are flowing, and tell nothing of the ten
                return home.kept.states() == {"submitted": 10}

            until(are_submitted, "all ten are submitted", gap_s=0.5)

        sent = home.emulator.messages()
        waits_ms = [
            after - before
            for before, after in home.kept.rows(
                "SELECT l.recorded_at, t.recorded_at FROM facts AS l JOIN facts AS t "
                "ON t.message_id = l.message_id AND t.fact = 'taken' WHERE l.fact = 'lost'"
            )
        ]
        print(f"\n{len(sent)} sends of {len(ids)} messages, the second {min(waits_ms)} ms later")
        assert home.emulator.taken() == dict.fromkeys(ids, 2)
        assert min(waits_ms) >= 3000
        assert home.kept.states() == {"submitted": 10}
        assert home.kept.wallet() == (RICH, 10 * PRICE)
