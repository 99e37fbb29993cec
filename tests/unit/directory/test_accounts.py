"""Accounts are held in memory for a second, and read anew only when something changed."""

import pytest

from support.nouns import ACCOUNT, NOW, account
from support.stored import opened
from waypost.directory.accounts import Accounts
from waypost.model.account import AccountState
from waypost.runtime.clock import TestClock

SID = account().sid


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        store.furnish()
        yield store


class Counted:
    """A store that counts what is read."""

    def __init__(self, store):
        self.store = store
        self.reads = 0

    async def read(self, query):
        self.reads += 1
        return await self.store.read(query)


class Desk:
    def __init__(self, stored):
        self.stored, self.clock, self.counted = stored, TestClock(NOW), Counted(stored.store)
        self.accounts = Accounts(self.counted, self.clock)

    def find(self, sid=SID):
        return self.stored.run(self.accounts.find(sid))

    def suspend(self):
        async def change(transaction):
            await transaction.directory.update_account(account(state=AccountState.SUSPENDED))
            await transaction.directory.touch(ACCOUNT)

        self.stored.do(change)


def test_an_account_is_read_once_within_a_second(stored):
    desk = Desk(stored)

    found = [desk.find() for _ in range(5)]

    assert found[0].sid == SID
    assert all(one is found[0] for one in found)
    assert desk.counted.reads == 1


def test_an_account_that_did_not_change_is_not_read_again(stored):
    desk = Desk(stored)
    first = desk.find()
    desk.clock.advance(1)

    assert desk.find() is first
    assert desk.counted.reads == 2, "only its version was asked"


def test_a_change_is_seen_after_a_second(stored):
    desk = Desk(stored)
    desk.find()
    desk.suspend()

    assert desk.find().state is AccountState.ACTIVE
    desk.clock.advance(1)
    assert desk.find().state is AccountState.SUSPENDED


def test_a_sid_that_is_not_known_is_looked_up_every_time(stored):
    desk = Desk(stored)
    assert desk.find("HXIN2") is None

    stored.do(lambda t: t.directory.insert_account(account(sid="HXIN2"), NOW))

    assert desk.find("HXIN2").sid == "HXIN2"
