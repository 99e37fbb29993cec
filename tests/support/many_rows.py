"""A folder with any number of messages, each with its facts: made by SQL, for what reads them."""

from pathlib import Path

import apsw

from support.nouns import MESSAGE_ID, later, new_message, new_submission
from support.stored import SQLITE, opened

REQUESTS = """
WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :number - 1)
INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS m CROSS JOIN s
WHERE m.{key} = :model
"""
ID = "substr(:model, 1, 10) || printf('%010d', n + 1)"


def fill(folder: Path, number: int) -> None:
    """Makes that many messages of one account in an SQLite folder."""
    with opened(folder, SQLITE) as stored:
        stored.furnish()

        async def put(transaction):
            await transaction.messages.insert_submissions([new_submission(accepted_at=later(0))])
            await transaction.messages.insert([new_message(accepted_at=later(0))])

        stored.do(put)
    connection = apsw.Connection(str(folder / "waypost.sqlite"))
    connection.execute("PRAGMA synchronous = OFF; BEGIN")
    for table, key in (("submissions", "submission_id"), ("messages", "message_id")):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        changed = {"submission_id": ID, "message_id": ID}
        if table == "messages":
            changed["recipient"] = "'+9197' || printf('%08d', n)"
        values = ", ".join(changed.get(column, f"m.{column}") for column in columns)
        text = REQUESTS.format(table=table, columns=", ".join(columns), values=values, key=key)
        connection.execute(text, {"number": number, "model": MESSAGE_ID})
    for place, fact in enumerate(("taken", "sent", "delivered", "read"), 1):
        connection.execute(
            "INSERT INTO facts (account_id, message_id, fact_id, fact, occurred_at, recorded_at) "
            "SELECT account_id, message_id, ?, ?, accepted_at + ?, accepted_at + ? FROM messages",
            (place, fact, place * 1000, place * 1000),
        )
    connection.execute("COMMIT")
    connection.close()
