"""Attempts at Meta and Meta's statuses as lines."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State, Transition, apply
from waypost.model.report import TimelineFact
from waypost.model.story import AnswerOfMeta, Line, RequestToMeta, Step, Teller, View
from waypost.model.submission import READ_RECEIPT
from waypost.model.withheld import WithheldCode
from waypost.report.telling import Kept, content_of, without_words
from waypost.report.words import HELD_BY_META, MEANINGS, moment

STATUSES = frozenset({Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED})
"""Facts that Meta's webhooks tell; all others are ours or Meta's answers to us."""

OF_ONE_ATTEMPT = frozenset({Fact.TAKEN, Fact.SENT, Fact.FAILED})
"""Facts that change nothing any more once their attempt was returned."""

STALE = timedelta(seconds=3)
"""Meta tells whole seconds: a status counts as late when it was older than this."""

TAKEN = "accepted"
"""The `message_status` of a message that Meta sends on at once."""


def lines_of_facts(kept: Kept) -> Iterator[Line]:
    """One line for each fact, in the order in which they were learned."""
    state = State.ACCEPTED
    returned: set[str | None] = set()
    request = request_of(kept)
    for fact in kept.facts:
        is_past = fact.wamid is not None and fact.wamid in returned and fact.fact in OF_ONE_ATTEMPT
        transition = None if is_past else apply(state, fact.fact)
        if fact.fact is Fact.RETURNED:
            returned.add(fact.wamid)
        state = state if transition is None else transition.after
        is_metas = fact.fact in STATUSES or (fact.fact is Fact.RETURNED and fact.wamid is not None)
        is_attempt = fact.attempt is not None and fact.fact not in STATUSES
        attempt = "" if fact.attempt is None else f"attempt {fact.attempt}: "
        was_asked = is_attempt and fact.exchange is not None
        yield Line(
            fact.recorded_at,
            Teller.META if is_metas else Teller.GATEWAY,
            Step.ATTEMPT if is_attempt else Step.FACT,
            "; ".join([attempt + _meaning(fact), *_notes(kept, fact, transition)]),
            request if was_asked else None,
            answer_of(kept, fact) if was_asked else None,
        )


def request_of(kept: Kept) -> RequestToMeta:
    """What is asked of Meta with each attempt, as it may be shown."""
    report, sender = kept.report, kept.sender
    path = f"/{kept.version}/{sender.phone_number_id if sender is not None else '?'}/messages"
    body = content_of(report)
    if body is None:
        return RequestToMeta("POST", path, None)
    if report.content.kind != READ_RECEIPT:
        whom = "to" if report.recipient.startswith("+") else "recipient"
        ours = {"biz_opaque_callback_data": report.message_id}
        if kept.view is View.OPERATOR:
            body = without_words(body)
        body = {**body, whom: kept.recipient, **ours}
    return RequestToMeta("POST", path, body)


def answer_of(kept: Kept, fact: TimelineFact) -> AnswerOfMeta | None:
    """What Meta answered; None of what is no attempt, or whose answer was not kept."""
    exchange = fact.exchange
    if exchange is None or exchange.duration_ms is None:
        return None
    if fact.fact is Fact.TAKEN:
        return AnswerOfMeta(
            exchange.http_status,
            exchange.duration_ms,
            fact.wamid,
            exchange.answer or TAKEN,
        )
    error = _error_of(exchange.answer)
    data = error.get("error_data")
    return AnswerOfMeta(
        exchange.http_status,
        exchange.duration_ms,
        code=_of(error, "code", int),
        message=_of(error, "message", str),
        details=_of(data, "details", str) if isinstance(data, dict) else None,
        fbtrace_id=_of(error, "fbtrace_id", str),
        body=kept.words(exchange.answer),
    )


def reason(kept: Kept, failure: Failure) -> str:
    """`131026: The message cannot be delivered (…)`."""
    detail = f" ({kept.words(failure.detail)})" if failure.detail else ""
    code = f"{failure.code}: " if failure.code not in ("", "0") else ""
    return f"{code}{failure.title}{detail}"


def _notes(kept: Kept, fact: TimelineFact, transition: Transition | None) -> Iterator[str]:
    exchange = fact.exchange
    if fact.failure is not None:
        yield reason(kept, fact.failure)
    if fact.fact is Fact.TAKEN and fact.wamid is not None:
        yield f"as {fact.wamid}"
    if exchange is not None and exchange.duration_ms is not None:
        status = f"HTTP {exchange.http_status}" if exchange.http_status else "no answer"
        yield f"{status} after {exchange.duration_ms} ms"
    if fact.fact is Fact.TAKEN and exchange is not None and exchange.answer:
        held = HELD_BY_META.get(exchange.answer)
        yield held if held is not None else f"Meta says {exchange.answer}"
    if fact.fact not in STATUSES:
        return
    if exchange is not None and exchange.answer:
        yield f"Meta's price: {exchange.answer}"
    if fact.recorded_at - fact.occurred_at > STALE:
        yield f"Meta's time: {moment(fact.occurred_at)}"
    if transition is None:
        yield "late or repeated, it changed nothing"


def _meaning(fact: TimelineFact) -> str:
    """What a fact says; Meta did not say what an operator said of an unknown outcome."""
    is_ended = fact.failure is not None and fact.failure.code == WithheldCode.RESOLVED
    if fact.fact is Fact.REFUSED and is_ended:
        return "settled by the operator: Meta did not take it"
    if fact.fact is Fact.TAKEN and fact.attempt is None and fact.wamid is None:
        return "settled by the operator: Meta took it"
    return MEANINGS[fact.fact]


def _error_of(answer: str) -> dict[str, Any]:
    """Meta's error object; empty of an answer that holds none, or was cut."""
    try:
        decoded = msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError):
        return {}
    error = decoded.get("error") if isinstance(decoded, dict) else None
    return error if isinstance(error, dict) else {}


def _of(error: dict[str, Any], name: str, kind: type) -> Any:
    value = error.get(name)
    return value if isinstance(value, kind) and not isinstance(value, bool) else None
