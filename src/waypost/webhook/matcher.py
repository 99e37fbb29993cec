"""Finds statuses that stand parked although their message is known by now.

A status that overtakes Meta's answer is parked, and recording the answer takes it back. Where
one process parks it while another records the answer, neither sees what the other has not
committed yet: both are done, and the status stays behind. So it is looked for, a moment later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import structlog
from msgspec import Struct

from waypost.model.errors import StoreError
from waypost.model.message import Observation
from waypost.runtime.clock import Clock
from waypost.runtime.rounds import Rounds
from waypost.status.recorder import Recorder
from waypost.store.ports import Key, Store, Transaction

EVERY_S = 10.0
LOOKS_BACK = timedelta(hours=1)
"""A race is a matter of moments; the hour is for a database that was away."""
AT_ONCE = 200

log = structlog.get_logger("waypost.webhook")


class Matched(Struct, frozen=True):
    """What one look came to: statuses recorded, and the callback lanes to wake."""

    count: int
    lanes: Any


@dataclass(slots=True)
class Matcher:
    """Runs beside the webhook queue."""

    name: ClassVar[str] = "matcher"
    store: Store
    recorder: Recorder
    clock: Clock
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.clock, EVERY_S, log, "statuses.not_matched", StoreError)

    async def run(self) -> None:
        """Looks every ten seconds, until it is stopped."""
        await self._rounds.run(self.match)

    def stop(self) -> None:
        """Begins no more."""
        self._rounds.stop()

    async def match(self) -> int:
        """Records what stands parked of messages that are known; how many. Raises StoreError."""
        count = 0
        while not self._rounds.is_over:
            since = self.clock.now() - LOOKS_BACK
            known = await self.store.read(
                lambda transaction: transaction.history.parked_of_known(
                    since,  # noqa: B023 - asked at once
                    AT_ONCE,
                )
            )
            if not known:
                break
            matched = await self.store.write(self._record, known)
            self.recorder.wake_lanes(matched.lanes)
            count += matched.count
        if count:
            log.info("statuses.matched", count=count)
        return count

    async def _record(
        self, transaction: Transaction, known_of_all: Sequence[dict[Key, str]]
    ) -> Sequence[Matched]:
        """A step: statuses are taken back, each to its message."""
        known = {key: id_ for one in known_of_all for key, id_ in one.items()}
        statuses = await transaction.messages.unpark_statuses(list(known))
        lanes = await self.recorder.apply(
            transaction,
            [
                Observation(
                    account_id=status.account_id,
                    message_id=known[status.account_id, status.wamid],
                    fact=status.fact,
                    occurred_at=status.occurred_at,
                    wamid=status.wamid,
                    failure=status.failure,
                    meta_value=status.meta_value,
                    pricing=status.pricing,
                )
                for status in statuses
            ],
        )
        return [Matched(len(statuses), lanes)] * len(known_of_all)
