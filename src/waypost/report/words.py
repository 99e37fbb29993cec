"""How states, facts and movements of money are told: the one place that words them."""

from collections.abc import Mapping
from datetime import datetime

from waypost.model.ledger import EntryKind
from waypost.model.lifecycle import Fact, State

HEADLINES: Mapping[State, str] = {
    State.ACCEPTED: "Accepted; not yet given to Meta.",
    State.NOT_SENT: "Not sent: Meta never got it, and never will.",
    State.UNKNOWN: "Given to Meta, and the answer was lost: it may have been taken or not.",
    State.SUBMITTED: "Meta took it and has reported nothing yet.",
    State.SENT: "Sent by Meta; not yet on the recipient's phone.",
    State.DELIVERED: "Delivered to the recipient's phone; not read yet.",
    State.READ: "Read by the recipient.",
    State.FAILED: "Failed: the recipient does not get it.",
}

HEADLINES_OF_RECEIPTS: Mapping[State, str] = {
    **HEADLINES,
    State.SUBMITTED: "Meta took it: the message is marked as read. Nothing more follows.",
    State.FAILED: "Failed: the message is not marked as read.",
}
"""A read receipt reaches nobody's phone, and Meta reports nothing of it."""

MEANINGS: Mapping[Fact, str] = {
    Fact.ATTEMPTED: "not taken for now, another attempt follows",
    Fact.WITHHELD: "not given to Meta",
    Fact.LOST: "given to Meta, the answer was lost",
    Fact.TAKEN: "Meta took it",
    Fact.REFUSED: "Meta refused it for good",
    Fact.SENT: "sent: on its way from Meta to the phone",
    Fact.DELIVERED: "delivered: on the recipient's phone",
    Fact.READ: "read: the recipient opened the conversation",
    Fact.FAILED: "failed: Meta could not deliver it",
    Fact.RETURNED: "returned: it goes to Meta again",
    Fact.SILENT: "silent: Meta has told nothing more, and tries no longer to deliver it",
}

MONEY: Mapping[EntryKind, str] = {
    EntryKind.TOP_UP: "added",
    EntryKind.ADJUSTMENT: "corrected",
    EntryKind.HOLD: "set aside",
    EntryKind.CAPTURE: "charged",
    EntryKind.REMAINDER: "of the hold not needed, given back",
    EntryKind.SURCHARGE: "charged beyond the hold",
    EntryKind.RELEASE: "given back",
    EntryKind.REFUND: "refunded",
    EntryKind.CARRIED: "charged for messages of before",
}

HELD_BY_META: Mapping[str, str] = {
    "held_for_quality_assessment": "Meta holds it until it has seen how others like the template",
    "paused": "Meta holds it: its template is paused",
}
"""What Meta does before it sends a message on, by its `message_status`."""

FOR_A_PERSON = "waits for a person, or a late status: `waypost unknown resolve` settles it"


def moment(at: datetime) -> str:
    """`2026-11-20 12:00:00Z`."""
    return f"{at:%Y-%m-%d %H:%M:%S}Z"
