"""A portfolio never writes to more users in any 24 hours than Meta allows, and wastes little."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, later
from waypost.model.messaging_limit import (
    DAY_HOURS,
    HORIZON_HOURS,
    HourCount,
    MessagingLimit,
    MovingDay,
    forecast,
    hour_of,
    start_of,
)

HOUR_S = 3600
DAY = timedelta(hours=DAY_HOURS)


class Book:
    """What the store would keep of one portfolio, and when users were written to."""

    def __init__(self, limit):
        self.limit = limit
        self.users = {}
        self.hours = {}
        self.written = []

    def day(self, now):
        return MovingDay(self.limit, self.hours.values(), now)

    def ask(self, user, now, *, is_urgent=False):
        """The hour a user has to wait for; None if it was written to."""
        day, before = self.day(now), self.users.get(user)
        if day.has_room(before, is_urgent=is_urgent):
            after = day.reach(before)
            self.written.append((now, user))
        else:
            after = day.wait(before)
        self.users[user] = after
        self.keep(day)
        return after.hour if after.is_waiting else None

    def keep(self, day):
        for one in day.changed:
            had = self.hours.get(one.hour, HourCount(one.hour))
            self.hours[one.hour] = HourCount(
                one.hour, had.users + one.users, had.waiting + one.waiting
            )
        for hour in day.forgotten:
            self.hours.pop(hour, None)

    def most_in_a_day(self):
        """The most users that Meta can have counted in any moving day."""
        most = 0
        for end, _ in self.written:
            users = {user for at, user in self.written if end - DAY < at <= end}
            most = max(most, len(users))
        return most


@given(
    st.integers(1, 6),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4 * HOUR_S), st.booleans())),
)
def test_no_moving_day_ever_has_more_users_than_the_limit(limit, asked):
    book, passed = Book(limit), 0
    for user, gap_s, is_urgent in asked:
        passed += gap_s
        book.ask(user, later(passed), is_urgent=is_urgent)
    assert book.most_in_a_day() <= limit
    waiting = Counter(one.hour for one in book.users.values() if one.is_waiting)
    kept = {hour: count.waiting for hour, count in book.hours.items() if count.waiting}
    recent = hour_of(later(passed)) - DAY_HOURS
    assert {hour: count for hour, count in waiting.items() if hour >= recent} == {
        hour: count for hour, count in kept.items() if hour >= recent
    }


def test_those_who_wait_go_a_day_and_an_hour_later_and_not_before():
    book = Book(250)
    waits = [book.ask(user, NOW) for user in range(400)]
    assert waits[:250] == [None] * 250
    due = hour_of(NOW) + 25
    assert waits[250:] == [due] * 150

    assert book.ask(250, start_of(due) - timedelta(seconds=1)) == due
    assert [book.ask(user, start_of(due)) for user in range(250, 400)] == [None] * 150
    assert book.most_in_a_day() <= 250


def test_a_large_campaign_is_spread_over_days():
    book = Book(100)
    waits = [book.ask(user, NOW) for user in range(1000)]
    per_hour = Counter(waits)
    first = hour_of(NOW) + 25
    assert per_hour.pop(None) == 100
    assert [per_hour[first + 25 * number] for number in range(6)] == [100] * 6
    assert per_hour[hour_of(NOW) + HORIZON_HOURS] == 300  # nobody can know so far ahead
    for now in (start_of(hour) for hour in sorted(per_hour)[:3]):
        asked = [user for user, one in book.users.items() if one.hour == hour_of(now)]
        assert [book.ask(user, now) for user in asked] == [None] * 100
    assert book.most_in_a_day() <= 100


def test_who_was_written_to_today_may_be_written_to_again():
    book = Book(2)
    assert [book.ask(user, NOW) for user in ("a", "b")] == [None, None]
    assert [book.ask("a", later(HOUR_S * number)) for number in range(1, 25)] == [None] * 24
    assert book.ask("b", later(HOUR_S * 24)) is None  # as long as it counts
    assert book.ask("c", later(HOUR_S * 48)) == hour_of(NOW) + 49
    assert book.ask("c", later(HOUR_S * 49)) is None


def test_a_second_message_to_who_waits_waits_with_the_first():
    book = Book(1)
    book.ask("a", NOW)
    hour = book.ask("b", NOW)
    assert book.ask("b", later(60)) == hour
    assert book.day(NOW).waiting == 1


def test_the_place_of_who_waits_is_taken_by_nobody_but_the_urgent():
    book = Book(1)
    book.ask("a", NOW)
    come = start_of(book.ask("b", NOW))
    assert book.ask("c", come) is not None
    assert book.ask("otp", come, is_urgent=True) is None
    assert book.ask("b", come) is not None  # its place is gone; it gets another
    assert book.most_in_a_day() == 1


def test_a_place_that_nobody_came_for_is_free_again():
    book = Book(1)
    book.ask("a", NOW)
    hour = book.ask("b", NOW)
    assert book.ask("c", start_of(hour + 1)) is not None
    assert book.ask("d", start_of(hour + 2)) is None


def test_what_is_admitted_at_the_end_of_an_hour_may_come_to_meta_in_the_next():
    book = Book(1)
    end = start_of(hour_of(NOW) + 1)
    book.ask("a", end - timedelta(seconds=30))
    assert book.ask("b", end) == hour_of(NOW) + 26


def test_past_hours_are_forgotten():
    book = Book(5)
    book.ask("a", NOW)
    book.ask("b", later(25 * HOUR_S))
    assert set(book.hours) == {hour_of(later(25 * HOUR_S))}


def test_who_need_not_wait_longer_is_brought_forward():
    book = Book(1)
    book.ask("a", NOW)
    book.ask("b", NOW)
    book.limit = 2
    day = book.day(NOW)
    book.users["b"] = day.bring_forward(book.users["b"])
    book.keep(day)
    assert book.ask("c", NOW) is not None
    assert book.ask("b", NOW) is None


def test_a_forecast_tells_what_is_free_and_when_the_others_go():
    book = Book(250)
    for user in range(400):
        book.ask(user, NOW)
    limit = MessagingLimit(1, "p", 250, NOW)
    told = forecast("p", limit, book.hours.values(), later(60))
    assert (told.limit, told.used, told.free, told.waiting) == (250, 250, 0, 150)
    assert told.hours == ((start_of(hour_of(NOW) + 25), 150),)


@pytest.mark.parametrize(
    ("limit", "is_known"), [(None, False), (MessagingLimit(1, "p", None, NOW), True)]
)
def test_without_a_limit_everything_is_free(limit, is_known):
    told = forecast("p", limit, (), NOW)
    assert (told.limit, told.free, told.waiting, told.is_known) == (None, None, 0, is_known)
