"""The story of one message, in plain words.

Law: lines stand in the order in which they were learned; Meta's own time is told where it is
another. What is said here follows from what is kept: nothing is guessed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from waypost.model.account import Account
from waypost.model.lifecycle import State
from waypost.model.outbox import CallbackAttempt
from waypost.model.report import MessageReport
from waypost.model.sender import Sender
from waypost.model.story import Line, Listed, Timeline, View
from waypost.model.submission import READ_RECEIPT
from waypost.report.beginnings import (
    line_of_acceptance,
    line_of_queue,
    lines_of_checks,
    lines_of_erasure,
    template_of,
)
from waypost.report.facts import lines_of_facts
from waypost.report.holding import lines_of_coming, lines_of_holding
from waypost.report.movements import lines_of_callbacks, lines_of_money, lines_of_replies
from waypost.report.telling import Kept, Waiting, show_recipient
from waypost.report.trouble import find_trouble
from waypost.report.words import HEADLINES, HEADLINES_OF_RECEIPTS
from waypost.store.ports import Transaction

MOST_ALARMS = 200
"""How many open alarms of an account are looked through for that of a template."""


async def tell(
    transaction: Transaction, message_id: str, view: View = View.OPERATOR, version: str = ""
) -> Timeline | None:
    """The story of a message, by our id; None if there is no such message.

    version  Meta's API version, as it is set
    """
    report = await transaction.reports.find_message(message_id)
    if report is None:
        return None
    key = (report.account_id, report.message_id)
    account = await transaction.directory.account_by_sid(report.sid)
    callbacks = await transaction.callbacks.of_message(*key)
    attempts: Mapping[str, list[CallbackAttempt]] = {
        one.event_id: await transaction.callbacks.attempts_of(report.account_id, one.event_id)
        for one in callbacks
    }
    kept = Kept(
        report=report,
        view=view,
        version=version,
        account=account,
        facts=await transaction.reports.facts(*key),
        entries=await transaction.wallets.entries(*key),
        callbacks=callbacks,
        attempts=attempts,
        replies=await transaction.reports.replies(*key),
        waiting=await _waiting(transaction, report, account),
    )
    return draw(kept)


async def list_messages(
    transaction: Transaction, submission_id: str, view: View = View.OPERATOR
) -> tuple[Listed, ...]:
    """The messages of one request, in order; none if there is no such request."""
    return tuple(
        Listed(message_id, show_recipient(recipient, view), State(state), HEADLINES[State(state)])
        for message_id, recipient, state in await transaction.reports.messages_of_submission(
            submission_id
        )
    )


def draw(kept: Kept) -> Timeline:
    """The story that all this makes. Raises nothing, whatever facts there are."""
    report = kept.report
    return Timeline(
        message_id=report.message_id,
        submission_id=report.submission_id,
        sid=report.sid,
        sender=f"+{report.sender_id}",
        recipient=kept.recipient,
        state=report.state,
        headline=_headline_of(report),
        trouble=find_trouble(kept),
        kind=report.content.kind,
        template=template_of(report),
        references=(report.references.ref, report.references.ref1, report.references.ref2),
        source=report.source,
        wamid=report.wamid,
        wa_id=None if report.wa_id is None else show_recipient(report.wa_id, kept.view),
        price=str(report.price),
        payment=report.payment,
        trace_id=report.trace_id,
        accepted_at=report.accepted_at,
        changed_at=report.changed_at,
        send_at=report.send_at,
        expires_at=report.expires_at,
        priority=report.priority.name.lower(),
        lines=tuple(_lines(kept)),
    )


def _lines(kept: Kept) -> Iterator[Line]:
    begun = [
        line_of_acceptance(kept),
        *lines_of_checks(kept),
        *lines_of_money(kept, held=True),
        line_of_queue(kept),
    ]
    followed = [
        *lines_of_facts(kept),
        *lines_of_money(kept, held=False),
        *lines_of_callbacks(kept),
        *lines_of_replies(kept),
    ]
    yield from sorted([*begun, *followed], key=_when)
    yield from lines_of_erasure(kept)
    yield from lines_of_holding(kept)
    yield from lines_of_coming(kept)


def _when(line: Line) -> datetime:
    assert line.at is not None
    return line.at


def _headline_of(report: MessageReport) -> str:
    is_receipt = report.content.kind == READ_RECEIPT
    return (HEADLINES_OF_RECEIPTS if is_receipt else HEADLINES)[report.state]


async def _waiting(
    transaction: Transaction, report: MessageReport, account: Account | None
) -> Waiting:
    """What may hold it back; of a message that is over only what is asked for anyway."""
    sender = None if account is None else account.senders.get(report.sender_id)
    item = await transaction.reports.queue_item(report.account_id, report.message_id)
    if account is None or sender is None or report.state is not State.ACCEPTED:
        return Waiting(item, sender)
    content = report.content
    if content.template_name is None or content.template_language is None:
        return Waiting(item, sender)
    waiting = await _limit(transaction, report, sender)
    of_template = (sender.waba_id, content.template_name, content.template_language)
    return Waiting(
        item,
        sender,
        account.templates.get(of_template),
        waiting.limit,
        waiting.place,
        await transaction.alarms.open(report.account_id, MOST_ALARMS),
    )


async def _limit(transaction: Transaction, report: MessageReport, sender: Sender) -> Waiting:
    """The limit of its sender's portfolio, and its recipient's place under it."""
    waba = (report.account_id, sender.waba_id)
    limit = (await transaction.portfolios.of_wabas([waba])).get(waba)
    if limit is None or limit.users is None:
        return Waiting(limit=limit)
    user = (report.account_id, limit.portfolio_id, report.recipient)
    return Waiting(limit=limit, place=(await transaction.portfolios.users([user])).get(user))
