"""The composition root: a Config to a gateway, built. The only file that knows every part."""

from dataclasses import dataclass, replace
from datetime import timedelta

from waypost.accept.acceptor import Acceptor
from waypost.accept.day_counter import DayCounter
from waypost.accept.examiner import Examiner
from waypost.accept.limits import RequestLimits
from waypost.accept.rehearser import Rehearser
from waypost.accept.screener import Screener
from waypost.api.app import App, Application
from waypost.api.auth import Doorkeeper
from waypost.api.health import HealthEndpoint
from waypost.api.messages import SendEndpoint
from waypost.api.received_media import ReceivedMedia
from waypost.api.senders import SendersEndpoint
from waypost.api.shelves import DirectoryShelves
from waypost.api.slowdown import Slowdown
from waypost.api.webhooks import WebhookEndpoint
from waypost.callback.publisher import Publisher
from waypost.directory.accounts import Accounts
from waypost.directory.blocks import BlockList
from waypost.directory.byte_keeper import ByteKeeper
from waypost.directory.catalogues import CatalogueKeeper
from waypost.directory.event_desk import EventDesk
from waypost.directory.limit_reader import LimitReader
from waypost.directory.media import MediaLibrary
from waypost.directory.media_renewer import MediaRenewer
from waypost.directory.opt_outs import OptOutList
from waypost.directory.profile_desk import ProfileDesk
from waypost.directory.registrar import Registrar
from waypost.directory.samples import AppUploads, SampleLibrary, SampleTeller
from waypost.directory.sender_switch import SenderSwitch
from waypost.directory.synchronizer import Synchronizer
from waypost.directory.template_lookup import TemplateLookup
from waypost.directory.templates import TemplateManager
from waypost.dispatch.sweeper import Sweeper
from waypost.meta.graph import GraphClient
from waypost.model.account import AccountKind
from waypost.model.erasing import Pseudonyms
from waypost.queue.owner import LeasedOwnership
from waypost.queue.worker import Worker
from waypost.report.export import Exporter
from waypost.report.storyteller import Storyteller
from waypost.report.usage_reporter import UsageReporter
from waypost.retention.eraser import Eraser
from waypost.retention.forgetter import Forgetter
from waypost.retention.releaser import Releaser
from waypost.retention.trimmer import Trimmer
from waypost.runtime.clock import Clock
from waypost.runtime.config import Config
from waypost.runtime.ids import IdMaker
from waypost.runtime.listening import url_of
from waypost.runtime.media_links import MediaLinks
from waypost.runtime.objects import Bucket, open_objects
from waypost.runtime.roles import Role, read_roles
from waypost.runtime.senses import Senses
from waypost.runtime.setting import read_networks
from waypost.runtime.vault import Vault
from waypost.status.canceller import Canceller
from waypost.status.recorder import Recorder
from waypost.status.resolver import Resolver
from waypost.store.ports import Store
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.wallet.rate_keeper import RateKeeper
from waypost.webhook.matcher import Matcher
from waypost.webhook.receiver import Receiver
from waypost.workers import Crew, Received, build_crew


@dataclass(frozen=True, slots=True)
class OperatorTools:
    """The hands that work on the directory: a gateway's own, or those of an operator's command."""

    store: Store
    registrar: Registrar
    synchronizer: Synchronizer
    template_lookup: TemplateLookup
    templates: TemplateManager
    media: MediaLibrary
    samples: SampleLibrary
    media_renewer: MediaRenewer
    catalogues: CatalogueKeeper
    opt_outs: OptOutList
    blocks: BlockList
    canceller: Canceller
    forgetter: Forgetter
    resolver: Resolver
    switch: SenderSwitch
    storyteller: Storyteller
    exporter: Exporter
    profiles: ProfileDesk
    events: EventDesk
    graph: GraphClient
    vault: Vault


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway, or the part of one that this process's roles ask for, built.

    roles      what this process does
    workers    in the order in which they stop: what makes work for others goes first
    links      makes addresses of received media
    ownership  which senders this process paces, of several processes; stops after the workers
    keepers    what looks after what is kept, from time to time
    """

    config: Config
    base_url: str
    port: int
    app: App
    links: MediaLinks
    accounts: Accounts
    tools: OperatorTools
    store: Store
    workers: tuple[Worker, ...]
    ownership: LeasedOwnership | None
    keepers: tuple[Trimmer | Releaser | Matcher | Sweeper | Eraser, ...]
    senses: Senses
    roles: frozenset[Role]

    @property
    def registrar(self) -> Registrar:
        """The hand that writes the directory."""
        return self.tools.registrar

    def leads(self) -> bool:
        """Whether this process does what a deployment needs done once: reads WABAs, renews media.

        Of those that dispatch it is one, chosen by all alike; another does it when it is gone.
        """
        if Role.DISPATCH not in self.roles:
            return False
        return self.ownership is None or self.ownership.leads


def assemble(config: Config, store: Store, senses: Senses, port: int) -> Gateway:
    """Builds every part that this process's roles need, and fills it with those it needs.

    Touches nothing.
    """
    roles = read_roles(config.role)
    base_url = config.public_url.rstrip("/") or url_of(
        config.host, port, "https" if config.tls_certificate else "http"
    )
    keeper = build_keeper(config, store)
    links = MediaLinks(senses.vault, base_url, timedelta(hours=config.media_url_hours))
    crew = build_crew(config, store, senses, Received(keeper, links))
    tools = build_tools(config, store, senses, crew.recorder, keeper)
    accounts = Accounts(store, senses.clock)
    health = HealthEndpoint(
        store,
        senses.clock,
        senses.metrics,
        roles,
        crew.workers,
        None if crew.ownership is None else crew.ownership.count,
    )
    app = App(health)
    if Role.WEBHOOK in roles:
        app = replace(app, webhooks=build_meta_door(config, store, senses, crew))
    if roles & {Role.API, Role.WEBHOOK}:  # where an address may lead that names no common one
        app = replace(app, media=ReceivedMedia(store, keeper.objects, links, senses.clock))
    if Role.API in roles:
        app = open_doors(app, config, senses, tools, (accounts, crew, links))
    return Gateway(
        config=config,
        base_url=base_url,
        port=port,
        app=app,
        links=links,
        accounts=accounts,
        tools=tools,
        store=store,
        workers=crew.workers,
        ownership=crew.ownership,
        keepers=(
            *build_keepers(config, store, senses, crew, keeper),
            *build_eraser(config, tools, senses.clock),
        ),
        senses=senses,
        roles=roles,
    )


def build_keepers(
    config: Config, store: Store, senses: Senses, crew: Crew, keeper: ByteKeeper
) -> tuple[Trimmer | Releaser | Matcher | Sweeper, ...]:
    """What looks after what is kept; each may run in several processes."""
    roles, clock = read_roles(config.role), senses.clock
    keepers: list[Trimmer | Releaser | Matcher | Sweeper] = []
    if Role.WEBHOOK in roles:
        keepers.append(Matcher(store, crew.recorder, clock))
    if Role.DISPATCH in roles:
        kept = timedelta(days=config.history_days) if config.history_days else None
        answered = timedelta(hours=config.idempotency_hours)
        keepers.append(Trimmer(store, clock, kept, answered, keeper.forget))
        keepers.append(Releaser(store, crew.recorder, clock))
        window = timedelta(seconds=config.unknown_window_s)
        keepers.append(Sweeper(store, crew.recorder, clock, window))
    return tuple(keepers)


def build_forgetter(media: MediaRenewer, canceller: Canceller, senses: Senses) -> Forgetter:
    """Who erases one recipient."""
    pseudonyms = Pseudonyms(senses.vault.hashes)
    return Forgetter(
        media.store,
        canceller,
        senses.clock,
        senses.entropy,
        pseudonyms.hide,
        media.library.keeper.forget,
    )


def build_eraser(config: Config, tools: OperatorTools, clock: Clock) -> tuple[Eraser, ...]:
    """What erases content that is older than it is kept, if there is to be an end to it."""
    if not config.content_days or Role.DISPATCH not in read_roles(config.role):
        return ()
    forgetter = tools.forgetter
    kept = timedelta(days=config.content_days)
    return (Eraser(tools.store, clock, kept, forgetter.hide, forgetter.forget),)


def build_meta_door(config: Config, store: Store, senses: Senses, crew: Crew) -> WebhookEndpoint:
    """Where Meta calls."""
    receiver = Receiver(
        store,
        crew.webhooks,
        senses.clock,
        config.meta_app_secret,
        config.meta_verify_token,
        # Its own maker: facts are numbered on another thread.
        IdMaker(senses.clock, senses.entropy).webhook_id,
    )
    return WebhookEndpoint(receiver, senses.clock, senses.metrics)


def open_doors(
    app: App,
    config: Config,
    senses: Senses,
    tools: OperatorTools,
    used: tuple[Accounts, Crew, MediaLinks],
) -> App:
    """The same with the doors of customers and of the operator."""
    accounts, crew, links = used
    store, clock, metrics = tools.store, senses.clock, senses.metrics
    slowdown = Slowdown(clock, metrics)
    doorkeeper = Doorkeeper(accounts, clock, slowdown, read_networks(config.trusted_proxies))
    shelves = DirectoryShelves(accounts, tools.template_lookup, tools.media, tools.catalogues)
    screener = Screener()
    acceptor = Acceptor(
        store=store,
        door=crew.dispatch,
        bookkeeper=crew.recorder.bookkeeper,
        day_counter=DayCounter(),
        screener=screener,
        recorder=crew.recorder,
        clock=clock,
        ids=IdMaker(clock, senses.entropy),
        validity=timedelta(hours=config.validity_hours),
        lifetime=timedelta(hours=config.idempotency_hours),
    )
    limits = RequestLimits()
    return replace(
        app,
        messages=SendEndpoint(
            doorkeeper=doorkeeper,
            examiner=Examiner(shelves, clock),
            acceptor=acceptor,
            rehearser=Rehearser(store, screener, clock),
            limits=limits,
            clock=clock,
            metrics=metrics,
            rates=RateKeeper(store, clock),
            prices={
                AccountKind.PREPAID: config.price_prepaid,
                AccountKind.POSTPAID: config.price_postpaid,
                AccountKind.TECH_PROVIDER: 0,  # Meta is paid directly
            },
            max_recipients=config.max_recipients,
            max_body_bytes=config.max_body_bytes,
            furthest=timedelta(days=config.schedule_days),
        ),
        senders=SendersEndpoint(doorkeeper),
        behind=build_behind(config, senses, tools, doorkeeper, (limits, links)),
    )


def build_behind(
    config: Config,
    senses: Senses,
    tools: OperatorTools,
    doorkeeper: Doorkeeper,
    used: tuple[RequestLimits, MediaLinks],
) -> Application:
    """What answers behind the hot routes: the operator's API, and customers beside sending."""
    limits, links = used
    # Half a second to load, which no command of an operator needs to wait for.
    from waypost.api.customer.door import CustomerGuard  # noqa: PLC0415
    from waypost.api.customer.hands import CustomerHands  # noqa: PLC0415
    from waypost.api.customer.intake import Intake  # noqa: PLC0415
    from waypost.api.framework import build_framework  # noqa: PLC0415
    from waypost.api.management.door import Management, OperatorGuard  # noqa: PLC0415

    accounts = doorkeeper.accounts
    usage = UsageReporter(tools.store, senses.clock)
    return build_framework(
        Management(
            store=tools.store,
            accounts=accounts,
            registrar=tools.registrar,
            synchronizer=tools.synchronizer,
            templates=tools.templates,
            media=tools.media,
            catalogues=tools.catalogues,
            opt_outs=tools.opt_outs,
            canceller=tools.canceller,
            forgetter=tools.forgetter,
            resolver=tools.resolver,
            switch=tools.switch,
            storyteller=tools.storyteller,
            profiles=tools.profiles,
            events=tools.events,
            exporter=tools.exporter,
            usage=usage,
            currency=config.currency,
            throughput=config.sender_throughput,
        ),
        OperatorGuard(config.operator_token, doorkeeper.slowdown, doorkeeper.proxies),
        CustomerHands(
            accounts,
            tools.templates,
            tools.media,
            tools.samples,
            tools.blocks,
            Intake(),
            tools.store,
            tools.canceller,
            tools.forgetter,
            tools.storyteller,
            tools.exporter,
            usage,
            tools.profiles,
            tools.events,
            lambda sid, inbound_id: links.link(sid, inbound_id, senses.clock.now()),
        ),
        CustomerGuard(doorkeeper, limits, senses.clock, senses.metrics),
    )


def build_tools(
    config: Config,
    store: Store,
    senses: Senses,
    recorder: Recorder | None = None,
    keeper: ByteKeeper | None = None,
) -> OperatorTools:
    """The hands that work on the directory.

    keeper    the gateway's own; without one they have theirs
    recorder  the gateway's own; without one they have theirs, which wakes nobody: gateways that
              run look for new callbacks by themselves
    """
    clock, entropy = senses.clock, senses.entropy
    ids = IdMaker(clock, entropy)
    if recorder is None:
        bookkeeper = Bookkeeper(RateKeeper(store, clock))
        recorder = Recorder(
            store,
            clock,
            Publisher(),
            bookkeeper,
            ids.number,
            _wake_nobody,
            pseudonyms=Pseudonyms(senses.vault.hashes).all_of,
        )
    graph = GraphClient(
        senses.http,
        config.meta_base_url.rstrip("/"),
        config.meta_api_version,
        config.meta_timeout_s,
        senses.vault,
    )
    catalogues = CatalogueKeeper(store, graph, clock, entropy)
    synchronizer = Synchronizer(
        store,
        graph,
        clock,
        ids.number,
        timedelta(minutes=config.template_sync_minutes),
        entropy,
        catalogues.refresh,
        LimitReader(store, graph, clock).read,
    )
    keeper = keeper or build_keeper(config, store)
    media_renewer = build_media(config, keeper, graph, senses, recorder)
    canceller = Canceller(store, recorder, clock, entropy)
    registrar = Registrar(store, clock, entropy, config.pod, senses.vault)
    return OperatorTools(
        store=store,
        registrar=registrar,
        synchronizer=synchronizer,
        template_lookup=TemplateLookup(store, graph, clock, ids.number),
        templates=TemplateManager(store, graph, synchronizer, clock, ids.number, entropy),
        media=media_renewer.library,
        samples=media_renewer.samples,
        media_renewer=media_renewer,
        catalogues=catalogues,
        opt_outs=OptOutList(store, clock, entropy),
        blocks=BlockList(store, graph, clock, entropy),
        canceller=canceller,
        forgetter=build_forgetter(media_renewer, canceller, senses),
        resolver=Resolver(store, recorder, clock, entropy),
        switch=SenderSwitch(store, clock, entropy),
        storyteller=Storyteller(store, config.meta_api_version),
        exporter=Exporter(store, clock),
        profiles=ProfileDesk(store, registrar.profiles, Publisher(), ids),
        events=EventDesk(store, clock, entropy),
        graph=graph,
        vault=senses.vault,
    )


def _wake_nobody(lane: object) -> None:
    """Of a process that has no worker."""


def build_keeper(config: Config, store: Store) -> ByteKeeper:
    """Keeps bytes in a folder of `data_dir`, or in the bucket that the settings name.

    One for each process: its locks keep bytes from going while others come.
    """
    bucket = Bucket(
        config.media_bucket,
        config.media_endpoint,
        config.media_region,
        config.media_access_key,
        config.media_secret_key,
    )
    return ByteKeeper(store, open_objects(config.data_dir / "media", bucket))


def build_media(
    config: Config, keeper: ByteKeeper, graph: GraphClient, senses: Senses, recorder: Recorder
) -> MediaRenewer:
    """What takes media and samples in, knows them, and keeps them good at Meta."""
    clock, entropy, timeout_s = senses.clock, senses.entropy, config.media_timeout_s
    return MediaRenewer(
        keeper.store,
        clock,
        MediaLibrary(keeper, graph, clock, entropy, timeout_s),
        SampleLibrary(
            keeper,
            graph,
            clock,
            entropy,
            AppUploads(config.meta_app_id, timeout_s),
            SampleTeller(recorder.publisher, recorder.wake),
        ),
        timedelta(days=config.media_keep_days),
    )
