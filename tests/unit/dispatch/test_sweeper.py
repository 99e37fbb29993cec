"""What expires while its sender is closed is ended, and so are alarms whose reason has gone."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    NOW,
    PHONE_NUMBER_ID,
    PROFILE_ID,
    SENDER_ID,
    WABA_ID,
    later,
    new_message,
    new_submission,
    queue_item,
    template,
)
from support.stored import opened
from waypost.callback.publisher import Publisher
from waypost.dispatch.sweeper import Sweeper
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation, Payment
from waypost.model.sender import SenderState
from waypost.model.work import LaneKey
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper


class Broom:
    """A sweeper at a store with a sender in this state, and messages that expire in a minute."""

    def __init__(self, stored, state, count=3):
        self.stored, self.woken = stored, []
        self.clock = TestClock(NOW)
        ids = IdMaker(self.clock, SeededEntropy(1))
        self.recorder = Recorder(
            stored.store, self.clock, Publisher(), Bookkeeper(), ids.number, self.woken.append
        )
        self.sweeper = Sweeper(stored.store, self.recorder, self.clock, timedelta(seconds=120))
        stored.furnish(state=state)
        self.ids = [f"A{number:04}" for number in range(count)]

        async def keep(transaction):
            await transaction.messages.insert_submissions([new_submission(submission_id="S1")])
            await transaction.messages.insert(
                [
                    new_message(message_id=one, submission_id="S1", payment=Payment.FREE)
                    for one in self.ids
                ]
            )
            await transaction.queue.put([queue_item(one, expires_at=later(60)) for one in self.ids])

        stored.do(keep)

    def sweep(self):
        return self.stored.run(self.sweeper.sweep())

    def states(self):
        reports = [
            self.stored.ask(lambda t, one=one: t.reports.find_message(one)) for one in self.ids
        ]
        return {report.state.value for report in reports}

    def waiting(self):
        items = [
            self.stored.ask(lambda t, one=one: t.reports.queue_item(ACCOUNT, one))
            for one in self.ids
        ]
        return [item.item_id for item in items if item is not None]

    def alarms(self):
        return [one.kind for one in self.stored.ask(lambda t: t.alarms.open(None, 10))]


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def test_what_expires_in_a_closed_lane_is_not_sent_and_told(stored):
    broom = Broom(stored, SenderState.PAUSED)
    assert broom.sweep() == 0
    broom.clock.advance(60)

    assert broom.sweep() == 3
    assert (broom.states(), broom.waiting()) == ({"not_sent"}, [])
    assert set(broom.woken) == {LaneKey(ACCOUNT, PROFILE_ID)}
    assert broom.sweep() == 0


def test_more_than_one_commit_ends_are_ended_by_several(stored):
    broom = Broom(stored, SenderState.PAUSED, count=600)
    broom.clock.advance(60)

    assert broom.sweep() == 600
    assert broom.waiting() == []


def test_an_open_lane_is_left_to_its_worker(stored):
    broom = Broom(stored, SenderState.ACTIVE)
    broom.clock.advance(60)

    assert broom.sweep() == 0
    assert len(broom.waiting()) == 3


def test_an_unknown_outcome_stays_unknown_and_is_not_sent_again(stored):
    broom = Broom(stored, SenderState.PAUSED, count=1)
    stored.run(broom.recorder.record(Observation(ACCOUNT, broom.ids[0], Fact.LOST, NOW)))
    broom.clock.advance(60)

    assert broom.sweep() == 1
    assert (broom.states(), broom.waiting()) == ({"unknown"}, [])
    assert broom.alarms() == [AlarmKind.UNKNOWN_HELD]
    broom.sweep()
    assert broom.alarms() == [AlarmKind.UNKNOWN_HELD]


def test_an_alarm_of_a_template_ends_when_meta_shows_it_otherwise(stored):
    broom = Broom(stored, SenderState.ACTIVE)
    subject = f"{WABA_ID} order_update en_US"
    alarm = Alarm(ACCOUNT, AlarmKind.TEMPLATE_STOPPED, subject, "stopped", "wait", NOW)
    paused = template(status="PAUSED")
    stored.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [paused], NOW))
    stored.do(lambda t: t.alarms.raise_all([alarm]))
    broom.sweep()
    assert broom.alarms() == [AlarmKind.TEMPLATE_STOPPED]

    lifted = replace(paused, status="APPROVED")
    stored.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [lifted], NOW))
    broom.sweep()

    assert broom.alarms() == []


def test_an_alarm_of_silence_ends_with_a_webhook_and_others_are_left_alone(stored):
    broom = Broom(stored, SenderState.ACTIVE)
    kinds = [AlarmKind.WEBHOOKS_SILENT, AlarmKind.DAILY_LIMIT, AlarmKind.SENDER_HELD]
    stored.do(
        lambda t: t.alarms.raise_all(
            [Alarm(ACCOUNT, kind, SENDER_ID, "detail", "step", NOW) for kind in kinds]
        )
    )
    broom.sweep()
    assert set(broom.alarms()) == set(kinds)

    heard = {(ACCOUNT, PHONE_NUMBER_ID): NOW}
    stored.do(lambda t: t.directory.note_heard(heard, timedelta(0)))
    broom.sweep()

    assert set(broom.alarms()) == {AlarmKind.DAILY_LIMIT, AlarmKind.SENDER_HELD}
