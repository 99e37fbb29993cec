"""History stands in parts by time: made ahead, found by one look-up, let go whole."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest

from support.nouns import ACCOUNT, NOW, callback_attempt, callback_row
from support.old_messages import (
    KEPT,
    OLD,
    ids,
    keep,
    kept_messages,
    moved,
    release,
    top_up,
    trimmer,
    wallet,
)
from support.postgres import database
from support.stored import opened
from waypost.model.callback import EventKind
from waypost.model.ledger import EntryKind
from waypost.model.message import Payment
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.runtime.ids import first_webhook_id
from waypost.store.postgres.connection import HOT, known_migrations
from waypost.store.postgres.dialect import compile_query, read_schema
from waypost.store.postgres.parts import (
    KEYS,
    Part,
    make_part,
    make_parts,
    missing_parts,
    parse_part,
)
from waypost.store.postgres.store import PostgresStore
from waypost.store.querybook import load_queries

MONDAY = date(2026, 11, 16)


class Given:
    """An engine of one database that is there already."""

    name = "postgres"

    def __init__(self, url):
        self.url = url

    async def open(self, _, **options):
        options = {"now": NOW, **options}
        options.pop("is_gateway", None)
        return await PostgresStore.open(self.url, **options)


@pytest.fixture
def url():
    with database() as url:
        yield url


@pytest.fixture
def old(url, tmp_path):
    """A store with an account, and the parts of the time of OLD."""
    with opened(tmp_path, Given(url)) as stored:
        make(url, OLD, OLD + timedelta(days=1))
        stored.furnish()
        top_up(stored)
        yield stored


def of_no_message(event_id):
    """An event of what somebody wrote, still to be told."""
    return callback_row(
        event_id=event_id,
        message_id=event_id.partition(".")[0],
        kind=EventKind.INCOMING_MESSAGE,
        created_at=OLD,
    )


def delivered(event_id):
    return CallbackSettlement(ACCOUNT, event_id, CallbackState.DELIVERED, 1, "HTTP 200", OLD)


def asked(url, statement, *values):
    async def run():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    return asyncio.run(run())


def make(url, begin, until):
    """Makes the parts of a time; their names."""

    async def run():
        connection = await asyncpg.connect(url)
        try:
            return await make_parts(connection, begin, until, 7)
        finally:
            await connection.close()

    return asyncio.run(run())


def parts_in(url):
    rows = asked(url, "SELECT relname FROM pg_class WHERE relkind = 'r'")
    return {part for (name,) in rows if (part := parse_part(name)) is not None}


def count(url, table):
    return asked(url, f"SELECT count(*) FROM {table}")[0][0]


def test_a_part_is_known_by_its_name_and_holds_the_ids_of_its_days():
    part = Part("messages", MONDAY, date(2026, 11, 23))
    first, end = part.bounds

    assert parse_part("messages_20261116_20261123") == part
    assert parse_part("messages_rest") is parse_part("lane_owners") is None
    assert first <= next(ids(datetime(2026, 11, 16, tzinfo=UTC))) < end
    assert first <= next(ids(datetime(2026, 11, 22, 23, 59, 59, 999_000, tzinfo=UTC))) < end
    assert next(ids(datetime(2026, 11, 23, tzinfo=UTC))) >= end


def test_parts_begin_on_a_monday_and_leave_no_gap():
    missing = missing_parts("messages", [], NOW.date(), date(2026, 12, 1), 7)

    assert [part.first for part in missing] == [MONDAY + timedelta(weeks=n) for n in range(3)]
    assert all(one.end == next_.first for one, next_ in pairwise(missing))
    assert missing_parts("messages", missing, NOW.date(), date(2026, 12, 1), 7) == []


def test_parts_of_another_length_fit_between_those_that_are_there():
    there = [Part("messages", MONDAY, date(2026, 11, 23))]

    missing = missing_parts("messages", there, date(2026, 11, 1), date(2026, 12, 1), 30)

    assert missing == [
        Part("messages", date(2026, 10, 26), MONDAY),
        Part("messages", date(2026, 11, 23), date(2026, 12, 23)),
    ]


def test_a_database_that_is_opened_has_the_parts_of_the_coming_weeks(url, tmp_path):
    with opened(tmp_path, Given(url)) as stored:
        for table in KEYS:
            ends = sorted(part.end for part in parts_in(url) if part.table == table)
            assert ends[0] == date(2026, 11, 23)
            assert ends[-1] >= (NOW + timedelta(days=28)).date()
        assert stored.run(stored.store.partitions.make_ahead(NOW)) == []
        assert stored.run(stored.store.partitions.find_faults(NOW)) == []

        far = NOW + timedelta(days=30)
        faults = stored.run(stored.store.partitions.find_faults(far))
        assert any("messages_" in one for one in faults)
        assert stored.run(stored.store.partitions.make_ahead(far))
        assert stored.run(stored.store.partitions.find_faults(far)) == []


def test_rows_that_came_before_their_part_are_moved_into_it(url, tmp_path):
    late = NOW + timedelta(days=40)
    with opened(tmp_path, Given(url)) as stored:
        stored.furnish()
        top_up(stored)
        keep(stored, next(ids(late)), at=late)
        assert count(url, "messages_rest") == 1

        make(url, late, late + timedelta(days=1))

        assert count(url, "messages_rest") == count(url, "facts_rest") == 0
        assert count(url, "ledger_entries_rest") == 1, "the top-up is of no time"
        assert count(url, "messages") == 1
        assert stored.ask(lambda t: t.wallets.audit()) == []


def test_a_part_that_is_over_goes_whole_and_the_books_balance(old, url):
    made = ids(OLD)
    for _ in range(3):
        keep(old, next(made))
    held = wallet(old)

    dropped = old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW))

    assert dropped, "whole weeks are over"
    assert not {part for part in parts_in(url) if part.name in dropped}
    assert [count(url, table) for table in ("messages", "facts", "callbacks", "submissions")] == [
        0
    ] * 4
    assert wallet(old) == held
    assert old.ask(lambda t: t.wallets.audit()) == []
    (carried,) = old.ask(lambda t: t.wallets.entries(ACCOUNT, "carried.2026-11-20"))
    assert (carried.kind, carried.amount_minor) == (EntryKind.CARRIED, 300)
    assert old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW)) == []


def test_what_is_not_over_of_a_part_is_kept_with_all_that_belongs_to_it(old, url):
    made = ids(OLD)
    stays = [next(made), next(made)]
    keep(old, stays[0], payment=Payment.HELD, state="sent")
    keep(old, stays[1], state="unknown")
    keep(old, next(made))

    old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW))

    assert kept_messages(old) == stays
    assert [len(old.ask(lambda t, id_=id_: t.reports.facts(ACCOUNT, id_))) for id_ in stays] == [
        1,
        1,
    ]
    assert old.ask(lambda t: t.reports.find_message(stays[0])) is not None
    assert old.ask(lambda t: t.history.orphans()) == []
    assert old.ask(lambda t: t.wallets.audit()) == []
    assert count(url, "messages_rest") == 2


def test_events_of_no_message_that_are_still_to_be_told_stay_with_their_attempts(old, url):
    waiting, told = (f"{one}.incoming.profile" for one, _ in zip(ids(OLD), range(2), strict=False))
    old.do(lambda t: t.callbacks.insert([of_no_message(event_id) for event_id in (waiting, told)]))
    old.do(lambda t: t.callbacks.insert_attempts([callback_attempt(event_id=waiting)]))
    old.do(lambda t: t.callbacks.insert_attempts([callback_attempt(event_id=told)]))
    old.do(lambda t: t.callbacks.settle([delivered(told)]))

    assert old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW))

    assert [row[0] for row in asked(url, "SELECT event_id FROM callbacks")] == [waiting]
    assert [row[0] for row in asked(url, "SELECT event_id FROM callback_attempts")] == [waiting]
    assert old.ask(lambda t: t.history.orphans()) == []


def test_a_week_from_before_a_table_was_there_goes_with_what_stands_in_its_rest(old, url):
    made = ids(OLD)
    stays, goes = next(made), next(made)
    (part,) = (
        one for one in parts_in(url) if one.table == "callback_attempts" and one.first < OLD.date()
    )
    asked(url, f"DROP TABLE {part.name}")
    keep(old, stays, state="unknown")
    keep(old, goes)
    for message_id in (stays, goes):
        attempt = callback_attempt(event_id=f"{message_id}.sent")
        old.do(lambda t, one=attempt: t.callbacks.insert_attempts([one]))
    assert count(url, "callback_attempts_rest") == 2

    assert old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW))

    assert kept_messages(old) == [stays]
    assert [row[0] for row in asked(url, "SELECT event_id FROM callback_attempts")] == [
        f"{stays}.sent"
    ]


def test_a_new_table_gets_parts_with_the_bounds_of_those_that_are_there(url):
    asked(
        url,
        "DROP TABLE "
        + ", ".join(
            one.name for one in parts_in(url) if one.table in ("callback_attempts", "messages")
        ),
    )

    async def run():
        connection = await asyncpg.connect(url)
        try:
            await make_part(connection, Part("messages", date(2026, 11, 2), date(2026, 11, 30)))
            return await make_parts(connection, NOW, NOW + timedelta(days=1), 7)
        finally:
            await connection.close()

    assert asyncio.run(run()) == ["callback_attempts_20261102_20261130"]


def test_messages_of_other_weeks_change_while_a_week_goes(old, url):
    new_id = next(ids(NOW))
    keep(old, new_id, NOW, payment=Payment.HELD, state="sent")
    for number, message_id in zip(range(3), ids(OLD), strict=False):
        keep(old, message_id, payment=Payment.CAPTURED if number else Payment.HELD)
    change = old.ask(lambda t: moved(t, new_id, "delivered"))

    async def body():
        reader = await asyncpg.connect(url)  # whom the taking off of the parts waits for
        await reader.execute("BEGIN; LOCK TABLE submissions IN ACCESS SHARE MODE")
        dropping = asyncio.ensure_future(
            old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW)
        )
        try:
            while not await reader.fetchval(WAITS):  # noqa: ASYNC110 # of another process
                await asyncio.sleep(0.01)
            await old.store.write(update, change)
            was_dropping = not dropping.done()
        finally:
            await reader.close()
        return was_dropping, await dropping

    was_dropping, dropped = old.run(body())
    assert was_dropping, "nobody waited for the week"
    assert dropped
    assert old.ask(lambda t: t.wallets.audit()) == []


WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted"


async def update(transaction, changes):
    """A step."""
    await transaction.messages.update_states(changes)
    return [None] * len(changes)


def test_what_was_kept_goes_by_row_once_it_is_over(old, url):
    message_id = next(ids(OLD))
    keep(old, message_id, payment=Payment.HELD, state="sent")
    old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW))

    old.do(lambda t: release(t, message_id))
    old.run(trimmer(old).tidy())

    assert kept_messages(old) == []
    assert old.ask(lambda t: t.wallets.audit()) == []


def test_webhooks_go_with_their_weeks_but_those_that_wait(old, url):
    for webhook_id in (first_webhook_id(OLD), waiting := first_webhook_id(OLD) + "a"):
        old.do(lambda t, id_=webhook_id: t.webhooks.keep([(id_, b"{}", OLD)]))
    old.do(lambda t: t.webhooks.mark([(first_webhook_id(OLD), OLD, "{}")]))

    old.run(old.store.partitions.drop_before(NOW - KEPT + timedelta(days=14), NOW))

    assert [row[0] for row in asked(url, "SELECT webhook_id FROM webhooks")] == [waiting]


def test_one_process_at_a_time_works_on_the_parts(old, url):
    async def body():
        other = await asyncpg.connect(url)
        await other.execute("SELECT pg_advisory_lock($1)", 0x57595001)
        try:
            later = await old.store.partitions.make_ahead(NOW + timedelta(days=7))
        finally:
            await other.close()
        return later, await old.store.partitions.make_ahead(NOW + timedelta(days=7))

    while_locked, after = old.run(body())
    assert while_locked == []
    assert after


@pytest.fixture(scope="module")
def looked_into(tmp_path_factory):
    """A new database with one message and one webhook; its address, and their ids."""
    message_id, webhook_id = next(ids(NOW)), first_webhook_id(NOW)
    with (
        database(is_empty=True) as url,
        opened(tmp_path_factory.mktemp("looked"), Given(url)) as stored,
    ):
        stored.furnish()
        top_up(stored)
        keep(stored, message_id, at=NOW)
        stored.do(lambda t: t.webhooks.keep([(webhook_id, b"{}", NOW)]))
        yield url, message_id, webhook_id


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("messages.records", "messages"),
        ("messages.dispatchables", "submissions"),
        ("callbacks.load", "callbacks"),
        ("webhooks.load", "webhooks"),
        ("webhooks.mark", "webhooks"),
        ("reports.facts", "facts"),
        ("wallet.entries", "ledger_entries"),
    ],
)
def test_a_look_up_by_id_touches_one_part(looked_into, name, table):
    """Of all parts in the plan only one is ever run: the executor leaves the others out.

    And the planner, who has seen no row yet, looks there by the whole key.
    """
    url, message_id, webhook_id = looked_into
    query = load_queries("postgres")[name]
    statement = compile_query(
        query, read_schema([migration.text for migration in known_migrations()])
    )
    given = {
        "account_id": 0 if table == "webhooks" else ACCOUNT,
        "message_id": message_id,
        "reference": message_id,
        "event_id": f"{message_id}.sent",
        "webhook_id": webhook_id,
    }
    values = [given.get(parameter) for parameter in statement.parameters]
    if query.columns:
        values = [[value] for value in values]

    async def explain():
        connection = await asyncpg.connect(url, server_settings=HOT)
        try:
            await connection.execute("SET enable_seqscan = off")
            rows = await connection.fetch(
                f"EXPLAIN (ANALYZE, TIMING OFF) {statement.text}", *values
            )
            return [row[0] for row in rows]
        finally:
            await connection.close()

    lines = asyncio.run(explain())
    scans = [
        line
        for line in lines
        if re.search(rf"Scan.* on {table}_(\d|rest)", line) and "never executed" not in line
    ]
    ran = {re.search(rf" on ({table}_\w+)", line)[1] for line in scans}
    assert ran == {f"{table}_20261116_20261123"}, "\n".join(lines)
    condition = lines[lines.index(scans[0]) + 1]
    assert KEYS[table] in condition, condition


def test_parts_of_the_past_are_made_when_they_are_asked_for(url):
    made = make(url, NOW - timedelta(days=21), NOW)

    weeks = {part.first for part in parts_in(url) if part.table == "messages"}
    assert len(made) == 3 * len(KEYS)
    assert min(weeks) == MONDAY - timedelta(days=21)
    assert {week + timedelta(days=7) for week in weeks} - weeks == {max(weeks) + timedelta(days=7)}
