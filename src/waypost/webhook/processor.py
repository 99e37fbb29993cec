"""Works off kept webhooks: raw body to events to facts.

A status is matched by our own message id first, which Meta gives back, and by its wamid
second. A status of a message nobody here knows is parked: other applications on the same
number are normal (`design` realworld). Facts, what recipients told (`webhook.listener`) and the
mark that the webhook is done are one commit, so a crash repeats a webhook and never half of it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec import Struct

from waypost.meta.events import StatusReceived, Understood, parse_webhook
from waypost.meta.inbound import Inbound
from waypost.model.message import Observation, ParkedStatus
from waypost.model.work import LaneKey, QueueName
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.runtime.logs import WebhookProcessed, log_work
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.store.ports import Key, Store, Transaction
from waypost.webhook.hearer import note_heard
from waypost.webhook.limit_recorder import record_limits
from waypost.webhook.listener import Heard, is_marketing_refused, listen
from waypost.webhook.receiver import DEPLOYMENT
from waypost.webhook.template_recorder import TemplateRecorder

MOST_ATTEMPTS = 8
"""After so many a webhook is set aside, kept and marked, so that it costs only itself."""

log = structlog.get_logger("waypost.webhook")


class Parsed(Struct, frozen=True):
    """One webhook, understood, and the lease it is worked off under."""

    lease: Lease
    understood: Understood


class Processed(Struct, frozen=True):
    """What a webhook came to: statuses recorded and parked, and callback lanes to wake."""

    recorded: int
    parked: int
    lanes: frozenset[LaneKey]


@dataclass(frozen=True, slots=True)
class Processor:
    """Handles the webhook queue."""

    store: Store
    recorder: Recorder
    templates: TemplateRecorder
    clock: Clock
    metrics: Metrics

    async def handle(self, lease: Lease) -> datetime | None:
        """Works off one webhook; it is never due again."""
        started = self.clock.monotonic()
        if lease.attempt > MOST_ATTEMPTS:
            log.error("webhook.given_up", webhook_id=lease.item_id, attempts=MOST_ATTEMPTS)
            await self.store.write(give_up, lease)
            return None
        body: bytes = lease.cargo if lease.cargo is not None else b""
        understood = parse_webhook(body)
        processed = await self.store.write(self._record, Parsed(lease, understood))
        self.recorder.wake_lanes(processed.lanes)
        for status in understood.statuses:
            self.metrics.statuses_recorded[status.fact.value].inc()
        if understood.dropped:
            log_work(
                WebhookProcessed(
                    duration_ms=(self.clock.monotonic() - started) * 1000,
                    webhook_id=lease.item_id,
                    recorded=processed.recorded,
                    parked=processed.parked,
                    dropped=len(understood.dropped),
                )
            )
        return None

    async def _record(
        self, transaction: Transaction, parsed: Sequence[Parsed]
    ) -> Sequence[Processed]:
        """A step: facts of known messages, the rest parked, webhooks marked and done."""
        now = self.clock.now()
        statuses = [status for one in parsed for status in one.understood.statuses]
        messages = [told for one in parsed for told in one.understood.messages]
        told_of: list[StatusReceived | Inbound] = [*statuses, *messages]
        owners = await self._owners(transaction, {one.phone_number_id for one in told_of})
        known = await self._known(transaction, statuses, owners)
        observations: list[Observation] = []
        parked: list[ParkedStatus] = []
        counts: list[tuple[int, int]] = []
        for one in parsed:
            before = len(observations), len(parked)
            for status in one.understood.statuses:
                key = self._match(status, owners, known)
                if key is None:
                    parked.append(self._park(status, owners, now))
                else:
                    observations.append(_observe(status, key))
            counts.append((len(observations) - before[0], len(parked) - before[1]))
        lanes = frozenset(await self.recorder.apply(transaction, observations))
        await transaction.messages.park_statuses(parked)
        await listen(
            transaction,
            Heard(
                messages=messages,
                preferences=[told for one in parsed for told in one.understood.preferences],
                refusals=[
                    (status, self._match(status, owners, known), owners[status.phone_number_id])
                    for status in statuses
                    if is_marketing_refused(status)
                ],
            ),
            now,
        )
        await self.templates.apply(
            transaction, [told for one in parsed for told in one.understood.templates]
        )
        await record_limits(
            transaction, [told for one in parsed for told in one.understood.limits], now
        )
        await note_heard(transaction, told_of, owners, now)
        await transaction.webhooks.mark(
            [
                (one.lease.item_id, now, _outcome(one.understood, *count))
                for one, count in zip(parsed, counts, strict=True)
            ]
        )
        await transaction.queue.finish(
            [(DEPLOYMENT, QueueName.WEBHOOK, one.lease.item_id, one.lease.token) for one in parsed]
        )
        return [Processed(recorded, unknown, lanes) for recorded, unknown in counts]

    async def _owners(
        self, transaction: Transaction, phone_number_ids: Iterable[str]
    ) -> dict[str, list[int]]:
        """The accounts of each of Meta's numbers: one, unless a number moved between two."""
        return {
            phone_number_id: [
                account_id
                for account_id, _ in await transaction.directory.sender_owners(phone_number_id)
            ]
            for phone_number_id in phone_number_ids
        }

    async def _known(
        self,
        transaction: Transaction,
        statuses: Sequence[StatusReceived],
        owners: dict[str, list[int]],
    ) -> dict[Key, str]:
        """Our message ids, by account and by either name that a status gives its message."""
        ours = {
            (account_id, status.opaque)
            for status in statuses
            for account_id in owners[status.phone_number_id]
            if status.opaque is not None
        }
        records = await transaction.messages.records(list(ours))
        found: dict[Key, str] = {key: key[1] for key in records}
        missing = {
            (account_id, status.wamid)
            for status in statuses
            for account_id in owners[status.phone_number_id]
            if (account_id, status.opaque) not in found
        }
        found.update(await transaction.messages.ids_by_wamid(list(missing)))
        return found

    def _match(
        self, status: StatusReceived, owners: dict[str, list[int]], known: dict[Key, str]
    ) -> Key | None:
        """The message of a status: by our id, else by Meta's."""
        for name in (status.opaque, status.wamid):
            for account_id in owners[status.phone_number_id]:
                message_id = known.get((account_id, name)) if name is not None else None
                if message_id is not None:
                    return account_id, message_id
        return None

    def _park(
        self, status: StatusReceived, owners: dict[str, list[int]], now: datetime
    ) -> ParkedStatus:
        accounts = owners[status.phone_number_id]
        return ParkedStatus(
            account_id=accounts[0] if accounts else DEPLOYMENT,
            wamid=status.wamid,
            parked_id=self.recorder.next_fact_id(),
            phone_number_id=status.phone_number_id,
            fact=status.fact,
            occurred_at=status.occurred_at,
            recorded_at=now,
            pricing=status.pricing,
            meta_value=status.meta_value,
            failure=status.failure,
        )


async def load_webhooks(transaction: Transaction, keys: Sequence[Key]) -> Mapping[Key, bytes]:
    """The cargo of the webhook queue."""
    bodies = await transaction.webhooks.load([webhook_id for _, webhook_id in keys])
    return {(DEPLOYMENT, webhook_id): body for webhook_id, body in bodies.items()}


async def give_up(transaction: Transaction, leases: Sequence[Lease]) -> Sequence[None]:
    """A step: webhooks that defied every attempt are marked, and leave the queue."""
    await transaction.webhooks.mark(
        [(one.item_id, one.ends_at, '{"given_up": true}') for one in leases]
    )
    await transaction.queue.finish(
        [(DEPLOYMENT, QueueName.WEBHOOK, one.item_id, one.token) for one in leases]
    )
    return [None] * len(leases)


def _observe(status: StatusReceived, key: Key) -> Observation:
    return Observation(
        account_id=key[0],
        message_id=key[1],
        fact=status.fact,
        occurred_at=status.occurred_at,
        wamid=status.wamid,
        wa_id=status.wa_id,
        failure=status.failure,
        meta_value=status.meta_value,
        pricing=status.pricing,
    )


def _outcome(understood: Understood, recorded: int, parked: int) -> str:
    """What a webhook came to, as JSON for those who look later."""
    return json.dumps(
        {
            "recorded": recorded,
            "parked": parked,
            "inbound": understood.inbound,
            "others": understood.others,
            "dropped": understood.dropped[:20],
        }
    )
