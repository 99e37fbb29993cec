"""The message state machine.

Law 1: every state, every fact and every transition stands here, in TABLE.
Law 2: only facts. Who is working on a message is a lease (queue/lease.py).
Law 3: facts come late, twice and out of order. All are kept in the message's
timeline; one that TABLE does not name here moves nothing and costs nothing.

Law 4: only RETURNED leads back, to ACCEPTED; between two of them no state is
entered twice. Facts of an attempt that was returned move nothing any more,
unless they tell of a delivery: `status/consequences.py` tells them by wamid.

What does not fit the table: a transient refusal by Meta and a retry. Both are
facts of the timeline (ATTEMPTED) that move nothing: the message is still only
accepted. `docs/lifecycle.md` is drawn from TABLE by tools/draw_lifecycle.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What we know became of a message."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Fact(StrEnum):
    """One thing learned about a message, from us or from Meta."""

    ATTEMPTED = "attempted"
    """Meta refused for now; another attempt follows."""
    WITHHELD = "withheld"
    """We will never give it to Meta."""
    LOST = "lost"
    """We gave it to Meta and the answer was lost."""
    TAKEN = "taken"
    """Meta took it and gave a wamid."""
    REFUSED = "refused"
    """Meta refused it for good."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    RETURNED = "returned"
    """It goes to Meta again: Meta failed it for a reason that passes, or a person asked for it."""
    SILENT = "silent"
    """Nothing more was heard of it for so long that Meta must have dropped it: it moves no state,
    but the money that is set aside goes back."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a message: from a state to another, and the fact that moved it."""

    before: State
    after: State
    fact: Fact


# A status can overtake our own record of TAKEN, and settles UNKNOWN.
STATUS: Mapping[Fact, State] = {
    Fact.SENT: State.SENT,
    Fact.DELIVERED: State.DELIVERED,
    Fact.READ: State.READ,
    Fact.FAILED: State.FAILED,
}
ANSWER: Mapping[Fact, State] = {
    Fact.TAKEN: State.SUBMITTED,
    Fact.REFUSED: State.FAILED,
}
BACK: Mapping[Fact, State] = {Fact.RETURNED: State.ACCEPTED}

TABLE: Mapping[State, Mapping[Fact, State]] = {
    State.ACCEPTED: {
        Fact.WITHHELD: State.NOT_SENT,
        Fact.LOST: State.UNKNOWN,
        **ANSWER,
        **STATUS,
    },
    State.UNKNOWN: {**ANSWER, **STATUS, **BACK},
    State.SUBMITTED: {**STATUS, **BACK},
    State.SENT: {
        **{fact: STATUS[fact] for fact in (Fact.DELIVERED, Fact.READ, Fact.FAILED)},
        **BACK,
    },
    State.FAILED: {fact: STATUS[fact] for fact in (Fact.DELIVERED, Fact.READ)},
    State.DELIVERED: {Fact.READ: State.READ},
    State.READ: {},
    State.NOT_SENT: {},
}


def apply(state: State, fact: Fact) -> Transition | None:
    """What this fact does to a message in this state; None if nothing."""
    after = TABLE[state].get(fact)
    return None if after is None else Transition(state, after, fact)
