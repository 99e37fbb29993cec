"""An alarm is raised when a mark is crossed, once, and is over when usage is well below it."""

from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW
from waypost.model.ledger import Wallet
from waypost.wallet.credit import MARKS, find_crossings, uses


def used(amount, limit=1000):
    return Wallet(1, "USD", balance_minor=-amount, held_minor=0, credit_limit_minor=limit)


def crossed(before, after):
    crossings = find_crossings(before, after, NOW)
    return [one.subject for one in crossings.raised], [key[2] for key in crossings.cleared]


def test_each_mark_is_told_as_it_is_crossed():
    assert crossed(used(699), used(700)) == (["70"], [])
    assert crossed(used(700), used(750)) == (["75"], [])
    assert crossed(used(0), used(900)) == (["70", "75"], [])
    assert crossed(used(760), used(990)) == ([], [])


def test_a_mark_is_over_only_well_below_it():
    assert crossed(used(750), used(701)) == ([], [])
    assert crossed(used(701), used(699)) == ([], ["75"])
    assert crossed(used(699), used(649)) == ([], ["70"])
    assert crossed(used(800), used(0)) == ([], ["70", "75"])


def test_an_account_without_credit_has_no_marks():
    assert crossed(used(0, limit=0), used(10_000, limit=0)) == ([], [])


def test_a_limit_that_is_changed_crosses_marks_too():
    assert crossed(used(500), used(500, limit=600)) == (["70", "75"], [])
    assert crossed(used(500, limit=600), used(500)) == ([], ["70", "75"])


def test_the_alarm_says_how_much_of_what_is_used():
    (alarm,) = find_crossings(used(0), used(700), NOW).raised

    assert "0.0700 USD of 0.1000 USD" in alarm.detail


@given(st.lists(st.integers(0, 1200), min_size=1, max_size=30))
def test_however_usage_moves_an_open_alarm_means_that_much_is_used_or_nearly(amounts):
    opened, before = set(), used(0)
    for amount in amounts:
        after = used(amount)
        raised, cleared = crossed(before, after)
        opened |= set(raised)
        opened -= set(cleared)
        for mark in MARKS:
            assert (str(mark) in opened) >= uses(after, mark)
            assert (str(mark) in opened) <= uses(after, mark - 5)
        before = after
