"""Notes how far Meta's webhooks about each number have come: whether they flow.

A webhook counts for the time that Meta gives what it tells, so that a backlog, at Meta or here,
does not look like news.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from waypost.meta.events import StatusReceived
from waypost.meta.inbound import Inbound
from waypost.store.ports import Key, Transaction

EVERY = timedelta(seconds=3)
"""A number is written down again only for what is later by so much."""


async def note_heard(
    transaction: Transaction,
    told: Iterable[StatusReceived | Inbound],
    owners: Mapping[str, Sequence[int]],
    now: datetime,
) -> None:
    """Notes it for each number that is ours, as a part of a step.

    owners  the accounts of each of Meta's numbers
    """
    heard: dict[Key, datetime] = {}
    for one in told:
        at = min(one.occurred_at, now)
        for account_id in owners.get(one.phone_number_id, ()):
            key = account_id, one.phone_number_id
            heard[key] = max(heard.get(key, at), at)
    await transaction.directory.note_heard(heard, EVERY)
