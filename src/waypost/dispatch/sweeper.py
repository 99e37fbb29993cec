"""Ends what waits in closed lanes beyond its validity, and alarms whose reason has gone.

Nothing of a sender that is paused or held is taken from the queue, so nobody would look at its
messages in the moment they expire. Every half minute the sweeper does, some hundred messages in
one commit. Any number of processes may sweep at once: what one has ended, the others do not find.

It ends alarms as well, which nobody's work would: of a template that Meta shows as sendable
again, and of a number whose webhooks come again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import structlog

from waypost.dispatch.keeper import raise_alarms, unknown_held
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.errors import StoreError
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Observation
from waypost.model.template import STOPPED
from waypost.model.withheld import WithheldCode, withheld
from waypost.model.work import LaneKey, QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.rounds import Rounds
from waypost.status.recorder import Recorder
from waypost.store.ports import Store, Transaction

SWEEP_S = 30.0
AT_ONCE = 256
"""How many messages one commit ends."""

MOST_ALARMS = 1000

Cleared = tuple[int, AlarmKind, str]

log = structlog.get_logger("waypost.dispatch")


@dataclass(slots=True)
class Sweeper:
    """Sweeps until it is stopped.

    window  how long an unknown outcome waits for a status: so recent must a webhook be
    """

    name: ClassVar[str] = "sweeper"
    store: Store
    recorder: Recorder
    clock: Clock
    window: timedelta
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.clock, SWEEP_S, log, "sweeper.failed", StoreError)

    async def run(self) -> None:
        """Sweeps every half minute, until it is stopped."""
        await self._rounds.run(self.sweep)

    def stop(self) -> None:
        """Begins no more; `run` returns when the batch at hand is done."""
        self._rounds.stop()

    async def sweep(self) -> int:
        """One round; how many messages it ended. Raises StoreError."""
        now = self.clock.now()
        closed = await self.store.read(lambda t: t.directory.closed_senders())
        ended = 0
        for one in closed:
            if not one.is_closed(now):
                continue
            lane = LaneKey(one.account_id, one.sender_id)
            while not self._rounds.is_over:
                found, lanes = await self.store.write(self._end, lane)
                self.recorder.wake_lanes(lanes)
                ended += found
                if found < AT_ONCE:
                    break
        over = await self.store.read(self._alarms_over)
        if over:
            await self.store.write(self._clear, over)
        return ended

    async def _end(
        self, transaction: Transaction, lanes: Sequence[LaneKey]
    ) -> Sequence[tuple[int, set[LaneKey]]]:
        """A step: messages of these lanes whose validity has ended; callback lanes to wake."""
        return [await self._end_some(transaction, lane) for lane in lanes]

    async def _end_some(self, transaction: Transaction, lane: LaneKey) -> tuple[int, set[LaneKey]]:
        now = self.clock.now()
        found = await transaction.queue.expired(QueueName.DISPATCH, lane, now, AT_ONCE)
        keys = [(one.account_id, one.item_id) for one in found]
        records = await transaction.messages.records(keys)
        failure = withheld(WithheldCode.EXPIRED)
        lanes = await self.recorder.apply(
            transaction,
            [
                Observation(
                    account_id=key[0],
                    message_id=key[1],
                    fact=Fact.WITHHELD,
                    occurred_at=now,
                    failure=failure,
                )
                for key, record in records.items()
                if record.state is State.ACCEPTED
            ],
        )
        # Of unknown outcome it stays: it may have arrived. But nobody sends it again.
        if any(record.state is State.UNKNOWN for record in records.values()):
            await raise_alarms(transaction, [unknown_held(lane, now)])
        await transaction.queue.drop([(key[0], QueueName.DISPATCH, key[1]) for key in keys])
        return len(found), lanes

    async def _alarms_over(self, transaction: Transaction) -> list[Cleared]:
        """Alarms whose reason has gone."""
        now = self.clock.now()
        over: list[Cleared] = []
        for alarm in await transaction.alarms.open(None, MOST_ALARMS):
            if alarm.kind is AlarmKind.TEMPLATE_STOPPED:
                is_over = not await _is_stopped(transaction, alarm)
            elif alarm.kind is AlarmKind.WEBHOOKS_SILENT:
                is_over = await self._is_heard(transaction, alarm, now)
            elif alarm.kind is AlarmKind.UNKNOWN_HELD:
                reports, soon = transaction.reports, now + timedelta(days=1)
                waiting = await reports.senders_with_unknown(alarm.account_id, soon)
                is_over = alarm.subject not in waiting
            else:
                continue
            if is_over:
                over.append((alarm.account_id, alarm.kind, alarm.subject))
        return over

    async def _clear(
        self, transaction: Transaction, batches: Sequence[list[Cleared]]
    ) -> Sequence[None]:
        """A step: these are over."""
        await transaction.alarms.clear(
            [one for batch in batches for one in batch], self.clock.now()
        )
        return [None] * len(batches)

    async def _is_heard(self, transaction: Transaction, alarm: Alarm, now: datetime) -> bool:
        heard_at = await transaction.directory.heard_at(alarm.account_id, alarm.subject)
        return heard_at is not None and heard_at > now - self.window


async def _is_stopped(transaction: Transaction, alarm: Alarm) -> bool:
    waba_id, _, rest = alarm.subject.partition(" ")
    name, _, language = rest.rpartition(" ")
    key = (name, language)
    known = await transaction.templates.find(alarm.account_id, waba_id, [key])
    return key in known and known[key].status in STOPPED
