"""Meta is slow, refuses, resets, drops, answers late and throttles: one gateway through it all."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.checker import Figures, check
from support.crowd import Crowd
from support.processes import House, house
from support.scenarios import at_full, report
from support.tcp_proxy import Proxy, proxy

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

TIMEOUT_S = 2
SETTINGS = {"unknown_window_s": 6, "lease_s": 10, "meta_timeout_s": TIMEOUT_S}


def under(home: House, meta: Proxy, mood: "Mood") -> tuple[Figures, int]:
    """A crowd sends while Meta is so; what it came to once Meta is well again, and how many."""
    home.emulator.faults(**mood.faults)
    crowd = Crowd(home, clients=4, each=at_full(250, 30), gap_s=0.01, name=f"{mood.words}: ")
    crowd.start()
    mood.turn(meta)
    told = crowd.wait()
    time.sleep(mood.stays_s)
    home.emulator.faults()
    meta.delay_s, meta.resets = 0.0, lambda: False
    meta.open()
    home.settle(120)
    assert not told.others
    return check(home, told.message_ids), len(told.accepted)


def nothing(_: Proxy) -> None:
    """Its faults are all that happens."""


def resets(meta: Proxy) -> None:
    chance = random.Random(1)
    meta.resets = lambda: chance.random() < 0.1


def slows(meta: Proxy) -> None:
    meta.delay_s = 0.4


@dataclass(frozen=True)
class Mood:
    """words: the row's title; stays_s: how long it stays after the last message was accepted."""

    words: str
    faults: dict[str, Any]
    turn: Callable[[Proxy], None] = nothing
    stays_s: float = 0.0


MOODS = (
    Mood("Meta is slow: every answer takes 0.8 s more", {}, slows),
    Mood("Meta resets connections: one answer in ten", {}, resets, 1.0),
    Mood("Meta refuses connections for a while", {}, Proxy.shut, 2.0),
    Mood("Meta's statuses come long before its answers", {"late_ms": 1500}, nothing, 2.0),
    Mood(
        "Meta answers later than we wait: one in five",
        {"late_ms": (TIMEOUT_S + 2) * 1000, "late_share": 0.2},
        nothing,
        TIMEOUT_S + 1,
    ),
    Mood(
        "Meta throttles in bursts",
        {"throttle": {"every_ms": 2000, "for_ms": 700}},
        nothing,
        2.0,
    ),
    Mood("Meta drops one request in ten without a word", {"drop": 0.1}, nothing, 1.0),
    Mood("Meta accepts and loses one answer in ten", {"lose_answers": 0.1}, nothing, 1.0),
)


def test_whatever_mood_meta_is_in_every_message_reaches_it_once(tmp_path, engine):
    with proxy() as meta, house(tmp_path, meta=meta, **SETTINGS) as home:
        before, unsure = 0, 0
        for mood in MOODS:
            figures, sent = under(home, meta, mood)
            report(
                engine,
                mood.words,
                sent=sent,
                at_meta=figures.at_meta - before,
                twice=figures.twice,
                unsure=figures.unsure - unsure,
                unknown=figures.unknown,
            )
            assert figures.unknown == 0
            assert figures.at_meta == figures.kept
            before, unsure = figures.at_meta, figures.unsure
