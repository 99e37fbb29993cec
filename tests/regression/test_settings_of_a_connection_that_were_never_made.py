"""Statements behind the first that answers with a row were never run: SQLite's defaults held."""

from waypost.store.sqlite.connection import connect

MEANT = {
    "journal_mode": "wal",
    "synchronous": 2,
    "temp_store": 2,
    "cache_size": -65536,
    "wal_autocheckpoint": 0,
    "journal_size_limit": 67108864,
    "secure_delete": 1,
}


def test_every_setting_of_a_connection_is_made(tmp_path):
    connection = connect(tmp_path / "settings.sqlite")
    found = {name: connection.execute(f"PRAGMA {name}").get for name in MEANT}
    connection.close()

    assert found == MEANT
