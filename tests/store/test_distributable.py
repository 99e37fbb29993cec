"""Every statement names the account, so that the schema can be distributed by account.

On such a database a statement that names no account asks every machine; a lock, or a change of
rows found by a join, cannot cross accounts at all. What names none stands here with its reason.
"""

import re

import pytest

from waypost.store.postgres.connection import known_migrations
from waypost.store.postgres.dialect import read_schema
from waypost.store.postgres.distribution import EVERYWHERE, LOCAL, statements, tables
from waypost.store.querybook import load_queries

QUERIES = load_queries("postgres")
EXCEPTIONS = {
    # Reads of an operator, or of a timer: they ask every machine, seldom.
    "alarms.open": "of one account if it is named, else of all",
    "alarms.past": "of one account if it is named, else of all",
    "audit.of_all": "an operator's list",
    "directory.accounts": "accounts are whole on every machine",
    "directory.all_wabas": "once, at the start",
    "directory.wabas_due": "a timer's question for what is due anywhere",
    "history.messages_before": "retention looks for what is old anywhere",
    "history.orphans": "an operator's examination; every join names the account",
    "history.parked_of_known": "a timer's question; the join names the account",
    "media.expiring": "a timer's question for what is due anywhere",
    "media.lapsed": "a timer's question for what is due anywhere",
    "media.lapsed_resumable": "a timer's question for what is due anywhere",
    "queue.backlog": "health and metrics count everywhere",
    "reports.states": "an operator's count",
    # Who it concerns is what is asked for.
    "directory.insert_account": "accounts are whole on every machine",
    "endpoints.closed": "a timer's question, answered from an index of few rows",
    "directory.closed_senders": "a timer's question, answered from an index of few rows",
    "directory.account_by_sid": "accounts are whole on every machine",
    "directory.sender_owners": "Meta names its number, and not the account; kept in memory",
    "directory.waba_owners": "Meta names its WABA, and not the account; a webhook about templates",
    "reports.find_message": "an operator names the message alone",
    "reports.messages_of_submission": "an operator names the request alone",
    # Updates of every machine, in one transaction over all: seldom.
    "directory.set_sync_due": "a webhook about a WABA's templates",
    "media.fail_pending": "once, at the start",
    "queue.orphans": "SQLite's alone: a gateway that starts and is the only one",
}
REFUSED = {
    "queue.lanes": "leaps from account to account by recursion",
    "audit.append": "takes a number above that of every other account",
}
"""What Citus would not run as it stands: each needs a text of its own there (docs/scale.md)."""

TIMED = re.compile(r"history\.past_")
"""Retention looks for what is old anywhere, once an hour."""

NAMED = [
    r"\baccount_id = (:account_id|0)\b",
    r"\(\w*\.?account_id, [^)]*\) IN \(",
    r"\baccount_id IN \(VALUES",
    r"\baccount_id = \w+\.(column\d|account_id)\b",
    r"INSERT INTO \w+ \(account_id\b",
    r"\baccount_id = ANY",
]
"""How a statement names the account: it is given, it is in the rows given, or it is joined on."""


def names_the_account(text):
    return any(re.search(pattern, text) for pattern in NAMED)


def test_every_statement_names_the_account_or_says_why_not():
    strangers = {
        name
        for name, query in QUERIES.items()
        if not names_the_account(query.text)
        and name not in EXCEPTIONS
        and not TIMED.match(name)
        and not query.is_cold
    }

    assert strangers == set()


def test_what_cannot_be_distributed_is_known():
    recursive = {
        name
        for name, query in QUERIES.items()
        if "WITH RECURSIVE" in query.text and "= :account_id" not in query.text
    }
    nested = {
        name
        for name, query in QUERIES.items()
        if re.search(r"^INSERT[^;]*VALUES[^;]*SELECT\b[^;]*FROM (?!excluded)", query.text)
    }

    assert recursive | nested == set(REFUSED)


def test_no_exception_is_left_that_is_none():
    assert {name for name in EXCEPTIONS if name not in QUERIES} == set()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_no_statement_locks_rows_across_accounts(name):
    """FOR UPDATE is run by a distributed database for one account alone."""
    text = QUERIES[name].text
    assert "FOR UPDATE" not in text or "account_id = :account_id" in text


def test_every_uniqueness_rule_has_the_account_in_it_but_a_sids():
    for migration in known_migrations():
        for table, body in re.findall(
            r"^CREATE TABLE (\w+) \((.*?)^\)", migration.text, re.MULTILINE | re.DOTALL
        ):
            if table in (*LOCAL, *EVERYWHERE):
                continue
            for key in re.findall(r"(?:PRIMARY KEY|UNIQUE) \(([^)]*)\)", body):
                assert key.startswith("account_id"), (table, key)
        for index in re.findall(r"CREATE UNIQUE INDEX (.*)", migration.text):
            assert "(account_id" in index, index


def test_every_table_is_distributed_once():
    schema = read_schema([migration.text for migration in known_migrations()])
    text = "\n".join(statements())

    assert {*tables(), *EVERYWHERE, *LOCAL} == set(schema)
    for table in set(schema) - set(LOCAL):
        assert text.count(f"('{table}'") == 1
