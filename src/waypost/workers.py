"""The workers of a process: what each works on, with whom, and how much of it at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from waypost.callback.caller import Caller, PinnedClients
from waypost.callback.deliverer import Deliverer, Patience, load_callbacks
from waypost.callback.gate import Gate
from waypost.callback.publisher import Publisher
from waypost.callback.request import USER_AGENT
from waypost.callback.token_holder import TokenShelf
from waypost.dispatch.decide import Policy
from waypost.dispatch.dispatcher import Dispatcher, load_messages
from waypost.dispatch.pacing import Pacing
from waypost.dispatch.pair_rate import PairRate
from waypost.dispatch.user_counter import UserCounter
from waypost.meta.client import MetaClient
from waypost.meta.graph import GraphClient
from waypost.model.erasing import Pseudonyms
from waypost.model.usage import SHARDS, SHARED
from waypost.model.work import LaneKey, QueueName
from waypost.queue.admission import OpenAdmission
from waypost.queue.door import RemoteDoor, WorkDoor
from waypost.queue.duty import Duty, Plan
from waypost.queue.owner import LeasedOwnership, SoleOwner
from waypost.queue.worker import Worker
from waypost.runtime.addresses import AddressGuard
from waypost.runtime.config import Config
from waypost.runtime.http import PooledHttpClient
from waypost.runtime.ids import IdMaker
from waypost.runtime.media_links import MediaLinks
from waypost.runtime.roles import Role, read_roles
from waypost.runtime.senses import Senses
from waypost.status.recorder import Recorder
from waypost.store.ports import Store
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.wallet.rate_keeper import RateKeeper
from waypost.webhook.media_fetcher import ByteStore, MediaFetcher, load_media
from waypost.webhook.processor import Processor, load_webhooks
from waypost.webhook.template_recorder import TemplateRecorder

SPARE_S = 5.0
"""What handling an item may take beyond its network call: two commits, with room."""

WEBHOOKS_AT_ONCE = 256

MEDIA_AT_ONCE = 4
"""Received media that are fetched at a time: each is in memory whole, and may have 100 MB."""

ENDPOINT_SHARE = 4
"""One endpoint has one in so many of the places at first: if it hangs, others go on."""

BUDGET_SHARE = 0.75
"""How much of a lease one item may take at most: the rest is for waiting on its turn."""


class Received(NamedTuple):
    """Where received media are kept, and at what address they are served."""

    keeper: ByteStore
    links: MediaLinks


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does the work of the queues, as this process sees it.

    A door is the worker itself where the process has the role, else a hint to those that have it.

    workers    those of this process, in the order in which they stop
    ownership  which senders this process paces; None: it dispatches nothing, or is the only one
    """

    dispatch: WorkDoor
    webhooks: WorkDoor
    callbacks: WorkDoor
    workers: tuple[Worker, ...]
    recorder: Recorder
    ownership: LeasedOwnership | None


def build_crew(config: Config, store: Store, senses: Senses, received: Received) -> Crew:
    """The workers that this process's roles ask for, and doors to the others."""
    roles, workers = read_roles(config.role), list[Worker]()
    callbacks: WorkDoor = RemoteDoor(store, QueueName.CALLBACK)
    if Role.CALLBACK in roles:
        callbacks = telling = build_callbacks(config, store, senses)
        workers.insert(0, telling)
    number = IdMaker(senses.clock, senses.entropy).number
    bookkeeper = Bookkeeper(RateKeeper(store, senses.clock))
    recorder = Recorder(
        store,
        senses.clock,
        Publisher(),
        bookkeeper,
        number,
        callbacks.wake,
        config.dispatch_attempts,
        shard_of(config, senses),
        Pseudonyms(senses.vault.hashes).all_of,
    )
    webhooks: WorkDoor = RemoteDoor(store, QueueName.WEBHOOK)
    if Role.WEBHOOK in roles:
        fetching = build_media(config, store, senses, received, callbacks.wake)
        workers.insert(0, fetching)
        webhooks = understanding = build_webhooks(config, store, senses, recorder, fetching.wake)
        workers.insert(0, understanding)
    dispatch: WorkDoor = RemoteDoor(store, QueueName.DISPATCH)
    ownership: LeasedOwnership | None = None
    if Role.DISPATCH in roles:
        if config.database_url:
            ownership = LeasedOwnership(store, senses.clock, senses.entropy)
        dispatch = giving = build_dispatch(config, store, senses, recorder, ownership)
        workers.insert(0, giving)
    return Crew(dispatch, webhooks, callbacks, tuple(workers), recorder, ownership)


def shard_of(config: Config, senses: Senses) -> int:
    """In whose rows this process adds to the figures: processes do not wait for each other's."""
    return int(senses.entropy.jitter() * SHARDS) if config.database_url else SHARED


def build_callbacks(config: Config, store: Store, senses: Senses) -> Worker:
    """Tells customers what became of their messages."""
    clock, entropy, metrics = senses.clock, senses.entropy, senses.metrics
    longest_s = config.lease_s * BUDGET_SHARE
    caller = Caller(
        senses.http,
        AddressGuard(config.callback_private_addresses),
        PinnedClients(lambda *pin: PooledHttpClient(USER_AGENT, pin), clock),
        clock,
    )
    gate = Gate(config.callback_concurrency // ENDPOINT_SHARE, clock.monotonic)
    deliverer = Deliverer(
        store=store,
        caller=caller,
        tokens=TokenShelf(caller, clock),
        vault=senses.vault,
        gate=gate,
        clock=clock,
        entropy=entropy,
        patience=Patience(config.callback_timeout_s, config.callback_attempts),
        metrics=metrics,
        next_attempt_id=IdMaker(clock, entropy).number,
    )
    return Worker(
        Plan(
            QueueName.CALLBACK,
            config.callback_concurrency,
            config.lease_s,
            min(config.callback_timeout_s + SPARE_S, longest_s),
            is_shared=True,
        ),
        store=store,
        clock=clock,
        entropy=entropy,
        duty=Duty(load_callbacks, deliverer.handle, deliverer.survey),
        admission=gate,
    )


def build_media(
    config: Config,
    store: Store,
    senses: Senses,
    received: Received,
    tell: Callable[[LaneKey], None],
) -> Worker:
    """Fetches media of inbound messages: what Meta keeps for a week."""
    clock, entropy = senses.clock, senses.entropy
    fetcher = MediaFetcher(
        store=store,
        graph=GraphClient(
            senses.http,
            config.meta_base_url.rstrip("/"),
            config.meta_api_version,
            config.media_timeout_s,
            senses.vault,
        ),
        keeper=received.keeper,
        links=received.links,
        clock=clock,
        publisher=Publisher(),
        tell=tell,
    )
    # Two calls and a large file: it may have its lease for longer than others.
    budget_s = 2 * config.media_timeout_s + SPARE_S
    lease_s = max(config.lease_s, budget_s / BUDGET_SHARE)
    return Worker(
        Plan(QueueName.MEDIA, MEDIA_AT_ONCE, lease_s, budget_s, is_shared=True),
        store=store,
        clock=clock,
        entropy=entropy,
        duty=Duty(load_media, fetcher.handle),
        admission=OpenAdmission(MEDIA_AT_ONCE),
    )


def build_webhooks(
    config: Config,
    store: Store,
    senses: Senses,
    recorder: Recorder,
    wake_media: Callable[[LaneKey], None],
) -> Worker:
    """Works off what Meta told."""
    clock, entropy, metrics = senses.clock, senses.entropy, senses.metrics
    longest_s = config.lease_s * BUDGET_SHARE
    template_recorder = TemplateRecorder(clock, IdMaker(clock, entropy).number, metrics)
    ids = IdMaker(clock, entropy)
    processor = Processor(store, recorder, template_recorder, clock, metrics, ids, wake_media)
    return Worker(
        Plan(QueueName.WEBHOOK, WEBHOOKS_AT_ONCE, config.lease_s, min(SPARE_S, longest_s)),
        store=store,
        clock=clock,
        entropy=entropy,
        duty=Duty(load_webhooks, processor.handle),
        admission=OpenAdmission(WEBHOOKS_AT_ONCE),
    )


def build_dispatch(
    config: Config,
    store: Store,
    senses: Senses,
    recorder: Recorder,
    ownership: LeasedOwnership | None,
) -> Worker:
    """Gives messages to Meta."""
    clock, entropy, metrics = senses.clock, senses.entropy, senses.metrics
    longest_s = config.lease_s * BUDGET_SHARE
    pacing = Pacing(config.sender_throughput)
    dispatcher = Dispatcher(
        store=store,
        meta=MetaClient(
            senses.http,
            config.meta_base_url.rstrip("/"),
            config.meta_api_version,
            config.meta_timeout_s,
            senses.vault,
        ),
        recorder=recorder,
        pacing=pacing,
        policy=Policy(config.dispatch_attempts, timedelta(seconds=config.unknown_window_s)),
        clock=clock,
        entropy=entropy,
        metrics=metrics,
        audience=UserCounter(store, clock, entropy),
        pair_rate=PairRate(config.pair_gap_s),
    )
    return Worker(
        Plan(
            QueueName.DISPATCH,
            config.dispatch_concurrency,
            config.lease_s,
            min(config.meta_timeout_s + SPARE_S, longest_s),
            is_shared=True,
            ownership=SoleOwner() if ownership is None else ownership,
        ),
        store=store,
        clock=clock,
        entropy=entropy,
        duty=Duty(load_messages, dispatcher.handle, dispatcher.survey),
        admission=pacing,
    )
