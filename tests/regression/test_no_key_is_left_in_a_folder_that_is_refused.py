"""A folder whose database is not ours is refused, and no key file of ours is left in it.

Once the key that seals tokens was made before the database was looked at.
"""

import sqlite3

import pytest

from support.pair_process import waypost


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("account", "list")], ids=" ".join)
def test_no_key_is_left_beside_somebody_elses_database(tmp_path, command):
    with sqlite3.connect(tmp_path / "waypost.sqlite") as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    database.close()

    refused = waypost(tmp_path, *command, "--data", ".")

    assert refused.returncode == 1
    assert "not Waypost's" in refused.stderr
    assert not (tmp_path / "secret.key").exists()
