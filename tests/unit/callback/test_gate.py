"""How much each endpoint may have at once, and which get nothing."""

from math import inf

import pytest

from support.nouns import ACCOUNT, NOW, PROFILE_ID, later
from waypost.callback.gate import LONGEST_LULL_S, Gate
from waypost.model.callback import ClosedEndpoint, ProfileState
from waypost.model.work import LaneKey

LANE, OTHER = LaneKey(ACCOUNT, PROFILE_ID), LaneKey(ACCOUNT, "IN_2")


class Desk:
    """A gate with a hand on its clock."""

    def __init__(self, most=4):
        self.now = 0.0
        self.gate = Gate(most, lambda: self.now)

    def begin_all(self, lane=LANE):
        """As many as may go."""
        count = 0
        while self.gate.wait_s(lane, self.now) == 0:
            count += 1
        assert self.gate.wait_s(lane, self.now) == inf
        return count

    def end_all(self, count, lane=LANE, *, is_well=True):
        for _ in range(count):
            self.gate.ended(lane)
            if is_well:
                self.gate.went_well(lane)

    def survey(self, state, probe_at=None, now=NOW):
        self.gate.survey([ClosedEndpoint(ACCOUNT, PROFILE_ID, state, probe_at)], now)


@pytest.fixture
def desk():
    return Desk()


def test_an_endpoint_that_hangs_holds_its_own_places_and_no_others(desk):
    assert desk.begin_all() == 4
    assert desk.begin_all(OTHER) == 4


def test_a_place_is_free_again_when_its_event_has_ended(desk):
    desk.begin_all()

    desk.gate.ended(LANE)

    assert desk.begin_all() == 1


def test_an_endpoint_with_too_much_to_do_is_left_alone_and_has_half_from_then_on(desk):
    desk.gate.slow_down(LANE, 0.0, None)

    assert desk.gate.is_closed(LANE)
    assert not desk.gate.is_closed(OTHER)
    desk.now = 0.5
    assert not desk.gate.is_closed(LANE)
    assert desk.begin_all() == 2


def test_those_that_were_under_way_together_count_once(desk):
    for _ in range(4):
        desk.gate.slow_down(LANE, 0.0, None)

    desk.now = 0.5
    assert desk.begin_all() == 2


def test_lulls_grow_with_each_time_in_a_row_up_to_a_minute(desk):
    lulls = []
    for _ in range(10):
        desk.gate.slow_down(LANE, desk.now, None)
        began = desk.now
        while desk.gate.is_closed(LANE):
            desk.now += 0.25
        lulls.append(desk.now - began)
        desk.now += 1

    assert lulls[:5] == [0.5, 1, 2, 4, 8]
    assert lulls[-1] == LONGEST_LULL_S
    assert desk.begin_all() == 1


def test_each_round_that_went_well_gives_one_more_place(desk):
    desk.gate.slow_down(LANE, 0.0, None)
    desk.now = 1.0
    found = []
    for _ in range(12):
        found.append(desk.begin_all())
        desk.end_all(found[-1])

    assert found == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12]


def test_an_endpoint_is_left_alone_for_as_long_as_it_asked(desk):
    desk.gate.slow_down(LANE, 0.0, 3600)
    desk.gate.slow_down(LANE, 0.0, 10)

    desk.now = 3599
    assert desk.gate.is_closed(LANE)
    desk.now = 3600
    assert not desk.gate.is_closed(LANE)


@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.GONE])
def test_who_is_paused_or_gone_gets_nothing_until_that_is_over(desk, state):
    desk.survey(state)
    assert desk.gate.is_closed(LANE)

    desk.gate.survey([], NOW)
    assert not desk.gate.is_closed(LANE)


def test_who_is_suspended_gets_one_event_when_its_probe_is_due(desk):
    desk.survey(ProfileState.SUSPENDED, later(60))
    assert desk.gate.is_closed(LANE)

    desk.survey(ProfileState.SUSPENDED, later(60), later(60))
    assert not desk.gate.is_closed(LANE)
    assert desk.gate.most_waiting(LANE) == 1
    assert desk.begin_all() == 1


def test_who_is_back_goes_on_slowly_at_first(desk):
    desk.gate.slow_down(LANE, 0.0, 3600)
    desk.gate.close(LANE)

    desk.gate.reopen(LANE)

    assert not desk.gate.is_closed(LANE)
    first = desk.begin_all()
    desk.end_all(first)
    assert (first, desk.begin_all()) == (1, 2)
