"""What an operator has mended is tried again, and its alarm is over.

A token that was mended at Meta and given again as it was left its senders held; a higher number of
the day left the alarm of the old one open until the next day.
"""

import pytest

from support.nouns import ACCOUNT, NOW, SENDER_ID, VAULT, account, later, sender
from support.stored import opened
from waypost.directory.changes import AccountChange
from waypost.directory.registrar import Registrar
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.failure import Failure
from waypost.model.sender import SenderHold
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

TOKEN = "EAAG-a-token-of-a-system-user"
REFUSED = Failure("190", "The access token has expired", "", "Operator: renew it.")
SID = account().sid


class Office:
    def __init__(self, stored):
        self.stored = stored
        self.registrar = Registrar(stored.store, TestClock(NOW), SeededEntropy(1), "IN", VAULT)

    def give_token(self):
        self.stored.run(self.registrar.save_waba(SID, sender().waba_id, TOKEN))

    def limit(self, daily_limit):
        change = AccountChange(daily_limit=daily_limit)
        self.stored.run(self.registrar.change_account(SID, change))

    def alarm(self, kind, subject):
        alarm = Alarm(ACCOUNT, kind, subject, "Something.", "Do something.", NOW)
        self.stored.do(lambda transaction: transaction.alarms.raise_all([alarm]))

    def alarms(self):
        return [one.kind for one in self.stored.ask(lambda t: t.alarms.open(ACCOUNT, 9))]

    def last(self):
        return self.stored.run(self.registrar.audit(SID, limit=1))[0]


@pytest.fixture
def office(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        yield Office(stored)


def test_a_token_given_again_as_it_was_lets_its_held_senders_go(office):
    office.give_token()
    hold = SenderHold(later(60), 60, REFUSED)
    office.stored.do(lambda t: t.directory.hold_sender(ACCOUNT, SENDER_ID, hold, NOW))
    office.alarm(AlarmKind.SENDER_HELD, SENDER_ID)

    office.give_token()

    found = office.stored.run(office.registrar.find(SID)).senders[SENDER_ID]
    assert (found.held_until, office.alarms()) == (None, [])
    assert office.last().detail["released"] == [SENDER_ID]
    assert office.last().detail["has_new_token"] is False


@pytest.mark.parametrize("higher", [None, 20])
def test_a_higher_number_of_the_day_ends_its_alarm(office, higher):
    office.limit(10)
    office.alarm(AlarmKind.DAILY_LIMIT, "2026-11-20")
    office.alarm(AlarmKind.CREDIT_LOW, "70")

    office.limit(higher)

    assert office.alarms() == [AlarmKind.CREDIT_LOW]


def test_a_lower_number_of_the_day_ends_no_alarm(office):
    office.limit(10)
    office.alarm(AlarmKind.DAILY_LIMIT, "2026-11-20")

    office.limit(5)

    assert office.alarms() == [AlarmKind.DAILY_LIMIT]
