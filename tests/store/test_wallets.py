"""The money of accounts: entries are appended, sums stand beside them, and an audit compares."""

import pytest

from support.nouns import ACCOUNT, MESSAGE_ID, NOW, later
from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, WalletChange, changes_of


def entry(kind, amount=100, reference=MESSAGE_ID, **changes):
    return LedgerEntry(ACCOUNT, reference, kind, amount, NOW, **changes)


def book(stored, *entries):
    async def change(transaction):
        await transaction.wallets.append(entries)
        await transaction.wallets.add(changes_of(entries))

    stored.do(change)


def wallet(stored):
    return stored.ask(lambda t: t.wallets.load([ACCOUNT])).get(ACCOUNT)


def test_a_new_wallet_is_empty(furnished):
    assert wallet(furnished) == Wallet(ACCOUNT, "USD", 0, 0, 0)
    assert furnished.ask(lambda t: t.wallets.load([404])) == {}


def test_entries_and_sums_stand_together(furnished):
    book(furnished, entry(EntryKind.TOP_UP, 1000, "top-up 1", reason="cash"))
    book(furnished, entry(EntryKind.HOLD))
    assert wallet(furnished) == Wallet(ACCOUNT, "USD", 1000, 100, 0)

    book(furnished, entry(EntryKind.CAPTURE))
    assert wallet(furnished) == Wallet(ACCOUNT, "USD", 900, 0, 0)
    assert furnished.ask(lambda t: t.wallets.entries(ACCOUNT, "top-up 1")) == [
        entry(EntryKind.TOP_UP, 1000, "top-up 1", reason="cash")
    ]
    kinds = {one.kind for one in furnished.ask(lambda t: t.wallets.entries(ACCOUNT, MESSAGE_ID))}
    assert kinds == {EntryKind.HOLD, EntryKind.CAPTURE}


def test_a_line_that_stands_is_refused_a_second_time(furnished):
    book(furnished, entry(EntryKind.HOLD))

    with pytest.raises(Exception, match="(?i)unique"):
        book(furnished, entry(EntryKind.HOLD))

    assert wallet(furnished).held_minor == 100


def test_many_accounts_change_in_one_call(furnished):
    for number in range(2, 71):
        furnished.do(lambda t, number=number: t.wallets.open(number, "INR", number))

    furnished.do(lambda t: t.wallets.add([WalletChange(id_, 10, id_) for id_ in range(1, 71)]))

    wallets = furnished.ask(lambda t: t.wallets.load(list(range(1, 71))))
    assert wallets[1] == Wallet(1, "USD", 10, 1, 0)
    assert wallets[70] == Wallet(70, "INR", 10, 70, 70)
    assert len(wallets) == 70


def test_a_credit_limit_raises_what_may_be_spent(furnished):
    furnished.do(lambda t: t.wallets.set_credit_limit(ACCOUNT, 500))

    assert wallet(furnished).spendable_minor == 500


def test_books_that_balance_give_no_findings(furnished):
    furnished.keep_message(MESSAGE_ID)
    book(furnished, entry(EntryKind.TOP_UP, 1000, "top-up 1"), entry(EntryKind.HOLD))

    assert furnished.ask(lambda t: t.wallets.audit()) == []


def test_a_wallet_that_drifted_from_its_ledger_is_found(furnished):
    furnished.do(lambda t: t.wallets.add([WalletChange(ACCOUNT, 7, 0)]))

    assert furnished.ask(lambda t: t.wallets.audit()) == [
        "account 1: the wallet says balance 7 and held 0, its ledger 0 and 0"
    ]


def test_a_paid_message_without_a_hold_is_found(furnished):
    furnished.keep_message(MESSAGE_ID)

    assert furnished.ask(lambda t: t.wallets.audit()) == [
        f"account 1: {MESSAGE_ID}: message without its hold"
    ]


def test_a_hold_without_a_message_is_found(furnished):
    book(furnished, entry(EntryKind.TOP_UP, reference="top-up 1"))
    book(furnished, entry(EntryKind.HOLD, reference="A404"))

    assert furnished.ask(lambda t: t.wallets.audit()) == [
        "account 1: A404: hold without its message"
    ]


def test_money_that_was_both_captured_and_released_is_found(furnished):
    furnished.keep_message(MESSAGE_ID)
    book(furnished, entry(EntryKind.TOP_UP, 200, "top-up 1"))
    book(
        furnished, *(entry(kind) for kind in (EntryKind.HOLD, EntryKind.CAPTURE, EntryKind.RELEASE))
    )

    assert furnished.ask(lambda t: t.wallets.audit()) == [
        f"account 1: {MESSAGE_ID}: captured and released"
    ]


def test_lines_are_listed_in_the_order_of_their_time(furnished):
    released = LedgerEntry(ACCOUNT, MESSAGE_ID, EntryKind.RELEASE, 100, later(1), "late")
    book(furnished, released, entry(EntryKind.HOLD))

    assert furnished.ask(lambda t: t.wallets.entries(ACCOUNT, MESSAGE_ID)) == [
        entry(EntryKind.HOLD),
        released,
    ]
