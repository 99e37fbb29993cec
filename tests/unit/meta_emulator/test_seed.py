"""The seed: the default holds what the documents name; a slip of the pen is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from meta_emulator.seed import SeedError, default_seed, default_seed_bytes, load_seed, parse_seed

SMALL: dict[str, Any] = {
    "wabas": [
        {
            "id": "1",
            "name": "w",
            "phone_numbers": [
                {"id": "2", "display_phone_number": "+91 98000 00002", "verified_name": "n"}
            ],
        }
    ]
}


def changed(**change: Any) -> bytes:
    return json.dumps({**SMALL, **change}).encode()


def test_the_default_seed_names_what_the_documents_name():
    (waba,) = default_seed().wabas
    names = {template.name for template in waba.templates if template.status == "APPROVED"}
    assert {
        "Carousel Template",
        "abandoned_cart",
        "carousel_two_cards",
        "carousel_video_cards",
        "product_carousel",
        "order_update",
        "sale_offer_named",
    } <= names
    assert waba.catalogue is not None
    products = {product.retailer_id for product in waba.catalogue.products}
    assert {"2lc20XXXpt", "2lc2XXXpt", "2lc20305pt", "nseiw1x3ch", "n6k6x0y7oe"} <= products
    assert {"15580815XXXX3159", "15580815XXXX3169"} <= {media.id for media in default_seed().media}


def test_the_printed_seed_is_a_seed():
    assert parse_seed(default_seed_bytes()) == default_seed()


def test_a_seed_may_be_toml(tmp_path: Path):
    path = tmp_path / "seed.toml"
    path.write_text(
        '[[wabas]]\nid = "1"\nname = "w"\n[[wabas.phone_numbers]]\nid = "2"\n'
        'display_phone_number = "+91 98000 00002"\nverified_name = "n"\n'
    )
    assert load_seed(path) == parse_seed(changed())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (changed(wabaz=[]), "unknown field `wabaz`"),
        (changed(media=[{"id": 5, "mime_type": "x"}]), "Expected `str`, got `int` - at `$.media"),
        (changed(wabas=[]), "at least one WABA with at least one phone number"),
        (changed(wabas=SMALL["wabas"] * 2), "the seed names the WABA id 1 twice"),
        (b"{", "the seed cannot be used"),
    ],
)
def test_a_seed_that_cannot_be_used_is_refused_with_its_reason(raw, reason):
    with pytest.raises(SeedError) as refused:
        parse_seed(raw)
    assert reason in str(refused.value)


NUMBER = SMALL["wabas"][0]["phone_numbers"][0]
TEMPLATE = {
    "id": "5",
    "name": "hi",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Hello"}],
}


def with_number(**change: Any) -> bytes:
    return changed(wabas=[{**SMALL["wabas"][0], "phone_numbers": [{**NUMBER, **change}]}])


def with_templates(*templates: dict[str, Any]) -> bytes:
    return changed(wabas=[{**SMALL["wabas"][0], "templates": templates}])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (changed(wabaz=[]), "unknown field `wabaz`; there are wabas, media, faults,"),
        (
            with_number(verifed_name="n"),
            ".phone_numbers[0]`; there are id, display_phone_number, verified_name,",
        ),
        (with_number(messaging_limit="10K"), '"messaging_limit" must be like "TIER_2K"'),
        (with_number(display_phone_number="shop"), '"display_phone_number" must be like'),
        (with_templates({**TEMPLATE, "category": "MARKETTING"}), '"category" must be one of'),
        (with_templates({**TEMPLATE, "status": "ACTIVE"}), "it is 'ACTIVE' - at `$.wabas[0].tem"),
        (with_templates({**TEMPLATE, "components": [{}]}), 'a component needs a "type" - at'),
        (with_templates(TEMPLATE, TEMPLATE), "the template 5 is there twice - at `$.wabas[0]"),
        (with_templates(TEMPLATE, {**TEMPLATE, "id": "6"}), "the template hi in en is there twice"),
        (changed(faults={"refuse": {"cod": 1}}), "`cod` - at `$.faults.refuse`; there are code,"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_its_place_and_with_what_would_do(raw, reason):
    with pytest.raises(SeedError) as refused:
        parse_seed(raw)
    assert reason in str(refused.value)


def test_a_seed_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(SeedError, match="cannot be read: No such file"):
        load_seed(tmp_path / "nowhere.json")
