"""The composition root: a seed and settings become an emulator, in this process.

`Emulator(...)`, its `.app`, `run()`, `advance()` and `wait_for()`; `server` makes it a program.
"""

import asyncio
from typing import Any

from meta_emulator.app import App
from meta_emulator.control.api import Control
from meta_emulator.control.conversations import ConversationOrders
from meta_emulator.control.journal import Journal
from meta_emulator.control.objects import ObjectOrders
from meta_emulator.control.page import Pages
from meta_emulator.control.persons import Persons
from meta_emulator.control.run import Run
from meta_emulator.control.time import TimeOrders
from meta_emulator.control.tokens import TokenOrders
from meta_emulator.faults import Faults
from meta_emulator.graph.blocking import Blocking
from meta_emulator.graph.edges import Rooms
from meta_emulator.graph.hooks import Hooks
from meta_emulator.graph.media import MediaShelf
from meta_emulator.graph.messages import Sends
from meta_emulator.graph.objects import Objects
from meta_emulator.graph.templates import Templates
from meta_emulator.graph.uploads import Uploads
from meta_emulator.people.presence import Presence
from meta_emulator.physics.disorder import Disorder
from meta_emulator.physics.laws import Law, Laws
from meta_emulator.physics.limits import Limits
from meta_emulator.physics.messaging_limit import MessagingLimit
from meta_emulator.physics.review import Reviewer
from meta_emulator.physics.schedule import Scheduler
from meta_emulator.physics.standing import Blocks, MediaKinds, Preferences
from meta_emulator.protocol.answers import Responder
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.changes import Predicate
from meta_emulator.runtime.clock import Clock, VirtualClock
from meta_emulator.runtime.http import Http
from meta_emulator.runtime.mover import Mover
from meta_emulator.runtime.snapshot import VERSION, Kept, SnapshotError, parts_of
from meta_emulator.seed import Seed
from meta_emulator.settings import Settings
from meta_emulator.webhook.delivery import Deliverer
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.webhook.settling import Settling
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
        self.deliverer = Deliverer(settings, clock, http, state.changes.happened)
        self.settle = Settling(self.deliverer).settle
        self.mover = Mover(clock, self.settle) if isinstance(clock, VirtualClock) else None
        self.tokens = Tokens(settings.access_token)
        self.reporter = Reporter(state, self.deliverer, settings.webhook_version)
        self.reporter.webhook_url = settings.webhook_url
        self.scheduler = Scheduler(settings.status_delays, clock, self.reporter.report)
        self.reviewer = Reviewer(state, self.reporter, clock, settings.review_delay_s)
        plan = settings.faults if settings.faults is not None else seed.faults or Faults()
        self.disorder = Disorder(clock, settings.status_delays, self.tokens, plan)
        self.presence = Presence(settings.status_delays, state)
        self.sends = Sends(state, responder, self.scheduler.add, self._laws(), self.disorder)
        uploads = Uploads(state, responder)
        media = MediaShelf(state, responder)
        rooms = (
            self.sends,
            Objects(state, responder),
            Hooks(responder, settings, http, chance),
            media,
            uploads,
            Blocking(state, responder),
            Templates(state, responder, self.reviewer, settings),
        )
        self.conversations = ConversationOrders(state, self.presence, self.reporter)
        control = Control(
            (
                Journal(state, self.deliverer),
                Persons(state, self.reporter),
                ObjectOrders(state, self.reporter, self.reviewer),
                Run(settings, self.disorder, self.reporter, (http, chance), self.reset),
                self.conversations,
                Pages(state),
                TimeOrders(clock, self.mover),
                TokenOrders(self.tokens, clock, chance),
            )
        )
        graph = Rooms(state, responder, rooms, finders=(uploads, media))
        self.app = App(state, responder, graph, control, self.tokens)
        self.kept: dict[str, Kept] = {}
        """The parts with state of their own, in the order in which they are restored."""
        self._first = self._snapshots()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_begun_anew = asyncio.Event()

    def _laws(self) -> Laws:
        """In the order in which they are asked."""
        laws: list[Law] = [self.disorder, Blocks()]
        if self.settings.keeps_limits:
            laws.append(Limits(self.clock))
        if self.settings.messaging_limit_code is not None:
            laws.append(MessagingLimit(self.state, self.settings.messaging_limit_code))
        laws += [Preferences(self.state), MediaKinds()]
        return Laws(laws, [self.presence])

    async def run(self) -> None:
        """Let statuses fall due and deliver webhooks, until cancelled."""
        runners = (self.scheduler.run, self.deliverer.run, self.reviewer.run)
        while True:
            self._is_begun_anew.clear()
            async with asyncio.TaskGroup() as group:
                self._tasks = [group.create_task(runner()) for runner in runners]
                await self._is_begun_anew.wait()

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
            except Exception as error:  # whatever a part makes of a broken snapshot
                for known, other in self.kept.items():
                    other.restore(before[known])
                self._begin_anew()
                raise SnapshotError(f"the snapshot's {name} cannot be used: {error}") from error
        self._begin_anew()

    def _snapshots(self) -> dict[str, Any]:
        return {name: part.snapshot() for name, part in self.kept.items()}

    def _begin_anew(self) -> None:
        """What runs is begun again with what is held now; nothing of the old runs a step more."""
        for task in self._tasks:
            task.cancel()
        self._is_begun_anew.set()
        self.state.changes.happened()

    def reset(self) -> None:
        """Forget messages, refusals and callbacks; the seed, and what became of it, stays."""
        self.scheduler.clear()
        self.deliverer.clear()
        self.disorder.reset()
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
