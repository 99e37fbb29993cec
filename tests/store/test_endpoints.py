"""How endpoints do is written once, by whichever process sees it first."""

from datetime import timedelta

import pytest

from support.nouns import (
    ACCOUNT,
    CALLBACK_URL,
    NOW,
    PROFILE_ID,
    callback_profile,
    callback_row,
    later,
)
from waypost.model.callback import ClosedEndpoint, ProfileState
from waypost.model.outbox import CallbackAttempt
from waypost.model.work import LaneKey, Priority, QueueItem, QueueName

KEY = (ACCOUNT, PROFILE_ID)
HOUR = timedelta(hours=1)


@pytest.fixture
def kept(stored):
    """A store with a profile, and one of another account that must stay as it is."""
    stored.do(lambda t: t.profiles.save(callback_profile()))
    stored.do(lambda t: t.profiles.save(callback_profile(account_id=2)))
    yield stored
    other = stored.ask(lambda t: t.profiles.load([(2, PROFILE_ID)]))
    assert other == {(2, PROFILE_ID): callback_profile(account_id=2)}


def profile(kept):
    return kept.ask(lambda t: t.profiles.load([KEY]))[KEY]


def suspend(kept):
    kept.do(lambda t: t.endpoints.fail([KEY], NOW))
    return kept.do(lambda t: t.endpoints.suspend(KEY, "HTTP 500", HOUR, later(3600), later(3900)))


def test_an_endpoint_fails_since_its_first_failure(kept):
    kept.do(lambda t: t.endpoints.fail([KEY], NOW))
    kept.do(lambda t: t.endpoints.fail([KEY], later(60)))

    assert profile(kept).failing_since == NOW


def test_the_first_success_is_news_and_the_next_is_not(kept):
    kept.do(lambda t: t.endpoints.fail([KEY], NOW))

    assert kept.do(lambda t: t.endpoints.recover([KEY])) == {KEY}
    assert kept.do(lambda t: t.endpoints.recover([KEY])) == set()
    assert profile(kept) == callback_profile()


def test_somebody_is_warned_once_and_not_too_early(kept):
    kept.do(lambda t: t.endpoints.fail([KEY], NOW))

    assert not kept.do(lambda t: t.endpoints.warn(KEY, HOUR, later(3599)))
    assert kept.do(lambda t: t.endpoints.warn(KEY, HOUR, later(3600)))
    assert not kept.do(lambda t: t.endpoints.warn(KEY, HOUR, later(3601)))
    assert profile(kept).warned_at == later(3600)


def test_a_profile_is_suspended_once_and_listed_until_it_is_back(kept):
    assert suspend(kept)
    assert not suspend(kept)
    assert kept.ask(lambda t: t.endpoints.closed()) == [
        ClosedEndpoint(ACCOUNT, PROFILE_ID, ProfileState.SUSPENDED, later(3900))
    ]

    assert kept.do(lambda t: t.endpoints.recover([KEY])) == {KEY}
    assert kept.ask(lambda t: t.endpoints.closed()) == []
    assert profile(kept) == callback_profile()


def test_of_all_who_would_probe_one_may(kept):
    suspend(kept)

    assert not kept.do(lambda t: t.endpoints.probe(KEY, later(3899), later(9000)))
    assert kept.do(lambda t: t.endpoints.probe(KEY, later(3900), later(9000)))
    assert not kept.do(lambda t: t.endpoints.probe(KEY, later(3900), later(9000)))
    assert (profile(kept).probes, profile(kept).probe_at) == (1, later(9000))


def test_nobody_suspends_or_disables_what_a_person_paused(kept):
    paused = callback_profile(state=ProfileState.PAUSED, failing_since=NOW)
    kept.do(lambda t: t.profiles.save(paused))

    assert not kept.do(lambda t: t.endpoints.suspend(KEY, "x", HOUR, later(9000), later(9999)))
    assert not kept.do(lambda t: t.endpoints.disable(KEY, CALLBACK_URL, "HTTP 410"))
    assert profile(kept) == paused
    kept.do(lambda t: t.endpoints.recover([KEY]))
    assert profile(kept).state is ProfileState.PAUSED


def test_a_suspended_profile_may_turn_out_to_be_gone(kept):
    suspend(kept)

    assert kept.do(lambda t: t.endpoints.disable(KEY, CALLBACK_URL, "HTTP 410"))
    assert not kept.do(lambda t: t.endpoints.disable(KEY, CALLBACK_URL, "HTTP 410"))
    assert (profile(kept).state, profile(kept).state_reason) == (ProfileState.GONE, "HTTP 410")


def test_a_profile_with_another_url_since_is_not_gone_with_the_old_one(kept):
    moved = callback_profile(url="https://shop.example/new")
    kept.do(lambda t: t.profiles.save(moved))

    assert not kept.do(lambda t: t.endpoints.disable(KEY, CALLBACK_URL, "HTTP 410"))
    assert profile(kept) == moved


def test_attempts_are_counted_since_a_moment_and_up_to_a_limit(kept):
    second = int(NOW.timestamp()) * 1_000_000
    attempts = [
        CallbackAttempt(ACCOUNT, "e", second + n, PROFILE_ID, 1, "u", 1, 500) for n in range(-2, 5)
    ]
    kept.do(lambda t: t.callbacks.insert_attempts(attempts))

    assert kept.ask(lambda t: t.endpoints.attempts_since(KEY, NOW, 100)) == 5
    assert kept.ask(lambda t: t.endpoints.attempts_since(KEY, NOW, 3)) == 3
    assert kept.ask(lambda t: t.endpoints.attempts_since((2, PROFILE_ID), NOW, 9)) == 0


def test_what_waits_for_later_is_due_now_but_not_what_somebody_has_in_hand(kept):
    def item(item_id, due_s, lane=PROFILE_ID, token=None):
        return QueueItem(
            ACCOUNT, QueueName.CALLBACK, lane, item_id, later(due_s), 1, lease_token=token
        )

    items = [item(f"e{n}", 100 + n) for n in range(3)]
    items += [
        item("held", 50, token="t"),
        item("other", 100, lane="IN_2"),
        item("due", 0),
        item("old", -50),
    ]
    kept.do(lambda t: t.queue.put(items))
    rows = [callback_row(event_id="e0", sequence=9), callback_row(event_id="old", sequence=4)]
    kept.do(lambda t: t.callbacks.insert(rows))

    assert kept.do(lambda t: t.endpoints.advance(KEY, NOW, 3)) == 3
    assert kept.do(lambda t: t.endpoints.advance(KEY, NOW, 3)) == 1
    assert kept.do(lambda t: t.endpoints.advance(KEY, NOW, 3)) == 0

    lane = LaneKey(ACCOUNT, PROFILE_ID)
    due = kept.ask(lambda t: t.queue.find(QueueName.CALLBACK, lane, Priority.NORMAL, later(1), 9))
    assert [one.item_id for one in due] == ["due", "e1", "e2", "old", "e0"], "by their sequence"
