"""An attempt becomes a recorded fact, and its queue item leaves or waits."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    UNDELIVERABLE,
    dispatchable,
    later,
    lease,
    queue_item,
    sender,
)
from support.stored import opened
from waypost.callback.publisher import Publisher
from waypost.dispatch.decide import Policy
from waypost.dispatch.dispatcher import Dispatcher, load_messages
from waypost.dispatch.pacing import Pacing
from waypost.meta.errors import ErrorClass
from waypost.meta.outcome import Lost, NotReached, Refused, Taken, TokenSealed
from waypost.model.ledger import EntryKind, LedgerEntry, changes_of
from waypost.model.sender import SenderState
from waypost.model.work import DueItem
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper

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

    def __init__(self, stored, outcome=None):
        self.stored, self.meta, self.woken = stored, Meta(outcome), []
        clock = TestClock(NOW)
        ids = IdMaker(clock, SeededEntropy(1))
        recorder = Recorder(
            stored.store, clock, Publisher(), Bookkeeper(), ids.number, self.woken.append
        )
        self.dispatcher = Dispatcher(
            stored.store,
            self.meta,
            recorder,
            Pacing(80),
            POLICY,
            clock,
            SeededEntropy(1),
            Metrics(CollectorRegistry()),
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

    def handle(self, **changes):
        taken = lease(**changes)
        if taken.cargo is None:
            key = (taken.account_id, taken.item_id)
            cargo = self.stored.ask(lambda t: load_messages(t, [key])).get(key)
            taken = replace(taken, cargo=cargo)
        return self.stored.run(self.dispatcher.handle(taken))

    def state(self):
        return self.stored.ask(lambda t: t.reports.find_message(MESSAGE_ID)).state

    def facts(self):
        facts = self.stored.ask(lambda t: t.reports.facts(ACCOUNT, MESSAGE_ID))
        return [(fact.fact.value, fact.attempt) for fact in facts]

    def item(self):
        return self.stored.ask(lambda t: t.reports.queue_item(ACCOUNT, MESSAGE_ID))


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def test_what_was_handed_over_is_sent_without_being_read_again(stored):
    desk = Desk(stored, Taken("wamid.1", None))
    cargo = dispatchable(sender=sender(throughput=5))

    assert desk.handle(cargo=cargo) is None
    assert desk.meta.sent[0] is cargo
    assert (desk.state(), desk.facts(), desk.item()) == ("submitted", [("taken", 1)], None)
    assert desk.woken == []


def test_what_was_not_handed_over_is_loaded(stored):
    desk = Desk(stored, Taken("wamid.1", None))

    desk.handle()

    assert desk.meta.sent == [dispatchable()]


def test_a_refusal_for_now_is_a_fact_and_the_item_waits(stored):
    desk = Desk(stored, Refused(UNDELIVERABLE, ErrorClass.TRANSIENT))

    due_at = desk.handle()

    assert NOW < due_at <= later(2)
    assert (desk.state(), desk.facts()) == ("accepted", [("attempted", 1)])
    milliseconds = due_at.replace(microsecond=due_at.microsecond // 1000 * 1000)
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 1, milliseconds, None)


def test_a_refusal_for_good_ends_the_message_and_tells_the_customer(stored):
    desk = Desk(stored, Refused(UNDELIVERABLE, ErrorClass.RECIPIENT))

    assert desk.handle() is None
    assert (desk.state(), desk.facts(), desk.item()) == ("failed", [("refused", 1)], None)
    assert desk.woken == [sender().callback_url]
    assert stored.ask(lambda t: t.wallets.audit()) == []
    assert stored.ask(lambda t: t.wallets.load([ACCOUNT]))[ACCOUNT].held_minor == 0


def test_a_lost_answer_is_unknown_and_looked_at_after_the_window(stored):
    desk = Desk(stored, Lost("timed out"))

    assert desk.handle() == later(120)
    assert (desk.state(), desk.facts()) == ("unknown", [("lost", 1)])
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 1, later(120), None)


def test_a_meta_that_is_out_of_reach_is_tried_again(stored):
    desk = Desk(stored, NotReached("no route"))

    assert desk.handle(attempt=99) > NOW
    assert desk.facts() == [("attempted", 99)]


def test_a_token_that_cannot_be_opened_uses_up_no_attempt(stored):
    desk = Desk(stored, TokenSealed("sealed with another key"))

    assert desk.handle(attempt=99) > NOW
    assert desk.facts() == [("attempted", 99)]
    assert desk.item().attempt == 98  # as before this one


def test_a_message_of_a_lost_worker_is_unknown_and_not_sent(stored):
    desk = Desk(stored)

    assert desk.handle(was_lost=True, attempt=2) == later(120)
    assert desk.meta.sent == []
    assert (desk.state(), desk.facts()) == ("unknown", [("lost", 2)])


def test_a_message_of_a_paused_sender_waits_without_an_attempt(stored):
    desk = Desk(stored)
    cargo = dispatchable(sender=sender(state=SenderState.PAUSED))

    assert desk.handle(cargo=cargo) == later(5)
    assert (desk.meta.sent, desk.facts()) == ([], [])
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 0, later(5), None)


def test_a_message_that_was_settled_meanwhile_leaves_the_queue(stored):
    desk = Desk(stored, Taken("wamid.1", None))
    desk.handle()
    stored.do(lambda t: t.queue.put([queue_item(lease_token="t:1", attempt=1)]))

    assert desk.handle() is None
    assert len(desk.meta.sent) == 1
    assert desk.item() is None


def test_a_message_that_is_gone_leaves_the_queue(stored):
    desk = Desk(stored)
    item = queue_item("A404", lease_token="t:1", attempt=1)
    stored.do(lambda t: t.queue.put([item]))

    assert desk.handle(item_id="A404") is None
    assert stored.ask(lambda t: t.reports.queue_item(ACCOUNT, "A404")) is None


def test_whoever_lost_the_lease_records_the_fact_and_leaves_the_item_alone(stored):
    desk = Desk(stored, Taken("wamid.1", None))

    desk.handle(token="t:0")

    assert desk.facts() == [("taken", 1)]
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 1, later(60), "t:1")
