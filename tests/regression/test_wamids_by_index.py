"""Looking a message up by its wamid once walked through all messages of its account."""

from support.nouns import NOW
from waypost.store.querybook import load_queries
from waypost.store.sqlite.connection import bring_forward, connect


def test_a_message_is_looked_up_by_its_wamid_in_the_index_of_wamids(tmp_path):
    connection = connect(tmp_path / "database")
    bring_forward(connection, NOW)
    statement = load_queries()["messages.ids_by_wamid"].for_rows(2)

    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1, "a", 1, "b")).fetchall()

    connection.close()
    assert plan[0][3] == "SEARCH messages USING INDEX messages_by_wamid (account_id=? AND wamid=?)"
