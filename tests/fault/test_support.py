"""What the scenarios stand on: whoever speaks to a house gives up when it is gone."""

import threading

import pytest

from support.crowd import Crowd
from support.processes import house, until

pytestmark = [pytest.mark.fault, pytest.mark.sqlite_only, pytest.mark.timeout(120)]


def test_a_crowd_that_a_failed_test_left_alone_ends_with_the_house(tmp_path):
    before = threading.active_count()
    with house(tmp_path) as home:
        crowd = Crowd(home, clients=4, gap_s=0.01)
        crowd.start()
        until(lambda: crowd.accepted > 10, "some messages are accepted")
        assert threading.active_count() > before
    until(lambda: threading.active_count() <= before, "nobody sends any more", 30)
