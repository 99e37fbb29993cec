"""A dispatcher at a real store, with a message on lease and a Meta that says what a test wants."""

from datetime import timedelta

from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from support.nouns import ACCOUNT, MESSAGE_ID, NOW, SENDER_ID, later, lease, observation, queue_item
from waypost.callback.publisher import Publisher
from waypost.dispatch.decide import Policy
from waypost.dispatch.dispatcher import Dispatcher, load_messages
from waypost.dispatch.pacing import Pacing
from waypost.model.ledger import EntryKind, LedgerEntry, changes_of
from waypost.model.work import LaneKey
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper

LANE = LaneKey(ACCOUNT, SENDER_ID)
POLICY = Policy(attempts=2, window=timedelta(seconds=120))


class Meta:
    """Gives one outcome and keeps what it was given."""

    def __init__(self, outcome):
        self.outcome = outcome
        self.sent = []

    async def send(self, message):
        self.sent.append(message)
        return self.outcome


class Desk:
    """A dispatcher at a store with one message, which it has on lease."""

    def __init__(self, stored, outcome=None, *, meta=None, audience=None, store=None):
        self.stored, self.woken = stored, []
        self.meta = Meta(outcome) if meta is None else meta
        store = stored.store if store is None else store
        self.clock = clock = TestClock(NOW)
        self.pacing = pacing = Pacing(80)
        ids = IdMaker(clock, SeededEntropy(1))
        recorder = Recorder(store, clock, Publisher(), Bookkeeper(), ids.number, self.woken.append)
        self.dispatcher = Dispatcher(
            store,
            self.meta,
            recorder,
            pacing,
            POLICY,
            clock,
            SeededEntropy(1),
            Metrics(CollectorRegistry()),
            audience,
        )
        stored.furnish()
        stored.keep_message(MESSAGE_ID)
        hold = LedgerEntry(ACCOUNT, MESSAGE_ID, EntryKind.HOLD, 100, NOW)

        async def change(transaction):
            await transaction.wallets.append([hold])
            await transaction.wallets.add(changes_of([hold]))
            item = queue_item(attempt=1, lease_token="t:1", due_at=later(60))
            await transaction.queue.put([item])

        stored.do(change)

    def leased(self, cargo, **changes):
        """The lease on the message: a minute from now."""
        return lease(
            **{"cargo": cargo, "ends_at": self.clock.now() + timedelta(minutes=1), **changes}
        )

    def handle(self, cargo=None, **changes):
        taken = self.leased(cargo, **changes)
        if taken.cargo is None:
            key = (taken.account_id, taken.item_id)
            cargo = self.stored.ask(lambda t: load_messages(t, [key])).get(key)
            taken = replace(taken, cargo=cargo)
        return self.stored.run(self.dispatcher.handle(taken))

    def tell(self, fact, **changes):
        """Meta tells of the message."""
        told = observation(fact, **{"failure": None, **changes})
        self.stored.run(self.dispatcher.recorder.record(told))

    def sender(self):
        """The sender as it is kept."""
        return self.message().sender

    def message(self):
        key = (ACCOUNT, MESSAGE_ID)
        return self.stored.ask(lambda t: load_messages(t, [key]))[key]

    def alarms(self):
        """What is wrong now, by kind and subject."""
        found = self.stored.ask(lambda t: t.alarms.open(ACCOUNT, 10))
        return [(one.kind.value, one.subject) for one in found]

    def state(self):
        return self.stored.ask(lambda t: t.reports.find_message(MESSAGE_ID)).state

    def facts(self):
        facts = self.stored.ask(lambda t: t.reports.facts(ACCOUNT, MESSAGE_ID))
        return [(fact.fact.value, fact.attempt) for fact in facts]

    def item(self):
        return self.stored.ask(lambda t: t.reports.queue_item(ACCOUNT, MESSAGE_ID))
