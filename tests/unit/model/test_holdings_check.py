"""What a send names, held against the media and products that are known."""

from datetime import UTC, datetime, timedelta

import pytest

from support.kinds import CATALOGUE, FREE_FORM, TEMPLATES
from support.sends import message, mpm, section
from waypost.model.holdings_check import Holdings, KnownMedium, KnownProduct, check_holdings
from waypost.model.mentions import find_mentions

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IN_STOCK = KnownProduct("in stock", is_hidden=False)
BASE = "/messaging_object"


def findings(given, *, media=None, products=None, catalogue_id=CATALOGUE):
    found = check_holdings(
        find_mentions(given["type"], given, BASE),
        Holdings(media or {}, products, catalogue_id),
        NOW,
    )
    for finding in found:
        assert finding.message
        assert finding.mend
    return [(one.path.removeprefix(BASE), one.code, one.meta_code) for one in found]


def sent_as(kind):
    return message({"id": "155808"}, kind)


def test_a_medium_that_is_there_has_no_finding():
    media = {"155808": KnownMedium("image", NOW + timedelta(seconds=1))}

    assert findings(sent_as("image"), media=media) == []


def test_a_medium_whose_end_is_not_known_has_no_finding():
    assert findings(sent_as("image"), media={"155808": KnownMedium("image", None)}) == []


def test_a_medium_that_nobody_uploaded_is_found():
    assert findings(sent_as("image")) == [("/image/id", "media_unknown", 131009)]


def test_a_medium_is_expired_at_its_end():
    media = {"155808": KnownMedium("image", NOW)}

    assert findings(sent_as("image"), media=media) == [("/image/id", "media_expired", 131009)]


@pytest.mark.parametrize(
    ("kind", "sent", "is_found"),
    [
        ("image", "video", True),
        ("document", "image", True),
        ("image", "sticker", True),
        ("video", "video", False),
        ("sticker", "sticker", False),
    ],
)
def test_a_medium_must_be_of_the_kind_it_is_sent_as(kind, sent, is_found):
    found = findings(sent_as(sent), media={"155808": KnownMedium(kind, None)})

    assert found == ([(f"/{sent}/id", "media_wrong_kind", 131053)] if is_found else [])


@pytest.mark.parametrize(("kind", "is_found"), [("video", False), ("image", True)])
def test_a_gif_is_a_video(kind, is_found):
    header = {"type": "header", "parameters": [{"type": "gif", "gif": {"id": "155808"}}]}
    given = message({"name": "x", "language": {"code": "en"}, "components": [header]})

    found = findings(given, media={"155808": KnownMedium(kind, None)})

    assert [code for _, code, _ in found] == (["media_wrong_kind"] if is_found else [])


def test_of_products_nothing_is_said_where_no_catalogue_is_known():
    assert findings(FREE_FORM["product"], products=None, catalogue_id=None) == []


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({}, "product_unknown"),
        ({"sku0": KnownProduct("out of stock", is_hidden=False)}, "product_out_of_stock"),
        ({"sku0": KnownProduct("out_of_stock", is_hidden=False)}, "product_out_of_stock"),
        ({"sku0": KnownProduct("discontinued", is_hidden=False)}, "product_out_of_stock"),
        ({"sku0": KnownProduct("in stock", is_hidden=True)}, "product_hidden"),
        ({"sku0": KnownProduct("in stock", is_hidden=False)}, None),
        ({"sku0": KnownProduct("preorder", is_hidden=False)}, None),
        ({"sku0": KnownProduct("available for order", is_hidden=False)}, None),
    ],
)
def test_a_product_must_be_there_to_be_seen_and_to_be_had(known, code):
    found = findings(FREE_FORM["product"], products=known)

    path = "/interactive/action/product_retailer_id"
    assert found == ([] if code is None else [(path, code, 131009)])


def test_every_product_of_a_multi_product_template_is_looked_up():
    found = findings(mpm(section(2)), products={"sku0": IN_STOCK})

    action = "/template/components/0/parameters/0/action"

    assert found == [
        (
            f"{action}/sections/0/product_items/1/product_retailer_id",
            "product_unknown",
            131009,
        )
    ]


def test_another_catalogue_than_the_wabas_is_told_once_where_it_stands():
    found = findings(FREE_FORM["product list"], products={}, catalogue_id="7")

    assert found == [("/interactive/action/catalog_id", "catalogue_mismatch", 131009)]


def test_another_catalogue_is_told_on_each_card_that_names_it():
    found = findings(TEMPLATES["product cards"], products=None, catalogue_id="7")

    assert [code for _, code, _ in found] == ["catalogue_mismatch"] * 2


def test_products_of_the_wabas_own_catalogue_are_looked_up():
    found = findings(TEMPLATES["product cards"], products={"sku1": IN_STOCK})

    assert [code for _, code, _ in found] == ["product_unknown"]
