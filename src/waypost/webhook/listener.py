"""What recipients tell by writing, by WhatsApp's settings, and through Meta's refusals.

A message opens the service window of its sender. A keyword of the account, a preference, and a
message that Meta failed with 131050 say whether a recipient wants marketing. Each is kept with
the time that Meta gives it, and a later time wins: webhooks come late, twice and in any order.
A clock that runs ahead at Meta's is held back to our time, so that nothing newer is undone by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.meta.events import StatusReceived
from waypost.meta.inbound import Inbound, Preference
from waypost.model.lifecycle import Fact
from waypost.model.opt_out import Keywords, OptIn, OptOut, OptOutSource, Wrote, addresses_of
from waypost.model.recipient import Recipient
from waypost.store.ports import Key, Transaction

MARKETING_REFUSED = "131050"
"""Meta's code: the recipient wants no marketing from this business (`reference` 3.3)."""

NOT_WRITTEN = frozenset({"system"})
"""Kinds of messages that Meta writes about a recipient, and the recipient did not."""

LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """All that webhooks told about recipients.

    refusals  statuses of 131050, each with its message if it is ours, and the accounts of its
              number
    """

    messages: Sequence[Inbound]
    preferences: Sequence[Preference]
    refusals: Sequence[tuple[StatusReceived, Key | None, Sequence[int]]]


@dataclass(slots=True)
class Notes:
    """What is to be kept."""

    wrote: list[Wrote]
    opt_outs: list[OptOut]
    opt_ins: list[OptIn]

    def want(self, account_id: int, recipients: Sequence[Recipient], at: datetime) -> None:
        """Recipients want marketing: whatever of their addresses was opted out is so no more."""
        self.opt_ins += [
            OptIn(account_id, address, at) for one in recipients for address in addresses_of(one)
        ]

    def refuse(
        self,
        recipients: Sequence[Recipient],
        account_id: int,
        source: OptOutSource,
        *,
        detail: str,
        at: datetime,
    ) -> None:
        """Recipients want none."""
        self.opt_outs += [
            OptOut(account_id, one.address, source, detail[:LONGEST_DETAIL], at)
            for one in recipients
            if one.address
        ]


def is_marketing_refused(status: StatusReceived) -> bool:
    """Whether Meta failed a message because its recipient wants no marketing."""
    failure = status.failure
    return status.fact is Fact.FAILED and failure is not None and failure.code == MARKETING_REFUSED


async def listen(transaction: Transaction, heard: Heard, now: datetime) -> None:
    """Keeps it, as a part of a step."""
    if not (heard.messages or heard.preferences or heard.refusals):
        return
    notes = Notes([], [], [])
    await _note_messages(transaction, heard.messages, notes, now)
    await _note_preferences(transaction, heard.preferences, notes, now)
    await _note_refusals(transaction, heard.refusals, notes, now)
    await transaction.recipients.note_writing(notes.wrote)
    await transaction.recipients.save_opt_outs(notes.opt_outs)
    await transaction.recipients.end_opt_outs(notes.opt_ins)


async def _note_messages(
    transaction: Transaction, messages: Sequence[Inbound], notes: Notes, now: datetime
) -> None:
    written = [one for one in messages if one.kind not in NOT_WRITTEN and one.group_id is None]
    owners = await _sender_owners(transaction, {one.phone_number_id for one in written})
    account_ids = {account_id for found in owners.values() for account_id, _ in found}
    keywords: dict[int, Keywords] = {
        account_id: await transaction.recipients.keywords(account_id) for account_id in account_ids
    }
    for message in written:
        recipients = list(_recipients(message.wa_id, message.user_id))
        at = min(message.occurred_at, now)
        for account_id, sender_id in owners[message.phone_number_id]:
            notes.wrote += [Wrote(account_id, sender_id, one.address, at) for one in recipients]
            wants = keywords[account_id].said_by(message.words)
            if wants:
                notes.want(account_id, recipients, at)
            elif wants is not None:
                notes.refuse(
                    recipients,
                    account_id,
                    OptOutSource.KEYWORD,
                    detail=" / ".join(message.words),
                    at=at,
                )


async def _note_preferences(
    transaction: Transaction, preferences: Sequence[Preference], notes: Notes, now: datetime
) -> None:
    owners = await _sender_owners(transaction, {one.phone_number_id for one in preferences})
    for preference in preferences:
        account_ids = {account_id for account_id, _ in owners[preference.phone_number_id]}
        if not account_ids:
            account_ids = set(await transaction.directory.waba_owners(preference.waba_id))
        recipients = list(_recipients(preference.wa_id, preference.user_id))
        at = min(preference.occurred_at, now)
        for account_id in account_ids:
            if preference.wants_marketing:
                notes.want(account_id, recipients, at)
            else:
                notes.refuse(
                    recipients,
                    account_id,
                    OptOutSource.USER_PREFERENCES,
                    detail=preference.detail,
                    at=at,
                )


async def _note_refusals(
    transaction: Transaction,
    refusals: Sequence[tuple[StatusReceived, Key | None, Sequence[int]]],
    notes: Notes,
    now: datetime,
) -> None:
    """Both by the number that was asked for and by the one that Meta reached."""
    records = await transaction.messages.records(
        list({key for _, key, _ in refusals if key is not None})
    )
    for status, key, account_ids in refusals:
        recipients = list(_recipients(status.wa_id, None))
        if key is not None and key in records and records[key].recipient not in recipients:
            recipients.append(records[key].recipient)
        detail = status.failure.detail if status.failure is not None else ""
        for account_id in account_ids if key is None else [key[0]]:
            notes.refuse(
                recipients,
                account_id,
                OptOutSource.META_REFUSED,
                detail=detail,
                at=min(status.occurred_at, now),
            )


async def _sender_owners(
    transaction: Transaction, phone_number_ids: set[str]
) -> Mapping[str, list[tuple[int, str]]]:
    """Accounts and senders of Meta's numbers; none for a number that is not known."""
    return {
        one: await transaction.directory.sender_owners(one) if one else []
        for one in phone_number_ids
    }


def _recipients(wa_id: str | None, user_id: str | None) -> Iterator[Recipient]:
    """Somebody by each of the two names that Meta may have told."""
    if wa_id is not None:
        yield Recipient(phone=wa_id)
    if user_id is not None:
        yield Recipient(user_id=user_id)
