"""Numbers, templates, catalogue, products, media and overrides as Meta's clients read them."""

import asyncio
from typing import Any

import pytest

from support.emulated import (
    NUMBER,
    WABA,
    Answered,
    Emulated,
    emulated,
    order_update,
    running,
    template,
)

CATALOGUE = "194836987003835"
BOUNDARY = "multipart/form-data; boundary=xyz"


def get(path: str) -> Any:
    answer = asyncio.run(emulated().ask("GET", path))
    assert answer.status == 200, answer.json
    return answer.json


def test_templates_are_listed_page_by_page():
    async def scene() -> list[str]:
        it = emulated()
        names: list[str] = []
        path = f"/v25.0/{WABA}/message_templates?limit=5&fields=name,status"
        while True:
            headers = {"authorization": "Bearer token", "host": "it"}
            page = (await it.ask("GET", path, None, headers)).json
            assert all(list(item) == ["name", "status", "id"] for item in page["data"])
            names += [item["name"] for item in page["data"]]
            if "next" not in page["paging"]:
                return names
            path = page["paging"]["next"].removeprefix("http://it")

    names = asyncio.run(scene())
    assert names[:2] == ["Carousel Template", "abandoned_cart"]
    assert len(names) == len(set(names)) == 18


def test_a_page_can_be_gone_back_to():
    async def scene() -> None:
        it = emulated()
        path = f"/v25.0/{WABA}/message_templates?fields=name&limit=3"
        first = (await it.ask("GET", path)).json
        second = (await it.ask("GET", f"{path}&after={first['paging']['cursors']['after']}")).json
        previous = second["paging"]["previous"].removeprefix("http://")
        assert (await it.ask("GET", previous)).json["data"] == first["data"]

    asyncio.run(scene())


def test_a_template_is_shown_with_its_definition():
    (found,) = get(f"/v25.0/{WABA}/message_templates?name=sale_offer_named")["data"]
    assert set(found) == {
        "name",
        "parameter_format",
        "components",
        "language",
        "status",
        "category",
        "id",
    }
    assert found["parameter_format"] == "NAMED"
    assert get(f"/v25.0/{found['id']}?fields=status") == {"status": "APPROVED", "id": found["id"]}


def test_templates_are_found_by_status():
    listed = get(f"/v25.0/{WABA}/message_templates?status=paused")["data"]
    assert [item["name"] for item in listed] == ["paused_offer"]


@pytest.mark.parametrize(
    ("query", "code"), [("after=nonsense", 131059), ("limit=0", 100), ("limit=x", 100)]
)
def test_an_unreadable_cursor_or_limit_is_refused(query, code):
    path = f"/v25.0/{WABA}/message_templates?{query}"
    answer = asyncio.run(emulated().ask("GET", path))
    assert answer.json["error"]["code"] == code


def test_numbers_are_shown_alone_and_in_their_waba():
    (listed,) = get(f"/v25.0/{WABA}/phone_numbers")["data"]
    assert listed == get(f"/v25.0/{NUMBER}")
    assert listed["display_phone_number"] == "+91 98000 00001"
    asked = get(f"/v25.0/{NUMBER}?fields=throughput,whatsapp_business_manager_messaging_limit")
    assert asked == {
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_100K",
        "id": NUMBER,
    }


def test_the_catalogue_and_its_products_are_listed():
    assert get(f"/v25.0/{WABA}/product_catalogs")["data"] == [
        {"id": CATALOGUE, "name": "Demo plants"}
    ]
    path = f"/v25.0/{CATALOGUE}/products?fields=retailer_id,price,currency&limit=2&summary=true"
    page = get(path)
    assert page["summary"]["total_count"] == 42
    assert page["data"][0]["retailer_id"] == "2lc20XXXpt"
    assert page["data"][0]["price"] == "1499.00 INR"


def form(content: bytes, mime_type: str = "image/png", product: str = "whatsapp") -> bytes:
    return (
        b'--xyz\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\n'
        + product.encode()
        + b'\r\n--xyz\r\nContent-Disposition: form-data; name="file"; filename="a b.png"\r\n'
        + f"Content-Type: {mime_type}\r\n\r\n".encode()
        + content
        + b"\r\n--xyz--\r\n"
    )


async def upload(it: Emulated, body: bytes, content_type: str = BOUNDARY) -> Answered:
    headers = {"authorization": "Bearer token", "content-type": content_type, "host": "it"}
    return await it.ask("POST", f"/v25.0/{NUMBER}/media", body, headers)


def test_uploaded_media_is_kept_for_thirty_days():
    content = bytes(range(256)) + b"\r\n--xy\r\n\n\r\x00"

    async def scene() -> None:
        async with running() as it:
            media_id = (await upload(it, form(content))).json["id"]
            shown = (await it.ask("GET", f"/v25.0/{media_id}")).json
            assert shown["mime_type"] == "image/png"
            assert shown["file_size"] == str(len(content))
            got = await it.ask("GET", f"/_media/{media_id}")
            assert got.body == content
            await it.clock.turn(30 * 24 * 3600 - 1)
            assert (await it.ask("GET", f"/v25.0/{media_id}")).status == 200
            await it.clock.turn(2)
            gone = await it.ask("GET", f"/v25.0/{media_id}")
            assert gone.json["error"]["error_subcode"] == 33
            assert (await it.ask("GET", f"/_media/{media_id}")).status == 404

    asyncio.run(scene())


def test_expired_media_cannot_be_sent():
    send = template(
        "receipt_document",
        {
            "type": "header",
            "parameters": [{"type": "document", "document": {"id": "2621233374848975"}}],
        },
        {"type": "body", "parameters": [{"type": "text", "text": "x"}]},
    )

    async def scene() -> list[int]:
        async with running() as it:
            before = await it.send(send)
            await it.clock.turn(30 * 24 * 3600)
            after = await it.send(send)
            return [before.status, after.json["error"]["code"]]

    assert asyncio.run(scene()) == [200, 131009]


def test_removed_media_is_gone():
    async def scene() -> None:
        it = emulated()
        path = "/v25.0/1558081531584829"
        assert (await it.ask("DELETE", path)).json == {"success": True}
        assert (await it.ask("DELETE", path)).json["error"]["error_subcode"] == 33

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (form(b"x", product="sms"), BOUNDARY, "messaging_product"),
        (b"{}", "application/json", "messaging_product"),
        (
            (
                b'--xyz\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\n'
                b"whatsapp\r\n--xyz--\r\n"
            ),
            BOUNDARY,
            "file",
        ),
    ],
)
def test_an_upload_that_is_none_is_refused(body, content_type, reason):
    answer = asyncio.run(upload(emulated(), body, content_type))
    message = answer.json["error"]["message"]
    assert message == f"(#100) The parameter {reason} is required."


def test_the_number_speaks_before_the_waba_and_the_waba_before_the_app():
    async def scene() -> list[str]:
        async with running(status_delays=(("sent", 0.0),)) as it:
            subscribed = f"/v25.0/{WABA}/subscribed_apps"
            own = {"override_callback_uri": "http://waba/", "verify_token": "verify"}
            configured = {"override_callback_uri": "http://number/", "verify_token": "verify"}
            steps = [
                (subscribed, own),
                (f"/v25.0/{NUMBER}", {"webhook_configuration": configured}),
                (f"/v25.0/{NUMBER}", {"webhook_configuration": {}}),
                (subscribed, None),
            ]
            await it.send(order_update())
            await it.clock.turn(0.1)
            for path, order in steps:
                assert (await it.ask("POST", path, order)).json == {"success": True}
                await it.send(order_update())
                await it.clock.turn(0.1)
            return [post.url for post in it.receiver.posts]

    assert asyncio.run(scene()) == [
        "http://receiver/hook",
        "http://waba/",
        "http://number/",
        "http://waba/",
        "http://receiver/hook",
    ]


def test_an_override_that_does_not_verify_is_refused():
    async def scene() -> None:
        it = emulated()
        order = {"override_callback_uri": "http://waba/", "verify_token": "wrong"}
        answer = await it.ask("POST", f"/v25.0/{WABA}/subscribed_apps", order)
        assert answer.json["error"]["code"] == 2200
        bad = {"override_callback_uri": "ftp://waba/"}
        answer = await it.ask("POST", f"/v25.0/{WABA}/subscribed_apps", bad)
        assert answer.json["error"]["code"] == 100

    asyncio.run(scene())
