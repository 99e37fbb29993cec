"""Callback profiles and events at the doors of operators and of customers."""

import json

import pytest

from support.asgi import call
from support.nouns import SENDER_ID
from support.operator import in_office
from support.pair import text, wrapped

WANTED = {
    "title": "Shop",
    "events": ["message_status"],
    "url": "http://shop/own?ref=<ref>",
    "auth": {"kind": "basic", "user": "shop", "password": "hunter2"},
    "headers": {"X-Key": "hunter3"},
}


async def ask(office, method, path, body=None):
    """One request of the customer; what it gave, out of its envelope."""
    given = {"api-key": office.pair.key, "Content-Type": "application/json"}
    raw = b"" if body is None else json.dumps(body).encode()
    path = f"/v2/{office.pair.sid}/{path}"
    answer = await call(office.pair.gateway.app, method, path, headers=given, body=raw)
    return answer.status, answer.json["data"] if answer.status < 300 else answer.json


async def done(office, method, path, body=None):
    status, data = await ask(office, method, path, body)
    assert status == 200, data
    return data


def test_an_operator_makes_attaches_rotates_and_removes_a_profile(tmp_path):
    async def visit(office):
        profiles = f"{office.account}/callback-profiles"
        made = await office.done("POST", profiles, WANTED)
        path = f"{profiles}/{made['profile']['profile_id']}"
        attached = await office.done("POST", f"{path}/attach", {"target": f"sender/{SENDER_ID}"})
        sender = await office.done("GET", f"{office.account}/senders/{SENDER_ID}")
        changed = await office.done("PATCH", path, {"title": "Other", "method": "PUT"})
        rotated = await office.done("POST", f"{path}/rotate", {"overlap_hours": 2})
        read = await office.done("GET", f"{path}/secrets")
        assert [one["state"] for one in (await office.done("GET", profiles))["items"]] == [
            "active"
        ] * 2
        paused = await office.done("POST", f"{path}/pause")
        resumed = await office.done("POST", f"{path}/resume")
        refused = await office.refused("DELETE", path)
        detached = await office.done("POST", f"{path}/detach", {"target": f"sender/{SENDER_ID}"})
        removed = await office.done("DELETE", path)
        unknown = await office.refused("GET", path)
        told = (made, attached, sender, changed, rotated, read, paused, resumed, refused)
        return *told, detached, removed, unknown, await office.acts()

    told = in_office(tmp_path, visit)
    made, attached, sender, changed, rotated, read, paused, resumed, refused, *rest = told
    detached, removed, unknown, acts = rest
    id_ = made["profile"]["profile_id"]
    assert made["secret"].startswith("whsec_")
    assert made["profile"]["auth"] == "basic"
    assert made["profile"]["headers"] == ["X-Key"]
    assert attached["attached_to"] == [f"sender/{SENDER_ID}"]
    assert id_ in sender["callback_profiles"]
    assert (changed["title"], changed["method"], changed["url"]) == ("Other", "PUT", WANTED["url"])
    assert read == rotated
    assert [one["expires_at"] is None for one in read["secrets"]] == [True, False]
    assert read["secrets"][1]["secret"] == made["secret"]
    assert (paused["state"], resumed["state"]) == ("paused", "active")
    assert (refused["status"], refused["code"]) == (409, "conflict")
    assert detached["attached_to"] == []
    assert removed == {"profile_id": id_, "given_up": 0}
    assert unknown["code"] == "not_found"
    assert acts[-1][0] == "callback_profile.removed"
    shown = str((attached, changed, paused, [one for one in told[:1] if "secret" not in one]))
    assert "hunter" not in shown


def test_an_operator_is_told_every_fault_at_once(tmp_path):
    async def visit(office):
        profiles = f"{office.account}/callback-profiles"
        kinds = {**WANTED, "events": ["message_statuses"], "colour": "red", "title": 7}
        meanings = {**WANTED, "title": "a/b", "events": [], "url": "http://shop/?a=<nope>"}
        return [await office.refused("POST", profiles, one) for one in (kinds, meanings)]

    kinds, meanings = in_office(tmp_path, visit)
    assert [one["path"] for one in kinds["errors"]] == ["/colour", "/title", "/events/0"]
    assert [one["path"] for one in meanings["errors"]] == ["/title", "/events", "/url"]
    assert (kinds["status"], meanings["status"]) == (400, 400)


def test_a_customer_makes_a_profile_tries_it_out_and_sees_what_came_of_it(tmp_path):
    async def visit(office):
        made = await done(office, "POST", "callback_profiles", WANTED)
        path = f"callback_profiles/{made['profile']['profile_id']}"
        await done(office, "PATCH", path, {"events": ["message_status", "incoming_message"]})
        tried = await done(office, "POST", f"{path}/test")
        await office.pair.until(lambda: bool(office.pair.shop.told))
        await office.pair.pass_time(1)
        event = await done(office, "GET", f"callbacks/{tried['event_id']}")
        listed = await done(office, "GET", "callbacks?kind=test&state=delivered&limit=5")
        profile = await done(office, "GET", path)
        return made, tried, event, listed, profile, office.pair.shop.told[0]

    made, tried, event, listed, profile, told = in_office(tmp_path, visit)
    assert told.headers["webhook-id"] == tried["event_id"]
    assert told.headers["x-key"] == "hunter3"
    assert told.headers["authorization"].startswith("Basic ")
    assert event["event"]["state"] == "delivered"
    assert [one["status"] for one in event["attempts"]] == [200]
    assert listed == {"items": [event["event"]], "next": None}
    assert profile["events"] == ["message_status", "incoming_message"]
    assert made["secret"] not in str((event, listed, profile))


@pytest.mark.parametrize(
    ("method", "path", "body", "faults"),
    [
        ("POST", "callback_profiles", {}, ["/title", "/events", "/url"]),
        ("POST", "callback_profiles", {**WANTED, "title": ""}, ["/title"]),
        ("POST", "callback_profiles/IN_1/attach", {"target": ""}, ["/target"]),
        ("GET", "callback_profiles/IN_1", None, [""]),
        ("POST", "callbacks/replay", {}, [""]),
        ("GET", "callbacks?profile=IN_1", None, [""]),
        ("GET", "callbacks/none", None, [""]),
    ],
)
def test_a_customer_is_refused_in_the_envelope(tmp_path, method, path, body, faults):
    status, answer = in_office(tmp_path, lambda office: ask(office, method, path, body))

    assert (status, answer["code"]) == (400, "WA400")
    assert [one["path"] for one in answer["error"]["details"]] == faults


def test_a_customer_reads_nothing_of_another_account(tmp_path):
    async def visit(office):
        made = await done(office, "POST", "callback_profiles", WANTED)
        other = await office.done(
            "POST", "/v1/admin/accounts", {"name": "Other", "kind": "prepaid"}
        )
        path = (
            f"/v1/admin/accounts/{other['sid']}/callback-profiles/{made['profile']['profile_id']}"
        )
        return await office.refused("GET", path), await office.refused("GET", f"{path}/secrets")

    assert [one["code"] for one in in_office(tmp_path, visit)] == ["not_found"] * 2


def test_a_request_that_names_a_profile_that_the_account_has_not_is_refused(tmp_path):
    async def visit(office):
        made = await done(office, "POST", "callback_profiles", WANTED)
        body = wrapped(text(), callback_profile_id="IN_none")
        refused = await office.pair.send(body)
        beside = await office.pair.send(
            {**wrapped(text(), callback_profile_id="IN_none"), "messaging_object": {"to": "x"}}
        )
        return made["profile"]["profile_id"], refused, beside

    id_, refused, beside = in_office(tmp_path, visit)
    assert (refused.status, refused.json["code"]) == (400, "WA400")
    (fault,) = refused.json["error"]["details"]
    assert fault["path"] == "/extra_info/callback_profile_id"
    assert fault["code"] == "unknown_callback_profile"
    assert id_ in fault["message"]
    assert beside.status == 400
