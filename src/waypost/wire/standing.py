"""Where messages stand, in the customer's words: for who asks, and for who cancels.

Law: `status` is one of the words of the callbacks, and three more for what no callback tells:
`accepted`, `submitted` and `unknown`. The documents print no such answer; this one is ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from waypost.model.lifecycle import Fact, State
from waypost.model.report import MessageSummary, TimelineFact
from waypost.model.search import FoundMessage
from waypost.wire.envelope import Answer, render_processed
from waypost.wire.found import describe

_TOLD = {
    Fact.LOST: State.UNKNOWN,
    Fact.TAKEN: State.SUBMITTED,
    Fact.WITHHELD: State.NOT_SENT,
    Fact.REFUSED: State.FAILED,
    Fact.SENT: State.SENT,
    Fact.DELIVERED: State.DELIVERED,
    Fact.READ: State.READ,
    Fact.FAILED: State.FAILED,
}
"""Facts that are a station of the message; of all others the operator's timeline tells."""

_TOO_LATE = {
    State.ACCEPTED: "It is being given to Meta.",
    State.UNKNOWN: "It was given to Meta, and what became of it is not known.",
    State.NOT_SENT: "It was over before.",
    State.FAILED: "It was over before.",
}
_AT_META = "Meta has it already."


@dataclass(frozen=True, slots=True)
class Standing:
    """The messages of an id, in order.

    facts    of the message, if there is but one
    replies  ids of what its recipient wrote in answer to it, if there is but one, the oldest first
    """

    messages: Sequence[FoundMessage]
    currency: str
    facts: Sequence[TimelineFact] = ()
    replies: Sequence[str] = ()


def render_standing(named: str, standing: Standing) -> Answer:
    """The 200 to `GET …/messages/<id>`: `data` is `{"message_id", "messages": [...]}`.

    A single message also has `history`, `[{"status", "at"}, …]`, and `replies`, ids.
    """
    shown = [describe(one, standing.currency) for one in standing.messages]
    if len(shown) == 1:
        accepted = {"status": State.ACCEPTED.value, "at": standing.messages[0].accepted_at}
        stations = [
            {"status": _word(_TOLD[one.fact]), "at": one.occurred_at}
            for one in standing.facts
            if one.fact in _TOLD
        ]
        shown[0]["history"] = [accepted, *stations]
        shown[0]["replies"] = list(standing.replies)
    return render_processed({"message_id": named, "messages": shown})


def render_cancellation(
    named: str, cancelled: Sequence[MessageSummary], too_late: Sequence[MessageSummary]
) -> Answer:
    """The 200 to `DELETE …/messages/<id>`: what is cancelled, and what was too late, and why."""
    return render_processed(
        {
            "message_id": named,
            "cancelled": [_named(one) for one in cancelled],
            "too_late": [
                {
                    **_named(one),
                    "status": _word(one.state),
                    "reason": _TOO_LATE.get(one.state, _AT_META),
                }
                for one in too_late
            ],
        }
    )


def _word(state: State) -> str:
    return state.value.replace("_", " ")


def _named(message: MessageSummary) -> dict[str, Any]:
    return {"message_id": message.message_id, "to": message.recipient}
