"""Ids grow with time, never repeat, and look as the documents print them."""

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker


class Turned:
    """A clock that a test may also turn back."""

    def __init__(self):
        self.at = NOW

    def now(self):
        return self.at


def maker(clock=None):
    return IdMaker(TestClock(NOW) if clock is None else clock, SeededEntropy(1))


def test_a_message_id_looks_as_the_documents_print_it():
    assert re.fullmatch(r"A[0-9A-Z]{19}", maker().message_id())


def test_ids_of_one_moment_grow_and_differ():
    ids = maker()
    made = [ids.message_id() for _ in range(1000)]

    assert made == sorted(set(made))


@given(st.lists(st.integers(-5000, 5000), min_size=1, max_size=50))
def test_ids_grow_also_when_the_clock_is_turned_back(milliseconds):
    clock = Turned()
    ids = maker(clock)
    made = []
    for offset in milliseconds:
        clock.at = NOW + timedelta(milliseconds=offset)
        made.append((ids.message_id(), ids.number(), ids.webhook_id()))

    for column in range(2):
        values = [row[column] for row in made]
        assert values == sorted(set(values))
    assert len({row[2] for row in made}) == len(made)


def test_two_processes_make_different_ids_in_the_same_moment():
    one, other = (IdMaker(TestClock(NOW), SeededEntropy(seed)) for seed in (1, 2))

    assert one.message_id() != other.message_id()
    assert one.message_id()[:10] == other.message_id()[:10]


def test_a_number_is_the_time_in_microseconds():
    assert maker().number() == int(NOW.timestamp() * 1_000_000)


def test_a_trace_id_is_a_uuid():
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", maker().trace_id()
    )
