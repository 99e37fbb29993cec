"""Single costs, measured in the same run: reading and checking a body, a commit on the disk."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import request
from bench.checks import NoTemplates, check_costs

from waypost.model.submission import Submission
from waypost.store.sqlite.connection import bring_forward, connect
from waypost.wire.send import MAX_RECIPIENTS, parse_send
from waypost.wire.thorough import parse_thoroughly

READS = 2_000
COMMITS = 200


def microseconds(call: Callable[[], object], times: int) -> float:
    """The median time of one call."""
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        spent.append(time.perf_counter() - started)
    return median(spent) * 1e6


def measure_single_costs(folder: Path) -> dict[str, float]:
    """Microseconds by name."""
    fast, slow, book = request.customer_body(), request.thorough_body(), NoTemplates()
    assert isinstance(parse_send(fast, book), Submission)
    assert isinstance(parse_send(slow, book), Submission)
    connection = connect(folder / "commits.sqlite")
    bring_forward(connection, datetime.now(UTC))

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO webhooks (account_id, webhook_id, body, received_at) "
            "VALUES (0, hex(randomblob(8)), x'00', 0)"
        )
        connection.execute("COMMIT")

    costs = {
        "parse_send, the fast way": microseconds(lambda: parse_send(fast, book), READS),
        "parse_send, a body that needs the thorough way": microseconds(
            lambda: parse_send(slow, book), READS // 4
        ),
        "the thorough way alone, on a clean body": microseconds(
            lambda: parse_thoroughly(fast, book, MAX_RECIPIENTS), READS // 4
        ),
        "one commit of one row, SQLite FULL": microseconds(commit, COMMITS),
    }
    connection.close()
    return costs | check_costs(microseconds, READS)
