"""What waits for a person, over HTTP: cancelled, resolved, resumed; and what an account wants."""

from datetime import timedelta

import pytest

from support.nouns import NOW, SENDER_ID
from support.operator import in_office
from support.pair import TO, text, wrapped
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation
from waypost.model.sender import SenderHold

REFUSED = Failure("190", "The access token has expired", "", "Operator: give the WABA a new token.")
LATER = (NOW + timedelta(hours=1)).isoformat()


async def scheduled(office):
    return await office.pair.accepted(wrapped(text(), send_at=LATER))


async def unknown(office):
    """A message whose outcome nobody knows."""
    message_id = await scheduled(office)
    lost = Observation(1, message_id, Fact.LOST, NOW, failure=REFUSED)

    async def step(transaction, items):
        await office.pair.gateway.tools.resolver.recorder.apply(transaction, [lost])
        return items

    await office.pair.store.write(step, None)
    return message_id


async def hold(office):
    """Meta refuses the sender as a whole, and an alarm says so."""
    alarm = Alarm(1, AlarmKind.SENDER_HELD, SENDER_ID, "Refused.", "Operator: mend it.", NOW)

    async def step(transaction, items):
        until = NOW + timedelta(minutes=30)
        await transaction.directory.hold_sender(1, SENDER_ID, SenderHold(until, 1800, REFUSED), NOW)
        await transaction.alarms.raise_all([alarm])
        await transaction.directory.touch(1)
        return items

    await office.pair.store.write(step, None)


def test_a_waiting_message_is_cancelled_and_its_timeline_says_so(tmp_path):
    async def visit(office):
        message_id = await scheduled(office)
        path = f"{office.account}/messages/{message_id}"
        waiting = await office.done("GET", f"{path}/timeline")
        cancelled = await office.done("DELETE", path)
        after = await office.done("GET", f"{path}/timeline")
        return message_id, waiting["timeline"], cancelled, after["timeline"]

    message_id, waiting, cancelled, after = in_office(tmp_path, visit)
    assert waiting["send_at"] == "2026-11-20T13:00:00Z"
    assert any("waits for its time" in line["text"] for line in waiting["lines"])
    shown = {"message_id": message_id, "recipient": TO, "state": "not_sent"}
    assert cancelled == {"cancelled": [shown], "too_late": []}
    assert (after["state"], after["trouble"]["code"]) == ("not_sent", "WAV2103")


def test_a_message_of_nobody_cannot_be_cancelled(tmp_path):
    async def visit(office):
        return await office.refused("DELETE", f"{office.account}/messages/A404")

    assert in_office(tmp_path, visit)["status"] == 404


@pytest.mark.parametrize(("resolution", "state"), [("sent", "submitted"), ("not_sent", "failed")])
def test_an_unknown_message_is_listed_and_resolved(tmp_path, resolution, state):
    async def visit(office):
        message_id = await unknown(office)
        listed = await office.done("GET", f"{office.account}/unknown")
        body = {"message_ids": [message_id, "A404"], "resolution": resolution}
        resolved = await office.done("POST", f"{office.account}/unknown/resolve", body)
        after = await office.done("GET", f"{office.account}/messages/{message_id}/timeline")
        return (
            message_id,
            listed,
            resolved,
            after["timeline"],
            await office.done("GET", f"{office.account}/unknown"),
        )

    message_id, listed, resolved, after, left = in_office(tmp_path, visit)
    (one,) = listed["items"]
    assert (one["message_id"], one["sender"], one["policy"]) == (
        message_id,
        f"+{SENDER_ID}",
        "resend",
    )
    assert [one["is_done"] for one in resolved["messages"]] == [True, False]
    assert after["state"] == state
    assert left["items"] == []


def test_a_resolution_that_is_none_is_refused_with_those_there_are(tmp_path):
    async def visit(office):
        body = {"message_ids": [], "resolution": "maybe"}
        return await office.refused("POST", f"{office.account}/unknown/resolve", body)

    problem = in_office(tmp_path, visit)
    assert {fault["path"] for fault in problem["errors"]} == {"/message_ids", "/resolution"}


def test_whoever_resumes_a_held_sender_ends_its_hold_and_its_alarm(tmp_path):
    async def visit(office):
        await hold(office)
        sender = f"{office.account}/senders/{SENDER_ID}"
        held = await office.done("GET", sender)
        alarms = await office.done("GET", "/v1/admin/alarms")
        resumed = await office.done("POST", f"{sender}/resume")
        past_of = f"/v1/admin/alarms?past=true&account={office.pair.sid}"
        return (
            held,
            alarms,
            resumed,
            [await office.done("GET", path) for path in ("/v1/admin/alarms", past_of)],
        )

    held, alarms, resumed, (still, past) = in_office(tmp_path, visit)
    assert (held["held_until"], held["held_for"]["code"]) == ("2026-11-20T12:30:00Z", "190")
    (alarm,) = alarms["items"]
    assert (alarm["kind"], alarm["subject"], alarm["cleared_at"]) == (
        "sender_held",
        SENDER_ID,
        None,
    )
    assert (resumed["state"], resumed["held_until"], resumed["held_for"]) == ("active", None, None)
    assert still["items"] == []
    assert past["items"][0]["cleared_at"] is not None


def test_an_account_s_policies_are_shown_and_changed(tmp_path):
    wanted = {
        "unknown_policy": "hold",
        "template_policy": "fail",
        "capped_policy": "wait",
        "validity_s": 3600,
        "daily_limit": 1000,
    }

    async def visit(office):
        before = await office.done("GET", office.account)
        after = await office.done("PATCH", office.account, wanted)
        back = await office.done("PATCH", office.account, {"validity_s": None, "daily_limit": None})
        opened = await office.done("POST", "/v1/admin/accounts", {"name": "New", **wanted})
        return before, after, back, opened

    before, after, back, opened = in_office(tmp_path, visit)
    assert {name: before[name] for name in wanted} == {
        "unknown_policy": "resend",
        "template_policy": "hold",
        "capped_policy": "end",
        "validity_s": None,
        "daily_limit": None,
    }
    assert {name: after[name] for name in wanted} == wanted
    assert (back["validity_s"], back["daily_limit"], back["capped_policy"]) == (None, None, "wait")
    assert {name: opened[name] for name in wanted} == wanted


@pytest.mark.parametrize(("field", "value"), [("validity_s", 29), ("daily_limit", 0)])
def test_a_limit_that_is_none_is_told_at_its_place(tmp_path, field, value):
    async def visit(office):
        return await office.refused("PATCH", office.account, {field: value})

    (fault,) = in_office(tmp_path, visit)["errors"]
    assert fault["path"] == f"/{field}"
