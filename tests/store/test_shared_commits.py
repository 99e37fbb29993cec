"""What arrives together shares one commit; a failing item costs only itself."""

import asyncio

import apsw
import asyncpg
import pytest

from support.nouns import NOW
from waypost.model.errors import StoreError


async def keep(transaction, texts):
    """A step: keeps a webhook for each text; `bad` cannot be kept."""
    if "bad" in texts:
        raise ValueError("this one is bad")
    await transaction.webhooks.keep([(text, text.encode(), NOW) for text in texts])
    return [text.upper() for text in texts]


async def keep_also(transaction, texts):
    """Another step."""
    return await keep(transaction, [f"also {text}" for text in texts])


async def keep_then_fail(transaction, texts):
    """A step that has written before it fails."""
    await transaction.webhooks.keep([(text, b"", NOW) for text in texts])
    if "half" in texts:
        raise ValueError("half done")
    return texts


def kept(stored, *ids):
    return set(stored.ask(lambda t: t.webhooks.load(list(ids))))


def write_together(stored, *writes):
    """All these writes behind one that is held up, so that they wait together."""

    async def run():
        async with stored.engine.holding(stored.folder):
            first = asyncio.ensure_future(stored.store.write(nothing, None))
            await begun(stored)
            others = [asyncio.ensure_future(stored.store.write(*write)) for write in writes]
            await asyncio.sleep(0)
        await first
        return await asyncio.gather(*others, return_exceptions=True)

    return stored.run(run())


async def begun(stored):
    """Until the writer has taken what was handed to it."""
    writer = stored.store._writer
    while not writer._queue.empty() if stored.engine.name == "sqlite" else writer._waiting:  # noqa: ASYNC110 # it has no event for that
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.01)


async def nothing(_, items):
    """A step that writes nothing."""
    return items


def test_items_of_one_step_that_wait_together_share_a_commit(stored):
    results = write_together(stored, *((keep, f"w{number}") for number in range(50)))

    assert results == [f"W{number}" for number in range(50)]
    assert stored.commits == [1, 50]
    assert len(kept(stored, *(f"w{number}" for number in range(50)))) == 50


def test_items_of_different_steps_share_a_commit_too(stored):
    results = write_together(stored, (keep, "a"), (keep_also, "b"), (keep, "c"))

    assert results == ["A", "ALSO B", "C"]
    assert stored.commits == [1, 3]


def test_a_commit_has_its_largest_size(open_again):
    with open_again(batch=20) as stored:
        write_together(stored, *((keep, f"w{number}") for number in range(50)))

        assert stored.commits == [1, 20, 20, 10]


def test_a_failing_item_costs_only_itself(stored):
    first, bad, other, last = write_together(
        stored, (keep, "a"), (keep, "bad"), (keep_also, "b"), (keep, "c")
    )

    assert (first, other, last) == ("A", "ALSO B", "C")
    assert isinstance(bad, ValueError)
    assert kept(stored, "a", "bad", "also b", "c") == {"a", "also b", "c"}


def test_nothing_stays_of_an_item_that_failed_half_way(stored):
    fine, half = write_together(stored, (keep_then_fail, "fine"), (keep_then_fail, "half"))

    assert fine == "fine"
    assert isinstance(half, ValueError)
    assert kept(stored, "fine", "half") == {"fine"}


def test_a_broken_rule_of_the_schema_costs_only_its_item(stored):
    stored.run(stored.store.write(keep, "a"))

    again, new = write_together(stored, (keep, "a"), (keep, "b"))

    assert isinstance(again, (apsw.ConstraintError, asyncpg.UniqueViolationError))
    assert new == "B"
    assert kept(stored, "a", "b") == {"a", "b"}


def test_a_step_that_gives_too_few_results_costs_only_its_items(stored):
    async def forget(_, items):
        return items[1:]

    forgotten, fine = write_together(stored, (forget, "a"), (keep, "b"))

    assert isinstance(forgotten, ValueError)
    assert fine == "B"


def test_a_step_that_waits_for_anything_else_is_refused(stored):
    async def wait(_, items):
        await asyncio.sleep(0)
        return items

    waited, fine = write_together(stored, (wait, None), (keep, "a"))

    assert isinstance(waited, RuntimeError)
    assert "waited for something other than its transaction" in str(waited)
    assert fine == "A"
    assert stored.run(stored.store.write(keep, "b")) == "B", "the writer goes on"


def test_a_read_that_waits_for_anything_else_is_refused(stored):
    async def wait(_):
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="other than its transaction"):
        stored.run(stored.store.read(wait))
    assert kept(stored, "a") == set(), "the reader goes on"


def test_a_read_sees_the_last_commit_and_nothing_of_the_next(stored):
    stored.run(stored.store.write(keep, "a"))

    async def run():
        async with stored.engine.holding(stored.folder):
            writing = asyncio.ensure_future(stored.store.write(keep, "b"))
            await begun(stored)
            during = await stored.store.read(lambda t: t.webhooks.load(["a", "b"]))
            assert not writing.done()
        await writing
        after = await stored.store.read(lambda t: t.webhooks.load(["a", "b"]))
        return set(during), set(after)

    assert stored.run(run()) == ({"a"}, {"a", "b"})


def test_all_of_a_read_sees_one_state(stored):
    async def look(transaction, told):
        before = await transaction.webhooks.load(["a"])
        told.append(stored.runner.get_loop().create_task(stored.store.write(keep, "a")))
        for _ in range(100):
            between = await transaction.webhooks.load(["a"])
        return before, between

    async def run():
        writing = []
        seen = await stored.store.read(lambda t: look(t, writing))
        await writing[0]
        return seen

    if stored.engine.name == "sqlite":
        pytest.skip("its reader is another thread, and starts no task here")
    assert stored.run(run()) == ({}, {})
    assert kept(stored, "a") == {"a"}


def test_a_write_that_nobody_waits_for_any_more_is_kept_with_its_neighbours(stored):
    async def run():
        async with stored.engine.holding(stored.folder):
            first = asyncio.ensure_future(stored.store.write(nothing, None))
            left = asyncio.ensure_future(stored.store.write(keep, "left"))
            stays = asyncio.ensure_future(stored.store.write(keep, "stays"))
            await begun(stored)
            left.cancel()
        await first
        return await stays

    assert stored.run(run()) == "STAYS"
    assert kept(stored, "left", "stays") == {"left", "stays"}


def test_what_waits_when_the_store_closes_is_kept(open_again):
    with open_again() as stored:

        async def run():
            writing = asyncio.ensure_future(stored.store.write(keep, "a"))
            await asyncio.sleep(0)
            await stored.store.close()
            return await writing

        assert stored.run(run()) == "A"
    with open_again() as stored:
        assert kept(stored, "a") == {"a"}


def test_a_closed_store_refuses_writes(open_again):
    with open_again() as stored:
        stored.run(stored.store.close())

        with pytest.raises(StoreError, match="closed"):
            stored.run(stored.store.write(keep, "a"))


def test_what_was_answered_is_there_when_the_store_is_opened_again(open_again):
    with open_again() as stored:
        stored.run(stored.store.write(keep, "a"))
    with open_again() as stored:
        assert kept(stored, "a") == {"a"}
