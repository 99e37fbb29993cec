"""Holds are granted request by request, all or nothing, and stand with their sums."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.nouns import NOW
from support.stored import opened
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.wallet.bookkeeper import Bookkeeper, HoldRequest


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("wallets")) as store:
        store.furnish()
        yield store


class Books:
    """Accounts of one store; each test opens its own."""

    opened = 1

    @classmethod
    def open(cls, stored, balance):
        cls.opened += 1
        account_id = cls.opened
        top_up = LedgerEntry(account_id, "top-up", EntryKind.TOP_UP, balance, NOW)

        async def change(transaction):
            await transaction.wallets.open(account_id, "USD", 0)
            await Bookkeeper().append(transaction, [top_up])

        stored.do(change)
        return account_id


def hold(stored, *requests):
    return stored.do(lambda t: Bookkeeper().hold(t, requests, NOW))


def wallet(stored, account_id):
    return stored.ask(lambda t: t.wallets.load([account_id]))[account_id]


def test_every_message_of_a_granted_request_has_its_hold(stored):
    account_id = Books.open(stored, 1000)

    assert hold(stored, HoldRequest(account_id, ("A1:0", "A1:1"), (100, 100))) == [True]
    assert wallet(stored, account_id).held_minor == 200
    assert stored.ask(lambda t: t.wallets.entries(account_id, "A1:1")) == [
        LedgerEntry(account_id, "A1:1", EntryKind.HOLD, 100, NOW)
    ]


def test_a_request_is_granted_whole_or_not_at_all(stored):
    account_id = Books.open(stored, 250)
    requests = [
        HoldRequest(account_id, ("A:0", "A:1", "A:2"), (100, 100, 100)),
        HoldRequest(account_id, ("B:0", "B:1"), (100, 100)),
        HoldRequest(account_id, ("C",), (100,)),
    ]

    assert hold(stored, *requests) == [False, True, False]
    assert wallet(stored, account_id).held_minor == 200
    assert stored.ask(lambda t: t.wallets.entries(account_id, "A:0")) == []


def test_accounts_do_not_stand_in_each_others_way(stored):
    poor, rich = Books.open(stored, 0), Books.open(stored, 100)
    requests = [HoldRequest(poor, ("A",), (1,)), HoldRequest(rich, ("B",), (100,))]

    assert hold(stored, *requests) == [False, True]


def test_a_free_message_needs_no_line(stored):
    account_id = Books.open(stored, 0)

    assert hold(stored, HoldRequest(account_id, ("A",), (0,))) == [True]
    assert stored.ask(lambda t: t.wallets.entries(account_id, "A")) == []


def test_an_account_without_a_wallet_is_granted_nothing(stored):
    assert hold(stored, HoldRequest(404, ("A",), (1,))) == [False]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    balance=st.integers(0, 1000),
    sizes=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 200)), max_size=8),
)
def test_entries_sum_to_the_wallet_and_nothing_is_spent_twice(stored, balance, sizes):
    account_id = Books.open(stored, balance)
    requests = [
        HoldRequest(account_id, tuple(f"{n}:{m}" for m in range(count)), (price,) * count)
        for n, (count, price) in enumerate(sizes)
    ]

    granted = hold(stored, *requests)

    held = sum(price * count for fits, (count, price) in zip(granted, sizes, strict=True) if fits)
    after = wallet(stored, account_id)
    assert (after.balance_minor, after.held_minor) == (balance, held)
    assert after.spendable_minor >= 0
    assert not [
        finding
        for finding in stored.ask(lambda t: t.wallets.audit())
        if "the wallet says" in finding
    ]
