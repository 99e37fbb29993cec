"""What recipients wrote, at the command line."""

import json

import pytest

from support.nouns import ACCOUNT, account
from support.pair_process import waypost
from support.received import account_event, inbound
from support.stored import opened

SID = account().sid
TEXT = b'{"messages":[{"type":"text","text":{"body":"Do you have palms?"}}]}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with two messages of an account, one of nobody, and an event of each."""
    folder = tmp_path_factory.mktemp("inbound")
    rows = [
        inbound(inbound_id="A1", value=TEXT, reply_to="A0", is_probable=True),
        inbound(inbound_id="A2", wamid="w2", kind="location", value=b'{"messages":[{}]}'),
        inbound(account_id=0, inbound_id="A3", sender_id="999"),
    ]
    events = [account_event(), account_event(account_id=0, digest="d2", field="calls")]
    with opened(folder / "d") as stored:
        stored.furnish()
        stored.do(lambda t: t.inbound.insert(rows))
        stored.do(lambda t: t.inbound.insert_events(events))
    return folder


def asked(folder, *arguments):
    done = waypost(folder, "inbound", *arguments, "--data", "d", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_messages_are_listed_page_by_page(folder):
    first = asked(folder, "list", SID, "--limit", "1")
    second = asked(folder, "list", SID, "--limit", "1", "--after", first["next"])

    told = [one["inbound_id"] for page in (first, second) for one in page["messages"]]
    assert (told, second["next"]) == (["A2", "A1"], None)
    assert [one["inbound_id"] for one in asked(folder, "list", SID, "--kind", "text")["messages"]]


def test_a_list_for_a_person_says_what_was_written_and_what_it_answers(folder):
    done = waypost(folder, "inbound", "list", SID, "--data", "d")

    assert done.returncode == 0, done.stderr
    assert "Do you have palms?" in done.stdout
    assert "A0 (probably)" in done.stdout


def test_what_belongs_to_nobody_is_listed_alone(folder):
    assert [one["sender_id"] for one in asked(folder, "list", "--unowned")["messages"]] == ["999"]
    assert [one["field"] for one in asked(folder, "events", "--unowned")["events"]] == ["calls"]
    assert [one["account_id"] for one in asked(folder, "events", SID)["events"]] == [ACCOUNT]


def test_one_message_is_shown_with_metas_own_payload(folder):
    assert asked(folder, "show", SID, "A1")["value"] == json.loads(TEXT)
    done = waypost(folder, "inbound", "show", SID, "A3", "--data", "d")
    assert (done.returncode, "no incoming message A3" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments", [["list"], ["list", SID, "--unowned"], ["list", SID, "--from", "soon"]]
)
def test_what_cannot_be_asked_is_misuse(folder, arguments):
    done = waypost(folder, "inbound", *arguments, "--data", "d")

    assert done.returncode == 2
    assert done.stderr.strip()
