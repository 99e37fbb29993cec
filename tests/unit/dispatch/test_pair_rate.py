"""To one recipient never more goes than Meta allows, and what waits has a time of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.dispatch.pair_rate import BURST, EARLY_S, GAP_S, PairRate

PAIR = ("sender", "+919876543210")


def ask(rate, message_id, now, *, is_urgent=False, pair=PAIR):
    return rate.wait_s(pair, message_id, now, is_urgent=is_urgent)


def drained(rate, waiting, now=0.0):
    """When each of these goes, if each comes back at the time it was told."""
    went = {}
    due = dict.fromkeys(waiting, now)
    while due:
        message_id = min(due, key=due.get)
        at = due.pop(message_id)
        wait_s = ask(rate, message_id, at)
        if wait_s > 0:
            due[message_id] = at + wait_s
        else:
            went[message_id] = at
    return went


def test_a_burst_goes_at_once_and_is_borrowed_from_what_follows():
    rate = PairRate()

    assert [ask(rate, f"m{number}", 0.0) for number in range(BURST)] == [0.0] * BURST
    assert ask(rate, "next", 0.0) == pytest.approx(GAP_S)


def test_a_thousand_messages_to_one_recipient_get_a_thousand_times():
    rate = PairRate()
    waits = [ask(rate, f"m{number}", 0.0) for number in range(1000 + BURST)][BURST:]

    assert waits == pytest.approx([GAP_S * (number + 1) for number in range(1000)])


def test_each_of_them_goes_at_the_time_it_was_told():
    went = drained(PairRate(), [f"m{number}" for number in range(100)])

    assert max(went.values()) == pytest.approx(GAP_S * (100 - BURST))


def test_who_comes_later_goes_behind_those_who_wait():
    rate = PairRate()
    for number in range(BURST + 10):
        ask(rate, f"m{number}", 0.0)

    assert ask(rate, "later", 5.0) == pytest.approx(11 * GAP_S - 5.0)


def test_a_one_time_code_does_not_wait_behind_a_campaign():
    rate = PairRate()
    for number in range(BURST + 1000):
        ask(rate, f"m{number}", 0.0)

    assert ask(rate, "code", 0.0, is_urgent=True) == pytest.approx(GAP_S)
    assert ask(rate, "code", GAP_S, is_urgent=True) == 0.0


def test_whoever_comes_before_its_time_keeps_it():
    rate = PairRate()
    for number in range(BURST + 2):
        ask(rate, f"m{number}", 0.0)

    assert ask(rate, f"m{BURST + 1}", 2.0) == pytest.approx(2 * GAP_S - 2.0)


def test_recipients_do_not_share_their_rate():
    rate = PairRate()
    for number in range(BURST):
        ask(rate, f"m{number}", 0.0)

    assert ask(rate, "other", 0.0, pair=("sender", "+15550001111")) == 0.0


def test_metas_refusals_wait_four_times_as_long_each_time_until_one_is_taken():
    rate, now, waits = PairRate(), 0.0, []
    for _ in range(4):
        waits.append(rate.refused(PAIR, "m1", now))
        now += waits[-1]
        assert ask(rate, "m1", now) == 0.0
    assert waits == [1, 4, 16, 64]
    rate.taken(PAIR)
    assert rate.refused(PAIR, "m2", now) == 1


def test_refusals_of_messages_that_were_under_way_together_count_once():
    rate = PairRate()
    waits = [rate.refused(PAIR, f"m{number}", 0.0) for number in range(5)]

    assert waits == [1, 7, 13, 19, 25]
    assert ask(rate, "another", 0.5) == pytest.approx(30.5)


def test_pairs_that_have_nothing_to_remember_are_forgotten():
    rate = PairRate()
    for number in range(1000):
        ask(rate, "m", number / 1000, pair=("sender", number))
    assert len(rate) == 1000

    ask(rate, "m", 1000.0)

    assert len(rate) == 1


def test_promises_to_messages_that_never_come_are_forgotten():
    rate = PairRate()
    for number in range(BURST + 5):
        ask(rate, f"m{number}", 0.0)

    ask(rate, "m", 10_000.0, pair=("sender", "another"))

    assert len(rate) == 1


@given(
    arrivals=st.lists(st.tuples(st.floats(0, 30), st.floats(0, 90)), min_size=1, max_size=150),
    burst=st.integers(1, 10),
)
def test_no_span_of_time_ever_sees_more_than_the_burst_and_the_rate(arrivals, burst):
    """Whoever waits comes back at its time, or later: its sender may have been closed."""
    rate = PairRate(GAP_S, burst)
    now, due, went = 0.0, [], []
    for number, (gap_s, late_s) in enumerate(arrivals):
        now += gap_s
        due.append((now, f"m{number}", late_s))
    while due:
        due.sort()
        at, message_id, late_s = due.pop(0)
        wait_s = ask(rate, message_id, at)
        if wait_s > 0:
            due.append((at + wait_s + late_s, message_id, 0.0))
        else:
            went.append(at)

    assert len(went) == len(arrivals)
    for first in range(len(went)):
        for last in range(first, len(went)):
            span_s = went[last] - went[first]
            allowed = burst + (span_s + 2 * EARLY_S) / GAP_S + 1e-6
            assert last - first + 1 <= allowed


def test_without_a_gap_everything_goes_at_once():
    rate = PairRate(0)

    waits = [rate.wait_s("pair", f"m{number}", 5.0, is_urgent=False) for number in range(200)]

    assert waits == [0.0] * 200
