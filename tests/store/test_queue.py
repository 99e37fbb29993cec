"""Work is taken on lease, given back and finished; only the lease's holder settles it."""

import asyncio

import pytest

from support.nouns import ACCOUNT, NOW, SENDER_ID, later, queue_item
from support.workplace import nothing
from waypost.model.work import FIRST_LANE, DueItem, LaneKey, Priority, QueueName
from waypost.queue.claimer import Claim, claim_all

DISPATCH = QueueName.DISPATCH
LANE = SENDER_ID


def find(stored, lane=LANE, now=NOW, limit=10, priority=Priority.NORMAL):
    return stored.ask(
        lambda t: t.queue.find(DISPATCH, LaneKey(ACCOUNT, lane), priority, now, limit)
    )


def take(stored, *items, found=None):
    """Takes items that were found just now, or as `found` says; which were taken."""
    seen = {one.item_id: one for one in find(stored, now=later(1e9), limit=1000)}
    pairs = [(item, found or seen[item.item_id]) for item in items]
    taken = stored.do(lambda t: t.queue.take(pairs))
    return sorted(item_id for _, item_id in taken)


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
    assert take(stored, queue_item("a", due_at=later(60), attempt=1, lease_token="t:1")) == ["a"]

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

    assert len(take(stored, *taken)) == count
    assert stored.ask(lambda t: t.queue.backlog()) == {"dispatch": count}
    assert find(stored, now=later(59)) == []

    stored.do(lambda t: t.queue.finish([(ACCOUNT, DISPATCH, one.item_id, "t:1") for one in taken]))
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_what_another_took_meanwhile_is_not_taken(stored):
    put(stored, queue_item("a"), queue_item("b"))
    (as_found, _) = find(stored)
    assert take(stored, queue_item("a", due_at=later(60), attempt=1, lease_token="t:1")) == ["a"]

    mine = queue_item("a", due_at=later(90), attempt=1, lease_token="u:1")

    assert take(stored, mine, found=as_found) == []
    assert find(stored, now=later(60))[-1] == DueItem(ACCOUNT, "a", 1, later(60), "t:1")


def test_work_of_each_priority_is_found_apart_and_carries_what_was_put(stored):
    put(
        stored,
        queue_item("bulk", priority=Priority.BULK, expires_at=later(30)),
        queue_item("normal"),
        queue_item("high", priority=Priority.HIGH),
    )

    assert ids(find(stored)) == ["normal"]
    assert ids(find(stored, priority=Priority.HIGH)) == ["high"]
    assert find(stored, priority=Priority.BULK) == [
        DueItem(ACCOUNT, "bulk", 0, NOW, None, Priority.BULK, later(30))
    ]


def lanes(stored, now=NOW, *, queue=DISPATCH, after=FIRST_LANE, limit=10):
    return stored.ask(lambda t: t.queue.lanes(queue, now, after, limit))


def test_lanes_are_named_with_the_priorities_that_have_work_due(stored):
    a, b, c = (LaneKey(ACCOUNT, name) for name in "abc")
    put(
        stored,
        *(queue_item(f"a{number}", lane="a") for number in range(3)),
        queue_item("a high", lane="a", priority=Priority.HIGH),
        queue_item("b", lane="b", due_at=later(9), priority=Priority.BULK),
        queue_item("c", lane="c"),
        queue_item("d", lane="d", queue=QueueName.WEBHOOK),
        queue_item("a of another", lane="a", account_id=7),
    )
    due = {
        a: (Priority.HIGH, Priority.NORMAL),
        b: (),
        c: (Priority.NORMAL,),
        LaneKey(7, "a"): (Priority.NORMAL,),
    }

    assert {one.lane: one.due for one in lanes(stored)} == due
    assert {one.lane: one.due for one in lanes(stored, later(9))} == {**due, b: (Priority.BULK,)}
    assert lanes(stored, later(9), queue=QueueName.CALLBACK) == []


def test_when_the_next_work_of_a_lane_falls_due_is_the_earliest_that_is_not_due_yet(stored):
    put(
        stored,
        queue_item("a", lane="a", due_at=later(9)),
        queue_item("b", lane="b", due_at=later(3), priority=Priority.BULK),
        queue_item("b now", lane="b", due_at=NOW),
        queue_item("c", lane="c", due_at=later(1), queue=QueueName.CALLBACK),
        queue_item("d", account_id=7, lane="d", due_at=later(5)),
    )

    assert [one.next_due for one in lanes(stored)] == [later(9), later(3), later(5)]
    assert [one.next_due for one in lanes(stored, later(3))] == [later(9), None, later(5)]
    assert [one.next_due for one in lanes(stored, later(9))] == [None, None, None]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_lanes_are_seen_some_at_a_time_and_each_once(stored, limit):
    keys = [LaneKey(account_id, name) for account_id in (0, 3, 8) for name in ("", "a", "b")]
    put(
        stored,
        *(
            queue_item(f"{one.name}{number}", account_id=one.account_id, lane=one.name)
            for one in keys
            for number in range(3)
        ),
    )
    seen, after = [], FIRST_LANE
    while page := lanes(stored, after=after, limit=limit):
        assert len(page) <= limit
        seen += [one.lane for one in page]
        after = seen[-1]

    assert seen == keys


def test_of_a_lane_that_nobody_owns_two_processes_take_what_the_other_does_not(
    stored, engine, tmp_path
):
    """Each finds work that the other has found and not yet taken, and passes it over."""
    webhooks = QueueName.WEBHOOK
    put(stored, *(queue_item(f"{number:03}", lane="a", queue=webhooks) for number in range(200)))
    other = stored.run(engine.open(tmp_path, is_gateway=False))
    lane, room = LaneKey(ACCOUNT, "a"), 20
    takings: dict[str, list[list[str]]] = {"one": [], "other": []}

    async def work(store, name):
        for number in range(5):
            claim = Claim(lane, ((Priority.NORMAL, room),), NOW, f"{name}:{number}", later(60))
            claimed = await store.write(claim_some, claim)
            takings[name].append([one.item_id for one in claimed.leases])

    async def claim_some(transaction, claims):
        return await claim_all(transaction, webhooks, claims, nothing)

    async def both():
        await asyncio.gather(work(stored.store, "one"), work(other, "other"))

    try:
        stored.run(both())
    finally:
        stored.run(other.close())

    taken = [id_ for name in takings for some in takings[name] for id_ in some]
    assert sorted(taken) == [f"{number:03}" for number in range(200)], "each once"
    assert {len(some) for name in takings for some in takings[name]} == {room}, "none in vain"


def test_work_that_nobody_needs_any_more_is_found_unless_somebody_has_it(stored):
    put(
        stored,
        queue_item("over", expires_at=NOW, due_at=later(60)),
        queue_item("earlier", expires_at=later(-5), priority=Priority.BULK),
        queue_item("on lease", expires_at=NOW, lease_token="t:1", due_at=later(60)),
        queue_item("still good", expires_at=later(1)),
        queue_item("for ever"),
        queue_item("elsewhere", lane="other", expires_at=NOW),
    )

    def expired(limit):
        return ids(
            stored.ask(lambda t: t.queue.expired(DISPATCH, LaneKey(ACCOUNT, LANE), NOW, limit))
        )

    assert expired(10) == ["earlier", "over"]
    assert expired(1) == ["earlier"]


def test_only_work_that_nobody_has_is_cancelled(stored):
    put(stored, queue_item("a"), queue_item("b", lease_token="t:1"), queue_item("c"))

    cancelled = stored.do(lambda t: t.queue.cancel(ACCOUNT, DISPATCH, ["a", "b", "gone"]))

    assert cancelled == {"a"}
    assert ids(find(stored)) == ["b", "c"]
    assert stored.do(lambda t: t.queue.cancel(ACCOUNT, DISPATCH, [])) == set()


def test_only_work_that_nobody_has_is_brought_forward(stored):
    put(
        stored,
        queue_item("a", due_at=later(60), attempt=3),
        queue_item("b", due_at=later(60), lease_token="t:1"),
    )

    moved = stored.do(
        lambda t: t.queue.bring_forward(ACCOUNT, DISPATCH, ["a", "b", "gone"], later(1))
    )

    assert moved == {"a"}
    assert find(stored, now=later(1)) == [DueItem(ACCOUNT, "a", 3, later(1), None)]


def test_the_work_on_lease_of_a_lane_whose_owner_is_gone_is_due_at_once(stored):
    put(
        stored,
        queue_item("a", lease_token="t:1", attempt=1, due_at=later(60)),
        queue_item("bulk", lease_token="t:1", due_at=later(60), priority=Priority.BULK),
        queue_item("waits", due_at=later(60)),
        queue_item("elsewhere", lane="other", lease_token="u:1", due_at=later(60)),
    )

    stored.do(
        lambda t: t.queue.orphans_of(DISPATCH, [LaneKey(ACCOUNT, LANE)], later(1), later(7200))
    )

    assert find(stored, now=later(1)) == [DueItem(ACCOUNT, "a", 1, later(1), "t:1")]
    assert ids(find(stored, now=later(1), priority=Priority.BULK)) == ["bulk"]
    assert find(stored, lane="other", now=later(1)) == []


def test_a_gateway_that_starts_makes_all_work_on_lease_due(stored):
    put(stored, queue_item("a", lease_token="t:1", attempt=1, due_at=later(60)))
    put(stored, queue_item("b", due_at=later(60)))

    stored.do(lambda t: t.queue.orphans(later(1)))

    assert find(stored, now=later(1)) == [DueItem(ACCOUNT, "a", 1, later(1), "t:1")]
    waits = stored.ask(lambda t: t.reports.queue_item(ACCOUNT, "b"))
    assert waits == DueItem(ACCOUNT, "b", 0, later(60), None)
    assert stored.ask(lambda t: t.reports.queue_item(ACCOUNT, "c")) is None
