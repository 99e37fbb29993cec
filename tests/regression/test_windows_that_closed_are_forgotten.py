"""No kind of window is remembered for ever, and a look for closed ones is seldom in a crowd."""

from datetime import timedelta

import pytest

from meta_emulator.world import windows
from support.turned_clock import START


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(windows, "MOST", 4)
    return windows.Windows()


def test_windows_from_advertisements_are_forgotten_once_they_are_closed(few):
    for nth in range(4):
        few.hear("1", (f"9{nth}",), START, is_referred=True)
    few.answer("1", ("90", "91"), START)
    later = START + timedelta(hours=73)
    few.hear("1", ("95",), later)
    assert few.snapshot() == {
        "heard_at": [["1", "95", later.isoformat()]],
        "referred_at": [],
        "entered_at": [],
    }


def test_windows_that_are_open_are_looked_through_ever_more_seldom(few):
    looked = 0
    usual = few._sweep

    def counted(at):
        nonlocal looked
        looked += 1
        usual(at)

    few._sweep = counted
    for nth in range(1000):
        few.hear("1", (f"9{nth}",), START)
    assert looked < 12
    assert len(few.heard_at) == 1000
