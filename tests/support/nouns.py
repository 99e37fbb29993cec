"""Nouns to test with: each whole and plausible, any part of it changed by name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from waypost.meta.outcome import Refused
from waypost.model.account import Account, AccountKind, AccountState, ApiKey
from waypost.model.callback import (
    ASKABLE,
    CallbackProfile,
    EventKind,
    ProfileSecrets,
    SigningSecret,
)
from waypost.model.failure import Failure
from waypost.model.inbound import InboundMessage, KeptAccountEvent
from waypost.model.lifecycle import Fact, State
from waypost.model.message import (
    Dispatchable,
    FactRow,
    MessageChange,
    MessageRecord,
    NewMessage,
    NewSubmission,
    Observation,
    ParkedStatus,
    Payment,
    Pricing,
    Standing,
)
from waypost.model.meta_error_table import classify
from waypost.model.outbox import CallbackAttempt, CallbackRow
from waypost.model.recipient import Recipient
from waypost.model.sender import Sender
from waypost.model.submission import Content, References
from waypost.model.template import Template
from waypost.model.waba import Waba
from waypost.model.work import QueueItem, QueueName
from waypost.queue.lease import Lease
from waypost.runtime.vault import Vault

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACCOUNT = 1
SENDER_ID = "919800000001"
PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
MESSAGE_ID = "A0LKQ1PCV00000000001"
WAMID = "wamid.HBgMOTE5ODc2NTQzMjEwFQIAERgSOUM5OTk2NTI3RUU4RTg0RkZFAA=="
CALLBACK_URL = "https://shop.example.com/hook"
PROFILE_ID = "IN_7b0f2a6c-1d7e-4c1a-9e77-1a5b3c4d5e6f"
VAULT = Vault(["test-key-0123456789-0123456789-0123456789"])
TOKEN = "token"
SEALED_TOKEN = VAULT.seal(TOKEN)
SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SEALED_SECRETS = VAULT.seal(
    msgspec.json.encode(ProfileSecrets((SigningSecret(SIGNING_SECRET),))).decode()
)
UNDELIVERABLE = Failure("131026", "The message cannot be delivered", "detail", "reach it otherwise")


def refused(code: int, detail: str = "detail") -> Refused:
    """Meta's refusal with this code."""
    row = classify(code, http_status=400)
    return Refused(Failure(str(code), row.title, detail, row.next_step), row)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def account(**changes: Any) -> Account:
    made = Account(
        account_id=ACCOUNT,
        sid="HXIN1234567890IN",
        name="Shop",
        kind=AccountKind.PREPAID,
        state=AccountState.ACTIVE,
        price_minor=None,
        requests_per_s=None,
        version=1,
    )
    return replace(made, **changes)


def api_key(**changes: Any) -> ApiKey:
    return replace(ApiKey(key_hash=b"\x01" * 32, prefix="A0b1c2", created_at=NOW), **changes)


def sender(**changes: Any) -> Sender:
    made = Sender(
        sender_id=SENDER_ID,
        phone_number_id=PHONE_NUMBER_ID,
        waba_id=WABA_ID,
        access_token=SEALED_TOKEN,
        throughput=80,
        display_name="Shop",
    )
    return replace(made, **changes)


def waba(**changes: Any) -> Waba:
    return replace(Waba(ACCOUNT, WABA_ID, SEALED_TOKEN), **changes)


def template(**changes: Any) -> Template:
    made = Template(
        "order_update", "en_US", "UTILITY", "APPROVED", ({"type": "BODY", "text": "Hello {{1}}"},)
    )
    return replace(made, **changes)


def content(**changes: Any) -> Content:
    made = Content(
        kind="text",
        json=b'{"messaging_product":"whatsapp","type":"text","text":{"body":"hello"}}',
    )
    return replace(made, **changes)


def new_submission(**changes: Any) -> NewSubmission:
    made = NewSubmission(
        account_id=ACCOUNT,
        submission_id=MESSAGE_ID,
        sender_id=SENDER_ID,
        content=content(),
        references=References("order-1", "marketing", None),
        source="api",
        track_body=True,
        track_button=False,
        trace_id="0f8fad5b-d9cb-469f-a165-70867728950e",
        accepted_at=NOW,
    )
    return replace(made, **changes)


def new_message(**changes: Any) -> NewMessage:
    made = NewMessage(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        submission_id=MESSAGE_ID,
        sender_id=SENDER_ID,
        recipient="+919876543210",
        payment=Payment.HELD,
        price_minor=100,
        accepted_at=NOW,
    )
    return replace(made, **changes)


def message_record(**changes: Any) -> MessageRecord:
    made = MessageRecord(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        submission_id=MESSAGE_ID,
        sender_id=SENDER_ID,
        phone_number_id=PHONE_NUMBER_ID,
        waba_id=WABA_ID,
        callback_profile_id=None,
        recipient=Recipient(phone="919876543210"),
        references=References("order-1", "marketing", None),
        track_body=True,
        track_button=False,
        trace_id="0f8fad5b-d9cb-469f-a165-70867728950e",
        state=State.ACCEPTED,
        facts_seen=0,
        wamid=None,
        payment=Payment.HELD,
        price_minor=100,
        failure=None,
        accepted_at=NOW,
    )
    return replace(made, **changes)


def message_change(**changes: Any) -> MessageChange:
    made = MessageChange(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        state=State.SUBMITTED,
        facts_seen=8,
        payment=Payment.HELD,
        wamid=WAMID,
        wa_id="919876543210",
        failure=None,
        changed_at=later(1),
        attempts=1,
        before=Standing(State.ACCEPTED, 0, Payment.HELD, None),
    )
    return replace(made, **changes)


def fact_row(**changes: Any) -> FactRow:
    made = FactRow(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        fact_id=1,
        fact=Fact.TAKEN,
        occurred_at=NOW,
        recorded_at=later(1),
        attempt=1,
        wamid=WAMID,
    )
    return replace(made, **changes)


def observation(fact: Fact = Fact.SENT, **changes: Any) -> Observation:
    made = Observation(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        fact=fact,
        occurred_at=NOW,
        wamid=WAMID,
        failure=UNDELIVERABLE if fact in {Fact.FAILED, Fact.REFUSED, Fact.WITHHELD} else None,
    )
    return replace(made, **changes)


def parked_status(**changes: Any) -> ParkedStatus:
    made = ParkedStatus(
        account_id=ACCOUNT,
        wamid=WAMID,
        parked_id=1,
        phone_number_id=PHONE_NUMBER_ID,
        fact=Fact.SENT,
        occurred_at=NOW,
        recorded_at=later(1),
        pricing=Pricing(),
        meta_value=b'{"statuses":[]}',
        failure=None,
    )
    return replace(made, **changes)


def callback_row(**changes: Any) -> CallbackRow:
    made = CallbackRow(
        account_id=ACCOUNT,
        event_id=f"{MESSAGE_ID}.sent",
        profile_id=PROFILE_ID,
        kind=EventKind.MESSAGE_STATUS,
        message_id=MESSAGE_ID,
        status="sent",
        body=b'{"status":"sent"}',
        created_at=NOW,
    )
    return replace(made, **changes)


def inbound_message(**changes: Any) -> InboundMessage:
    made = InboundMessage(
        account_id=ACCOUNT,
        inbound_id="A0000000000000000009",
        sender_id=SENDER_ID,
        waba_id=WABA_ID,
        wamid="wamid.in",
        kind="text",
        recipient="+919876543210",
        value=b"{}",
        occurred_at=NOW,
        received_at=NOW,
        trace_id="trace",
    )
    return replace(made, **changes)


def account_event(**changes: Any) -> KeptAccountEvent:
    made = KeptAccountEvent(
        account_id=ACCOUNT,
        account_event_id="A0000000000000000008",
        waba_id=WABA_ID,
        sender_id="",
        field="account_update",
        value=b"{}",
        occurred_at=NOW,
        received_at=NOW,
        digest="d",
    )
    return replace(made, **changes)


def callback_attempt(**changes: Any) -> CallbackAttempt:
    made = CallbackAttempt(
        account_id=ACCOUNT,
        event_id=f"{MESSAGE_ID}.sent",
        attempt_id=1,
        profile_id=PROFILE_ID,
        attempt=1,
        url=CALLBACK_URL,
        duration_ms=12,
        status=503,
    )
    return replace(made, **changes)


def callback_profile(**changes: Any) -> CallbackProfile:
    made = CallbackProfile(
        account_id=ACCOUNT,
        profile_id=PROFILE_ID,
        title="Shop",
        events=ASKABLE,
        url=CALLBACK_URL,
        created_at=NOW,
        changed_at=NOW,
        secrets=SEALED_SECRETS,
    )
    return replace(made, **changes)


def queue_item(item_id: str = MESSAGE_ID, **changes: Any) -> QueueItem:
    made = QueueItem(ACCOUNT, QueueName.DISPATCH, SENDER_ID, item_id, NOW, attempt=0)
    return replace(made, **changes)


def lease(**changes: Any) -> Lease:
    made = Lease(
        account_id=ACCOUNT,
        queue=QueueName.DISPATCH,
        lane=SENDER_ID,
        item_id=MESSAGE_ID,
        attempt=1,
        token="t:1",
        ends_at=later(60),
    )
    return replace(made, **changes)


def dispatchable(**changes: Any) -> Dispatchable:
    made = Dispatchable(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        sender=sender(),
        recipient=Recipient(phone="919876543210"),
        content=content(),
        state=State.ACCEPTED,
    )
    return replace(made, **changes)
