"""Catalogues, opt-outs, the audit log and messages; and that no answer tells a secret."""

import json

import pytest

from support.asgi import call
from support.nouns import SENDER_ID, WABA_ID
from support.operator import OPERATOR, in_office
from support.pair import text, wrapped
from waypost.api.bounded import MIB

CSV = {"Content-Type": "text/csv"}
FEED = b"""id,title,availability,price
A1,Aloe,in stock,9.99 USD
A2,Fern,sold,1 USD
A3,Fig,preorder,
"""


def in_pieces(*pieces):
    """A body that comes in pieces."""
    events = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    events.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return events.pop(0)

    return receive


# ---- catalogues -------------------------------------------------------------------------------


def test_a_feed_is_loaded_its_bad_rows_are_named_and_its_products_are_listed(tmp_path):
    async def visit(office):
        base = f"{office.account}/catalogues"
        report = await office.done("PUT", f"{base}/4242/feed", FEED, headers=CSV)
        first = await office.done("GET", f"{base}/4242/products?limit=1")
        rest = await office.done("GET", f"{base}/4242/products?after={first['next']}")
        listed = (await office.done("GET", base))["items"]
        return report, first, rest, listed, (await office.acts())[-1]

    report, first, rest, listed, act = in_office(tmp_path, visit)
    assert (report["products"], report["skipped"]) == (2, 1)
    assert (report["faults"][0]["line"], report["faults"][0]["column"]) == (3, "availability")
    assert first["items"] == [
        {
            "retailer_id": "A1",
            "name": "Aloe",
            "availability": "in stock",
            "is_hidden": False,
            "price": "9.99 USD",
        }
    ]
    assert ([one["retailer_id"] for one in rest["items"]], rest["next"]) == (["A3"], None)
    (loaded,) = [one for one in listed if one["catalogue_id"] == "4242"]
    assert (loaded["source"], loaded["products"]) == ("feed", 2)
    assert act == ("catalogue.loaded", "operator", "203.0.113.77")


def test_a_large_feed_is_read_as_it_comes(tmp_path):
    rows = [b"B%d,%s,in stock\n" % (number, b"x" * 150) for number in range(20_000)]
    pieces = [
        b"id,title,availability\n",
        *(b"".join(rows[at : at + 400]) for at in range(0, 20_000, 400)),
    ]
    assert sum(map(len, pieces)) > 3 * MIB

    async def visit(office):
        path = f"{office.account}/catalogues/4242/feed"
        headers = {"Authorization": f"Bearer {OPERATOR}", **CSV}
        app = office.pair.gateway.app
        return await call(app, "PUT", path, headers=headers, body=in_pieces(*pieces))

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["products"]) == (200, 20_000)


@pytest.mark.parametrize(
    ("feed", "headers", "code"),
    [
        (b"nothing,of,use\n", CSV, "invalid_feed"),
        (b"", CSV, "invalid_feed"),
        (FEED, {"Content-Type": "application/json"}, "wrong_content_type"),
    ],
)
def test_a_feed_that_is_none_is_refused(tmp_path, feed, headers, code):
    async def visit(office):
        path = f"{office.account}/catalogues/4242/feed"
        return await office.refused("PUT", path, feed, headers=headers)

    assert in_office(tmp_path, visit)["code"] == code


def test_a_catalogue_is_read_from_meta_when_the_operator_asks(tmp_path):
    async def visit(office):
        path = f"{office.account}/catalogues/refresh"
        refreshed = await office.done("POST", path, {"waba_id": WABA_ID})
        unknown = await office.refused("POST", path, {"waba_id": "12345"})
        none = await office.refused("GET", f"{office.account}/catalogues/1/products")
        return refreshed, unknown["code"], none["code"], await office.acts()

    refreshed, unknown, none, acts = in_office(tmp_path, visit)
    assert refreshed["catalogue_id"].isdigit()
    assert (unknown, none) == ("not_found", "not_found")
    assert acts[-1] == ("catalogue.refreshed", "operator", "203.0.113.77")


# ---- opt-outs ---------------------------------------------------------------------------------


def test_an_opt_out_is_added_listed_and_taken_back(tmp_path):
    async def visit(office):
        base = f"{office.account}/opt_outs"
        added = await office.done("PUT", f"{base}/+919876543210", {"reason": "by telephone"})
        await office.done("PUT", f"{base}/+919876543211", {})
        first = await office.done("GET", f"{base}?limit=1")
        rest = await office.done("GET", f"{base}?after={first['next'].replace('+', '%2B')}")
        await office.done("DELETE", f"{base}/+919876543210")
        again = await office.refused("DELETE", f"{base}/+919876543210")
        return added, first, rest, again, (await office.acts())[-3:]

    added, first, rest, again, acts = in_office(tmp_path, visit)
    assert (added["recipient"], added["source"], added["detail"]) == (
        "+919876543210",
        "operator",
        "by telephone",
    )
    assert first["items"] == [added]
    assert [one["recipient"] for one in rest["items"]] == ["+919876543211"]
    assert again["code"] == "not_found"
    assert [act for act, *_ in acts] == ["opt_out.added", "opt_out.added", "opt_out.removed"]


def test_a_recipient_that_is_none_is_refused(tmp_path):
    async def visit(office):
        return await office.refused("PUT", f"{office.account}/opt_outs/somebody", {})

    problem = in_office(tmp_path, visit)
    assert (problem["status"], problem["errors"][0]["path"]) == (400, "path/recipient")


# ---- the audit log ----------------------------------------------------------------------------


def test_the_log_is_read_by_account_and_a_page_at_a_time(tmp_path):
    async def visit(office):
        other = await office.done("POST", "/v1/admin/accounts", {"name": "Other"})
        log = "/v1/admin/audit"
        theirs = await office.done("GET", f"{log}?account={other['sid']}")
        first = await office.done("GET", f"{log}?limit=1")
        second = await office.done("GET", f"{log}?limit=1&before={first['next']}")
        unknown = await office.refused("GET", f"{log}?account=nobody")
        return theirs["items"], first["items"], second["items"], unknown["code"]

    theirs, first, second, unknown = in_office(tmp_path, visit)
    assert [one["act"] for one in theirs] == ["account.opened"]
    assert first == theirs
    assert second[0]["acted_at"] <= first[0]["acted_at"]
    assert second[0]["id"] != first[0]["id"]
    assert unknown == "not_found"


# ---- messages ---------------------------------------------------------------------------------


def test_what_became_of_a_message_is_told_to_the_operator(tmp_path):
    async def visit(office):
        message_id = await office.pair.accepted(wrapped(text(), ref="order 17"))
        await office.pair.until_state(message_id, "read")
        other = await office.done("POST", "/v1/admin/accounts", {"name": "Other"})
        story = await office.done("GET", f"{office.account}/messages/{message_id}/timeline")
        path = f"/v1/admin/accounts/{other['sid']}/messages/{message_id}/timeline"
        return story, message_id, await office.refused("GET", path)

    told, message_id, of_another = in_office(tmp_path, visit)
    story = told["timeline"]
    assert (story["message_id"], story["state"], story["trouble"]) == (message_id, "read", None)
    assert story["references"] == ["order 17", None, None]
    assert {line["who"] for line in story["lines"]} == {"gateway", "meta", "money", "callback"}
    assert of_another["code"] == "not_found"


def test_a_story_shows_recipients_and_contents_to_who_asks_for_them(tmp_path):
    async def visit(office):
        message_id = await office.pair.accepted(wrapped(text()))
        await office.pair.until_state(message_id, "read")
        path = f"{office.account}/messages/{message_id}/timeline"
        return await office.done("GET", path), await office.done("GET", f"{path}?reveal=true")

    masked, revealed = in_office(tmp_path, visit)
    assert masked["timeline"]["recipient"] == "+91****10"
    assert "9876543210" not in str(masked)
    assert "hello" not in str(masked)
    (asked,) = [line["request"] for line in revealed["timeline"]["lines"] if line["request"]]
    assert asked["body"]["to"] == "+919876543210"
    assert asked["body"]["text"]["body"]


# ---- secrets ----------------------------------------------------------------------------------


def test_no_answer_tells_a_secret_but_the_one_that_makes_a_key(tmp_path):
    secret = "EAAG-another-access-token"

    async def visit(office):
        base = office.account
        made = await office.done("POST", f"{base}/keys", {"label": "till"})
        rotated = await office.done("POST", f"{base}/keys/{made['prefix']}/rotate", {})
        callback = "https://user:hunter2@shop.example.com/s?token=hunter2"
        asked = [
            ("PUT", f"{base}/wabas/{WABA_ID}", {"access_token": secret}),
            ("POST", f"{base}/wabas/{WABA_ID}/sync", None),
            ("PATCH", f"{base}/senders/{SENDER_ID}", {"callback_url": callback}),
            ("POST", f"{base}/wabas/{WABA_ID}/templates", {"name": "x"}),
            ("PATCH", f"{base}/keys/{made['prefix']}", {"label": "other"}),
            ("DELETE", f"{base}/keys/{made['key']}", None),
            ("DELETE", f"{base}/keys/{made['key']}", None),
            ("GET", f"{base}/keys", None),
            ("GET", f"{base}/wabas", None),
            ("GET", f"{base}/wabas/{WABA_ID}", None),
            ("GET", f"{base}/senders", None),
            ("GET", f"{base}/senders/{SENDER_ID}", None),
            ("GET", base, None),
            ("GET", "/v1/admin/accounts", None),
            ("GET", "/v1/admin/audit?limit=500", None),
            ("GET", "/v1/openapi.json", None),
            ("GET", "/v1/admin/accounts?limit=none", None),
        ]
        answers = [await office.ask(*one) for one in asked]
        answers.append(await office.customer("GET", "message_templates"))
        answers.append(await office.ask("GET", "/v1/admin/accounts", token=OPERATOR + "x"))
        told = b"\n".join(
            one.body + json.dumps(dict(one.headers)).encode() for one in answers
        ).decode()
        return told, [made["key"], rotated["key"], office.pair.key]

    told, keys = in_office(tmp_path, visit)
    assert "till" in told
    for one in (*keys, secret, OPERATOR, "meta-token", "hunter2", "sealed:"):
        assert one not in told
