"""`waypost recipient erase`, beside no gateway."""

import json

import pytest

from support.nouns import ACCOUNT, NOW, account
from support.old_messages import ids, keep, top_up
from support.pair_process import waypost
from support.stored import opened

SID = account().sid
ANNA = "919876543210"


@pytest.fixture
def folder(tmp_path):
    """A folder with one message that is over."""
    with opened(tmp_path / "d") as stored:
        stored.furnish()
        top_up(stored)
        keep(stored, next(ids(NOW)), at=NOW)
    return tmp_path


def test_a_recipient_is_erased_and_the_file_does_not_hold_it(folder):
    assert ANNA.encode() in held(folder)
    done = waypost(folder, "recipient", "erase", f"+{ANNA}", "--account", SID, "--data", "d")

    assert done.returncode == 0, done.stderr
    assert "is found nowhere" in done.stdout
    assert ANNA not in done.stdout + done.stderr
    assert "+91****10" in done.stdout
    assert ANNA.encode() not in held(folder)
    with opened(folder / "d") as stored:
        assert stored.ask(lambda t: t.wallets.audit()) == []
        (entry, *_) = stored.ask(lambda t: t.audit.entries(ACCOUNT, 1, None))
    assert entry.target.startswith("erased:")


def test_the_answer_is_told_in_json_and_nobody_is_erased_twice(folder):
    first, second = (
        waypost(folder, "recipient", "erase", f"+{ANNA}", "--data", "d", "--json") for _ in "12"
    )

    assert json.loads(first.stdout)["erased"]["messages"] == 1
    assert json.loads(second.stdout)["erased"] == {}
    assert json.loads(second.stdout)["is_complete"] is True


def test_what_is_no_recipient_is_refused(folder):
    done = waypost(folder, "recipient", "erase", "nobody", "--data", "d")

    assert done.returncode == 1
    assert "neither a phone number" in done.stderr


def held(folder):
    """The bytes of the database, its log included."""
    return b"".join(path.read_bytes() for path in (folder / "d").glob("waypost.sqlite*"))
