"""Callback profiles and events on the command line, each command as a process."""

import json

import pytest

from support.pair_process import waypost


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("profiles")


@pytest.fixture(scope="module")
def sid(folder):
    return asked(folder, "account", "create", "Shop")["sid"]


def asked(folder, *arguments):
    """The answer of a command in JSON."""
    done = waypost(folder, *arguments, "--data", "d", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_profile_from_its_making_to_its_end(folder, sid):
    (folder / "auth.json").write_text('{"kind": "basic", "user": "a", "password": "hunter2"}')
    url = "https://shop.example.com/s?ref=<ref>"
    options = ["--event", "message_status", "--auth", "auth.json", "--header", "X-Key: hunter3"]
    made = asked(folder, "profile", "add", sid, "My shop", url, *options)
    id_ = made["profile"]["profile_id"]
    attached = asked(folder, "profile", "attach", sid, id_[-12:], "account")
    changed = asked(folder, "profile", "set", sid, id_, "--method", "put", "--header", "none")
    rotated = asked(folder, "profile", "rotate", sid, id_, "--overlap", "1h")
    read = asked(folder, "profile", "secret", sid, id_)
    tried = asked(folder, "profile", "test", sid, id_)
    event = asked(folder, "callback", "show", sid, tried["event_id"])
    listed = asked(folder, "callback", "list", sid, "--profile", id_)
    again = asked(folder, "callback", "replay", sid, tried["event_id"])
    paused = asked(folder, "profile", "pause", sid, id_)
    resumed = asked(folder, "profile", "resume", sid, id_)
    refused = waypost(folder, "profile", "remove", sid, id_, "--data", "d")
    shown = waypost(folder, "profile", "show", sid, id_, "--data", "d")
    removed = asked(folder, "profile", "remove", sid, id_, "--force")

    assert attached["attached_to"] == ["account"]
    assert (changed["method"], changed["headers"], changed["auth"]) == ("PUT", [], "basic")
    assert [one["secret"] for one in read] == [rotated[0]["secret"], made["secret"]]
    assert event["event"]["state"] == "pending"
    assert listed["items"] == [event["event"]]
    assert again == {"events": 0}
    assert (paused["state"], resumed["state"]) == ("paused", "active")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"The events of account go to {id_}; detach it first")
    assert "hunter" not in shown.stdout + json.dumps([made["profile"], changed])
    assert removed == {"profile_id": id_, "given_up": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["profile", "add", "S", "a/b", "x", "--event", "nope"], 2, "--event: nope is none;"),
        (["profile", "add", "S", "a/b", "ftp://x"], 1, "Refused: nothing was changed."),
        (["profile", "add", "S", "a", "http://x", "--header", "x"], 2, "--header must be"),
        (["profile", "set", "S", "IN_1"], 2, "Nothing is to change"),
        (["profile", "show", "S", "IN_1"], 1, "has no callback profile IN_1"),
        (["callback", "show", "S", "IN_1"], 1, "has no callback event IN_1"),
        (["callback", "replay", "S"], 2, "Say what is to be told"),
        (["callback", "replay", "S", "--given-up-since", "soon"], 2, "soon is no moment"),
    ],
)
def test_what_cannot_be_is_refused_in_words(folder, sid, arguments, code, said):
    words = [sid if word == "S" else word for word in arguments]

    done = waypost(folder, *words, "--data", "d")

    assert done.returncode == code
    assert said in done.stdout + done.stderr
