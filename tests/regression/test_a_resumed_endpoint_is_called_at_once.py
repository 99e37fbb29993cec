"""An endpoint that asked for an hour's rest is called when a person resumes it."""

import pytest

from support.nouns import ACCOUNT, NOW, PROFILE_ID
from waypost.callback.gate import Gate
from waypost.model.callback import ClosedEndpoint, ProfileState
from waypost.model.work import LaneKey

LANE, OTHER = LaneKey(ACCOUNT, PROFILE_ID), LaneKey(ACCOUNT, "IN_2")


@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.GONE])
def test_a_lull_is_over_when_a_person_resumes_the_profile(state):
    gate = Gate(4, lambda: 0.0)
    for lane in (LANE, OTHER):
        gate.slow_down(lane, 0.0, 3600)
    gate.survey([ClosedEndpoint(ACCOUNT, PROFILE_ID, state, None)], NOW)

    gate.survey([], NOW)

    assert not gate.is_closed(LANE)
    assert gate.wait_s(LANE, 0.0) == 0
    assert gate.is_closed(OTHER)
