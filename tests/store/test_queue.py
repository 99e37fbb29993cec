"""Work is taken on lease, given back and finished; only the lease's holder settles it."""

import pytest

from support.nouns import ACCOUNT, NOW, SENDER_ID, later, queue_item
from waypost.model.work import DueItem, QueueName

DISPATCH = QueueName.DISPATCH
LANE = SENDER_ID


def find(stored, lane=LANE, now=NOW, limit=10):
    return stored.ask(lambda t: t.queue.find(DISPATCH, lane, now, limit))


def put(stored, *items):
    stored.do(lambda t: t.queue.put(items))


def ids(found):
    return [due.item_id for due in found]


def test_the_oldest_due_work_of_a_lane_is_found_first(stored):
    put(
        stored,
        queue_item("late", due_at=later(2)),
        queue_item("not yet", due_at=later(3)),
        queue_item("b", due_at=later(1)),
        queue_item("a", due_at=later(1)),
        queue_item("elsewhere", lane="other"),
        queue_item("callback", queue=QueueName.CALLBACK),
    )

    assert ids(find(stored, now=later(2))) == ["a", "b", "late"]
    assert ids(find(stored, now=later(2), limit=2)) == ["a", "b"]
    assert find(stored, now=NOW) == []


def test_what_is_in_the_queue_already_stays_as_it_is(stored):
    put(stored, queue_item("a", due_at=later(1)))
    put(stored, queue_item("a", due_at=NOW, attempt=9))

    assert find(stored, now=later(1)) == [DueItem(ACCOUNT, "a", 0, later(1), None)]


def test_work_on_lease_is_not_due_until_the_lease_ends_and_then_says_whose_it_was(stored):
    put(stored, queue_item("a"))
    stored.do(
        lambda t: t.queue.take([queue_item("a", due_at=later(60), attempt=1, lease_token="t:1")])
    )

    assert find(stored, now=later(59)) == []
    assert find(stored, now=later(60)) == [DueItem(ACCOUNT, "a", 1, later(60), "t:1")]


def test_only_the_holder_of_the_lease_finishes(stored):
    put(stored, queue_item("a", lease_token="t:2", attempt=1), queue_item("free"))

    stored.do(
        lambda t: t.queue.finish(
            [(ACCOUNT, DISPATCH, "a", "t:1"), (ACCOUNT, DISPATCH, "free", "t:1")]
        )
    )
    assert ids(find(stored)) == ["a", "free"]

    stored.do(lambda t: t.queue.finish([(ACCOUNT, DISPATCH, "a", "t:2")]))
    assert ids(find(stored)) == ["free"]


def test_work_that_is_dropped_leaves_whoever_has_it(stored):
    put(stored, queue_item("a", lease_token="t:2"), queue_item("b"), queue_item("c"))

    stored.do(lambda t: t.queue.drop([(ACCOUNT, DISPATCH, "a"), (ACCOUNT, DISPATCH, "b")]))

    assert ids(find(stored)) == ["c"]


def test_work_that_is_given_back_belongs_to_nobody_and_keeps_its_lane(stored):
    put(stored, queue_item("a", lease_token="t:1", attempt=3, due_at=later(60)))

    stored.do(
        lambda t: t.queue.put_back(
            [queue_item("a", lane="", lease_token="t:1", attempt=2, due_at=later(5))]
        )
    )

    assert find(stored, now=later(5)) == [DueItem(ACCOUNT, "a", 2, later(5), None)]


def test_whoever_lost_the_lease_gives_nothing_back(stored):
    put(stored, queue_item("a", lease_token="t:2", attempt=3, due_at=later(60)))

    stored.do(lambda t: t.queue.put_back([queue_item("a", lease_token="t:1", due_at=NOW)]))

    assert find(stored, now=later(60)) == [DueItem(ACCOUNT, "a", 3, later(60), "t:2")]


@pytest.mark.parametrize("count", [1, 64, 130])
def test_many_items_are_taken_and_finished_in_one_call(stored, count):
    items = [queue_item(f"{number:03}") for number in range(count)]
    put(stored, *items)
    taken = [
        queue_item(f"{number:03}", lease_token="t:1", due_at=later(60)) for number in range(count)
    ]

    stored.do(lambda t: t.queue.take(taken))
    assert stored.ask(lambda t: t.queue.backlog()) == {"dispatch": count}
    assert find(stored, now=later(59)) == []

    stored.do(lambda t: t.queue.finish([(ACCOUNT, DISPATCH, one.item_id, "t:1") for one in taken]))
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_lanes_with_due_work_are_named_once(stored):
    put(
        stored,
        *(queue_item(f"a{number}", lane="a") for number in range(3)),
        queue_item("b", lane="b", due_at=later(9)),
        queue_item("c", lane="c"),
        queue_item("d", lane="d", queue=QueueName.WEBHOOK),
    )

    assert stored.ask(lambda t: t.queue.due_lanes(DISPATCH, NOW)) == ["a", "c"]
    assert stored.ask(lambda t: t.queue.due_lanes(DISPATCH, later(9))) == ["a", "b", "c"]
    assert stored.ask(lambda t: t.queue.due_lanes(QueueName.CALLBACK, later(9))) == []


def test_when_the_next_work_falls_due_is_the_earliest_of_all_lanes(stored):
    assert stored.ask(lambda t: t.queue.next_due(DISPATCH)) is None

    put(
        stored,
        queue_item("a", lane="a", due_at=later(9)),
        queue_item("b", lane="b", due_at=later(3)),
        queue_item("c", lane="c", due_at=later(1), queue=QueueName.CALLBACK),
    )

    assert stored.ask(lambda t: t.queue.next_due(DISPATCH)) == later(3)


def test_a_gateway_that_starts_makes_all_work_on_lease_due(stored):
    put(stored, queue_item("a", lease_token="t:1", attempt=1, due_at=later(60)))
    put(stored, queue_item("b", due_at=later(60)))

    stored.do(lambda t: t.queue.orphans(later(1)))

    assert find(stored, now=later(1)) == [DueItem(ACCOUNT, "a", 1, later(1), "t:1")]
    waits = stored.ask(lambda t: t.reports.queue_item(ACCOUNT, "b"))
    assert waits == DueItem(ACCOUNT, "b", 0, later(60), None)
    assert stored.ask(lambda t: t.reports.queue_item(ACCOUNT, "c")) is None
