"""Money is granted while it suffices, and the sums are always those of the entries."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from support.nouns import NOW
from waypost.model.ledger import MOVES, EntryKind, LedgerEntry, Wallet, changes_of, grant_holds

WALLET = Wallet(1, "USD", balance_minor=1000, held_minor=300, credit_limit_minor=50)
AMOUNTS = st.lists(st.integers(0, 500), max_size=20)


def test_what_may_be_spent_is_the_balance_less_holds_and_the_credit():
    assert WALLET.spendable_minor == 750


def test_a_refused_amount_does_not_stand_in_the_way_of_a_smaller_one():
    holding = grant_holds(WALLET, [700, 100, 50, 1])

    assert holding.granted == (True, False, True, False)
    assert holding.held_minor == 750


def test_nothing_is_granted_from_an_empty_wallet_but_what_costs_nothing():
    empty = replace(WALLET, balance_minor=0, held_minor=0, credit_limit_minor=0)

    assert grant_holds(empty, [1, 0, 5]).granted == (False, True, False)


@given(
    balance=st.integers(-1000, 1000),
    held=st.integers(0, 1000),
    credit=st.integers(0, 1000),
    amounts=AMOUNTS,
)
def test_holds_never_pass_the_limit(balance, held, credit, amounts):
    wallet = Wallet(1, "USD", balance, held, credit)
    holding = grant_holds(wallet, amounts)

    granted = [amount for amount, fits in zip(amounts, holding.granted, strict=True) if fits]
    assert holding.held_minor == sum(granted)
    assert holding.held_minor <= max(0, wallet.spendable_minor)
    refused = [amount for amount, fits in zip(amounts, holding.granted, strict=True) if not fits]
    assert all(holding.held_minor + amount > wallet.spendable_minor for amount in refused)


KINDS = st.sampled_from(list(EntryKind))
ENTRIES = st.lists(
    st.builds(
        LedgerEntry,
        account_id=st.integers(1, 3),
        reference=st.text(max_size=3),
        kind=KINDS,
        amount_minor=st.integers(0, 10_000),
        created_at=st.just(NOW),
    ),
    max_size=30,
)


@given(ENTRIES)
def test_the_changes_are_the_sums_of_the_entries_however_they_are_batched(entries):
    together = {one.account_id: one for one in changes_of(entries)}

    for account_id in {entry.account_id for entry in entries}:
        singly = [
            change
            for entry in entries
            if entry.account_id == account_id
            for change in changes_of([entry])
        ]
        assert together[account_id].balance_minor == sum(one.balance_minor for one in singly)
        assert together[account_id].held_minor == sum(one.held_minor for one in singly)
    assert len(together) == len({entry.account_id for entry in entries})


def test_every_kind_moves_between_two_books():
    assert set(MOVES) == set(EntryKind)
    assert all(source is not target for source, target in MOVES.values())


@given(st.sampled_from([EntryKind.CAPTURE, EntryKind.RELEASE]), st.integers(0, 10_000))
def test_a_message_that_ended_holds_nothing(ending, amount):
    entries = [LedgerEntry(1, "A1", kind, amount, NOW) for kind in (EntryKind.HOLD, ending)]
    (change,) = changes_of(entries)

    assert change.held_minor == 0
    assert change.balance_minor == (-amount if ending is EntryKind.CAPTURE else 0)
