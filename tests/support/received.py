"""Inbound messages and account events as they are kept."""

from typing import Any

from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, SENDER_ID, WABA_ID, later
from waypost.model.callback import ASKABLE, Attachment, waba_target
from waypost.model.inbound import InboundMessage, KeptAccountEvent

RECIPIENT = "+919876543210"
FIRST = "A0LKQ1PCV00000000101"


def inbound(**changes: Any) -> InboundMessage:
    made = InboundMessage(
        account_id=ACCOUNT,
        inbound_id=FIRST,
        sender_id=SENDER_ID,
        waba_id=WABA_ID,
        wamid="wamid.IN1",
        kind="text",
        recipient=RECIPIENT,
        value=b'{"messages":[{"text":{"body":"\xc3\xa9"}}]}',
        occurred_at=NOW,
        received_at=later(1),
        trace_id="0f8fad5b-d9cb-469f-a165-70867728950e",
    )
    return replace(made, **changes)


def account_event(**changes: Any) -> KeptAccountEvent:
    made = KeptAccountEvent(
        account_id=ACCOUNT,
        account_event_id=FIRST,
        waba_id=WABA_ID,
        sender_id="",
        field="account_update",
        value=b"{}",
        occurred_at=NOW,
        received_at=later(1),
        digest="d1",
    )
    return replace(made, **changes)


async def tell_everything(pair: Any) -> None:
    """The profiles of the pair's account are told everything, also of its WABA."""

    async def step(transaction: Any, items: Any) -> Any:
        for profile in await transaction.profiles.of_account(ACCOUNT):
            await transaction.profiles.save(replace(profile, events=ASKABLE))
            target = Attachment(ACCOUNT, waba_target(WABA_ID), profile.profile_id)
            await transaction.profiles.attach([target])
        return items

    await pair.store.write(step, None)
    pair.clock.advance(1)
