"""The composition root: a seed and settings become an emulator, in this process.

`Emulator(...)`, its `.app`, `run()`, `advance()` and `wait_for()`; `server` makes it a program.
"""

from typing import Any

from meta_emulator.app import App
from meta_emulator.control.api import Control
from meta_emulator.control.businesses import BusinessOrders
from meta_emulator.control.conversations import ConversationOrders
from meta_emulator.control.journal import Journal
from meta_emulator.control.limits import LimitOrders
from meta_emulator.control.magic import MagicTable
from meta_emulator.control.objects import ObjectOrders
from meta_emulator.control.page import Pages
from meta_emulator.control.persons import Persons
from meta_emulator.control.release import Release
from meta_emulator.control.run import Run
from meta_emulator.control.snapshots import Snapshots
from meta_emulator.control.templates import TemplateOrders
from meta_emulator.control.time import TimeOrders
from meta_emulator.control.tokens import TokenOrders
from meta_emulator.faults import Faults
from meta_emulator.graph.blocking import Blocking
from meta_emulator.graph.businesses import business_rooms
from meta_emulator.graph.edges import Rooms
from meta_emulator.graph.media import MediaShelf
from meta_emulator.graph.messages import Sends
from meta_emulator.graph.room import Finder
from meta_emulator.graph.template_archive import TemplateArchive
from meta_emulator.graph.template_list import TemplateList
from meta_emulator.graph.templates import Templates
from meta_emulator.graph.uploads import Uploads
from meta_emulator.people.habits import Habits
from meta_emulator.people.presence import Presence
from meta_emulator.physics.account_standing import AccountStanding
from meta_emulator.physics.complaints import Complaints
from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.disorder import Disorder
from meta_emulator.physics.laws import Laws
from meta_emulator.physics.lifetimes import Lifetimes
from meta_emulator.physics.limits import Limits
from meta_emulator.physics.magic import Magic, UnlessMagic
from meta_emulator.physics.pacing import Pacer
from meta_emulator.physics.pausing import Pausing
from meta_emulator.physics.planned_pauses import PlannedPauses
from meta_emulator.physics.review import Reviewer, first_rule
from meta_emulator.physics.schedule import Scheduler
from meta_emulator.physics.standing import Blocks, MediaKinds, MediaLinks, Preferences
from meta_emulator.physics.template_life import TemplateLife
from meta_emulator.physics.turbulence import Turbulence
from meta_emulator.protocol.answers import Responder
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.changes import Predicate
from meta_emulator.runtime.clock import Clock, VirtualClock
from meta_emulator.runtime.http import Http
from meta_emulator.runtime.mover import Mover
from meta_emulator.runtime.runners import Runners
from meta_emulator.runtime.snapshot import BROKEN, VERSION, Kept, SnapshotError, parts_of
from meta_emulator.seed import Seed
from meta_emulator.settings import Settings
from meta_emulator.webhook.delivery import Deliverer
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.webhook.settling import Settling
from meta_emulator.world.kept_messages import kept_messages
from meta_emulator.world.kept_objects import kept_objects
from meta_emulator.world.kept_time import TIME_AND_CHANCE, kept_time
from meta_emulator.world.message import Message
from meta_emulator.world.state import State
from meta_emulator.world.tokens import Tokens


class Emulator:
    """One emulated Cloud API. Nothing leaves it but by `http`, and only while `run` runs."""

    def __init__(
        self, seed: Seed, settings: Settings, clock: Clock, chance: Chance, http: Http
    ) -> None:
        self.settings = settings
        self.clock = clock
        state = self.state = State(seed, settings.kept, clock, chance)
        responder = Responder(chance)
        self.deliverer = Deliverer(settings, clock, http, state)
        self.settle = Settling(self.deliverer).settle
        self.mover = Mover(clock, self.settle) if isinstance(clock, VirtualClock) else None
        self.tokens = Tokens(settings.access_token)
        self.disorder = Disorder(
            clock,
            settings.status_delays,
            self.tokens,
            settings.faults or seed.faults or Faults(),
        )
        self.turbulence = Turbulence(self.disorder, clock, self.deliverer, state)
        self.reporter = Reporter(state, self.deliverer, settings.webhook_version)
        self.reporter.webhook_url = settings.webhook_url
        self.scheduler = Scheduler(settings.status_delays, clock, self.reporter.report, state.sent)
        self.deadlines = Deadlines(clock)
        rule = first_rule(seed, settings)
        self.reviewer = Reviewer(state, self.reporter, self.deadlines, rule)
        self.life = TemplateLife(state, self.reviewer, self.deadlines)
        self.pausing = Pausing(state, self.reviewer, self.deadlines)
        self.pacer = Pacer(state, self.scheduler, self.pausing, self.deadlines, seed.pacing)
        self.complaints = Complaints(state, self.pausing, self.deadlines, seed.quality)
        self.presence = Presence(settings.status_delays, state)
        self.magic = Magic(settings.status_delays)
        self.limits = Limits(state, self.reporter, settings)
        self.habits = Habits(state, self.reporter, self.deadlines, self.magic)
        self.sends = Sends(state, responder, self._begin, self._laws(), self.disorder)
        uploads = Uploads(state, responder)
        media = MediaShelf(state, responder)
        business = business_rooms(
            state, responder, self.reporter, (settings, self.tokens), (http, chance)
        )
        rooms = (
            self.sends,
            *business.rooms,
            media,
            uploads,
            Blocking(state, responder),
            TemplateList(responder),
            Templates(state, responder, settings, self.reviewer, (self.life, self.pausing)),
            TemplateArchive(state, responder, self.life),
        )
        self.conversations = ConversationOrders(
            state, self.presence, self.reporter, settings.webhook_version
        )
        releases = Release(settings.release, state, http)
        self.control = Control(
            (
                Journal(state, self.deliverer),
                Persons(state, self.reporter),
                BusinessOrders(state, business.groups),
                ObjectOrders(state, self.reporter),
                TemplateOrders(
                    state, self.reviewer, (self.life, self.pausing, self.pacer, self.complaints)
                ),
                Run(settings, self.disorder, self.reporter, (http, chance)),
                MagicTable(),
                Snapshots(self.snapshot, self.restore, self.reset),
                self.conversations,
                Pages(state),
                TimeOrders(clock, self.mover),
                TokenOrders(self.tokens, clock, chance),
                releases,
                LimitOrders(state, self.limits),
            ),
            settings.control_hosts,
        )
        finders: tuple[Finder, ...] = (uploads, media, *business.finders)
        graph = Rooms(state, responder, rooms, finders, self.limits.management)
        self.app = App(state, responder, graph, self.control, self.tokens)
        self.kept: dict[str, Kept] = {
            **kept_time(clock, chance),
            **kept_objects(state),
            **kept_messages(state),
            "webhook_url": self.reporter,
            "uploads": uploads,
            "disorder": self.disorder,
            "turbulence": self.turbulence,
            "magic": self.magic,
            "habits": self.habits,
            "presence": self.presence,
            "tokens": self.tokens,
            "releases": releases,
            "reviews": self.reviewer,
            "template_life": self.life,
            "pauses": self.pausing,
            "pacing": self.pacer,
            "complaints": self.complaints,
            "deadlines": self.deadlines,
            "limits": self.limits,
            "schedule": self.scheduler,
            "deliveries": self.deliverer,
        }
        """The parts with state of their own, in the order in which they are restored."""
        self._first = self._snapshots()
        self._runners = Runners()

    def _begin(self, message: Message) -> None:
        """A message was accepted: its statuses fall due, and its person may answer it."""
        self.scheduler.add(message)
        if self.settings.magic:
            self.habits.heed(message)

    def _laws(self) -> Laws:
        """In the order in which they are asked."""
        magic = [self.magic] if self.settings.magic else []
        spared = (self.limits.windows, self.limits.caps) if magic else ()
        limits = [UnlessMagic(law) if law in spared else law for law in self.limits.laws]
        before = [self.disorder, *magic, AccountStanding(), Blocks(), Preferences(self.state)]
        pauses = PlannedPauses(self.disorder, self.reviewer, self.deadlines)
        counting = [self.life, self.complaints, pauses]
        fates = [*magic, self.presence, self.pacer, self.disorder]
        return Laws(
            [*before, *limits, MediaKinds(), MediaLinks(), *counting],
            [Lifetimes(self.settings.status_delays, fates)],
        )

    async def run(self) -> None:
        """Let statuses fall due and deliver webhooks, until cancelled."""
        await self._runners.run(
            (
                self.scheduler.run,
                self.deliverer.run,
                self.turbulence.run,
                self.deadlines.run,
                self.limits.growth.run,
            )
        )

    def snapshot(self) -> dict[str, Any]:
        """The whole state, in builtins that JSON has."""
        return {"version": VERSION, "parts": self._snapshots()}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go on from a snapshot; a part that it does not have begins anew.

        Raises SnapshotError, and then nothing has changed.
        """
        parts = parts_of(snapshot, self.kept)
        before = self._snapshots()
        for name, part in self.kept.items():
            try:
                part.restore(parts.get(name, self._first[name]))
            except BROKEN as error:
                for known, other in self.kept.items():
                    other.restore(before[known])
                self._begin_anew()
                raise SnapshotError(f"the snapshot's {name} cannot be used: {error}") from error
        self._begin_anew()

    def _snapshots(self) -> dict[str, Any]:
        return {name: part.snapshot() for name, part in self.kept.items()}

    def _begin_anew(self) -> None:
        """What runs is begun again with what is held now; nothing of the old runs a step more."""
        self._runners.begin_anew()
        self.state.changes.happened()

    def reset(self, *, keeps_objects: bool = False) -> None:
        """Begin anew with the seed; chance, the clock and the counts go on.

        keeps_objects  only what happened is forgotten: what became of the seed stays
        """
        if keeps_objects:
            self._forget()
            return
        for name, part in self.kept.items():
            if name in TIME_AND_CHANCE:
                continue
            begin_anew = getattr(part, "reset", None)
            if begin_anew is None:
                part.restore(self._first[name])
            else:
                begin_anew()
        self.state.hold_recipients()
        self._begin_anew()

    def _forget(self) -> None:
        """Messages, refusals and callbacks are forgotten, and nothing goes wrong any more."""
        self.scheduler.clear()
        self.deliverer.clear()
        self.turbulence.clear()
        self.magic.reset()
        self.habits.restore({})
        self.disorder.reset()
        self.pacer.clear()
        self.state.forget()
        self.state.changes.happened()

    async def advance(self, seconds: float) -> None:
        """Move a virtual clock; returns when all that fell due has been brought.

        Raises ValueError for a negative number of seconds, TypeError for a clock of another kind.
        """
        if self.mover is None:
            raise TypeError("only a virtual clock can be moved")
        await self.mover.advance(seconds)

    async def wait_for(self, predicate: Predicate) -> None:
        """Return once `predicate` is true; it is asked again after every change."""
        await self.state.changes.wait_for(predicate)
