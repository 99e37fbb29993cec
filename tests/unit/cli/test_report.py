"""Bars and marks in the terminal."""

import pytest

from waypost.cli.report import bar, sparkline


@pytest.mark.parametrize(
    ("value", "most", "length"), [(0, 10, 0), (1, 1000, 1), (5, 10, 12), (10, 10, 24), (0, 0, 0)]
)
def test_a_bar_is_as_long_as_its_share_and_never_nothing_for_something(value, most, length):
    assert len(bar(value, most)) == length


def test_marks_are_as_high_as_their_share():
    assert sparkline([0, 5, 10]) == "▁▅█"


def test_nothing_is_marked_as_nothing():
    assert sparkline([0, 0]) == "▁▁"
