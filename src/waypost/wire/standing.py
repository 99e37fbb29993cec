"""Where messages stand, in the customer's words: for who asks, and for who cancels.

Law: `status` is one of the words of the callbacks, and three more for what no callback tells:
`accepted`, `submitted` and `unknown`. The documents print no such answer; this one is ours.
"""

from collections.abc import Sequence
from typing import Any

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.money import Money
from waypost.model.report import MessageSummary, TimelineFact
from waypost.wire.envelope import Answer, render_processed

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


def render_standing(
    named: str, messages: Sequence[MessageSummary], facts: Sequence[TimelineFact]
) -> Answer:
    """The 200 to `GET …/messages/<id>`: `data` is `{"message_id", "messages": [...]}`.

    facts  of the message, if there is but one: it then has `history`, `[{"status", "at"}, …]`
    """
    shown = [_message(one) for one in messages]
    if len(shown) == 1:
        accepted = {"status": State.ACCEPTED.value, "at": messages[0].accepted_at}
        stations = [
            {"status": _word(_TOLD[one.fact]), "at": one.occurred_at}
            for one in facts
            if one.fact in _TOLD
        ]
        shown[0]["history"] = [accepted, *stations]
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


def _message(message: MessageSummary) -> dict[str, Any]:
    return {
        **_named(message),
        "from": f"+{message.sender_id}",
        "status": _word(message.state),
        "accepted_at": message.accepted_at,
        "changed_at": message.changed_at,
        "send_at": message.send_at,
        "expires_at": message.expires_at,
        "priority": message.priority.name.lower(),
        "price": _amount(message.price),
        "payment": message.payment.value,
        "meta_id": message.wamid,
        "error": None if message.failure is None else _error(message.failure),
        "extra_info": {
            "ref": message.references.ref or "",
            "ref1": message.references.ref1 or "",
            "ref2": message.references.ref2 or "",
        },
    }


def _amount(money: Money) -> dict[str, str]:
    amount, _, currency = str(money).partition(" ")
    return {"amount": amount, "currency": currency}


def _error(failure: Failure) -> dict[str, str]:
    return {
        "code": failure.code,
        "title": failure.title,
        "detail": failure.detail,
        "next_step": failure.next_step,
    }
