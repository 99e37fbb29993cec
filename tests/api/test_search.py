"""Messages found, over HTTP: by the customer and by the operator, and what is refused."""

import json
from urllib.parse import quote, urlencode

import pytest

from support.asgi import call
from support.nouns import SENDER_ID
from support.operator import in_office
from support.pair import TO, text, wrapped


async def own(office, path="", **query):
    """A customer's answer."""
    answer = await call(
        office.pair.gateway.app,
        "GET",
        f"/v2/{office.pair.sid}/whatsapp/messages{path}?{urlencode(query)}",
        headers={"api-key": office.pair.key},
    )
    return answer.status, json.loads(answer.body)


async def listed(office, **query):
    status, body = await own(office, **query)
    assert status == 200, body
    return body["data"]


def ids(found):
    return [one["message_id"] for one in found["messages"]]


def test_a_customer_finds_messages_by_what_was_asked_of_them(tmp_path):
    async def visit(office):
        first = await office.pair.accepted(wrapped(text(), ref="order 17", ref1="spring"))
        second = await office.pair.accepted(wrapped(text(to="+919800000099"), ref="order 18"))
        await office.pair.until_state(first, "read")
        await office.pair.until_state(second, "read")
        return (
            [first, second],
            await listed(office),
            [
                ids(await listed(office, **query))
                for query in (
                    {"recipient": TO},
                    {"recipient": "91 98765-43210"},
                    {"ref": "order 18"},
                    {"ref": "order 17", "ref1": "spring"},
                    {"state": "not sent,READ", "limit": 1},
                    {"state": "failed"},
                    {"sender": f"+{SENDER_ID}", "from": "2026-11-20", "to": "2026-11-21"},
                    {"to": "2026-11-20T12:00:00Z"},
                    {"error": "131026"},
                    {"template": "order_update"},
                )
            ],
        )

    (first, second), found, told = in_office(tmp_path, visit)
    assert ids(found) == [second, first]
    assert (found["next"], found["scanned_to"]) == (None, None)
    shown = found["messages"][1]
    assert (shown["to"], shown["from"], shown["status"]) == (TO, f"+{SENDER_ID}", "read")
    assert (shown["type"], shown["template"]) == ("text", None)
    assert shown["extra_info"] == {"ref": "order 17", "ref1": "spring", "ref2": ""}
    assert shown["sent_at"] <= shown["delivered_at"] <= shown["read_at"]
    assert shown["failed_at"] is None
    assert told == [
        [first],
        [first],
        [second],
        [first],
        [second],
        [],
        [second, first],
        [],
        [],
        [],
    ]


def test_pages_lead_to_all_messages_once(tmp_path):
    async def visit(office):
        to = [f"+9198000000{number:02}" for number in range(7)]
        kept = await office.pair.accepted(wrapped(text(to=",".join(to))))
        cursor, told = "", []
        while True:
            page = await listed(office, limit=2, **({"cursor": cursor} if cursor else {}))
            told.append(ids(page))
            if page["next"] is None:
                return kept, told
            cursor = page["next"]

    kept, told = in_office(tmp_path, visit)
    assert [len(page) for page in told] == [2, 2, 2, 1]
    assert sorted(one for page in told for one in page) == [f"{kept}:{n}" for n in range(7)]


def test_a_single_message_tells_its_times_and_its_story(tmp_path):
    async def visit(office):
        message_id = await office.pair.accepted(wrapped(text(), ref="order 17"))
        await office.pair.until_state(message_id, "read")
        return await own(office, f"/{message_id}")

    status, body = in_office(tmp_path, visit)
    (message,) = body["data"]["messages"]
    assert status == 200
    assert [one["status"] for one in message["history"]] == [
        "accepted",
        "submitted",
        "sent",
        "delivered",
        "read",
    ]
    assert message["read_at"] == message["history"][-1]["at"]
    assert (message["type"], message["replies"]) == ("text", [])


@pytest.mark.parametrize(
    ("query", "name", "told"),
    [
        ({"from": "yesterday"}, "from", "2027-01-31"),
        ({"from": "2026-11-20T12:00:00"}, "from", "time zone"),
        ({"from": "2026-02-31"}, "from", "2027-01-31"),
        ({"from": "2026-11-20", "to": "2026-11-20"}, "to", "not after"),
        ({"state": "gone"}, "state", "not sent"),
        ({"sender": "me"}, "sender", "number of a sender"),
        ({"cursor": "abc"}, "cursor", "none of this search"),
        ({"phone": "1"}, "phone", "no parameter here"),
        ({"limit": "501"}, "limit", "500"),
        ({"limit": "0"}, "limit", "1"),
    ],
)
def test_what_cannot_be_looked_for_is_told_at_its_place(tmp_path, query, name, told):
    async def visit(office):
        path = f"{office.account}/messages?{urlencode(query)}"
        return await own(office, **query), await office.refused("GET", path)

    (status, body), problem = in_office(tmp_path, visit)
    (detail,) = body["error"]["details"]
    assert (status, detail["path"]) == (400, f"query/{name}")
    assert told in detail["message"]
    (fault,) = problem["errors"]
    assert (problem["status"], fault["path"]) == (400, f"query/{name}")
    assert told in fault["message"]


def test_the_operator_finds_the_same_messages(tmp_path):
    async def visit(office):
        message_id = await office.pair.accepted(wrapped(text(), ref="order 17"))
        await office.pair.until_state(message_id, "read")
        found = f"{office.account}/messages?ref={quote('order 17')}&limit=1"
        return message_id, await office.done("GET", found)

    message_id, page = in_office(tmp_path, visit)
    (one,) = page["items"]
    assert (one["message_id"], one["state"], one["recipient"]) == (message_id, "read", TO)
    assert one["references"] == ["order 17", None, None]
    assert page["next"] is None


def test_the_list_is_read_alone(tmp_path):
    async def visit(office):
        return await call(
            office.pair.gateway.app,
            "POST",
            f"/v2/{office.pair.sid}/whatsapp/messages",
            headers={"api-key": office.pair.key},
        )

    answer = in_office(tmp_path, visit)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
