"""`POST /v2/<SID>/whatsapp/<phone_number>/messages`: the send endpoint."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from msgspec.structs import replace

from waypost.accept.acceptor import Acceptor
from waypost.accept.estimates import Tariff, estimate, template_of
from waypost.accept.examiner import Examiner
from waypost.accept.idempotency import LONGEST, Accepted, IdempotencyKey, key_of
from waypost.accept.limits import RequestLimits
from waypost.accept.named_profile import check_named_profile
from waypost.accept.order import Order
from waypost.accept.rehearser import Rehearser
from waypost.accept.schedule import check_schedule, without_past
from waypost.api.asgi import (
    BODY_S,
    BodyTooLargeError,
    BodyTooSlowError,
    Receive,
    Scope,
    discard_body,
    header,
    read_body,
)
from waypost.api.auth import Doorkeeper, find_sender
from waypost.model.account import Account, AccountKind, CheckMode
from waypost.model.rate import day_of
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.model.sender import Sender
from waypost.model.submission import Submission
from waypost.model.template import Template
from waypost.runtime.clock import Clock
from waypost.runtime.logs import SendAnswered, is_wanted, log_work
from waypost.runtime.metrics import Metrics
from waypost.wallet.rate_keeper import RateKeeper
from waypost.wire.codes import REFUSED
from waypost.wire.envelope import Answer, render_accepted, render_refusal, render_rehearsal
from waypost.wire.faults import MAX_FAULTS
from waypost.wire.send import parse_send, read_anyway

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class AccountTemplates:
    """The templates of a sender's WABA. `model.template.TemplateBook`."""

    account: Account
    waba_id: str

    def find(self, name: str, language: str) -> Template | None:
        """The template, if the account has it."""
        return self.account.templates.get((self.waba_id, name, language))


@dataclass(frozen=True, slots=True)
class SendEndpoint:
    """Authenticates, understands, accepts, answers.

    prices  what a message costs by kind of account, in minor units, where neither a rate card
            nor the account says
    furthest  how far ahead a message may be scheduled
    """

    doorkeeper: Doorkeeper
    examiner: Examiner
    acceptor: Acceptor
    rehearser: Rehearser
    limits: RequestLimits
    clock: Clock
    metrics: Metrics
    rates: RateKeeper
    prices: Mapping[AccountKind, int]
    max_recipients: int
    max_body_bytes: int
    furthest: timedelta

    async def post(self, scope: Scope, receive: Receive, sid: str, phone_number: str) -> Answer:
        """The answer to one request."""
        started = self.clock.monotonic()
        outcome = await self._post(scope, receive, sid, phone_number)
        seconds = self.clock.monotonic() - started
        self.metrics.accept_seconds.observe(seconds)
        if is_wanted():
            log_work(_line(outcome, sid, seconds))
        match outcome:
            case Accepted():
                return render_accepted(outcome.submission_id, outcome.messages)
            case Refusal():
                self.metrics.requests_refused[REFUSED[outcome.reason].code].inc()
                return render_refusal(outcome)
            case _:
                return outcome

    async def _post(
        self, scope: Scope, receive: Receive, sid: str, phone_number: str
    ) -> Accepted | Answer | Refusal:
        account = await self.doorkeeper.admit(scope, sid)
        if isinstance(account, Refusal):
            return account
        sender = find_sender(account, phone_number)
        if isinstance(sender, Refusal):
            return sender
        limited = self.limits.check(account, self.clock.monotonic())
        if limited is not None:
            return limited
        is_rehearsal = wants_rehearsal(scope)
        if isinstance(is_rehearsal, Refusal):
            return is_rehearsal
        order = await self._understand(scope, receive, account, sender)
        if isinstance(order, Refusal):
            return order
        return await (self._rehearse(order) if is_rehearsal else self._accept(order))

    async def _accept(self, order: Order) -> Accepted | Refusal:
        """What is answered with 202, once everything is durable."""
        refused = self._refuse(order)
        if refused is not None:
            # Asked again under the same key, what was accepted stays accepted.
            accepted = await self.acceptor.recall(order) or refused
        else:
            accepted = await self.acceptor.accept(order)
        if isinstance(accepted, Refusal):
            self._count_findings(accepted.faults)
            return accepted
        self._count_findings(accepted.findings)
        self.examiner.shelves.use_media(order.media)
        self.metrics.messages_accepted.inc(len(accepted.messages))
        return accepted

    async def _rehearse(self, order: Order) -> Answer | Refusal:
        """What would become of the order: the refusal it would get, or a 200 with its price."""
        refused = self._refuse(order)
        if refused is not None:
            return refused
        rehearsal = await self.rehearser.rehearse(order)
        if isinstance(rehearsal, Refusal):
            return rehearsal
        return render_rehearsal(
            rehearsal.recipients,
            rehearsal.withheld,
            {
                "price": rehearsal.price,
                "total": rehearsal.total,
                "spendable": rehearsal.spendable,
            },
            rehearsal.findings,
        )

    def _refuse(self, order: Order) -> Refusal | None:
        """A refusal for a moment that cannot be kept, or for what the account's mode makes one."""
        faults = check_schedule(order.submission, self.clock.now(), self.furthest)
        faults += check_named_profile(order.submission, order.account)
        refused = refuse_findings(order)
        if refused is not None:
            faults += refused.faults
        return Refusal(Reason.PAYLOAD, faults) if faults else None

    def _count_findings(self, findings: Sequence[Fault]) -> None:
        for finding in findings:
            if finding.meta_code is not None:
                self.metrics.findings[finding.code].inc()

    async def _understand(
        self, scope: Scope, receive: Receive, account: Account, sender: Sender
    ) -> Order | Refusal:
        wrong = check_content_type(header(scope, b"content-type"))
        if wrong is not None:
            return wrong
        try:
            body = await read_body(scope, receive, self.max_body_bytes)
        except BodyTooLargeError as error:
            if error.has_more:
                await discard_body(scope, receive)
            return refuse(
                "body_too_large",
                f"The body is larger than {self.max_body_bytes} bytes; send fewer recipients.",
            )
        except BodyTooSlowError:
            return refuse("body_too_slow", f"The body was not whole after {BODY_S:.0f} seconds.")
        idempotency = read_key(header(scope, b"idempotency-key"), sender, body)
        if isinstance(idempotency, Refusal):
            return idempotency
        templates = AccountTemplates(account, sender.waba_id)
        submission = parse_send(body, templates, self.max_recipients)
        if isinstance(submission, tuple):
            salvaged = read_anyway(body, templates)
            if salvaged is not None:
                submission += check_schedule(salvaged, self.clock.now(), self.furthest)
                submission += check_named_profile(salvaged, account)
            return Refusal(
                Reason.PAYLOAD, await self._tell_all(account, sender, salvaged, submission)
            )
        examination = await self.examiner.examine(account, sender, submission)
        day = day_of(submission.send_at or self.clock.now())
        tariff = Tariff(await self.rates.current(), self.prices, day)
        template = template_of(examination.account, sender, submission)
        return Order(
            account=examination.account,
            sender=sender,
            # What was checked is let go: kept until the commit, it would only fill the caches.
            submission=replace(
                without_past(examination.submission, self.clock.now()), message=NOTHING
            ),
            estimates=estimate(tariff, examination.account, sender, submission),
            idempotency=idempotency,
            findings=examination.findings,
            is_marketing=examination.is_marketing,
            media=examination.media,
            template_status=None if template is None else template.status,
        )

    async def _tell_all(
        self,
        account: Account,
        sender: Sender,
        salvaged: Submission | None,
        faults: tuple[Fault, ...],
    ) -> tuple[Fault, ...]:
        """The faults of a body, and beside them what the strict check finds: in one answer."""
        if salvaged is None or account.check_mode is not CheckMode.STRICT:
            return faults
        examination = await self.examiner.examine(account, sender, salvaged)
        return join_findings(faults, examination.findings)


def _line(outcome: Accepted | Answer | Refusal, sid: str, seconds: float) -> SendAnswered:
    """The canonical line of one request."""
    line = SendAnswered(duration_ms=seconds * 1000, sid=sid, code="dry_run")
    match outcome:
        case Accepted():
            id_, count = outcome.submission_id, len(outcome.messages)
            return dataclasses.replace(line, code="WA202", submission_id=id_, count=count)
        case Refusal():
            # What stands in the path of a stranger may be anything, a key in the wrong place too.
            sid = "" if outcome.reason is Reason.CREDENTIALS else sid
            return dataclasses.replace(line, sid=sid, code=REFUSED[outcome.reason].code)
        case _:
            return line


def join_findings(faults: tuple[Fault, ...], findings: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Faults and findings of one body, at most MAX_FAULTS.

    Of one place the fault's code stands, with the finding's sentence, remedy and Meta's code: it
    knows the template. Several of one place are told in their order, which both checks share. What
    a finding says of something inside a faulty value is left out, for it follows from the fault.
    """
    at_place: dict[str, list[Fault]] = {}
    for finding in findings:
        at_place.setdefault(finding.path, []).append(finding)
    told = []
    for fault in faults:
        same = at_place.get(fault.path)
        told.append(_explained(fault, same.pop(0)) if same else fault)
    paths = [fault.path for fault in faults]
    told += [
        finding
        for finding in findings
        if not any(finding.path == path or finding.path.startswith(f"{path}/") for path in paths)
    ]
    return tuple(told[: max(MAX_FAULTS, len(faults))])


def _explained(fault: Fault, finding: Fault) -> Fault:
    return replace(fault, message=finding.message, meta_code=finding.meta_code, mend=finding.mend)


def refuse_findings(order: Order) -> Refusal | None:
    """A refusal, if the account's check mode makes one of what was found."""
    if order.findings and order.account.check_mode is CheckMode.STRICT:
        return Refusal(Reason.PAYLOAD, order.findings)
    return None


def wants_rehearsal(scope: Scope) -> bool | Refusal:
    """Whether the request says `?dry_run=true`.

    A word that is neither yes nor no is refused: who meant a dry run would have sent and paid.
    """
    query: bytes = scope["query_string"]
    if not query:
        return False
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("dry_run", ["no"])
    said = values[-1].lower()
    if said in ("true", "1", "yes"):
        return True
    if said in ("false", "0", "no"):
        return False
    message = "dry_run must be true or false; nothing was sent."
    return Refusal(Reason.PAYLOAD, (Fault("query/dry_run", "wrong_value", message),))


def check_content_type(content_type: str | None) -> Refusal | None:
    """Only JSON, with or without saying that it is UTF-8."""
    kind, _, parameters = (content_type or "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() == "application/json" and charset in ("", "charset=utf-8"):
        return None
    return refuse("content_type", "Content-Type must be application/json, in UTF-8.")


def read_key(key: str | None, sender: Sender, body: bytes) -> IdempotencyKey | Refusal | None:
    """The Idempotency-Key header with the body it came with."""
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST:
        return refuse("idempotency_key", f"Idempotency-Key must have 1 to {LONGEST} characters.")
    return key_of(key, sender.sender_id, body)


def refuse(code: str, message: str) -> Refusal:
    """A refusal of the request as a whole."""
    return Refusal(Reason.PAYLOAD, (Fault("", code, message),))
