"""The money of accounts: entries are appended, sums stand beside them, and an audit compares."""

from datetime import date

import pytest

from support.nouns import ACCOUNT, MESSAGE_ID, NOW, later
from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, WalletChange, changes_of
from waypost.model.message import Payment
from waypost.model.rate import Rate
from waypost.model.statement import StatementLine

DAY = date(2026, 10, 1)


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

    with pytest.raises(Exception, match=r"(?i)unique"):
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


def test_money_is_taken_only_where_it_is(furnished):
    furnished.do(lambda t: t.wallets.open(2, "USD", 50))
    book(furnished, entry(EntryKind.TOP_UP, 100, "top-up 1"))

    taken = furnished.do(
        lambda t: t.wallets.take([WalletChange(ACCOUNT, 0, 101), WalletChange(2, -50, 0)])
    )
    assert taken == {2: Wallet(2, "USD", -50, 0, 50)}
    assert wallet(furnished).held_minor == 0
    assert furnished.do(lambda t: t.wallets.take([WalletChange(ACCOUNT, 0, 100)])) == {
        ACCOUNT: Wallet(ACCOUNT, "USD", 100, 100, 0)
    }
    assert furnished.do(lambda t: t.wallets.take([WalletChange(ACCOUNT, 0, 1)])) == {}


def test_a_credit_limit_is_not_lowered_below_what_is_used(furnished):
    furnished.do(lambda t: t.wallets.set_credit_limit(ACCOUNT, 500))
    furnished.do(lambda t: t.wallets.take([WalletChange(ACCOUNT, 0, 300)]))

    assert furnished.do(lambda t: t.wallets.set_credit_limit(ACCOUNT, 299)) is None
    lowered = furnished.do(lambda t: t.wallets.set_credit_limit(ACCOUNT, 300))
    assert lowered.spendable_minor == 0


def test_messages_of_a_day_are_counted(furnished):
    assert furnished.do(lambda t: t.wallets.count_day(20_000, {1: 3, 2: 5})) == {1: 3, 2: 5}
    assert furnished.do(lambda t: t.wallets.count_day(20_000, {1: 4, 2: -1})) == {1: 7, 2: 4}
    assert furnished.do(lambda t: t.wallets.count_day(20_001, {1: 1})) == {1: 1}


def test_a_card_is_kept_added_to_and_replaced(furnished):
    first = [Rate("IN", "utility", DAY, 20), Rate("", "", DAY, 9)]
    furnished.do(lambda t: t.wallets.save_rates(0, "USD", first, NOW))
    furnished.do(lambda t: t.wallets.save_rates(7, "INR", first[:1], NOW))
    dearer = [Rate("IN", "utility", DAY, 30)]
    furnished.do(lambda t: t.wallets.save_rates(0, "USD", dearer, NOW))

    assert furnished.ask(lambda t: t.wallets.rate_versions()) == {0: 2, 7: 1}
    assert furnished.ask(lambda t: t.wallets.rate_currency(7)) == "INR"
    assert furnished.ask(lambda t: t.wallets.rate_currency(8)) is None
    assert furnished.ask(lambda t: t.wallets.rates([0, 8])) == {0: [first[1], *dearer]}

    async def replace_card(transaction):
        await transaction.wallets.drop_rates(0)
        await transaction.wallets.save_rates(0, "USD", dearer, NOW)

    furnished.do(replace_card)
    assert furnished.ask(lambda t: t.wallets.rates([0])) == {0: dearer}


def test_a_statement_has_a_line_for_each_day_template_and_country(furnished):
    for message_id, country in (("A1", "IN"), ("A2", "IN"), ("A3", "US")):
        furnished.keep_message(message_id, country=country, category="utility")
    tomorrow = later(86_400)
    book(
        furnished,
        entry(EntryKind.TOP_UP, 1000, "top-up 1"),
        *(entry(EntryKind.HOLD, reference=f"A{number}") for number in (1, 2, 3)),
        LedgerEntry(ACCOUNT, "A1", EntryKind.CAPTURE, 60, tomorrow),
        LedgerEntry(ACCOUNT, "A1", EntryKind.REMAINDER, 40, tomorrow),
        LedgerEntry(ACCOUNT, "A3", EntryKind.CAPTURE, 100, tomorrow),
        LedgerEntry(ACCOUNT, "A3", EntryKind.SURCHARGE, 5, tomorrow),
        LedgerEntry(ACCOUNT, "A3", EntryKind.REFUND, 105, tomorrow),
    )

    lines = furnished.ask(lambda t: t.wallets.statement(ACCOUNT, NOW, later(2 * 86_400)))

    today, next_day = NOW.date(), tomorrow.date()
    assert lines == [
        StatementLine(today, "", "", "", 0, 1000, 0, 0, 0, 0, 0),
        StatementLine(today, "", "IN", "utility", 2, 0, 0, 200, 0, 0, 0),
        StatementLine(today, "", "US", "utility", 1, 0, 0, 100, 0, 0, 0),
        StatementLine(next_day, "", "IN", "utility", 1, 0, 0, 0, 60, 40, 0),
        StatementLine(next_day, "", "US", "utility", 1, 0, 0, 0, 105, 0, 105),
    ]
    assert furnished.ask(lambda t: t.wallets.statement(ACCOUNT, NOW, NOW)) == []


@pytest.mark.parametrize(
    ("payment", "kinds", "told"),
    [
        ("released", [("hold", 100), ("release", 90)], "held 100, and captured 0"),
        ("captured", [("hold", 100), ("capture", 60)], "held 100, and captured 60"),
        ("captured", [("capture", 100)], "ended without a hold"),
        ("held", [("hold", 100), ("surcharge", 5)], "a surcharge without a capture"),
        ("held", [("hold", 100), ("remainder", 5)], "a remainder without a capture"),
        ("captured", [("hold", 100), ("capture", 100), ("refund", 101)], "refunded 101 of 100"),
        ("held", [("hold", 100), ("release", 100)], "the message says held, and its entries do"),
        ("free", [("hold", 100)], "the message says free, and its entries do"),
        ("captured", [("hold", 100)], "the message says captured, and its entries do"),
    ],
)
def test_entries_that_do_not_fit_each_other_or_their_message_are_found(
    furnished, payment, kinds, told
):
    furnished.keep_message(MESSAGE_ID, payment=Payment(payment))
    book(furnished, entry(EntryKind.TOP_UP, 1000, "top-up 1"))
    book(furnished, *(entry(EntryKind(kind), amount) for kind, amount in kinds))

    (finding,) = furnished.ask(lambda t: t.wallets.audit())

    assert told in finding


@pytest.mark.parametrize(
    ("payment", "kinds"),
    [
        ("captured", [("hold", 100), ("capture", 60), ("remainder", 40)]),
        ("captured", [("hold", 100), ("capture", 100), ("surcharge", 5), ("refund", 105)]),
        ("captured", [("surcharge", 5)]),
        ("captured", [("surcharge", 0)]),
        ("released", [("hold", 100), ("release", 100)]),
        ("held", [("hold", 100)]),
        ("free", []),
    ],
)
def test_entries_that_fit_are_not_complained_of(furnished, payment, kinds):
    furnished.keep_message(MESSAGE_ID, payment=Payment(payment))
    book(furnished, entry(EntryKind.TOP_UP, 1000, "top-up 1"))
    book(furnished, *(entry(EntryKind(kind), amount) for kind, amount in kinds))

    assert furnished.ask(lambda t: t.wallets.audit()) == []


def test_settled_money_may_outlive_its_message(furnished):
    book(furnished, entry(EntryKind.TOP_UP, 1000, "top-up 1"))
    book(furnished, entry(EntryKind.HOLD), entry(EntryKind.RELEASE))

    assert furnished.ask(lambda t: t.wallets.audit()) == []


def test_a_wallet_below_its_limit_is_found(furnished):
    book(furnished, entry(EntryKind.ADJUSTMENT, -7, "adjustment 1"))

    assert furnished.ask(lambda t: t.wallets.audit()) == [
        "account 1: balance -7 less held 0 is below the credit limit of 0"
    ]
