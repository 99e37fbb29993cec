"""Stops what Meta refuses as a whole, a sender or a template, and lets senders go again.

Each within the caller's transaction, so that the fact and what follows from it are one commit.
Of many refusals at once one counts: the alarm is raised once, and one line is logged.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.failure import Failure
from waypost.model.message import Dispatchable
from waypost.model.sender import SenderHold, next_hold_s
from waypost.model.template import (
    STATUS_OF_REFUSAL,
    STOPPED,
    UNAVAILABLE,
    ChangeSource,
    TemplateChange,
    TemplateChangeKind,
)
from waypost.store.ports import Transaction

TOLD_BY_READING = frozenset({"132001", "132015", "132016"})
"""Codes about a template's status: reading the WABA tells what it is now."""

log = structlog.get_logger("waypost.status")


async def hold_sender(
    transaction: Transaction, account_id: int, sender_id: str, failure: Failure, now: datetime
) -> None:
    """Nothing more leaves from this sender for a while, longer each time."""
    last_s, ended_at = await transaction.directory.last_hold(account_id, sender_id)
    length_s = next_hold_s(last_s, ended_at, now)
    hold = SenderHold(now + timedelta(seconds=length_s), length_s, failure)
    if not await transaction.directory.hold_sender(account_id, sender_id, hold, now):
        return
    await transaction.directory.touch(account_id)
    detail = f"Meta refuses +{sender_id} ({failure.code}): {failure.title}."
    if failure.detail:
        detail = f"{detail} {failure.detail}"
    raised = await transaction.alarms.raise_all(
        [Alarm(account_id, AlarmKind.SENDER_HELD, sender_id, detail, failure.next_step, now)]
    )
    write = log.error if raised else log.warning
    write(
        "sender.held",
        account_id=account_id,
        sender_id=sender_id,
        code=failure.code,
        title=failure.title,
        next_step=failure.next_step,
        seconds=length_s,
    )


async def release_sender(
    transaction: Transaction, account_id: int, sender_id: str, now: datetime, *, is_mended: bool
) -> bool:
    """Messages leave from this sender again; False if it was not held.

    is_mended  somebody mended what was wrong, and did not only try again
    """
    released = await transaction.directory.release_sender(
        account_id, sender_id, is_mended=is_mended
    )
    if released:
        await transaction.directory.touch(account_id)
        await transaction.alarms.clear([(account_id, AlarmKind.SENDER_HELD, sender_id)], now)
        log.warning("sender.released", account_id=account_id, sender_id=sender_id)
    return released


async def release_waba(
    transaction: Transaction, account_id: int, waba_id: str, now: datetime
) -> list[str]:
    """A WABA was given its token: its senders that were held, all tried again at once now."""
    return [
        sender_id
        for sender_id in await transaction.directory.held_of_waba(account_id, waba_id)
        if await release_sender(transaction, account_id, sender_id, now, is_mended=True)
    ]


async def stop_template(
    transaction: Transaction,
    message: Dispatchable,
    failure: Failure,
    now: datetime,
    next_number: Callable[[], int],
) -> None:
    """Nothing more of this message's template is given to Meta, until Meta tells otherwise."""
    account_id, waba_id = message.account_id, message.sender.waba_id
    name, language = message.content.template_name, message.content.template_language
    if name is None or language is None:
        return
    known = (await transaction.templates.find(account_id, waba_id, [(name, language)])).get(
        (name, language)
    )
    if known is None or known.status in STOPPED:
        return
    if failure.code in TOLD_BY_READING:
        await transaction.directory.set_sync_due(waba_id, now)
    status = STATUS_OF_REFUSAL.get(int(failure.code), UNAVAILABLE)
    await transaction.templates.save(account_id, waba_id, [replace(known, status=status)], now)
    await transaction.templates.insert_changes(
        [
            TemplateChange(
                account_id=account_id,
                waba_id=waba_id,
                change_id=next_number(),
                name=name,
                language=language,
                what=TemplateChangeKind.STATUS,
                before=known.status,
                after=status,
                reason=f"{failure.code}: {failure.title}",
                source=ChangeSource.SEND,
                changed_at=now,
            )
        ]
    )
    await transaction.directory.touch(account_id)
    subject = f"{waba_id} {name} {language}"
    detail = f"Meta stopped {name} ({language}) ({failure.code}): {failure.title}."
    raised = await transaction.alarms.raise_all(
        [Alarm(account_id, AlarmKind.TEMPLATE_STOPPED, subject, detail, failure.next_step, now)]
    )
    if raised:
        log.error(
            "template.stopped",
            account_id=account_id,
            waba_id=waba_id,
            template=name,
            language=language,
            code=failure.code,
            next_step=failure.next_step,
        )
