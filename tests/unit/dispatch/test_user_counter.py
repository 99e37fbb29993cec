"""Templates to more users than a portfolio may reach wait for their hour; nothing else does."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    NOW,
    SENDER_ID,
    WABA_ID,
    content,
    dispatchable,
    later,
    waba,
)
from support.stored import ENGINES, opened
from waypost.dispatch.user_counter import REMEMBERED_S, UserCounter
from waypost.model.alarm import AlarmKind
from waypost.model.messaging_limit import HourCount, MessagingLimit, hour_of, start_of
from waypost.model.opt_out import Wrote
from waypost.model.recipient import Recipient
from waypost.model.work import Priority
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

TEMPLATE = content(kind="template", template_name="offer", template_language="en")
DUE = hour_of(NOW) + 25
HOUR_S = 3600


class Desk:
    """An audience at a store with one WABA."""

    def __init__(self, stored):
        self.stored = stored
        self.clock = TestClock(NOW)
        self.audience = self.another()

    def another(self):
        """That of another process."""
        return UserCounter(self.stored.store, self.clock, SeededEntropy(1))

    def learn(self, users, portfolio_id=WABA_ID):
        limit = MessagingLimit(ACCOUNT, portfolio_id, users, NOW)
        self.stored.do(lambda t: t.portfolios.learn([limit]))

    def ask(self, *numbers, audience=None, **changes):
        """When templates to these may go: None is now. They are asked for at once."""
        audience = audience or self.audience

        async def all_of_them():
            return await asyncio.gather(
                *(audience.admit(message(number, **changes), NOW) for number in numbers)
            )

        return self.stored.run(all_of_them())

    def alarms(self):
        return self.stored.ask(lambda t: t.alarms.open(ACCOUNT, 10))

    def hours(self):
        return self.stored.ask(lambda t: t.portfolios.hours([(ACCOUNT, WABA_ID)]))


def message(number, **changes):
    given = {"recipient": Recipient(phone=f"9198765{number:05d}"), "content": TEMPLATE, **changes}
    return dispatchable(message_id=f"M{number}", **given)


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        yield Desk(stored)


def test_those_beyond_the_limit_wait_for_their_hour_spread_a_little(desk):
    desk.learn(250)
    told = desk.ask(*range(400))
    assert told[:250] == [None] * 250
    assert all(start_of(DUE) <= at < start_of(DUE) + timedelta(minutes=1) for at in told[250:])
    assert len(set(told[250:])) > 100
    (alarm,) = desk.alarms()
    assert (alarm.kind, alarm.subject) == (AlarmKind.MESSAGING_LIMIT, WABA_ID)
    assert "250" in alarm.detail


def test_all_that_are_asked_for_at_once_share_a_few_commits(desk):
    desk.learn(250)
    desk.ask(0)
    desk.stored.commits.clear()
    desk.ask(*range(1, 200))
    assert len(desk.stored.commits) <= 3


@pytest.mark.parametrize("is_told", [True, False])
def test_portfolios_without_a_limit_cost_no_commit(desk, is_told):
    if is_told:
        desk.learn(None)
    desk.stored.commits.clear()
    assert desk.ask(*range(50)) == [None] * 50
    assert desk.stored.commits == []


def test_messages_within_a_service_window_do_not_count(desk):
    desk.learn(1)
    wrote = [
        Wrote(ACCOUNT, SENDER_ID, "+919876500001", later(-23 * HOUR_S)),
        Wrote(ACCOUNT, SENDER_ID, "+919876500002", later(-25 * HOUR_S)),
    ]
    desk.stored.do(lambda t: t.recipients.note_writing(wrote))
    assert desk.ask(1) == [None]
    assert desk.ask(2) == [None]
    assert desk.ask(3) != [None]
    assert desk.ask(4, content=content()) == [None]  # a text goes within a window alone
    assert desk.hours() == {
        (ACCOUNT, WABA_ID): [HourCount(hour_of(NOW), 1, 0), HourCount(DUE, 0, 1)]
    }


def test_nobody_waits_beyond_the_end_of_a_message(desk):
    desk.learn(1)
    desk.ask(1)
    assert desk.ask(2, expires_at=later(HOUR_S)) == [later(HOUR_S)]


def test_the_urgent_goes_before_those_who_wait(desk):
    desk.learn(1)
    desk.ask(1, 2)
    desk.clock.advance(25 * HOUR_S)
    assert desk.ask(3) != [None]
    assert desk.ask(4, priority=Priority.HIGH) == [None]


def test_a_limit_that_meta_raised_is_known_within_seconds(desk):
    desk.learn(1)
    desk.ask(1, 2)
    desk.learn(1000)
    desk.clock.advance(REMEMBERED_S)
    assert desk.ask(3) == [None]
    desk.learn(None)
    desk.clock.advance(REMEMBERED_S)
    assert desk.ask(*range(2000, 2300)) == [None] * 300


def test_the_alarm_is_over_when_nobody_waits(desk):
    desk.learn(1)
    desk.ask(1, 2)
    assert len(desk.alarms()) == 1
    desk.clock.advance(25 * HOUR_S)
    assert desk.ask(2) == [None]
    assert desk.alarms() == []


def test_who_was_written_to_days_ago_is_forgotten(desk):
    desk.learn(1000)
    desk.ask(*range(600))
    for _ in range(4):
        desk.clock.advance(26 * HOUR_S)
        desk.ask(900)
    keys = [(ACCOUNT, WABA_ID, f"+9198765{number:05d}") for number in range(600)]
    assert desk.stored.ask(lambda t: t.portfolios.users(keys)) == {}
    assert [one.users for one in desk.hours()[ACCOUNT, WABA_ID] if one.users] == [1]


def test_wabas_of_one_portfolio_share_its_limit(desk):
    desk.learn(2, "p")
    owned = waba(portfolio_id="p")
    other = waba(waba_id="777", portfolio_id="p")
    desk.stored.do(lambda t: t.directory.save_waba(other, NOW))
    for one in (owned, other):
        desk.stored.do(lambda t, one=one: t.directory.set_portfolio(one))
    at_other = {"sender": replace(dispatchable().sender, waba_id="777")}
    assert desk.ask(1) == [None]
    assert desk.ask(2, **at_other) == [None]
    assert desk.ask(3) != [None]
    assert desk.ask(4, **at_other) != [None]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_two_processes_together_write_to_no_more_users(tmp_path, engine):
    with opened(tmp_path, engine) as stored:
        stored.furnish()
        desk = Desk(stored)
        desk.learn(100)
        second = stored.run(engine.open(tmp_path, is_gateway=False))
        try:
            other = UserCounter(second, desk.clock, SeededEntropy(2))

            async def both():
                asked = (
                    (desk.audience if number % 2 else other).admit(message(number), NOW)
                    for number in range(300)
                )
                return await asyncio.gather(*asked)

            assert stored.run(both()).count(None) == 100
            assert sum(one.users for one in desk.hours()[ACCOUNT, WABA_ID]) == 100
        finally:
            stored.run(second.close())
    engine.drop(tmp_path)
