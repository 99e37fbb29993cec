"""What recipients wrote, over HTTP: to the customer, and to the operator with what is nobody's."""

import json
from urllib.parse import urlencode

import pytest

from support.asgi import call
from support.nouns import NOW, SENDER_ID, WABA_ID
from support.operator import in_office
from support.received import account_event, inbound
from waypost.model.submission import References
from waypost.runtime.ids import first_message_id

IDS = [first_message_id(NOW) + f"000000000{n}" for n in range(4)]
ORDER = {"catalog_id": "1", "product_items": [{"product_retailer_id": "a", "item_price": 7.99}]}
VALUE = {"messages": [{"type": "order", "order": ORDER}]}


async def keep(office):
    """Four messages to the account, one to nobody, and an event of each."""
    rows = [
        inbound(inbound_id=IDS[0], wamid="w0"),
        inbound(inbound_id=IDS[1], wamid="w1", recipient="IN.1", user_id="IN.1"),
        inbound(
            inbound_id=IDS[2],
            wamid="w2",
            kind="order",
            value=json.dumps(VALUE).encode(),
            reply_to="A0LKQ1PCV00000000001",
            is_probable=True,
            references=References("order 17", None, None),
        ),
        inbound(inbound_id=IDS[3], wamid="w3", sender_id="919800000009"),
        inbound(account_id=0, inbound_id="A9", sender_id="999"),
    ]
    events = [account_event(), account_event(account_id=0, digest="d2", field="calls")]

    async def step(transaction, items):
        await transaction.inbound.insert(rows)
        await transaction.inbound.insert_events(events)
        return items

    await office.pair.store.write(step, None)


async def own(office, path="", **query):
    answer = await call(
        office.pair.gateway.app,
        "GET",
        f"/v2/{office.pair.sid}/whatsapp/messages/incoming{path}?{urlencode(query)}",
        headers={"api-key": office.pair.key},
    )
    return answer.status, json.loads(answer.body)


def test_a_customer_lists_what_recipients_wrote(tmp_path):
    queries = (
        {"recipient": "91 98765-43210"},
        {"recipient": "IN.1"},
        {"kind": "ORDER"},
        {"sender": f"+{SENDER_ID}", "from": "2026-11-20", "to": "2026-11-21"},
        {"to": "2026-11-20"},
        {"from": "2026-11-21"},
    )

    async def visit(office):
        await keep(office)
        return await own(office), [(await own(office, **query))[1] for query in queries]

    (status, body), found = in_office(tmp_path, visit)

    assert (status, body["data"]["next"]) == (200, None)
    assert [one["inbound_id"] for one in body["data"]["messages"]] == IDS[::-1]
    order = body["data"]["messages"][1]
    assert order["meta_object"] == {"value": VALUE, "field": "messages"}
    assert order["reply_to_is_probable"] is True
    assert order["extra_info"]["ref"] == "order 17"
    assert (order["from"], order["to"]) == ("+919876543210", f"+{SENDER_ID}")
    assert [[one["inbound_id"] for one in page["data"]["messages"]] for page in found] == [
        [IDS[3], IDS[2], IDS[0]],
        [IDS[1]],
        [IDS[2]],
        [IDS[2], IDS[1], IDS[0]],
        [],
        [],
    ]


def test_pages_lead_to_all_messages_once_also_while_more_come(tmp_path):
    async def visit(office):
        await keep(office)
        told, cursor = [], ""
        while cursor is not None:
            _, body = await own(office, limit=1, cursor=cursor)
            told += [one["inbound_id"] for one in body["data"]["messages"]]
            cursor = body["data"]["next"]
            new = inbound(inbound_id=f"B{len(told)}", wamid=f"new{len(told)}")

            async def step(transaction, items, row=new):
                await transaction.inbound.insert([row])
                return items

            await office.pair.store.write(step, None)
        return told

    assert in_office(tmp_path, visit) == IDS[::-1]


def test_a_customer_sees_one_message_and_none_of_anybody_else(tmp_path):
    async def visit(office):
        await keep(office)
        return await own(office, f"/{IDS[2]}"), await own(office, "/A9")

    (status, body), (missing, refusal) = in_office(tmp_path, visit)

    assert (status, [one["inbound_id"] for one in body["data"]["messages"]]) == (200, [IDS[2]])
    assert (missing, refusal["error"]["details"][0]["code"]) == (400, "not_found")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"from": "yesterday"}, "from"),
        ({"sender": "me"}, "sender"),
        ({"phone": "1"}, "phone"),
        ({"kind": "k" * 101}, "kind"),
    ],
)
def test_what_cannot_be_asked_for_is_told_at_its_place(tmp_path, query, name):
    async def visit(office):
        path = f"{office.account}/inbound?{urlencode(query)}"
        return await own(office, **query), await office.refused("GET", path)

    (status, body), problem = in_office(tmp_path, visit)

    assert (status, body["error"]["details"][0]["path"]) == (400, f"query/{name}")
    assert (problem["status"], problem["errors"][0]["path"]) == (400, f"query/{name}")


def test_the_operator_sees_the_same_and_what_belongs_to_nobody(tmp_path):
    async def visit(office):
        await keep(office)
        return [
            await office.done("GET", path)
            for path in (
                f"{office.account}/inbound?limit=1",
                f"{office.account}/inbound/{IDS[2]}",
                f"{office.account}/account_events",
                f"{office.account}/account_events?field=calls",
                "/v1/admin/unowned/inbound",
                "/v1/admin/unowned/account_events",
            )
        ]

    page, order, events, none, unowned, unowned_events = in_office(tmp_path, visit)

    assert ([one["inbound_id"] for one in page["items"]], page["next"]) == ([IDS[3]], IDS[3])
    assert (order["value"], order["is_probable"]) == (VALUE, True)
    (event,) = events["items"]
    assert (event["field"], event["waba_id"], event["value"]) == ("account_update", WABA_ID, {})
    assert none["items"] == []
    assert [one["sender"] for one in unowned["items"]] == ["999"]
    assert [one["field"] for one in unowned_events["items"]] == ["calls"]


def test_the_operator_is_told_of_a_message_that_is_not_there(tmp_path):
    async def visit(office):
        return await office.refused("GET", f"{office.account}/inbound/A9")

    assert in_office(tmp_path, visit)["status"] == 404
