"""The catalogue: found by id and by name, paged, changed by order; and what a number shows."""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest

from meta_emulator.seed import CatalogueSeed, ProductSeed, Seed, WabaSeed, default_seed
from support.emulated import NUMBER, Emulated, emulated
from support.emulated_sends import mpm, section

CATALOGUE = "194836987003835"
FIELDS = "id,retailer_id,name,price,currency,availability,visibility"


async def ask(it: Emulated, rule: Any = None, more: str = "") -> Any:
    query = "" if rule is None else f"&filter={quote(json.dumps(rule))}"
    answer = await it.ask("GET", f"/v25.0/{CATALOGUE}/products?fields={FIELDS}{query}{more}")
    return answer.json


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"retailer_id": {"eq": "plant02"}}, ["plant02"]),
        ({"retailer_id": {"is_any": ["plant03", "nowhere", "plant01"]}}, ["plant03", "plant01"]),
        ({"retailer_id": {"i_contains": "PLANT1"}}, [f"plant{n}" for n in range(10, 20)]),
        ({"name": {"i_contains": "no such name"}}, []),
        (
            {
                "and": [
                    {"retailer_id": {"contains": "plant0"}},
                    {"retailer_id": {"is_any": ["plant01", "plant30"]}},
                ]
            },
            ["plant01"],
        ),
    ],
)
def test_products_are_found_by_filter(rule, names):
    page = asyncio.run(ask(emulated(), rule, "&summary=true"))
    assert [item["retailer_id"] for item in page["data"]] == names
    assert page["summary"] == {"total_count": len(names)}


@pytest.mark.parametrize(
    "rule", ["x", {}, {"colour": {"eq": "red"}}, {"name": {"like": "x"}}, {"retailer_id": "x"}]
)
def test_a_filter_that_is_none_is_refused(rule):
    assert asyncio.run(ask(emulated(), rule))["error"]["code"] == 100


def test_a_product_that_changes_is_shown_changed_and_may_be_sent_no_more():
    hidden = {
        "id": "9",
        "retailer_id": "plant01",
        "name": "Aloe",
        "price": 5,
        "visibility": "hidden",
        "availability": "out of stock",
    }

    async def scene() -> None:
        it = emulated()
        send = mpm(section("plant01"))
        assert (await it.send(send)).wamid
        order = {"set": [hidden], "remove": ["plant02", "nowhere"]}
        done = (await it.ask("POST", "/_emulator/products", order)).json["data"]
        assert done == [{"catalog_id": CATALOGUE, "set": 1, "removed": ["plant02"]}]
        page = await ask(it, {"retailer_id": {"is_any": ["plant01", "plant02"]}})
        (shown,) = page["data"]
        assert shown == {**hidden, "price": "0.05 INR", "currency": "INR"}
        assert (await it.send(send)).json["error"]["code"] == 131009

    asyncio.run(scene())


def large_seed(count: int) -> Seed:
    """A catalogue of `count` products."""
    number = default_seed().wabas[0].phone_numbers[0]
    products = [ProductSeed(f"{n}", f"sku{n}", f"Product {n}", n) for n in range(count)]
    waba = WabaSeed("1", "large", [number], catalogue=CatalogueSeed(CATALOGUE, "large", products))
    return Seed([waba])


def test_a_catalogue_of_many_is_paged_to_its_end():
    async def scene() -> int:
        it = emulated(large_seed(20_500))
        seen: set[str] = set()
        after = ""
        while True:
            page = await ask(it, None, f"&limit=1000{after}")
            seen |= {item["retailer_id"] for item in page["data"]}
            if "next" not in page["paging"]:
                return len(seen)
            after = f"&after={page['paging']['cursors']['after']}"

    assert asyncio.run(scene()) == 20_500


def test_a_catalogue_is_shown_with_how_much_it_holds():
    answer = asyncio.run(emulated().ask("GET", f"/v25.0/{CATALOGUE}?fields=name,product_count"))
    assert answer.json == {"name": "Demo plants", "product_count": 42, "id": CATALOGUE}


def test_a_number_shows_what_an_order_changed():
    async def scene() -> Any:
        it = emulated()
        order = {"quality_rating": "RED", "status": "FLAGGED", "throughput": 1000}
        assert (await it.ask("POST", "/_emulator/numbers", order)).status == 200
        fields = "quality_rating,status,throughput,name_status"
        return (await it.ask("GET", f"/v25.0/{NUMBER}?fields={fields}")).json

    assert asyncio.run(scene()) == {
        "quality_rating": "RED",
        "status": "FLAGGED",
        "throughput": {"level": "HIGH"},
        "name_status": "APPROVED",
        "id": NUMBER,
    }


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("products", {"catalog_id": "5"}),
        ("products", {"set": [{"id": "1"}]}),
        ("numbers", {"phone_number_id": "5"}),
        ("numbers", {"colour": "red"}),
    ],
)
def test_an_order_for_what_is_not_there_says_why(path, order):
    answer = asyncio.run(emulated().ask("POST", f"/_emulator/{path}", order))
    assert answer.status == 400
    assert "cannot be carried out" in answer.json["error"]
