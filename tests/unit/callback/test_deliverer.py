"""One attempt at one event: the same bytes under the same id, and what became of it is kept."""

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from support.nouns import (
    ACCOUNT,
    CALLBACK_URL,
    MESSAGE_ID,
    NOW,
    PROFILE_ID,
    SENDER_ID,
    VAULT,
    WABA_ID,
    callback_profile,
    callback_row,
    later,
    lease,
)
from support.stored import opened
from support.watching import watched
from waypost.callback.caller import Caller, PinnedClients
from waypost.callback.deliverer import Deliverer, Patience, load_callbacks
from waypost.callback.gate import Gate
from waypost.callback.publisher import Publisher
from waypost.callback.token_holder import TokenShelf
from waypost.model.callback import ProfileState, StatusEvent
from waypost.model.lifecycle import State
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.model.submission import References
from waypost.model.work import DueItem, LaneKey, Priority, QueueItem, QueueName
from waypost.runtime.addresses import AddressGuard
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.http import AnswerLostError, HttpAnswer, NeverLeftError
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.runtime.vault import Vault

EVENT = f"{MESSAGE_ID}.sent"
LANE = LaneKey(ACCOUNT, PROFILE_ID)


class Endpoint:
    """A customer's endpoint: answers with a status, or not at all."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = []

    async def request(self, call, timeout_s):
        self.calls.append((call, timeout_s))
        if isinstance(self.answer, Exception):
            raise self.answer
        return (
            self.answer if isinstance(self.answer, HttpAnswer) else HttpAnswer(self.answer, {}, b"")
        )


class Desk:
    """A deliverer with one event, which it has on lease."""

    def __init__(self, stored, answer=200, *, may_be_private=True, profile=None, **row):
        self.stored, self.endpoint = stored, Endpoint(answer)
        self.clock = TestClock(NOW)
        caller = Caller(
            self.endpoint,
            AddressGuard(may_be_private),
            PinnedClients(lambda *_: self.endpoint, self.clock),
            self.clock,
        )
        self.gate = Gate(4, self.clock.monotonic)
        self.deliverer = Deliverer(
            store=stored.store,
            caller=caller,
            tokens=TokenShelf(caller, self.clock),
            vault=VAULT,
            gate=self.gate,
            clock=self.clock,
            entropy=SeededEntropy(1),
            patience=Patience(timeout_s=15, attempts=3),
            metrics=Metrics(CollectorRegistry()),
            next_attempt_id=IdMaker(self.clock, SeededEntropy(1)).number,
        )
        item = QueueItem(
            ACCOUNT, QueueName.CALLBACK, PROFILE_ID, EVENT, later(60), 1, lease_token="t:1"
        )
        kept = callback_profile() if profile is None else profile
        if row.pop("has_profile", True):
            stored.do(lambda t: t.profiles.save(kept))
        if row.pop("is_kept", True):
            stored.do(lambda t: t.callbacks.insert([callback_row(**row)]))
        stored.do(lambda t: t.queue.put([item]))

    def handle(self, **changes):
        taken = lease(queue=QueueName.CALLBACK, lane=PROFILE_ID, item_id=EVENT, **changes)
        key = (taken.account_id, taken.item_id)
        cargo = self.stored.ask(lambda t: load_callbacks(t, [key])).get(key)
        return self.stored.run(self.deliverer.handle(replace(taken, cargo=cargo)))

    def event(self):
        (event,) = self.stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID))
        return event

    def due(self):
        return self.stored.ask(
            lambda t: t.queue.find(QueueName.CALLBACK, LANE, Priority.NORMAL, later(90), 9)
        )


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def test_an_event_is_posted_with_its_id_and_ends_when_it_is_taken(stored):
    desk = Desk(stored, 204)

    assert desk.handle() is None
    headers = {"content-type": "application/json", "webhook-id": EVENT}
    ((call, timeout_s),) = desk.endpoint.calls
    assert (call.method, call.url, call.body, timeout_s) == (
        "POST",
        CALLBACK_URL,
        callback_row().body,
        15,
    )
    assert call.headers.items() >= headers.items()
    event = desk.event()
    assert (event.state, event.attempts, event.last_answer, event.settled_at) == (
        CallbackState.DELIVERED,
        1,
        "HTTP 204",
        NOW,
    )
    assert desk.due() == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (500, "HTTP 500"),
        (NeverLeftError("connection refused"), "connection refused"),
        (AnswerLostError("timed out"), "timed out"),
    ],
)
def test_an_event_that_was_not_taken_waits_for_its_next_attempt(stored, answer, said):
    desk = Desk(stored, answer)

    due_at = desk.handle()

    assert later(3) < due_at < later(7)
    event = desk.event()
    assert (event.state, event.attempts, event.last_answer) == (CallbackState.PENDING, 1, said)
    assert event.settled_at is None
    (due,) = desk.due()
    assert (due.attempt, due.lease_token) == (1, None)


def test_the_last_attempt_gives_the_event_up(stored):
    desk = Desk(stored, 500)

    assert desk.handle(attempt=3) is None
    assert desk.event().state is CallbackState.GIVEN_UP
    assert desk.due() == []


def test_a_private_address_is_never_called(stored):
    desk = Desk(stored, may_be_private=False, profile=callback_profile(url="http://127.0.0.1/hook"))

    assert desk.handle() is not None
    assert desk.endpoint.calls == []
    assert "not a public address" in desk.event().last_answer


def test_an_event_that_is_gone_leaves_the_queue(stored):
    desk = Desk(stored, is_kept=False)

    assert desk.handle() is None
    assert (desk.endpoint.calls, desk.due()) == ([], [])


def test_whoever_lost_the_lease_does_not_settle_the_item(stored):
    desk = Desk(stored)

    desk.handle(token="t:0")

    assert desk.due() == [DueItem(ACCOUNT, EVENT, 1, later(60), "t:1")]


def status_event(status, **changes):
    return StatusEvent(
        account_id=ACCOUNT,
        message_id=MESSAGE_ID,
        submission_id=MESSAGE_ID,
        trace_id="trace",
        waba_id=WABA_ID,
        sender_id=SENDER_ID,
        phone_number_id="2",
        recipient="+919876543210",
        references=References(),
        track_body=False,
        track_button=False,
        status=status,
        occurred_at=NOW,
        **changes,
    )


def test_events_are_written_with_the_work_of_bringing_them_and_once(stored):
    stored.furnish()
    events = [status_event(State.SENT), status_event(State.READ, profile_id="IN_named-by-hand")]

    lanes = stored.do(lambda t: Publisher().publish(t, events, NOW))
    stored.do(lambda t: Publisher().publish(t, events[:1], later(9)))

    assert lanes == {LANE, LaneKey(ACCOUNT, "IN_named-by-hand")}
    kept = stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID))
    assert sorted((one.event_id, one.status) for one in kept) == [
        (f"{MESSAGE_ID}.read.amed-by-hand", "read"),
        (f"{MESSAGE_ID}.sent.{PROFILE_ID[-12:]}", "sent"),
    ]
    assert stored.ask(lambda t: t.queue.backlog()) == {"callback": 2}


def test_an_event_that_was_taken_is_not_told_anew_by_whoever_tells_it_again(stored):
    stored.furnish()
    events = [status_event(State.SENT)]
    stored.do(lambda t: Publisher().publish(t, events, NOW))
    (kept,) = stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID))
    taken = CallbackSettlement(ACCOUNT, kept.event_id, CallbackState.DELIVERED, 1, "HTTP 200", NOW)
    stored.do(lambda t: t.callbacks.settle([taken]))
    stored.do(lambda t: t.queue.drop([(ACCOUNT, QueueName.CALLBACK, kept.event_id)]))

    assert stored.do(lambda t: Publisher().publish(t, events, later(9))) == set()
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_nothing_to_tell_wakes_nobody(stored):
    assert stored.do(lambda t: Publisher().publish(t, [], NOW)) == set()


@pytest.mark.parametrize(("attempt", "result"), [(1, "postponed"), (3, "given_up")])
def test_an_event_that_was_not_taken_leaves_a_line_for_the_operator(stored, attempt, result):
    desk = Desk(stored, 503)

    with capture_logs() as lines:
        desk.handle(attempt=attempt)

    (line,) = lines
    assert (line["event"], line["log_level"]) == ("callback.attempted", "warning")
    assert (line["callback_id"], line["result"], line["status"]) == (EVENT, result, 503)


def test_an_event_that_was_taken_leaves_none(stored):
    desk = Desk(stored, 200)

    with capture_logs() as lines:
        desk.handle()

    assert lines == []
    assert desk.event().state == "delivered"


def test_a_redirect_into_a_network_of_clouds_is_a_failure_and_is_not_followed(stored):
    answer = HttpAnswer(302, {"location": "http://169.254.169.254/latest/meta-data"}, b"")
    desk = Desk(stored, answer)

    assert desk.handle() is not None
    assert [call.url for call, _ in desk.endpoint.calls] == [CALLBACK_URL]
    assert desk.event().state is CallbackState.PENDING
    assert "redirects are not followed" in desk.event().last_answer


def test_secrets_that_cannot_be_opened_are_said_and_nothing_is_sent(stored):
    strange = Vault(["another-key-0123456789-0123456789-0123"]).seal("{}")
    desk = Desk(stored, profile=callback_profile(secrets=strange))

    assert desk.handle() is not None
    assert desk.endpoint.calls == []
    assert "sealed with another key" in desk.event().last_answer


def test_an_event_of_a_paused_profile_goes_back_unattempted(stored):
    desk = Desk(stored, profile=callback_profile(state=ProfileState.PAUSED))

    assert desk.handle() == NOW
    assert desk.endpoint.calls == []
    (due,) = desk.due()
    assert (due.attempt, desk.event().attempts) == (0, 0)
    assert desk.gate.is_closed(LANE)


def test_an_event_of_a_removed_profile_is_given_up_at_once(stored):
    desk = Desk(stored, has_profile=False)

    assert desk.handle() is None
    assert (desk.event().state, desk.event().last_answer) == (
        CallbackState.GIVEN_UP,
        "the callback profile was removed",
    )
    assert desk.due() == []


def test_attempts_are_counted_over_all_times_an_event_was_told(stored):
    desk = Desk(stored, 500)
    earlier = CallbackSettlement(ACCOUNT, EVENT, CallbackState.PENDING, 10, "HTTP 500", None)
    stored.do(lambda t: t.callbacks.settle([earlier]))

    desk.handle()

    assert (desk.event().attempts, desk.event().state) == (11, CallbackState.PENDING)
    ((call, _),) = desk.endpoint.calls
    assert call.headers["waypost-attempt"] == "11"


@pytest.mark.parametrize("answer", [200, 500, AnswerLostError("timed out")])
def test_every_call_of_an_endpoint_is_measured(stored, answer):
    desk = Desk(stored, answer)

    desk.handle()

    registry = desk.deliverer.metrics._registry
    assert registry.get_sample_value("waypost_callback_seconds_count") == 1


def test_whoever_watches_is_told_of_a_callback_that_was_taken(stored):
    desk = Desk(stored, 204)

    with watched() as lines:
        desk.handle()

    (line,) = lines
    assert (line.result, line.status, line.profile_id) == ("delivered", 204, PROFILE_ID)
    assert not line.is_trouble
