"""The story of one message, in plain words: the one place that words it.

Law: lines stand in the order in which they were learned; Meta's own time is told where it is
another. What is said here follows from what is kept: nothing is guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from waypost.model.failure import Failure
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import Fact, State, apply
from waypost.model.message import Payment
from waypost.model.money import Money
from waypost.model.outbox import CallbackState, CallbackSummary
from waypost.model.report import MessageReport, TimelineFact
from waypost.model.sender import Sender, SenderState
from waypost.model.submission import READ_RECEIPT
from waypost.model.withheld import WithheldCode
from waypost.model.work import PARKED_AT, DueItem, Priority
from waypost.store.ports import Transaction

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

FOR_A_PERSON = "waits for a person, or a late status: `waypost unknown resolve` settles it"

STATUSES = frozenset({Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED})
"""Facts that Meta's webhooks tell; all others are ours or Meta's answers to us."""

OF_ONE_ATTEMPT = frozenset({Fact.TAKEN, Fact.SENT, Fact.FAILED})
"""Facts that change nothing any more once their attempt was returned."""

STALE = timedelta(seconds=3)
"""Meta tells whole seconds: a status counts as late when it was older than this."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    at    when it was learned; None for what is still to come
    who   `gateway`, `meta`, `callback` or `money`
    """

    at: datetime | None
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a message has not arrived: what happened, in whose words, and whose turn it is."""

    code: str
    happened: str
    detail: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One message: where it stands, what is wrong if anything is, and its story."""

    message_id: str
    submission_id: str
    sid: str
    sender: str
    recipient: str
    state: State
    headline: str
    trouble: Trouble | None
    kind: str
    template: str | None
    references: tuple[str | None, str | None, str | None]
    source: str
    wamid: str | None
    wa_id: str | None
    price: str
    payment: Payment
    trace_id: str
    accepted_at: datetime
    changed_at: datetime
    send_at: datetime | None
    expires_at: datetime | None
    priority: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of a request with several recipients."""

    message_id: str
    recipient: str
    state: State
    headline: str


async def tell(transaction: Transaction, message_id: str) -> Timeline | None:
    """The story of a message, by our id; None if there is no such message."""
    report = await transaction.reports.find_message(message_id)
    if report is None:
        return None
    key = (report.account_id, report.message_id)
    facts = await transaction.reports.facts(*key)
    waiting = await transaction.reports.queue_item(*key)
    lines = [
        Line(report.accepted_at, "gateway", _accepted(report)),
        *_lines_of_findings(report),
        *_lines_of_facts(facts),
        *_lines_of_money(report, await transaction.wallets.entries(*key)),
        *_lines_of_callbacks(await transaction.callbacks.of_message(*key)),
    ]
    lines.sort(key=_when)
    lines += _lines_of_waiting(report, waiting)
    content = report.content
    return Timeline(
        message_id=report.message_id,
        submission_id=report.submission_id,
        sid=report.sid,
        sender=f"+{report.sender_id}",
        recipient=report.recipient,
        state=report.state,
        headline=_headline_of(report),
        trouble=find_trouble(report, facts, await _sender(transaction, report), waiting),
        kind=content.kind,
        template=_template_of(report),
        references=(report.references.ref, report.references.ref1, report.references.ref2),
        source=report.source,
        wamid=report.wamid,
        wa_id=report.wa_id,
        price=str(report.price),
        payment=report.payment,
        trace_id=report.trace_id,
        accepted_at=report.accepted_at,
        changed_at=report.changed_at,
        send_at=report.send_at,
        expires_at=report.expires_at,
        priority=report.priority.name.lower(),
        lines=tuple(lines),
    )


async def list_messages(transaction: Transaction, submission_id: str) -> tuple[Listed, ...]:
    """The messages of one request, in order; none if there is no such request."""
    return tuple(
        Listed(message_id, recipient, State(state), HEADLINES[State(state)])
        for message_id, recipient, state in await transaction.reports.messages_of_submission(
            submission_id
        )
    )


def find_trouble(
    report: MessageReport,
    facts: Sequence[TimelineFact],
    sender: Sender | None,
    waiting: DueItem | None,
) -> Trouble | None:
    """What stands between the message and its recipient, if something does.

    An ending's own failure; for a message that still waits, a sender that is paused or held, else
    the newest attempt's failure.

    sender   None if there is no such sender any more
    waiting  its place in the queue; None if it has none
    """
    failure = report.failure
    if failure is None and report.state in (State.ACCEPTED, State.UNKNOWN):
        if sender is not None and sender.state is SenderState.PAUSED:
            return Trouble(
                "",
                f"The sender +{report.sender_id} is paused: nothing leaves from it",
                "",
                f"Operator: `waypost sender resume {report.sid} +{report.sender_id}`.",
            )
        if sender is not None and sender.held_until is not None and sender.held_for is not None:
            held = sender.held_for
            return Trouble(
                held.code,
                f"Meta refuses the sender +{report.sender_id} as a whole: {held.title}",
                held.detail,
                f"{held.next_step} It is tried again at {sender.held_until:%Y-%m-%d %H:%M:%S}Z.",
            )
        failure = next((fact.failure for fact in reversed(facts) if fact.failure), None)
    if failure is None:
        return None
    step = failure.next_step
    if report.state is State.UNKNOWN and waits_for_a_person(waiting):
        step = f"Operator: say what is true with `waypost unknown resolve {report.message_id}`."
    return Trouble(failure.code, failure.title, failure.detail, step)


def waits_for_a_person(waiting: DueItem | None) -> bool:
    """Whether nothing will be done by itself about a message of unknown outcome.

    waiting  its place in the queue; None if it has none any more
    """
    return waiting is None or (waiting.lease_token is None and waiting.due_at >= PARKED_AT)


async def _sender(transaction: Transaction, report: MessageReport) -> Sender | None:
    account = await transaction.directory.account_by_sid(report.sid)
    return None if account is None else account.senders.get(report.sender_id)


def _when(line: Line) -> datetime:
    assert line.at is not None
    return line.at


def _headline_of(report: MessageReport) -> str:
    is_receipt = report.content.kind == READ_RECEIPT
    return (HEADLINES_OF_RECEIPTS if is_receipt else HEADLINES)[report.state]


def _accepted(report: MessageReport) -> str:
    template = _template_of(report)
    what = report.content.kind if template is None else f"template {template}"
    if report.content.kind == READ_RECEIPT:
        marked = msgspec.json.decode(report.content.json).get("message_id", "a message")
        return f"accepted: a read receipt from +{report.sender_id} for {marked}"
    said = f"accepted: {what} from +{report.sender_id} to {report.recipient}"
    if report.send_at is not None:
        said += f", to go at {report.send_at:%Y-%m-%d %H:%M:%S}Z"
    if report.priority is not Priority.NORMAL:
        said += f", priority {report.priority.name.lower()}"
    return said


def _lines_of_findings(report: MessageReport) -> Iterator[Line]:
    """What the check at the door found and, in this account's mode, let pass."""
    for finding in report.findings:
        code = f", Meta's {finding.meta_code}" if finding.meta_code is not None else ""
        where = f" at {finding.path}" if finding.path else ""
        said = f"noted ({finding.code}{code}){where}: {finding.message}"
        if finding.mend:
            said = f"{said.removesuffix('.')}. {finding.mend}"
        yield Line(report.accepted_at, "gateway", said)


def _template_of(report: MessageReport) -> str | None:
    content = report.content
    if content.template_name is None:
        return None
    return f"{content.template_name} ({content.template_language})"


def _lines_of_facts(facts: Sequence[TimelineFact]) -> Iterator[Line]:
    state = State.ACCEPTED
    returned: set[str | None] = set()
    for fact in facts:
        is_past = fact.wamid is not None and fact.wamid in returned and fact.fact in OF_ONE_ATTEMPT
        transition = None if is_past else apply(state, fact.fact)
        if fact.fact is Fact.RETURNED:
            returned.add(fact.wamid)
        state = state if transition is None else transition.after
        notes = [] if fact.failure is None else [_reason(fact.failure)]
        if fact.fact is Fact.TAKEN and fact.wamid is not None:
            notes.append(f"as {fact.wamid}")
        if fact.fact in STATUSES and fact.recorded_at - fact.occurred_at > STALE:
            notes.append(f"Meta's time: {fact.occurred_at:%Y-%m-%d %H:%M:%S}Z")
        if fact.fact in STATUSES and transition is None:
            notes.append("late or repeated, it changed nothing")
        is_metas = fact.fact in STATUSES or (fact.fact is Fact.RETURNED and fact.wamid is not None)
        attempt = "" if fact.attempt is None else f"attempt {fact.attempt}: "
        yield Line(
            fact.recorded_at,
            "meta" if is_metas else "gateway",
            "; ".join([attempt + _meaning(fact), *notes]),
        )


def _meaning(fact: TimelineFact) -> str:
    """What a fact says; Meta did not say what an operator said of an unknown outcome."""
    is_ended = fact.failure is not None and fact.failure.code == WithheldCode.RESOLVED
    if fact.fact is Fact.REFUSED and is_ended:
        return "settled by the operator: Meta did not take it"
    if fact.fact is Fact.TAKEN and fact.attempt is None and fact.wamid is None:
        return "settled by the operator: Meta took it"
    return MEANINGS[fact.fact]


def _reason(failure: Failure) -> str:
    detail = f" ({failure.detail})" if failure.detail else ""
    code = f"{failure.code}: " if failure.code not in ("", "0") else ""
    return f"{code}{failure.title}{detail}"


def _lines_of_money(report: MessageReport, entries: Sequence[LedgerEntry]) -> Iterator[Line]:
    for entry in entries:
        amount = Money(entry.amount_minor, report.price.currency)
        reason = f": {entry.reason}" if entry.reason else ""
        yield Line(entry.created_at, "money", f"{amount} {MONEY[entry.kind]}{reason}")


def _lines_of_callbacks(callbacks: Sequence[CallbackSummary]) -> Iterator[Line]:
    for callback in callbacks:
        attempts = f"{callback.attempts} attempt{'' if callback.attempts == 1 else 's'}"
        answer = callback.last_answer
        match callback.state:
            case CallbackState.DELIVERED:
                outcome = f"taken after {attempts}, {answer}"
            case CallbackState.GIVEN_UP:
                outcome = f"given up after {attempts}; the last answer: {answer}"
            case CallbackState.PENDING if callback.attempts:
                outcome = f"waiting after {attempts}; the last answer: {answer}"
            case CallbackState.PENDING:
                outcome = "waiting for its first attempt"
        yield Line(
            callback.settled_at or callback.created_at,
            "callback",
            f"'{callback.status}' to {callback.url}: {outcome}",
        )


def _lines_of_waiting(report: MessageReport, waiting: DueItem | None) -> Iterator[Line]:
    """What is still to come; of a message of unknown outcome also that nothing will by itself."""
    if waiting is None:
        if report.state is State.UNKNOWN:
            yield Line(None, "gateway", FOR_A_PERSON)
        return
    due = f"{waiting.due_at:%Y-%m-%d %H:%M:%S}Z"
    if waiting.lease_token is not None:
        text = f"attempt {waiting.attempt} is under way"
    elif report.state is State.UNKNOWN and waits_for_a_person(waiting):
        text = FOR_A_PERSON
    elif report.state is State.UNKNOWN:
        text = f"waits until {due} for a status of Meta that settles it"
    elif waiting.attempt:
        text = f"attempt {waiting.attempt + 1} follows, not before {due}"
    elif report.send_at is not None and waiting.due_at == report.send_at:
        text = f"waits for its time, {due}"
    else:
        text = f"waits for its turn, due {due}"
    yield Line(None, "gateway", text)
    if report.expires_at is not None and report.state is State.ACCEPTED:
        expires = f"{report.expires_at:%Y-%m-%d %H:%M:%S}Z"
        yield Line(None, "gateway", f"is not sent any more after {expires}")
