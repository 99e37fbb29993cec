"""A process is ready while its database answers."""

import asyncio

from prometheus_client import CollectorRegistry

from support.nouns import NOW
from waypost.api.health import HealthEndpoint
from waypost.model.errors import StoreError
from waypost.runtime.clock import TestClock
from waypost.runtime.metrics import Metrics


class Answering:
    """A store that gives one answer, or fails."""

    def __init__(self, answer):
        self.answer, self.asked = answer, 0

    async def read(self, _):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def endpoint(answer, store=None, clock=None):
    return HealthEndpoint(
        store or Answering(answer), clock or TestClock(NOW), Metrics(CollectorRegistry())
    )


def test_a_process_whose_database_answers_is_ready_and_tells_its_backlog():
    answer = asyncio.run(endpoint({"dispatch": 3}).ready())

    assert (answer.status, answer.body) == (200, b'{"status":"ready","backlog":{"dispatch":3}}')


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
