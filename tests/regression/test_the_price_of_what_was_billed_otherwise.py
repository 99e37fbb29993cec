"""A message told the price that was estimated for it, also when Meta had billed another.

An export's prices then did not add up to the spend of the same messages.
"""

from datetime import date

import pytest
from msgspec.structs import replace

from support.desk import Desk, order, status
from support.nouns import ACCOUNT, NOW
from support.stored import ENGINES, opened
from waypost.directory.treasurer import Treasurer
from waypost.model.lifecycle import Fact
from waypost.model.rate import Rate
from waypost.model.usage import hour_of
from waypost.model.usage_query import UsageFilter
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

RATES = [
    Rate("IN", "marketing", date(2026, 1, 1), 130),
    Rate("IN", "utility", date(2026, 1, 1), 20),
]
ALL = UsageFilter(hour_of(NOW) - 1, hour_of(NOW) + 2)


@pytest.fixture(params=ENGINES, ids=[engine.name for engine in ENGINES])
def stored(request, tmp_path):
    with opened(tmp_path, request.param) as store:
        store.furnish()
        store.do(lambda t: t.wallets.save_rates(0, "USD", RATES, NOW))
        yield store
    request.param.drop(tmp_path)


@pytest.fixture
def money(stored):
    treasurer = Treasurer(stored.store, TestClock(NOW), SeededEntropy(2))
    (account,) = stored.ask(lambda t: t.directory.accounts())
    stored.run(treasurer.top_up(account.sid, 1000, "cash"))
    return account.sid, treasurer


def accepted(stored):
    desk = Desk(stored.store)
    answer = stored.run(desk.acceptor.accept(order(price=100)))
    ((_, message_id),) = answer.messages
    return desk, message_id


def prices(stored, message_id):
    """The price in lists and exports, and in the timeline, in minor units."""
    found = stored.ask(lambda t: t.search.messages([(ACCOUNT, message_id)]))[message_id]
    report = stored.ask(lambda t: t.reports.find_message(message_id))
    assert isinstance(found.price_minor, int)
    return found.price_minor, report.price.amount_minor


def spend(stored):
    (total,) = stored.ask(lambda t: t.usage.totals(ACCOUNT, ALL, ()))
    return total.counts.spend_minor


@pytest.mark.parametrize(("category", "charged"), [("marketing", 130), ("utility", 20)])
def test_the_price_of_a_charged_message_is_what_it_cost(stored, money, category, charged):
    desk, message_id = accepted(stored)
    assert prices(stored, message_id) == (100, 100)

    stored.run(desk.recorder.record(status(message_id, Fact.DELIVERED, category)))

    assert prices(stored, message_id) == (charged, charged)
    assert spend(stored) == charged


def test_what_was_refunded_cost_nothing(stored, money):
    sid, treasurer = money
    desk, message_id = accepted(stored)
    stored.run(desk.recorder.record(status(message_id, Fact.DELIVERED, "marketing")))

    stored.run(treasurer.refund(sid, message_id, None, "ours"))

    assert prices(stored, message_id) == (0, 0)
    assert spend(stored) == 0


def test_what_was_given_back_tells_what_was_set_aside(stored, money):
    desk, message_id = accepted(stored)
    failed = replace(status(message_id, Fact.FAILED), wamid="wamid.1")

    stored.run(desk.recorder.record(failed))

    assert prices(stored, message_id) == (100, 100)
    assert spend(stored) == 0
