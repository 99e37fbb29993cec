"""A catalogue changes by batches, can be disconnected, and its products be asked for one by one."""

import asyncio
import json
from typing import Any

import pytest

from support.emulated import NUMBER, WABA, Emulated, emulated


def catalogue_of(it: Emulated) -> str:
    return next(iter(it.emulator.state.catalogues))


def batch(*requests: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"item_type": "PRODUCT_ITEM", "requests": list(requests), **more}


def change(method: str, retailer_id: str, **data: Any) -> dict[str, Any]:
    return {"method": method, "data": {"id": retailer_id, **data}}


NEW = change("CREATE", "new-1", title="A new one", price="9.99 USD", availability="in stock")


async def changed(it: Emulated, order: Any) -> dict[str, Any]:
    """The outcome of a batch, as it is told for its handle."""
    path = f"/v25.0/{catalogue_of(it)}"
    answer = await it.ask("POST", f"{path}/items_batch", order)
    assert answer.status == 200, answer.body
    (handle,) = answer.json["handles"]
    told = await it.ask("GET", f"{path}/check_batch_request_status?handle={handle}")
    (outcome,) = told.json["data"]
    assert (outcome["handle"], outcome["status"]) == (handle, "finished")
    found: dict[str, Any] = outcome
    return found


async def product(it: Emulated, retailer_id: str) -> dict[str, Any] | None:
    """A product by its retailer id, all that is known of it."""
    rule = json.dumps({"retailer_id": {"eq": retailer_id}})
    fields = "id,retailer_id,name,price,availability"
    path = f"/v25.0/{catalogue_of(it)}/products?fields={fields}&filter={rule}"
    found = (await it.ask("GET", path)).json["data"]
    return found[0] if found else None


def card(it: Emulated, retailer_id: str) -> dict[str, Any]:
    action = {"catalog_id": catalogue_of(it), "product_retailer_id": retailer_id}
    return {
        "messaging_product": "whatsapp",
        "to": "+919876543210",
        "type": "interactive",
        "interactive": {"type": "product", "body": {"text": "See"}, "action": action},
    }


async def write(it: Emulated) -> None:
    """The recipient writes, so that the window is open."""
    await it.ask("POST", "/_emulator/inbound", {"from": "+919876543210", "text": "Hi"})


def test_products_are_created_changed_and_deleted():
    async def go() -> None:
        it = emulated()
        assert (await changed(it, batch(NEW)))["errors_total_count"] == 0
        made = await product(it, "new-1")
        assert made is not None
        assert (made["name"], made["price"]) == ("A new one", "9.99 USD")
        shown = await it.ask("GET", f"/v25.0/{made['id']}?fields=retailer_id,price")
        assert shown.json == {"retailer_id": "new-1", "price": "9.99 USD", "id": made["id"]}
        await changed(it, batch(change("UPDATE", "new-1", price="12 USD")))
        later = await product(it, "new-1")
        assert later is not None
        assert (later["name"], later["price"], later["id"]) == (
            "A new one",
            "12.00 USD",
            made["id"],
        )
        await changed(it, batch(change("DELETE", "new-1")))
        assert await product(it, "new-1") is None

    asyncio.run(go())


def test_a_product_is_removed_by_its_own_id():
    async def go() -> None:
        it = emulated()
        await changed(it, batch(NEW))
        made = await product(it, "new-1")
        assert made is not None
        assert (await it.ask("DELETE", f"/v25.0/{made['id']}")).json == {"success": True}
        assert await product(it, "new-1") is None

    asyncio.run(go())


def test_requests_with_faults_are_listed_and_the_others_carried_out():
    async def go() -> None:
        it = emulated()
        faulty = [
            change("DELETE", "nowhere"),
            change("PATCH", "new-2"),
            {"method": "CREATE"},
            change("CREATE", "new-3", title="No price"),
            change("CREATE", "new-4", title="", price="1 USD"),
            change("CREATE", "new-5", title="x", price="cheap"),
            change("CREATE", "", title="x", price="1 USD"),
        ]
        outcome = await changed(it, batch(*faulty, NEW))
        assert [error["line"] for error in outcome["errors"]] == [1, 2, 3, 4, 5, 6, 7]
        assert await product(it, "new-1") is not None
        assert await product(it, "new-5") is None

    asyncio.run(go())


def test_an_update_of_nothing_creates_unless_that_is_not_allowed():
    async def go() -> None:
        it = emulated()
        update = change("UPDATE", "new-1", title="x", price="1 USD")
        refused = await changed(it, batch(update, allow_upsert=False))
        assert refused["ids_of_invalid_requests"] == ["new-1"]
        assert (await changed(it, batch(update)))["errors"] == []

    asyncio.run(go())


@pytest.mark.parametrize(
    "order",
    [
        {"requests": [NEW]},
        batch(),
        {"item_type": "PRODUCT_ITEM", "requests": "all"},
        batch(*[NEW] * 5001),
    ],
    ids=["no type", "nothing", "no array", "too many"],
)
def test_a_batch_of_no_shape_is_code_100(order):
    it = emulated()
    answer = asyncio.run(it.ask("POST", f"/v25.0/{catalogue_of(it)}/items_batch", order))
    assert answer.json["error"]["code"] == 100


def test_an_unknown_handle_is_code_100():
    it = emulated()
    path = f"/v25.0/{catalogue_of(it)}/check_batch_request_status?handle=none"
    assert asyncio.run(it.ask("GET", path)).json["error"]["code"] == 100


def test_a_product_that_came_late_cannot_be_sent_at_once():
    async def go() -> None:
        it = emulated(product_delay_s=3600.0)
        await write(it)
        await changed(it, batch(NEW))
        refused = (await it.send(card(it, "new-1"))).json["error"]
        assert (refused["code"], refused["error_data"]["details"]) == (
            131009,
            "Products not found in FB Catalog",
        )
        await it.clock.turn(3601)
        assert (await it.send(card(it, "new-1"))).wamid

    asyncio.run(go())


def test_a_disconnected_catalogue_has_nothing_to_send_until_it_is_connected_again():
    async def go() -> None:
        it = emulated()
        await write(it)
        await changed(it, batch(NEW))
        path = f"/v25.0/{WABA}/product_catalogs"
        named = f"{path}?catalog_id={catalogue_of(it)}"
        assert (await it.ask("DELETE", named)).json == {"success": True}
        assert (await it.ask("GET", path)).json["data"] == []
        assert (await it.send(card(it, "new-1"))).json["error"]["code"] == 131009
        assert (await it.ask("GET", f"/v25.0/{catalogue_of(it)}")).status == 200
        assert (await it.ask("POST", named)).json == {"success": True}
        assert (await it.send(card(it, "new-1"))).wamid
        assert (await it.ask("POST", f"{path}?catalog_id=1")).json["error"]["error_subcode"] == 33
        assert (await it.ask("POST", path)).json["error"]["code"] == 100

    asyncio.run(go())


def test_a_snapshot_remembers_what_came_late_and_how_the_cart_stands():
    async def go() -> None:
        it = emulated(product_delay_s=3600.0)
        await write(it)
        await changed(it, batch(NEW))
        await it.ask("POST", f"/v25.0/{NUMBER}/whatsapp_commerce_settings?is_cart_enabled=false")
        kept = json.loads(json.dumps(it.emulator.snapshot()))
        await changed(it, batch(change("DELETE", "new-1")))
        it.emulator.reset()
        it.emulator.restore(kept)
        assert not it.emulator.state.numbers[NUMBER].is_cart_enabled
        assert (await it.send(card(it, "new-1"))).json["error"]["code"] == 131009
        await it.clock.turn(3601)
        assert (await it.send(card(it, "new-1"))).wamid

    asyncio.run(go())
