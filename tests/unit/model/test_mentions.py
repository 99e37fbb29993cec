"""What a send names: media by id, products and their catalogue."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.kinds import (
    CATALOGUE,
    FREE_FORM,
    TEMPLATES,
    interactive,
    media_card,
    product_card,
)
from support.mutations import REPLACEMENTS, places, replaced
from support.sends import card, carousel, message, mpm, section, template
from waypost.model.mentions import (
    MediaMention,
    Mentions,
    ProductMention,
    find_mentions,
    glance_at_media,
)

BASE = "/messaging_object"
PARTS = f"{BASE}/template/components"


def mentions(given):
    return find_mentions(given["type"], given, BASE)


def sends(given, *kinds):
    return template(
        {"type": "header", "parameters": [{"type": kind, kind: given} for kind in kinds]}
    )


@pytest.mark.parametrize(
    "name", ["text", "location", "contacts", "reaction", "list", "cta_url", "flow", "image by link"]
)
def test_a_message_that_names_nothing_has_no_mention(name):
    found = mentions(FREE_FORM[name])

    assert found == Mentions()
    assert not found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("image by id", "image"),
        ("audio", "audio"),
        ("sticker", "sticker"),
    ],
)
def test_the_medium_of_a_media_message_is_mentioned(name, kind):
    assert mentions(FREE_FORM[name]).media == (MediaMention(f"{BASE}/{kind}", kind, "155808"),)


@pytest.mark.parametrize("kind", ["image", "video", "document", "gif"])
def test_the_medium_in_a_templates_header_is_mentioned(kind):
    found = mentions(message(sends({"id": "7"}, kind)))

    path = f"{PARTS}/0/parameters/0/{kind}"
    assert found == Mentions((MediaMention(path, kind, "7"),))
    assert found


def test_the_media_of_all_cards_are_mentioned_in_order():
    found = mentions(carousel(card(0), card(1)))

    assert [medium.path for medium in found.media] == [
        f"{PARTS}/1/cards/{index}/components/0/parameters/0/image" for index in (0, 1)
    ]


def test_the_products_of_a_multi_product_template_are_mentioned_with_its_thumbnail():
    action = f"{PARTS}/0/parameters/0/action"

    assert mentions(mpm(section(2), section(1))).products == (
        ProductMention(f"{action}/thumbnail_product_retailer_id", "sku0"),
        ProductMention(f"{action}/sections/0/product_items/0/product_retailer_id", "sku0"),
        ProductMention(f"{action}/sections/0/product_items/1/product_retailer_id", "sku1"),
        ProductMention(f"{action}/sections/1/product_items/0/product_retailer_id", "sku0"),
    )


def test_the_thumbnail_of_a_catalogue_template_is_mentioned():
    path = f"{PARTS}/0/parameters/0/action/thumbnail_product_retailer_id"

    assert mentions(TEMPLATES["catalog"]).products == (ProductMention(path, "sku0"),)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("single product", f"{PARTS}/0/parameters/0/product"),
        ("product cards", f"{PARTS}/0/cards/0/components/0/parameters/0/product"),
    ],
)
def test_the_product_in_a_templates_header_is_mentioned_with_its_catalogue(name, where):
    assert mentions(TEMPLATES[name]).products[0] == ProductMention(
        f"{where}/product_retailer_id", "sku0", CATALOGUE, f"{where}/catalog_id"
    )


def test_an_interactive_header_and_its_cards_are_looked_at():
    found = mentions(
        interactive(
            "carousel",
            {
                "cards": [
                    media_card(0, header={"type": "video", "video": {"id": "9"}}),
                    product_card(1),
                ]
            },
            header={"type": "image", "image": {"id": "8"}},
        )
    )

    where = f"{BASE}/interactive"
    card_action = f"{where}/action/cards/1/action"
    assert found == Mentions(
        (
            MediaMention(f"{where}/header/image", "image", "8"),
            MediaMention(f"{where}/action/cards/0/header/video", "video", "9"),
        ),
        (
            ProductMention(
                f"{card_action}/product_retailer_id",
                "sku1",
                CATALOGUE,
                f"{card_action}/catalog_id",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("name", "where", "names"),
    [
        ("product", "product_retailer_id", ["sku0"]),
        (
            "product list",
            "sections/0/product_items/0/product_retailer_id",
            ["sku0", "sku1"],
        ),
        ("catalog", "parameters/thumbnail_product_retailer_id", ["sku0"]),
    ],
)
def test_the_products_of_an_interactive_message_are_mentioned(name, where, names):
    found = mentions(FREE_FORM[name]).products

    assert found[0].path == f"{BASE}/interactive/action/{where}"
    assert [product.retailer_id for product in found] == names


def test_all_products_of_a_list_have_the_one_catalogue_beside_the_sections():
    found = mentions(FREE_FORM["product list"]).products

    assert {(product.catalogue_id, product.catalogue_path) for product in found} == {
        (CATALOGUE, f"{BASE}/interactive/action/catalog_id")
    }


def test_a_number_is_read_as_its_digits():
    assert mentions(message({"id": 155808}, "image")).media[0].media_id == "155808"


@pytest.mark.parametrize("value", [True, 1.5, None, [], {}, "", 10**100])
def test_what_can_be_no_id_is_no_mention(value):
    assert mentions(message({"id": value}, "image")) == Mentions()


EVERY = {**FREE_FORM, **{f"template {name}": given for name, given in TEMPLATES.items()}}


@pytest.mark.parametrize("given", EVERY.values(), ids=EVERY)
def test_no_wrong_value_anywhere_raises(given):
    for path in places(given):
        for value in REPLACEMENTS:
            changed = replaced(given, path, value)
            if isinstance(changed, dict):
                find_mentions(given["type"], changed, BASE)


KEYS = st.sampled_from(
    [
        *("type", "components", "parameters", "sub_type", "action", "sections", "product_items"),
        *("cards", "header", "image", "product", "id", "catalog_id", "product_retailer_id"),
    ]
)
WORDS = st.sampled_from(["header", "button", "carousel", "mpm", "catalog", "image", "product"])
JSON = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=2) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(kind=st.sampled_from(["template", "interactive", "image", "text", "x"]), content=JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_gives_mentions_and_no_exception(kind, content):
    assert isinstance(find_mentions(kind, {kind: content}, BASE), Mentions)


def hold_glance(given):
    """A glance says nothing, or has all media that a close look finds, and there is no product."""
    glance = glance_at_media(msgspec.json.encode(given))
    found = find_mentions(str(given.get("type")), given, BASE)
    if glance is None:
        return False
    assert not found.products
    assert {(one.kind, one.media_id) for one in found.media} <= glance
    return True


@pytest.mark.parametrize("name", ["image by id", "image by link", "text", "cta_url"])
def test_a_glance_is_enough_for_plain_messages(name):
    assert hold_glance(FREE_FORM[name])


def test_a_glance_is_enough_for_a_carousel_of_media():
    given = carousel(card(0), card(1))

    assert hold_glance(given)
    assert glance_at_media(msgspec.json.encode(given))
    assert glance_at_media(msgspec.json.encode(mpm(section(1)))) is None


@given(data=st.data())
@settings(max_examples=300)
def test_a_glance_never_misses_what_a_close_look_finds(data):
    given = data.draw(st.sampled_from([*FREE_FORM.values(), *TEMPLATES.values()]))
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.sampled_from(list(places(given))))
        given = replaced(given, place, data.draw(st.sampled_from(REPLACEMENTS)))
        if not isinstance(given, dict):
            return
    hold_glance(given)
