"""Answers of Meta were once lost when the database was away in the moment they came.

The message was then of unknown outcome, although its outcome was known: it could be sent again.
"""

import asyncio

import pytest

from support.dispatching import Desk
from support.nouns import refused
from support.stored import opened
from waypost.meta.outcome import Taken
from waypost.model.errors import StoreError
from waypost.model.message import Observation

TAKEN = Taken("wamid.1", None)


class Away:
    """A store that keeps no fact for so many tries, and does all else."""

    def __init__(self, store, tries):
        self.store, self.tries = store, tries

    async def write(self, step, item):
        if isinstance(item, Observation) and self.tries:
            self.tries -= 1
            raise StoreError("the server is away")
        return await self.store.write(step, item)

    async def read(self, query):
        if self.tries:
            raise StoreError("the server is away")
        return await self.store.read(query)


def answered(stored, tries, outcome=TAKEN):
    """A message that Meta answered while the store was away, once the store kept it."""
    desk = Desk(stored, outcome, store=Away(stored.store, tries))
    cargo = desk.message()

    async def body():
        async with asyncio.TaskGroup() as tasks:
            handled = tasks.create_task(desk.dispatcher.handle(desk.leased(cargo)))
            while not handled.done():
                waiting = tasks.create_task(desk.clock.wait_for_sleepers(1))
                await asyncio.wait((handled, waiting), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                desk.clock.advance(1)

    stored.run(body())
    return desk


@pytest.mark.parametrize("tries", [0, 1, 40])
def test_an_answer_is_kept_once_the_database_is_back(tmp_path, tries):
    with opened(tmp_path) as stored:
        desk = answered(stored, tries)

        assert len(desk.meta.sent) == 1
        assert (desk.state(), desk.facts(), desk.item()) == ("submitted", [("taken", 1)], None)


@pytest.mark.parametrize("code", [131049, 132001])
def test_so_is_one_that_is_held_against_what_the_account_wants(tmp_path, code):
    with opened(tmp_path) as stored:
        desk = answered(stored, 3, refused(code))

        assert (desk.state(), desk.facts(), desk.item()) == ("failed", [("refused", 1)], None)


def test_nobody_tries_for_ever(tmp_path):
    with opened(tmp_path) as stored, pytest.raises(ExceptionGroup, match="unhandled"):
        answered(stored, 10_000)
