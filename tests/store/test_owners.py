"""Processes beat and are buried; lanes change their owner only from whom they were read to be."""

from support.nouns import ACCOUNT, NOW, later, queue_item
from waypost.model.work import LaneKey, LaneOwner, Priority, ProcessBeat, QueueName

DISPATCH = QueueName.DISPATCH
A, B = LaneKey(ACCOUNT, "a"), LaneKey(ACCOUNT, "b")


def register(stored, *ids):
    for process_id in ids:
        stored.do(lambda t, one=process_id: t.owners.register(one, "dispatch", NOW))


def owners(stored, *lanes):
    return stored.ask(lambda t: t.owners.of_lanes(DISPATCH, lanes))


def test_a_process_is_known_by_its_beats(stored):
    register(stored, "p", "q")

    assert stored.do(lambda t: t.owners.beat("q"))
    assert stored.ask(lambda t: t.owners.processes()) == [
        ProcessBeat("p", "dispatch", 1),
        ProcessBeat("q", "dispatch", 2),
    ]


def test_only_a_process_that_has_not_beaten_since_is_buried(stored):
    register(stored, "p")
    stored.do(lambda t: t.owners.beat("p"))

    assert not stored.do(lambda t: t.owners.bury("p", 1))
    assert stored.do(lambda t: t.owners.bury("p", 2))
    assert not stored.do(lambda t: t.owners.bury("p", 2))
    assert not stored.do(lambda t: t.owners.beat("p")), "it learns of it with its next beat"


def test_a_process_that_leaves_is_gone(stored):
    register(stored, "p")
    stored.do(lambda t: t.owners.leave("p"))

    assert stored.ask(lambda t: t.owners.processes()) == []


def test_a_lane_without_an_owner_gets_the_first_who_asks(stored):
    assert stored.do(lambda t: t.owners.claim(DISPATCH, [A, B], "p")) == {A, B}
    assert stored.do(lambda t: t.owners.claim(DISPATCH, [A], "q")) == set()
    assert owners(stored, A, B) == {A: LaneOwner("p", 1), B: LaneOwner("p", 1)}
    assert stored.ask(lambda t: t.owners.of_lanes(QueueName.CALLBACK, [A])) == {}


def test_a_lane_is_taken_over_only_from_whom_it_was_read_to_be(stored):
    stored.do(lambda t: t.owners.claim(DISPATCH, [A, B], "p"))
    as_read = owners(stored, A, B)
    taken = stored.do(lambda t: t.owners.take_over(DISPATCH, [(A, as_read[A])], "q"))
    late = stored.do(lambda t: t.owners.take_over(DISPATCH, list(as_read.items()), "r"))

    assert (taken, late) == ({A}, {B})
    assert owners(stored, A, B) == {A: LaneOwner("q", 2), B: LaneOwner("r", 2)}


def test_a_process_gives_up_only_lanes_of_its_own(stored):
    stored.do(lambda t: t.owners.claim(DISPATCH, [A], "p"))
    stored.do(lambda t: t.owners.claim(DISPATCH, [B], "q"))

    stored.do(lambda t: t.owners.give_up(DISPATCH, [A, B], "p"))

    assert owners(stored, A, B) == {A: LaneOwner("", 2), B: LaneOwner("q", 1)}


def test_what_a_process_left_behind_is_what_it_had_on_lease(stored):
    c = LaneKey(ACCOUNT, "c")
    stored.do(lambda t: t.owners.claim(DISPATCH, [A, B], "p"))
    stored.do(lambda t: t.owners.claim(DISPATCH, [c], "q"))
    work = [
        queue_item("1", lane="a", lease_token="p:1", due_at=later(60), priority=Priority.BULK),
        queue_item("2", lane="b", due_at=later(60)),
        queue_item("3", lane="c", lease_token="q:1", due_at=later(60)),
    ]
    stored.do(lambda t: t.queue.put(work))

    left = stored.ask(lambda t: t.owners.left_behind(DISPATCH, "p", NOW, later(7200)))

    assert left == [A]
