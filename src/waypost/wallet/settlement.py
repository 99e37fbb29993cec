"""What becomes of held money when a fact about its message is learned. Pure.

Meta bills what was delivered, and says so in `pricing` (`reference` 9); money once released
stays released, also when Meta contradicts itself later.
"""

from datetime import datetime

from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import Fact, State
from waypost.model.message import MessageRecord, Observation, Payment

ENDINGS = (State.FAILED, State.NOT_SENT)
"""States in which a message is over without having reached anyone."""


def settle_money(
    record: MessageRecord,
    payment: Payment,
    state: State,
    observation: Observation,
    now: datetime,
) -> tuple[Payment, tuple[LedgerEntry, ...]]:
    """Where the money stands after a fact that left the message in `state`, and what moved it."""
    if payment is not Payment.HELD:
        return payment, ()
    is_free = observation.pricing is not None and not observation.pricing.is_billable
    if state in ENDINGS or is_free:
        kind, after = EntryKind.RELEASE, Payment.RELEASED
    elif observation.fact in (Fact.DELIVERED, Fact.READ):
        kind, after = EntryKind.CAPTURE, Payment.CAPTURED
    else:
        return payment, ()
    entry = LedgerEntry(record.account_id, record.message_id, kind, record.price_minor, now)
    return after, (entry,)
