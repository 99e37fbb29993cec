"""Cards are held in memory, and an import is known within a second."""

from datetime import date

import pytest

from support.nouns import NOW
from support.stored import opened
from waypost.model.rate import Rate, day_number
from waypost.runtime.clock import TestClock
from waypost.wallet.rate_keeper import RateKeeper

DAY = date(2026, 1, 1)


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


class Reading:
    """A store whose reads are counted."""

    def __init__(self, stored):
        self.stored = stored
        self.reads = 0

    async def read(self, query):
        self.reads += 1
        return await self.stored.store.read(query)


def save(stored, account_id, price):
    rates = [Rate("IN", "utility", DAY, price)]
    stored.do(lambda t: t.wallets.save_rates(account_id, "USD", rates, NOW))


def price(cards, account_id=1):
    day = day_number(DAY)
    return cards.rate_of(account_id, "IN", "utility", day, is_own_only=False)


def test_an_import_is_known_after_a_second_and_nothing_is_read_before(stored):
    clock, reading = TestClock(NOW), Reading(stored)
    keeper = RateKeeper(reading, clock)
    save(stored, 0, 20)
    assert price(stored.run(keeper.current())) == 20

    save(stored, 0, 30)
    assert price(stored.run(keeper.current())) == 20
    assert reading.reads == 1
    clock.advance(1)
    assert price(stored.run(keeper.current())) == 30
    assert reading.reads == 2


def test_a_step_reads_in_its_own_transaction(stored):
    keeper = RateKeeper(stored.store, TestClock(NOW))

    async def import_and_ask(transaction):
        rates = [Rate("IN", "utility", DAY, 20)]
        await transaction.wallets.save_rates(7, "USD", rates, NOW)
        return await keeper.within(transaction)

    cards = stored.do(import_and_ask)

    assert (price(cards, 7), price(cards, 8)) == (20, None)


def test_only_what_changed_is_read_anew_and_the_rest_is_kept(stored):
    clock = TestClock(NOW)
    keeper = RateKeeper(stored.store, clock)
    save(stored, 0, 20)
    save(stored, 7, 5)
    stored.run(keeper.current())

    save(stored, 7, 6)
    clock.advance(1)
    cards = stored.run(keeper.current())

    assert (price(cards, 7), price(cards, 8)) == (6, 20)
