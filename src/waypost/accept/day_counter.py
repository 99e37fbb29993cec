"""Counts the messages of accounts that may have only so many on a day (UTC).

The counting statement locks the account's row for the rest of the transaction, so the count is
exact however many processes accept for one account. What is beyond the limit is taken off again:
the sum is of messages that went.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from waypost.accept.admittance import Admittance
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.rate import day_of
from waypost.store.ports import Transaction

log = structlog.get_logger("waypost.accept")

ALARMS_OF_ACCOUNT = 100
"""How many open alarms of an account are looked through for those of days past."""


class DayCounter:
    """Tells how many messages of each request an account's day has room for."""

    async def admit(
        self, transaction: Transaction, admittances: Sequence[Admittance], now: datetime
    ) -> list[int]:
        """For each request, in order, how many of its messages may go: all, where no limit is."""
        rooms = [len(one.message_ids) for one in admittances]
        limited = limited_counts(admittances)
        if not limited:
            return rooms
        day = day_of(now)
        after = await transaction.wallets.count_day(day, limited)
        limits = {
            one.account_id: one.order.account.daily_limit or 0
            for one in admittances
            if one.account_id in limited
        }
        left = {
            account_id: min(count, max(0, limits[account_id] - (after[account_id] - count)))
            for account_id, count in limited.items()
        }
        beyond = {id_: count - left[id_] for id_, count in limited.items() if count > left[id_]}
        fresh = [id_ for id_, count in limited.items() if after[id_] == count]
        for position, one in enumerate(admittances):
            if one.account_id in left:
                rooms[position] = min(rooms[position], left[one.account_id])
                left[one.account_id] -= rooms[position]
        await self._end_alarms(transaction, fresh, now)
        if beyond:
            await transaction.wallets.count_day(day, {id_: -beyond[id_] for id_ in beyond})
            raised = await transaction.alarms.raise_all(
                [_alarm(account_id, limits[account_id], now) for account_id in beyond]
            )
            for account_id, _, _ in raised:
                log.warning(
                    "account.daily_limit_reached", account_id=account_id, limit=limits[account_id]
                )
        return rooms

    async def take_back(
        self, transaction: Transaction, refused: Mapping[int, int], now: datetime
    ) -> None:
        """Counts messages off again, by account: they were refused after all.

        Their room is for requests of later commits.
        """
        counts = {account_id: -count for account_id, count in refused.items() if count}
        await transaction.wallets.count_day(day_of(now), counts)

    async def _end_alarms(
        self, transaction: Transaction, account_ids: Sequence[int], now: datetime
    ) -> None:
        """Ends the alarms of days past, with the first message of a new one."""
        for account_id in account_ids:
            past = [
                (one.account_id, one.kind, one.subject)
                for one in await transaction.alarms.open(account_id, ALARMS_OF_ACCOUNT)
                if one.kind is AlarmKind.DAILY_LIMIT and one.subject != _subject(now)
            ]
            await transaction.alarms.clear(past, now)


def limited_counts(admittances: Sequence[Admittance]) -> dict[int, int]:
    """Messages by account, of accounts that have a limit."""
    counts: dict[int, int] = {}
    for one in admittances:
        if one.order.account.daily_limit is not None:
            counts[one.account_id] = counts.get(one.account_id, 0) + len(one.message_ids)
    return counts


def _subject(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"


def _alarm(account_id: int, limit: int, now: datetime) -> Alarm:
    return Alarm(
        account_id=account_id,
        kind=AlarmKind.DAILY_LIMIT,
        subject=_subject(now),
        detail=f"The account's {limit} messages of this day (UTC) are used up; further ones are "
        "accepted and become not sent with WAV2101.",
        next_step="Wait for the next day, or raise the account's daily limit.",
        raised_at=now,
    )
