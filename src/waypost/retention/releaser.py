"""Once an hour: money set aside for messages that Meta has dropped in silence goes back.

Meta tries to deliver for thirty days at most, and promises no webhook for what it drops then
(`reference` 11). So what Meta was given and nothing was heard of for longer is taken for dropped:
that is recorded as a fact, and the fact releases the hold as any other does. A `delivered` that
comes later all the same is recorded and told, and takes no money: released stays released.

Messages are found by an index of those that are open, and each batch is a short commit of its
own. Several processes may do this at once: what one has recorded, the others do not find.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import structlog

from waypost.model.errors import StoreError
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation
from waypost.runtime.clock import Clock
from waypost.runtime.ids import first_message_id
from waypost.runtime.rounds import Rounds
from waypost.status.recorder import Recorder
from waypost.store.ports import Store, Transaction

SILENT_FOR = timedelta(days=31)
"""Meta's thirty days (`reference` 11), and one for webhooks that come late."""

EVERY_S = 3600.0
AT_ONCE = 200
PAUSE_S = 0.05

log = structlog.get_logger("waypost.retention")


@dataclass(slots=True)
class Releaser:
    """Runs beside the gateway."""

    name: ClassVar[str] = "releaser"
    store: Store
    recorder: Recorder
    clock: Clock
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.clock, EVERY_S, log, "holds.not_released", StoreError)

    async def run(self) -> None:
        """Does its round every hour, until it is stopped."""
        await self._rounds.run(self.release)

    def stop(self) -> None:
        """Begins no more; `run` returns when the batch at hand is done."""
        self._rounds.stop()

    async def release(self) -> int:
        """Releases what Meta is silent about; of how many messages. Raises StoreError."""
        count = 0
        while not self._rounds.is_over:
            found = await self.store.write(self._record, AT_ONCE)
            count += found
            if found < AT_ONCE:
                break
            await self._rounds.pause(PAUSE_S)
        if count:
            log.info("holds.released", messages=count)
        return count

    async def _record(self, transaction: Transaction, limits: Sequence[int]) -> Sequence[int]:
        """A step; one after another, so that no message is found twice."""
        return [await self._record_some(transaction, limit) for limit in limits]

    async def _record_some(self, transaction: Transaction, limit: int) -> int:
        now = self.clock.now()
        before = now - SILENT_FOR
        keys = await transaction.history.silent(before, first_message_id(before), limit)
        await self.recorder.apply(
            transaction,
            [
                Observation(
                    account_id=account_id,
                    message_id=message_id,
                    fact=Fact.SILENT,
                    occurred_at=now,
                )
                for account_id, message_id in keys
            ],
        )
        return len(keys)
