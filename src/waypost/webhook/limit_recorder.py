"""Records what Meta tells of throughput and messaging limits, and has the WABA read anew.

What a webhook says is in force with its commit; the reading that follows makes sure of it, and
lets go those who need not wait any more.
"""

from collections.abc import Sequence
from datetime import datetime

from waypost.meta.limit_events import LimitEvent
from waypost.meta.limits import UPGRADED
from waypost.model.messaging_limit import MessagingLimit
from waypost.store.ports import Transaction


async def record_limits(
    transaction: Transaction, events: Sequence[LimitEvent], now: datetime
) -> None:
    """Records them in their order, as a part of a step; what is of no WABA here is left out."""
    for event in events:
        owners = await transaction.directory.waba_owners(event.waba_id)
        if owners:
            await transaction.directory.set_sync_due(event.waba_id, now)
        for account_id in owners:
            await _record_of(transaction, account_id, event, now)


async def _record_of(
    transaction: Transaction, account_id: int, event: LimitEvent, now: datetime
) -> None:
    if event.limit is not None:
        of_account = await transaction.directory.wabas(account_id)
        told = [
            MessagingLimit(account_id, waba.portfolio, event.limit.users, now)
            for waba in of_account
            if waba.waba_id == event.waba_id
        ]
        await transaction.portfolios.learn(told)
    if event.is_upgraded and await transaction.directory.learn_throughput_of(
        account_id, event.number, UPGRADED
    ):
        await transaction.directory.touch(account_id)
