"""Lanes take turns; one that must wait holds up no other."""

from support.nouns import ACCOUNT, lease
from waypost.model.work import LaneKey, Priority
from waypost.queue.lanes import Lanes


def filled(**lanes):
    made = Lanes()
    for name, count in lanes.items():
        for number in range(count):
            made.put(lease(lane=name, item_id=f"{name}{number}"))
    return made


def take_all(lanes, wait_s=lambda _: 0.0):
    taken = []
    while not isinstance(following := lanes.next(wait_s), float | None):
        taken.append(following.item_id)
    return taken


def test_lanes_take_turns_and_each_keeps_its_order():
    assert take_all(filled(a=4, b=1, c=2)) == ["a0", "b0", "c0", "a1", "c1", "a2", "a3"]


def test_nothing_waits_in_empty_lanes():
    lanes = Lanes()

    assert lanes.next(lambda _: 0.0) is None
    assert not lanes.has_waiting()


def test_a_lane_that_must_wait_is_passed_over():
    lanes = filled(slow=2, fast=2)
    waits = {"slow": 3.0, "fast": 0.0}

    assert take_all(lanes, lambda lane: waits[lane.name]) == ["fast0", "fast1"]
    assert lanes.waiting[Priority.NORMAL] == 2


def test_the_shortest_wait_is_told_when_all_must_wait():
    lanes = filled(a=1, b=1, c=1)

    assert lanes.next(lambda lane: {"a": 3.0, "b": 0.5, "c": 2.0}[lane.name]) == 0.5
    assert lanes.waiting[Priority.NORMAL] == 3


def test_a_lane_that_waited_goes_on_in_its_order():
    lanes = filled(a=2, b=1)
    assert take_all(lanes, lambda _: 1.0) == []

    assert take_all(lanes) == ["a0", "b0", "a1"]


def test_draining_takes_everything():
    lanes = filled(a=2, b=1)

    assert sorted(one.item_id for one in lanes.take_out()) == ["a0", "a1", "b0"]
    assert lanes.next(lambda _: 0.0) is None
    assert not lanes.has_waiting()


def test_places_that_were_promised_outlive_the_last_lease():
    lanes, lane = filled(a=1), LaneKey(ACCOUNT, "a")
    lanes.promise(lane, Priority.NORMAL, 3)

    take_all(lanes)

    assert lanes.held(lane, Priority.NORMAL) == 3
    lanes.promise(lane, Priority.NORMAL, -3)
    assert lane not in lanes
