"""An attempt becomes a recorded fact, and its queue item leaves or waits."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.dispatching import LANE, Desk
from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    PHONE_NUMBER_ID,
    PROFILE_ID,
    SENDER_ID,
    WABA_ID,
    WAMID,
    content,
    dispatchable,
    later,
    new_message,
    new_submission,
    queue_item,
    refused,
    sender,
    template,
)
from support.stored import opened
from support.watching import watched
from waypost.meta.outcome import Lost, NotReached, Taken, TokenSealed
from waypost.model.account import UnknownPolicy
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Exchange
from waypost.model.sender import SenderState
from waypost.model.work import PARKED_AT, DueItem, LaneKey


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
    desk = Desk(stored, refused(131016))

    due_at = desk.handle()

    assert NOW < due_at <= later(2)
    assert (desk.state(), desk.facts()) == ("accepted", [("attempted", 1)])
    milliseconds = due_at.replace(microsecond=due_at.microsecond // 1000 * 1000)
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 1, milliseconds, None)


def test_a_refusal_for_good_ends_the_message_and_tells_the_customer(stored):
    desk = Desk(stored, refused(131026))

    assert desk.handle() is None
    assert (desk.state(), desk.facts(), desk.item()) == ("failed", [("refused", 1)], None)
    assert desk.woken == [LaneKey(ACCOUNT, PROFILE_ID)]
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
    assert (desk.state(), desk.facts()) == ("unknown", [("lost", 1)])


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


# ---- what Meta refuses as a whole ----------------------------------------------------------------


def test_a_refused_token_holds_the_sender_and_fails_nothing(stored):
    desk = Desk(stored, refused(190))

    assert desk.handle() == NOW
    assert (desk.state(), desk.facts()) == ("accepted", [("attempted", 1)])
    assert desk.item().attempt == 0
    assert desk.sender().held_until == later(60)
    assert desk.sender().held_for.code == "190"
    assert desk.alarms() == [("sender_held", SENDER_ID)]
    assert desk.pacing.is_closed(LANE)


def test_refusals_that_come_together_hold_a_sender_once(stored):
    desk = Desk(stored, refused(190))
    desk.handle()

    desk.clock.advance(1)
    desk.handle(cargo=dispatchable())

    assert desk.sender().held_until == later(60)
    assert len(desk.alarms()) == 1


def test_each_hold_is_longer_until_meta_takes_a_message(stored):
    desk = Desk(stored, refused(368))
    held_s = []
    for _ in range(6):
        stored.run(stored.store.read(lambda t: desk.dispatcher.survey(t, desk.clock.now())))
        desk.handle()
        held_s.append((desk.sender().held_until - desk.clock.now()).total_seconds())
        desk.clock.advance(held_s[-1] + 5)
    assert held_s == [60, 300, 900, 1800, 1800, 1800]
    stored.run(stored.store.read(lambda t: desk.dispatcher.survey(t, desk.clock.now())))

    desk.meta.outcome = Taken(WAMID, None)
    desk.handle()

    assert desk.sender().held_until is None
    assert desk.alarms() == []
    assert not desk.pacing.is_on_trial(LANE)


def test_an_answer_from_before_the_hold_does_not_end_it(stored):
    desk = Desk(stored, refused(190))
    desk.handle()
    desk.meta.outcome = Taken(WAMID, None)
    desk.pacing.survey([], NOW)  # as it was when the call began

    desk.handle(cargo=dispatchable())

    assert desk.sender().held_until == later(60)


def keep_template(stored, **changes):
    stored.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [template(**changes)], NOW))
    named = content(kind="template", template_name="order_update", template_language="en_US")

    async def change(transaction):
        await transaction.messages.insert_submissions(
            [new_submission(submission_id="A1", content=named)]
        )
        await transaction.messages.insert([new_message(message_id="A1", submission_id="A1")])
        await transaction.queue.put([queue_item("A1", attempt=1, lease_token="t:1")])

    stored.do(change)


@pytest.mark.parametrize(
    ("code", "status"), [(132015, "PAUSED"), (132016, "DISABLED"), (132001, "UNAVAILABLE")]
)
def test_a_stopped_template_is_known_here_with_the_answer(stored, code, status):
    desk = Desk(stored, refused(code))
    keep_template(stored)

    assert desk.handle(item_id="A1") == later(300)

    (kept,) = stored.ask(lambda t: t.templates.of_waba(ACCOUNT, WABA_ID))
    (change,) = stored.ask(lambda t: t.templates.changes(ACCOUNT, WABA_ID, 10, None))
    assert kept.status == status
    assert (change.before, change.after, change.source) == ("APPROVED", status, "send")
    assert desk.alarms() == [("template_stopped", f"{WABA_ID} order_update en_US")]
    assert stored.ask(lambda t: t.directory.wabas_due(NOW)) != []
    assert stored.ask(lambda t: t.reports.queue_item(ACCOUNT, "A1")).attempt == 0


def test_a_template_that_never_was_makes_nothing_be_read_from_meta(stored):
    desk = Desk(stored, refused(132001))
    stored.do(lambda t: t.directory.set_sync_due(WABA_ID, later(600)))

    assert desk.handle() is None
    assert (desk.state(), desk.alarms()) == ("failed", [])
    assert stored.ask(lambda t: t.directory.wabas_due(NOW)) == []


def test_the_next_message_of_a_stopped_template_is_not_given_to_meta(stored):
    desk = Desk(stored, refused(132015))
    keep_template(stored, status="PAUSED")

    assert desk.handle(item_id="A1") == later(300)
    assert desk.meta.sent == []


# ---- what fails after it was taken ---------------------------------------------------------------


def failed(code, wamid=WAMID):
    return {"wamid": wamid, "failure": refused(code).failure}


def taken_desk(stored, wamid=WAMID):
    desk = Desk(stored, Taken(wamid, None))
    desk.handle()
    assert desk.state() == "submitted"
    return desk


def test_a_failure_that_passes_brings_the_message_back_under_its_own_id(stored):
    desk = taken_desk(stored)

    desk.tell(Fact.FAILED, **failed(131000))

    assert (desk.state(), desk.facts()) == ("accepted", [("taken", 1), ("returned", None)])
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 1, later(1), None)
    assert desk.woken == []
    assert stored.ask(lambda t: t.wallets.load([ACCOUNT]))[ACCOUNT].held_minor == 100


def test_a_failure_that_does_not_pass_ends_it(stored):
    desk = taken_desk(stored)

    desk.tell(Fact.FAILED, **failed(131026))

    assert (desk.state(), desk.item()) == ("failed", None)


def test_the_same_failure_again_returns_nothing_twice(stored):
    desk = taken_desk(stored)
    for _ in range(2):
        desk.tell(Fact.FAILED, **failed(131000))
    assert desk.facts() == [("taken", 1), ("returned", None), ("failed", None)]
    desk.meta.outcome = Taken("wamid.2", None)
    stored.do(lambda t: t.queue.drop([(ACCOUNT, "dispatch", MESSAGE_ID)]))
    stored.do(lambda t: t.queue.put([queue_item(attempt=2, lease_token="t:2")]))
    desk.handle(attempt=2, token="t:2")

    desk.tell(Fact.FAILED, **failed(131000))
    desk.tell(Fact.SENT, wamid=WAMID)

    assert (desk.state(), desk.item()) == ("submitted", None)


def test_a_late_sent_of_the_attempt_that_was_returned_stops_no_new_one(stored):
    desk = taken_desk(stored)
    desk.tell(Fact.FAILED, **failed(131000))

    desk.tell(Fact.SENT, wamid=WAMID)

    assert desk.state() == "accepted"
    assert desk.item() is not None


def test_a_delivery_of_the_attempt_that_was_returned_ends_the_waiting(stored):
    desk = taken_desk(stored)
    desk.tell(Fact.FAILED, **failed(131000))

    desk.tell(Fact.DELIVERED, wamid=WAMID)

    assert (desk.state(), desk.item()) == ("delivered", None)


def test_a_failure_that_overtakes_our_record_of_the_answer_is_not_lost(stored):
    desk = Desk(stored, Taken(WAMID, None))
    under_way = desk.message()
    desk.tell(Fact.FAILED, **failed(131000))
    waiting = desk.item()

    desk.handle(cargo=under_way)

    assert (desk.state(), desk.facts()) == ("accepted", [("returned", None), ("taken", 1)])
    assert desk.item() == waiting == DueItem(ACCOUNT, MESSAGE_ID, 1, later(1), None)


def test_facts_of_an_attempt_before_the_returned_one_move_nothing(stored):
    desk = taken_desk(stored, "wamid.1")
    desk.tell(Fact.FAILED, **failed(131000, "wamid.1"))
    desk.tell(Fact.TAKEN, wamid="wamid.2", attempt=2)
    desk.tell(Fact.FAILED, **failed(131000, "wamid.2"))

    desk.tell(Fact.FAILED, **failed(131026, "wamid.1"))
    desk.tell(Fact.SENT, wamid="wamid.1")

    assert desk.state() == "accepted"
    assert desk.item().attempt == 2
    desk.tell(Fact.SENT, wamid="wamid.3")
    assert desk.state() == "sent"


def test_attempts_that_fail_later_are_counted_and_throttled_ones_are_not(stored):
    desk = Desk(stored)
    for number in range(1, 8):
        desk.tell(Fact.TAKEN, wamid=f"wamid.{number}", attempt=1)
        desk.tell(Fact.FAILED, **failed(131056, f"wamid.{number}"))
        assert (desk.state(), desk.item().attempt) == ("accepted", 0)
    object.__setattr__(desk.dispatcher.recorder, "most_attempts", 2)
    desk.tell(Fact.TAKEN, wamid="wamid.8", attempt=1)
    desk.tell(Fact.FAILED, **failed(131000, "wamid.8"))
    assert desk.state() == "accepted"
    desk.tell(Fact.TAKEN, wamid="wamid.9", attempt=2)
    desk.tell(Fact.FAILED, **failed(131000, "wamid.9"))

    assert desk.state() == "failed"


def test_an_account_level_failure_that_comes_later_holds_the_sender_too(stored):
    desk = taken_desk(stored)

    desk.tell(Fact.FAILED, **failed(131042))

    assert (desk.state(), desk.item().due_at) == ("accepted", NOW)
    assert desk.sender().held_until == later(60)
    assert desk.alarms() == [("sender_held", SENDER_ID)]


# ---- unknown outcomes ----------------------------------------------------------------------------


def lost_desk(stored):
    desk = Desk(stored, Lost("timed out"))
    desk.handle()
    stored.do(lambda t: t.queue.drop([(ACCOUNT, "dispatch", MESSAGE_ID)]))
    stored.do(lambda t: t.queue.put([queue_item(attempt=2, lease_token="t:2")]))
    desk.meta.outcome = Taken(WAMID, None)
    return desk


def test_while_no_webhook_comes_nothing_is_sent_again_and_a_person_is_told(stored):
    desk = lost_desk(stored)
    told = []
    for _ in range(4):
        desk.clock.advance(120)
        desk.handle(attempt=2, token="t:2", cargo=dispatchable(state=State.UNKNOWN))
        told.append(desk.alarms())
        stored.do(lambda t: t.queue.drop([(ACCOUNT, "dispatch", MESSAGE_ID)]))
        stored.do(lambda t: t.queue.put([queue_item(attempt=2, lease_token="t:2")]))
    assert len(desk.meta.sent) == 1
    assert told == [[], [], [("webhooks_silent", SENDER_ID)], [("webhooks_silent", SENDER_ID)]]
    heard = {(ACCOUNT, PHONE_NUMBER_ID): desk.clock.now()}
    stored.do(lambda t: t.directory.note_heard(heard, timedelta(0)))

    desk.handle(attempt=2, token="t:2", cargo=dispatchable(state=State.UNKNOWN))

    assert (len(desk.meta.sent), desk.state()) == (2, "submitted")


def test_a_held_outcome_is_parked_for_a_person(stored):
    desk = lost_desk(stored)
    heard = {(ACCOUNT, PHONE_NUMBER_ID): NOW}
    stored.do(lambda t: t.directory.note_heard(heard, timedelta(0)))

    async def hold(transaction):
        (account,) = await transaction.directory.accounts()
        held = replace(account, unknown_policy=UnknownPolicy.HOLD)
        await transaction.directory.update_account(held)

    stored.do(hold)

    assert desk.handle(attempt=2, token="t:2", cargo=dispatchable(state=State.UNKNOWN)) is None
    assert len(desk.meta.sent) == 1
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 1, PARKED_AT, None)
    assert desk.alarms() == [("unknown_held", SENDER_ID)]


def test_a_message_whose_validity_ended_is_not_sent_and_told(stored):
    desk = Desk(stored)

    assert desk.handle(cargo=dispatchable(expires_at=NOW)) is None
    assert (desk.state(), desk.facts(), desk.item()) == ("not_sent", [("withheld", None)], None)
    assert desk.woken == [LaneKey(ACCOUNT, PROFILE_ID)]
    assert stored.ask(lambda t: t.wallets.load([ACCOUNT]))[ACCOUNT].held_minor == 0


def test_a_recipient_who_got_enough_is_written_to_later(stored):
    desk = Desk(stored, Taken(WAMID, None))
    pair = (LANE, dispatchable().recipient.address)
    for number in range(45):
        desk.dispatcher.pair_rate.wait_s(pair, f"m{number}", 0.0, is_urgent=False)

    assert desk.handle() == later(6)
    assert desk.meta.sent == []
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 0, later(6), None)


class SlowMeta:
    """Answers after a quarter of a second."""

    def __init__(self, outcome):
        self.outcome = outcome
        self.clock = None

    async def send(self, message):
        assert message.message_id == MESSAGE_ID
        self.clock.advance(0.25)
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (Taken("wamid.1", None), Exchange(250, 200)),
        (Taken("wamid.1", None, "paused"), Exchange(250, 200, "paused")),
        (replace(refused(131026), status=400, said="{}"), Exchange(250, 400, "{}")),
        (Lost("timed out"), Exchange(250)),
        (Lost("no error", 502, "<html>"), Exchange(250, 502, "<html>")),
        (NotReached("refused"), Exchange(250)),
        (TokenSealed("no key"), None),
    ],
)
def test_an_attempt_is_kept_with_what_it_was_on_the_wire(stored, outcome, kept):
    meta = SlowMeta(outcome)
    desk = Desk(stored, meta=meta)
    meta.clock = desk.clock

    desk.handle()

    (fact,) = stored.ask(lambda t: t.reports.facts(ACCOUNT, MESSAGE_ID))
    assert fact.exchange == kept


def calls_of(desk):
    """How many calls of Meta were measured, and how long they took together, in seconds."""
    registry = desk.dispatcher.metrics._registry
    return tuple(
        registry.get_sample_value(f"waypost_meta_call_seconds_{name}") for name in ("count", "sum")
    )


@pytest.mark.parametrize("outcome", [Taken("wamid.1", None), refused(131026), Lost("timed out")])
def test_how_long_meta_took_is_measured(stored, outcome):
    meta = SlowMeta(outcome)
    desk = Desk(stored, meta=meta)
    meta.clock = desk.clock

    desk.handle()

    assert calls_of(desk) == (1, 0.25)


@pytest.mark.parametrize("outcome", [NotReached("no route"), TokenSealed("another key")])
def test_a_call_that_never_reached_meta_says_nothing_of_how_fast_it_is(stored, outcome):
    meta = SlowMeta(outcome)
    desk = Desk(stored, meta=meta)
    meta.clock = desk.clock

    desk.handle()

    assert calls_of(desk) == (0, 0)


def test_whoever_watches_is_told_of_a_message_that_was_taken(stored):
    desk = Desk(stored, Taken("wamid.1", None))

    with watched() as lines:
        desk.handle()

    (line,) = lines
    assert (line.outcome, line.wamid, line.message_id) == ("taken", "wamid.1", MESSAGE_ID)
    assert (line.failure, str(line.recipient)) == (None, "+91****10")
