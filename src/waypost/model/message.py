"""A message: one content from one sender to one recipient, with our id and, later, Meta's."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from waypost.model.account import CappedPolicy, TemplatePolicy, UnknownPolicy
from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.recipient import Recipient
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.model.submission import Content, References
from waypost.model.work import Priority


class Payment(StrEnum):
    """Where the money of a message is."""

    FREE = "free"
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"


class Policies(Struct, frozen=True):
    """What its account wants done with a message that may go on in two ways."""

    unknown: UnknownPolicy = UnknownPolicy.RESEND
    template: TemplatePolicy = TemplatePolicy.HOLD
    capped: CappedPolicy = CappedPolicy.END


class Dispatchable(Struct, frozen=True):
    """A message with all that is needed to give it to Meta.

    expires_at       when it needs not be given to Meta any more; None: never
    template_status  of its template as it is known here; None if it has none, or it is not known
    facts_seen       the facts that arrived so far, as bits (see `status/consequences.py`)
    """

    account_id: int
    message_id: str
    sender: Sender
    recipient: Recipient
    content: Content
    state: State
    priority: Priority = Priority.NORMAL
    expires_at: datetime | None = None
    policies: Policies = Policies()
    template_status: str | None = None
    facts_seen: int = 0


class Pricing(Struct, frozen=True):
    """What Meta's webhook said of the price of a message (`reference` 4.4).

    is_billable  False: it costs nothing
    kind         `regular`, `free_customer_service`, `free_entry_point`; empty: not told
    category     `marketing`, `utility`, `authentication`, ...; empty: not told
    """

    is_billable: bool = True
    kind: str = ""
    category: str = ""

    @property
    def words(self) -> str:
        """`regular, marketing`; empty if Meta said nothing."""
        return ", ".join(word for word in (self.kind, self.category) if word)


class Exchange(Struct, frozen=True):
    """What one attempt at Meta was, on the wire; or of a status what it said beside its fact.

    duration_ms  until the answer, or until there was none; None: of a status
    http_status  of the answer; None: none came, or the operator's word stands in for it
    answer       Meta's own words, bounded, recipients and tokens masked; of a message that it
                 took only what it does before it sends it on, if anything; of a status its pricing
    """

    duration_ms: int | None
    http_status: int | None = None
    answer: str = ""


class Observation(Struct, frozen=True):
    """A fact with its evidence: what was learned of which message, when, and how.

    message_id   ours; None when Meta's webhook did not carry it: then `wamid` finds it
    attempt      which try to give it to Meta this came from; None for a status
    meta_value   Meta's webhook value with this one status, as JSON, for the callback
    pricing      what Meta said of the price; None: nothing
    lease_token  the lease whose work this ends; None when a webhook told it
    retry_at     when to try again, if the queue item is to stay
    was_made     whether the attempt counts: not if the call certainly never left, or if what
                 Meta said is no fault of the message
    is_past      it is of an attempt before the newest, and moves nothing any more
    exchange     what the attempt was on the wire; None: it is no attempt's
    """

    account_id: int
    message_id: str | None
    fact: Fact
    occurred_at: datetime
    wamid: str | None = None
    wa_id: str | None = None
    attempt: int | None = None
    failure: Failure | None = None
    meta_value: bytes | None = None
    pricing: Pricing | None = None
    lease_token: str | None = None
    retry_at: datetime | None = None
    was_made: bool = True
    is_past: bool = False
    exchange: Exchange | None = None


class Standing(Struct, frozen=True):
    """All that the consequences of a fact hang on; another's wamid is another attempt."""

    state: State
    facts_seen: int
    payment: Payment
    wamid: str | None


class MessageRecord(Struct, frozen=True):
    """What the store knows of a message when a fact about it arrives.

    facts_seen  the facts that arrived so far, as bits (see `status/consequences.py`)
    attempts    how often it was given to Meta, as far as its outcomes were recorded
    callback_profile_id  the one profile that its request named for its statuses
    template       its name; None: it is none
    country, category  what its price was estimated by; empty of those accepted before there were
                       rate cards
    has_own_price  the deployment's rate card leaves its account alone
    """

    account_id: int
    message_id: str
    submission_id: str
    sender_id: str
    phone_number_id: str
    waba_id: str
    callback_profile_id: str | None
    recipient: Recipient
    references: References
    track_body: bool
    track_button: bool
    trace_id: str
    state: State
    facts_seen: int
    wamid: str | None
    payment: Payment
    price_minor: int
    failure: Failure | None
    attempts: int = 0
    priority: Priority = Priority.NORMAL
    country: str = ""
    category: str = ""
    accepted_at: datetime | None = None
    expires_at: datetime | None = None
    policies: Policies = Policies()
    has_own_price: bool = False
    template: str | None = None

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return Standing(self.state, self.facts_seen, self.payment, self.wamid)


class NewSubmission(Struct, frozen=True):
    """A submission as it is kept, once for all its messages.

    findings  what a check found and did not refuse
    callback_profile_id  the one profile that it named for the statuses of its messages
    """

    account_id: int
    submission_id: str
    sender_id: str
    content: Content
    references: References
    source: str
    track_body: bool
    track_button: bool
    trace_id: str
    accepted_at: datetime
    findings: tuple[Fault, ...] = ()
    callback_profile_id: str | None = None


class NewMessage(Struct, frozen=True):
    """A message as it is first kept."""

    account_id: int
    message_id: str
    submission_id: str
    sender_id: str
    recipient: str
    payment: Payment
    price_minor: int
    accepted_at: datetime
    country: str = ""
    category: str = ""
    priority: Priority = Priority.NORMAL
    expires_at: datetime | None = None
    send_at: datetime | None = None


class MessageChange(Struct, frozen=True):
    """Where a message stands after the facts of one batch.

    before       what the consequences were drawn from: if the message has changed since, they
                 are void and are drawn anew
    """

    account_id: int
    message_id: str
    state: State
    facts_seen: int
    payment: Payment
    wamid: str | None
    wa_id: str | None
    failure: Failure | None
    changed_at: datetime
    attempts: int
    before: Standing


class FactRow(Struct, frozen=True):
    """One line of a message's timeline."""

    account_id: int
    message_id: str
    fact_id: int
    fact: Fact
    occurred_at: datetime
    recorded_at: datetime
    attempt: int | None = None
    wamid: str | None = None
    failure: Failure | None = None
    exchange: Exchange | None = None


class ParkedStatus(Struct, frozen=True):
    """A status of a message that nobody here knows, kept until somebody does."""

    account_id: int
    wamid: str
    parked_id: int
    phone_number_id: str
    fact: Fact
    occurred_at: datetime
    recorded_at: datetime
    pricing: Pricing | None
    meta_value: bytes
    failure: Failure | None


class RememberedAnswer(Struct, frozen=True):
    """What was answered to a request that carried an Idempotency-Key.

    answer  the submission id and each message as `address message_id`, by lines
    """

    account_id: int
    key: str
    body_hash: bytes
    answer: str
    created_at: datetime
