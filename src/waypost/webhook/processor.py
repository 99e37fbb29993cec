"""Works off kept webhooks: raw body to events to facts.

A status is matched by our own message id first, which Meta gives back, and by its wamid
second. A status of a message nobody here knows is parked: other applications on the same
number are normal (`design` realworld). Facts, what recipients told (`webhook.listener`,
`webhook.forwarder`), what accounts are told (`webhook.account_recorder`) and the mark that the
webhook is done are one commit, so a crash repeats a webhook and never half of it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import structlog
from msgspec import Struct

from waypost.meta.events import StatusReceived, Understood, parse_webhook
from waypost.meta.inbound import Inbound
from waypost.model.message import Observation, ParkedStatus
from waypost.model.work import LaneKey, QueueName
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.runtime.ids import IdMaker
from waypost.runtime.logs import WebhookProcessed, is_wanted, log_work
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.store.ports import Key, Store, Transaction
from waypost.webhook.account_recorder import AccountRecorder, NumberedEvent
from waypost.webhook.forwarder import Forwarder, Numbered
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
    messages: tuple[Numbered, ...] = ()
    events: tuple[NumberedEvent, ...] = ()


class Processed(Struct, frozen=True):
    """What a webhook came to: statuses recorded and parked, and lanes to wake.

    media  lanes of the media queue; all other lanes are of the callback queue
    """

    recorded: int
    parked: int
    lanes: frozenset[LaneKey]
    media: frozenset[LaneKey] = frozenset()


def _wake_nobody(lane: LaneKey) -> None:
    """Where nobody fetches media in this process."""


@dataclass(frozen=True, slots=True)
class Processor:
    """Handles the webhook queue.

    ids         makes ids outside of the store's thread
    wake_media  told each media lane that has new work, after the commit
    """

    store: Store
    recorder: Recorder
    templates: TemplateRecorder
    clock: Clock
    metrics: Metrics
    ids: IdMaker
    wake_media: Callable[[LaneKey], None] = _wake_nobody

    async def handle(self, lease: Lease) -> datetime | None:
        """Works off one webhook; it is never due again."""
        started = self.clock.monotonic()
        if lease.attempt > MOST_ATTEMPTS:
            log.error("webhook.given_up", webhook_id=lease.item_id, attempts=MOST_ATTEMPTS)
            await self.store.write(give_up, lease)
            return None
        body: bytes = lease.cargo if lease.cargo is not None else b""
        parsed = self._number(lease, parse_webhook(body))
        understood = parsed.understood
        processed = await self.store.write(self._record, parsed)
        self.recorder.wake_lanes(processed.lanes)
        for lane in processed.media:
            self.wake_media(lane)
        now = self.clock.now()
        for status in understood.statuses:
            self.metrics.statuses_recorded[status.fact.value].inc()
            lag = now - status.occurred_at
            self.metrics.webhook_lag_seconds.observe(max(0.0, lag.total_seconds()))
        if understood.dropped or is_wanted():
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

    def _number(self, lease: Lease, understood: Understood) -> Parsed:
        """The webhook with an id for each message and account event, if it turns out new."""
        new_id, new_trace = self.ids.message_id, self.ids.trace_id
        return Parsed(
            lease,
            understood,
            tuple(
                Numbered(told, lease.item_id, new_id(), new_trace()) for told in understood.messages
            ),
            tuple(
                NumberedEvent(told, lease.item_id, new_id(), new_trace())
                for told in understood.accounts
            ),
        )

    async def _record(
        self, transaction: Transaction, parsed: Sequence[Parsed]
    ) -> Sequence[Processed]:
        """A step: facts of known messages, the rest parked, webhooks marked and done."""
        now = self.clock.now()
        statuses = [status for one in parsed for status in one.understood.statuses]
        messages = [told for one in parsed for told in one.understood.messages]
        told_of: list[StatusReceived | Inbound] = [*statuses, *messages]
        senders = await self._senders(
            transaction,
            {one.phone_number_id for one in told_of}
            | {event.told.phone_number_id for one in parsed for event in one.events},
        )
        owners = {number: [id_ for id_, _ in found] for number, found in senders.items()}
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
        refusals = [
            (status, self._match(status, owners, known), owners[status.phone_number_id])
            for status in statuses
            if is_marketing_refused(status)
        ]
        await self._note(transaction, parsed, refusals, now)
        await note_heard(transaction, told_of, owners, now)
        publisher = self.recorder.publisher
        forwarded = await Forwarder(publisher, self.recorder.pseudonyms).forward(
            transaction, [told for one in parsed for told in one.messages], senders, now
        )
        told = await AccountRecorder(publisher).record(
            transaction, [event for one in parsed for event in one.events], senders, now
        )
        kept = Kept(forwarded.new | told.new, forwarded.parked | told.parked)
        await transaction.webhooks.mark(
            [
                (one.lease.item_id, now, _outcome(one, count, kept))
                for one, count in zip(parsed, counts, strict=True)
            ]
        )
        await transaction.queue.finish(
            [(DEPLOYMENT, QueueName.WEBHOOK, one.lease.item_id, one.lease.token) for one in parsed]
        )
        lanes |= forwarded.lanes | told.lanes
        return [
            Processed(recorded, unknown, lanes, forwarded.media) for recorded, unknown in counts
        ]

    async def _note(
        self,
        transaction: Transaction,
        parsed: Sequence[Parsed],
        refusals: Sequence[tuple[StatusReceived, Key | None, Sequence[int]]],
        now: datetime,
    ) -> None:
        """What recipients want, what became of templates, and what Meta allows."""
        await listen(
            transaction,
            Heard(
                messages=[told for one in parsed for told in one.understood.messages],
                preferences=[told for one in parsed for told in one.understood.preferences],
                refusals=refusals,
            ),
            now,
        )
        await self.templates.apply(
            transaction, [told for one in parsed for told in one.understood.templates]
        )
        await record_limits(
            transaction, [told for one in parsed for told in one.understood.limits], now
        )

    async def _senders(
        self, transaction: Transaction, phone_number_ids: Iterable[str]
    ) -> dict[str, list[tuple[int, str]]]:
        """Accounts and senders of each of Meta's numbers: one, unless it moved between two."""
        return {
            phone_number_id: await transaction.directory.sender_owners(phone_number_id)
            if phone_number_id
            else []
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
        return found | await self._erased(transaction, missing - found.keys())

    async def _erased(self, transaction: Transaction, missing: set[Key]) -> dict[Key, str]:
        """The same of messages that were erased: a hash stands in the place of their wamids."""
        hidden = {
            (account_id, name): (account_id, wamid)
            for account_id, wamid in missing
            for name in self.recorder.pseudonyms(wamid)
        }
        found = await transaction.messages.ids_by_wamid(list(hidden))
        return {hidden[key]: message_id for key, message_id in found.items()}

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


class Kept(NamedTuple):
    """Ids of inbound messages and account events of a batch that are new, and that are nobody's."""

    new: frozenset[str]
    parked: frozenset[str]


def _outcome(parsed: Parsed, count: tuple[int, int], kept: Kept) -> str:
    """What a webhook came to, as JSON for those who look later.

    kept      inbound messages and account events that were not here before
    again     those that were
    unowned   those of no account, kept for the deployment
    """
    understood = parsed.understood
    ids = {one.inbound_id for one in parsed.messages}
    ids |= {one.account_event_id for one in parsed.events}
    return json.dumps(
        {
            "recorded": count[0],
            "parked": count[1],
            "inbound": understood.inbound,
            "kept": len(ids & kept.new),
            "again": len(ids - kept.new),
            "unowned": len(ids & kept.parked),
            "others": understood.others,
            "dropped": understood.dropped[:20],
        }
    )
