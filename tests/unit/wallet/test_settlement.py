"""What is captured is what Meta billed, by its category and day; what is not, is given back."""

from datetime import date

import pytest

from support.nouns import NOW, later, message_record, observation
from waypost.model.ledger import EntryKind
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment, Pricing
from waypost.model.rate import Rate, RateCard, RateCards
from waypost.wallet.settlement import settle_money

CARDS = RateCards(
    {
        0: RateCard(
            [
                Rate("IN", "marketing", date(2026, 1, 1), 100),
                Rate("IN", "utility", date(2026, 1, 1), 20),
                Rate("IN", "utility", date(2026, 11, 21), 30),
                Rate("IN", "authentication", date(2026, 1, 1), 150),
                Rate("IN", "service", date(2026, 1, 1), 0),
            ]
        )
    }
)
PRICED = {"country": "IN", "category": "marketing", "price_minor": 100}


def settle(fact, pricing, *, state=State.DELIVERED, payment=Payment.HELD, at=NOW, **record):
    after, entries = settle_money(
        message_record(**{**PRICED, **record}),
        payment,
        state,
        observation(fact, pricing=pricing, occurred_at=at),
        later(100_000),
        CARDS,
    )
    return after, [(one.kind, one.amount_minor, one.reason) for one in entries]


def test_a_message_billed_as_estimated_is_captured_whole():
    pricing = Pricing(kind="regular", category="marketing")

    assert settle(Fact.DELIVERED, pricing) == (
        Payment.CAPTURED,
        [(EntryKind.CAPTURE, 100, None)],
    )


def test_a_message_billed_as_something_cheaper_gives_the_rest_back():
    reason = "billed as utility"

    assert settle(Fact.DELIVERED, Pricing(category="utility")) == (
        Payment.CAPTURED,
        [(EntryKind.CAPTURE, 20, reason), (EntryKind.REMAINDER, 80, reason)],
    )


def test_a_message_billed_as_something_dearer_wants_a_surcharge():
    reason = "billed as authentication"

    assert settle(Fact.DELIVERED, Pricing(category="authentication")) == (
        Payment.CAPTURED,
        [(EntryKind.CAPTURE, 100, reason), (EntryKind.SURCHARGE, 50, reason)],
    )


def test_the_rate_is_that_of_the_day_on_which_it_was_delivered():
    _, entries = settle(Fact.DELIVERED, Pricing(category="utility"), at=later(86_400))

    assert entries[0][1] == 30


def test_a_day_before_its_acceptance_or_in_the_future_is_not_believed():
    for at, price in ((later(-(10**9)), 20), (later(10**9), 30)):
        _, entries = settle(Fact.DELIVERED, Pricing(category="utility"), at=at)
        assert entries[0][1] == price


@pytest.mark.parametrize("pricing", [None, Pricing()])
def test_without_a_category_the_estimate_is_captured(pricing):
    assert settle(Fact.READ, pricing) == (Payment.CAPTURED, [(EntryKind.CAPTURE, 100, None)])


def test_a_category_that_no_rate_names_costs_what_was_estimated():
    assert settle(Fact.DELIVERED, Pricing(category="marketing"), country="BR") == (
        Payment.CAPTURED,
        [(EntryKind.CAPTURE, 100, None)],
    )


def test_an_account_with_a_price_of_its_own_pays_that_whatever_the_deployments_card_says():
    after, entries = settle(
        Fact.DELIVERED, Pricing(category="utility"), has_own_price=True, price_minor=77
    )

    assert (after, entries[0][:2]) == (Payment.CAPTURED, (EntryKind.CAPTURE, 77))


def test_a_message_of_before_there_were_rates_costs_what_was_held():
    _, entries = settle(Fact.DELIVERED, Pricing(category="utility"), category="", country="")

    assert entries == [(EntryKind.CAPTURE, 100, None)]


@pytest.mark.parametrize(
    "pricing", [Pricing(is_billable=False, category="utility"), Pricing(category="service")]
)
def test_what_costs_nothing_is_released(pricing):
    assert settle(Fact.DELIVERED, pricing) == (
        Payment.RELEASED,
        [(EntryKind.RELEASE, 100, None)],
    )


@pytest.mark.parametrize("state", [State.FAILED, State.NOT_SENT])
def test_what_reached_nobody_is_released(state):
    fact = Fact.FAILED if state is State.FAILED else Fact.WITHHELD

    assert settle(fact, None, state=state) == (
        Payment.RELEASED,
        [(EntryKind.RELEASE, 100, None)],
    )


def test_sent_alone_moves_nothing():
    pricing = Pricing(category="marketing")

    assert settle(Fact.SENT, pricing, state=State.SENT) == (Payment.HELD, [])


@pytest.mark.parametrize("payment", [Payment.CAPTURED, Payment.RELEASED])
def test_money_that_was_settled_stays_so(payment):
    assert settle(Fact.READ, Pricing(category="utility"), payment=payment) == (payment, [])


def test_a_message_thought_free_that_meta_bills_wants_a_surcharge():
    assert settle(
        Fact.DELIVERED,
        Pricing(category="utility"),
        payment=Payment.FREE,
        category="service",
        price_minor=0,
    ) == (Payment.CAPTURED, [(EntryKind.SURCHARGE, 20, "billed as utility")])


def test_a_free_message_of_an_account_that_pays_meta_itself_stays_free():
    assert settle(
        Fact.DELIVERED,
        Pricing(category="utility"),
        payment=Payment.FREE,
        price_minor=0,
        has_own_price=True,
    ) == (Payment.FREE, [])
