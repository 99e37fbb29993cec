"""What becomes of held money when a fact about its message is learned. Pure.

Meta bills what was delivered, and says so in `pricing` (`reference` 9): whether, and by which
category. What it says is taken at the rate of its day; where it says nothing, or there is no rate
for it, the message costs what was estimated at its acceptance. What Meta is silent about for
longer than it tries to deliver is given back. Money once released stays released, also when Meta
contradicts itself later.
"""

from datetime import datetime

from waypost.model.ledger import EntryKind, LedgerEntry, charge
from waypost.model.lifecycle import Fact, State
from waypost.model.message import MessageRecord, Observation, Payment, Pricing
from waypost.model.rate import NO_CARDS, RateCards, day_of, plain_category

ENDINGS = (State.FAILED, State.NOT_SENT)
"""States in which a message is over without having reached anyone."""

BILLED = (Fact.DELIVERED, Fact.READ)
"""What Meta takes money for."""


def settle_money(
    record: MessageRecord,
    payment: Payment,
    state: State,
    observation: Observation,
    now: datetime,
    cards: RateCards = NO_CARDS,
) -> tuple[Payment, tuple[LedgerEntry, ...]]:
    """Where the money stands after a fact that left the message in `state`, and what moved it."""
    pricing = observation.pricing
    if payment is Payment.HELD:
        is_free = pricing is not None and not pricing.is_billable
        if state in ENDINGS or is_free or observation.fact is Fact.SILENT:
            return _release(record, now)
        if observation.fact in BILLED:
            return _capture(record, observation, now, cards)
    elif payment is Payment.FREE and observation.fact in BILLED and _is_billed(pricing):
        return _charge_unexpected(record, observation, now, cards)
    return payment, ()


def _is_billed(pricing: Pricing | None) -> bool:
    return pricing is not None and pricing.is_billable and bool(pricing.category)


def price_of(
    record: MessageRecord, observation: Observation, now: datetime, cards: RateCards
) -> int:
    """What a message costs, now that Meta told it was delivered."""
    pricing = observation.pricing
    if pricing is None or not record.category:  # nothing told; or accepted before there were rates
        return record.price_minor
    # The day is Meta's word, within what can be: not before its acceptance, not in the future.
    occurred_at = min(max(observation.occurred_at, record.accepted_at or now), now)
    rate = cards.rate_of(
        record.account_id,
        record.country,
        plain_category(pricing.category) or record.category,
        day_of(occurred_at),
        is_own_only=record.has_own_price,
    )
    return record.price_minor if rate is None else rate


def _release(record: MessageRecord, now: datetime) -> tuple[Payment, tuple[LedgerEntry, ...]]:
    return Payment.RELEASED, (_entry(record, EntryKind.RELEASE, record.price_minor, now),)


def _capture(
    record: MessageRecord, observation: Observation, now: datetime, cards: RateCards
) -> tuple[Payment, tuple[LedgerEntry, ...]]:
    price = price_of(record, observation, now, cards)
    if not price:
        return _release(record, now)
    parts = charge(record.price_minor, price)
    reason = _reason(record, observation)
    entries = [_entry(record, EntryKind.CAPTURE, parts.captured_minor, now, reason)]
    if parts.remainder_minor:
        entries.append(_entry(record, EntryKind.REMAINDER, parts.remainder_minor, now, reason))
    if parts.surcharge_minor:
        entries.append(_entry(record, EntryKind.SURCHARGE, parts.surcharge_minor, now, reason))
    return Payment.CAPTURED, tuple(entries)


def _charge_unexpected(
    record: MessageRecord, observation: Observation, now: datetime, cards: RateCards
) -> tuple[Payment, tuple[LedgerEntry, ...]]:
    """Of a message that was estimated to cost nothing, and that Meta bills."""
    price = price_of(record, observation, now, cards)
    if not price:
        return Payment.FREE, ()
    reason = _reason(record, observation)
    return Payment.CAPTURED, (_entry(record, EntryKind.SURCHARGE, price, now, reason),)


def _reason(record: MessageRecord, observation: Observation) -> str | None:
    """Why the price is another than the estimate's, if Meta told another category."""
    told = plain_category(observation.pricing.category) if observation.pricing is not None else ""
    return f"billed as {told}" if told and record.category and told != record.category else None


def _entry(
    record: MessageRecord, kind: EntryKind, amount: int, now: datetime, reason: str | None = None
) -> LedgerEntry:
    return LedgerEntry(record.account_id, record.message_id, kind, amount, now, reason)
