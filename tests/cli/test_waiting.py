"""What waits for a person, at the command line, beside no gateway."""

import json

import pytest

from support.nouns import MESSAGE_ID, NOW, SENDER_ID, account, message_change, queue_item
from support.pair_process import waypost
from support.stored import opened
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.sender import SenderHold

SID = account().sid
EXPIRED = Failure("190", "The access token has expired", "", "Operator: give it a new token.")
LOST = "A0LKQ1PCV00000000002"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a message that waits, one of unknown outcome, and a sender that is held."""
    folder = tmp_path_factory.mktemp("waiting")
    alarm = Alarm(1, AlarmKind.SENDER_HELD, SENDER_ID, "Refused.", "Operator: mend it.", NOW)
    lost = message_change(message_id=LOST, state=State.UNKNOWN, wamid=None)
    with opened(folder / "d") as stored:
        stored.furnish()
        for message_id in (MESSAGE_ID, LOST):
            stored.keep_message(message_id)
        stored.do(lambda t: t.messages.update_states([lost]))
        stored.do(lambda t: t.queue.put([queue_item()]))
        hold = SenderHold(NOW, 60, EXPIRED)
        stored.do(lambda t: t.directory.hold_sender(1, SENDER_ID, hold, NOW))
        stored.do(lambda t: t.alarms.raise_all([alarm]))
    return folder


def asked(folder, *arguments, code=0):
    """The answer of a command in JSON."""
    done = waypost(folder, *arguments, "--data", "d", "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_a_waiting_message_is_cancelled_once(folder):
    assert asked(folder, "message", "cancel", MESSAGE_ID)["cancelled"] == [MESSAGE_ID]
    again = asked(folder, "message", "cancel", MESSAGE_ID, code=1)
    assert again == {"cancelled": [], "too_late": [MESSAGE_ID]}


def test_an_unknown_message_is_listed_and_resolved_once(folder):
    (listed,) = asked(folder, "unknown", "list", "--account", SID)
    assert (listed["message_id"], listed["due_at"]) == (LOST, None)
    every = ("unknown", "resolve", "--all", "--account", SID, "--not-sent")
    assert asked(folder, *every) == [
        {"message_id": LOST, "is_done": True, "said": "counts as failed"}
    ]
    assert asked(folder, *every) == []
    (late,) = asked(folder, "unknown", "resolve", LOST, "--sent", code=1)
    assert late["said"] == "is failed: its outcome is known"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((LOST,), "one of --resend, --sent and --not-sent"),
        ((LOST, "--sent", "--resend"), "one of --resend, --sent and --not-sent"),
        (("--sent",), "Name messages, or say --all"),
        (("--sent", "--all"), "--all needs --account"),
    ],
)
def test_a_resolution_that_is_unclear_is_refused(folder, arguments, said):
    done = waypost(folder, "unknown", "resolve", *arguments, "--data", "d")

    assert done.returncode == 2
    assert said in done.stderr


def test_a_held_sender_is_shown_with_its_reason_and_resumed_with_its_alarm(folder):
    shown = waypost(folder, "sender", "show", SID, f"+{SENDER_ID}", "--data", "d").stdout
    assert "The access token has expired (190)" in shown
    assert "Operator: give it a new token." in shown
    (alarm,) = asked(folder, "alarm", "list")
    assert (alarm["kind"], alarm["subject"]) == ("sender_held", SENDER_ID)

    resumed = asked(folder, "sender", "resume", SID, f"+{SENDER_ID}")

    assert (resumed["state"], resumed["held_until"]) == ("active", None)
    assert asked(folder, "alarm", "list") == []
    (past,) = asked(folder, "alarm", "list", "--past")
    assert past["cleared_at"] is not None


def test_an_account_s_policies_are_set_and_shown(folder):
    options = ["--unknown-policy", "hold", "--validity", "12h", "--daily-limit", "500"]
    asked(folder, "account", "set", SID, *options)
    shown = asked(folder, "account", "show", SID)
    assert (shown["unknown_policy"], shown["validity_s"], shown["daily_limit"]) == (
        "hold",
        43_200,
        500,
    )
    asked(folder, "account", "set", SID, "--validity", "default", "--daily-limit", "unlimited")
    shown = asked(folder, "account", "show", SID)
    assert (shown["validity_s"], shown["daily_limit"]) == (None, None)
