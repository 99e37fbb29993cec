"""Every named query prepares, and those on the hot path find their rows by an index."""

from collections.abc import Iterator

import apsw
import pytest

from support.nouns import NOW
from waypost.store.querybook import Query, load_queries
from waypost.store.sqlite.connection import bring_forward, connect

QUERIES = load_queries()
COLD = {name for name, query in QUERIES.items() if query.is_cold}
"""Queries that look at whole tables, and may: each says why in its file."""
OF_FEW = {"senders_closed", "messages_unknown", "alarms_open", "callback_profiles_failing"}
"""Indexes of the few rows that matter, which may be read as a whole."""


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Iterator[apsw.Connection]:
    connection = connect(tmp_path_factory.mktemp("plans") / "plans.sqlite")
    bring_forward(connection, NOW)
    yield connection
    connection.close()


def plan(database: apsw.Connection, query: Query, rows: int) -> list[str]:
    """The lines of SQLite's plan."""
    if query.columns:
        text, values = query.for_rows(rows), (None,) * (rows * len(query.columns))
    else:
        text, values = query.text, dict.fromkeys(query.parameters)
    return [line[3] for line in database.execute(f"EXPLAIN QUERY PLAN {text}", values)]


def scans(lines: list[str], tables: set[str]) -> list[str]:
    """Lines that walk through a table of ours, by its name or by its alias in the queries."""
    aliases = tables | {"m", "b", "s", "w", "e", "r", "q", "a"}
    return [
        line
        for line in lines
        if line.startswith("SCAN ")
        and line.split()[1] in aliases
        and line.split()[-1] not in OF_FEW
    ]


@pytest.fixture(scope="module")
def tables(database) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}


@pytest.mark.parametrize("rows", [1, 2, 64])
@pytest.mark.parametrize("name", QUERIES)
def test_every_query_prepares(database, name, rows):
    plan(database, QUERIES[name], rows)
    assert QUERIES[name].sentence


@pytest.mark.parametrize("rows", [1, 2, 64])
@pytest.mark.parametrize("name", sorted(set(QUERIES) - COLD))
def test_a_hot_query_walks_through_no_table(database, tables, name, rows):
    assert scans(plan(database, QUERIES[name], rows), tables) == []


LET = {
    "messages.any_parked": "it looks for any row at all",
    "queue.after_setback": "it goes through what one queue holds",
    "queue.messages_after_setback": "it goes through what one queue holds",
    "wallet.statement": "it goes through all that one account has",
    "alarms.past": "it goes through all that are over, by their index",
    "usage.recount": "it goes through what one account had accepted",
    "usage.recount_of_refs": "it goes through what one account named so",
}


@pytest.mark.parametrize("name", sorted(COLD - LET.keys()))
def test_a_cold_query_is_known_to_walk(database, tables, name):
    assert scans(plan(database, QUERIES[name], 1), tables)


@pytest.mark.parametrize("rows", [1, 2, 64])
@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("messages.records", "SEARCH m USING INDEX % (account_id=? AND message_id=?)"),
        (
            "portfolios.waiting_items",
            (
                "SEARCH q USING INDEX queue_by_due (queue=? AND account_id=? AND lane=? AND "
                "priority=? AND due_at>? AND due_at<?)"
            ),
        ),
        ("messages.dispatchables", "SEARCH m USING INDEX % (account_id=? AND message_id=?)"),
        ("messages.ids_by_wamid", "SEARCH messages USING INDEX % (account_id=? AND wamid=?)"),
        ("messages.update_states", "SEARCH messages USING INDEX % (account_id=? AND message_id=?)"),
        (
            "messages.unpark_statuses",
            "SEARCH parked_statuses USING PRIMARY KEY (account_id=? AND wamid=?)",
        ),
        ("messages.answered", "SEARCH idempotency_keys USING PRIMARY KEY (account_id=? AND key=?)"),
        (
            "queue.take",
            "SEARCH queue USING PRIMARY KEY (account_id=? AND queue=? AND item_id=?)",
        ),
        (
            "queue.finish",
            "SEARCH queue USING PRIMARY KEY (account_id=? AND queue=? AND item_id=?)",
        ),
        ("queue.drop", "SEARCH queue USING PRIMARY KEY (account_id=? AND queue=? AND item_id=?)"),
        (
            "queue.put_back",
            "SEARCH queue USING PRIMARY KEY (account_id=? AND queue=? AND item_id=?)",
        ),
        ("callbacks.load", "SEARCH callbacks USING INDEX % (account_id=? AND event_id=?)"),
        ("callbacks.settle", "SEARCH callbacks USING INDEX % (account_id=? AND event_id=?)"),
        ("event_log.restart", "SEARCH callbacks USING INDEX % (account_id=? AND event_id=?)"),
        ("webhooks.load", "SEARCH webhooks USING INDEX % (account_id=? AND webhook_id=?)"),
        (
            "recipients.opted_out",
            "SEARCH opt_outs USING PRIMARY KEY (account_id=? AND recipient=?)",
        ),
        (
            "recipients.wrote_at",
            "SEARCH service_windows USING % (account_id=? AND sender_id=? AND recipient=?)",
        ),
        (
            "catalogues.products",
            "SEARCH products USING PRIMARY KEY (account_id=? AND catalogue_id=? AND retailer_id=?)",
        ),
        ("wallet.load", "SEARCH wallets USING INTEGER PRIMARY KEY (rowid=?)"),
        ("wallet.add", "SEARCH wallets USING INTEGER PRIMARY KEY (rowid=?)"),
    ],
)
def test_rows_are_found_by_the_whole_key(database, name, found_by, rows):
    before, _, behind = found_by.partition("%")

    assert any(
        line.startswith(before) and line.endswith(behind)
        for line in plan(database, QUERIES[name], rows)
    )


def test_due_work_is_found_in_order_without_sorting(database):
    lines = plan(database, QUERIES["queue.find"], 1)

    assert lines == [
        (
            "SEARCH queue USING INDEX queue_by_due "
            "(queue=? AND account_id=? AND lane=? AND priority=? AND due_at<?)"
        )
    ]


def test_work_that_nobody_needs_any_more_is_found_in_order_without_sorting(database):
    lines = plan(database, QUERIES["queue.expired"], 1)

    assert lines == [
        (
            "SEARCH queue USING INDEX queue_by_expiry "
            "(queue=? AND account_id=? AND lane=? AND expires_at<?)"
        )
    ]


def test_lanes_are_found_by_leaping_over_the_index(database):
    lines = plan(database, QUERIES["queue.lanes"], 1)

    assert any("queue_by_due (queue=? AND account_id=? AND lane>?)" in line for line in lines)
    assert all("queue_by_due" in line for line in lines if " q " in line or " queue " in line)


def test_a_timeline_is_read_in_order_without_sorting(database):
    lines = plan(database, QUERIES["reports.facts"], 1)

    assert lines == ["SEARCH facts USING PRIMARY KEY (account_id=? AND message_id=?)"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("of_account", "messages USING COVERING INDEX sqlite_autoindex_messages_1"),
        ("by_recipient", "messages USING COVERING INDEX messages_by_recipient"),
        ("by_failure", "messages USING COVERING INDEX messages_by_failure"),
        ("by_ref", "submissions USING COVERING INDEX submissions_by_ref"),
        ("by_ref1", "submissions USING COVERING INDEX submissions_by_ref1"),
        ("by_ref2", "submissions USING COVERING INDEX submissions_by_ref2"),
    ],
)
def test_a_search_walks_along_the_index_that_leads_it(database, name, first):
    lines = plan(database, QUERIES[f"search.ids_{name}"], 1)

    assert lines[0] == "CO-ROUTINE v"
    assert lines[1].startswith(f"SEARCH {first} (account_id=?")
    assert lines[1].endswith("_id>? AND message_id<?)") or "submission_id>?" in lines[1]
    assert all("_id=?" in line or "message_id>?" in line for line in lines[3:-1])
    assert plan(database, QUERIES[f"search.end_{name}"], 1) == [lines[1]]
