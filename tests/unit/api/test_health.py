"""A process is ready while its database answers."""

import asyncio
import json

from prometheus_client import CollectorRegistry

from support.nouns import NOW
from waypost.api.health import HealthEndpoint
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.errors import StoreError
from waypost.runtime.clock import TestClock
from waypost.runtime.metrics import Metrics
from waypost.runtime.roles import Role


class Answering:
    """A store with this backlog and these alarms, or one that fails."""

    def __init__(self, answer, alarms=()):
        self.answer, self.alarm, self.asked = answer, list(alarms), 0

    async def read(self, query):
        if isinstance(self.answer, Exception):
            raise self.answer
        return await query(self)

    @property
    def queue(self):
        return self

    @property
    def alarms(self):
        return self

    async def backlog(self):
        self.asked += 1
        return self.answer

    async def open(self, _, limit):
        return self.alarm[:limit]


class Working:
    """A worker."""

    name = "dispatch"

    def __init__(self, is_working):
        self.is_working = is_working


def alarm(subject):
    return Alarm(1, AlarmKind.SENDER_HELD, subject, "what happened", "what to do", NOW)


def endpoint(answer, store=None, clock=None, **parts):
    metrics = Metrics(CollectorRegistry())
    return HealthEndpoint(store or Answering(answer), clock or TestClock(NOW), metrics, **parts)


def test_a_process_whose_database_answers_is_ready_and_tells_its_backlog():
    answer = asyncio.run(endpoint({"dispatch": 3}).ready())

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "status": "ready",
        "roles": ["api", "dispatch", "webhook", "callback"],
        "backlog": {"dispatch": 3},
        "alarms": 0,
    }


def test_a_process_tells_its_roles_its_lanes_and_the_alarms_of_all():
    made = endpoint(
        None,
        store=Answering({}, alarms=[alarm("one"), alarm("two")]),
        roles=frozenset({Role.DISPATCH}),
        workers=[Working(True)],
        lanes=lambda: 7,
    )

    told = json.loads(asyncio.run(made.ready()).body)

    assert (told["roles"], told["lanes"], told["alarms"]) == (["dispatch"], 7, 2)
    shown = asyncio.run(made.show_metrics()).body.decode()
    assert 'waypost_alarms_open{kind="daily_limit"} 0.0' in shown
    assert "waypost_lanes_owned 7.0" in shown
    assert 'waypost_alarms_open{kind="sender_held"} 2.0' in shown


def test_a_process_whose_worker_does_not_work_is_not_ready_and_says_which():
    answer = asyncio.run(endpoint({}, workers=[Working(False)]).ready())

    assert (answer.status, b"dispatch" in answer.body) == (503, True)


def test_a_process_whose_database_fails_lives_and_is_not_ready():
    made = endpoint(StoreError("the disk is full"))

    assert asyncio.run(made.live()).status == 200
    answer = asyncio.run(made.ready())
    assert (answer.status, b"the disk is full" in answer.body) == (503, True)


def test_the_backlog_is_counted_no_more_often_than_every_two_seconds():
    store, clock = Answering({"dispatch": 3}), TestClock(NOW)
    made = endpoint(None, store, clock)

    async def ask():
        for seconds in (0, 1, 0.5, 0.5):
            clock.advance(seconds)
            await made.ready()

    asyncio.run(ask())
    assert store.asked == 2


def test_the_backlog_of_every_queue_is_counted_also_when_it_is_empty():
    shown = asyncio.run(endpoint({"callback": 2}).show_metrics()).body.decode()

    assert 'waypost_queue_backlog{queue="callback"} 2.0' in shown
    assert 'waypost_queue_backlog{queue="dispatch"} 0.0' in shown
    assert 'waypost_queue_backlog{queue="webhook"} 0.0' in shown
