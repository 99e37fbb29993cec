"""Products that a send names: in a header, and in the sections of a multi-product message.

Whether the catalogue has them is another's question. Source: reference/meta-cloud-api.md 1.7, 1.8.
"""

import re
from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check.place import Place, Tokens, counted, quoted

MOST_SECTIONS = 10
MOST_PRODUCTS = 30
LONGEST_TITLE = 24
"""Code points."""

_MARKDOWN = re.compile(r"(?<!\w)([*_~`])(?![\s*_~`])[^*_~`]*(?<!\s)\1(?!\w)")


def check_product(product: dict[str, Any], tokens: Tokens, place: Place) -> None:
    """The `product` object of a header."""
    for key in ("product_retailer_id", "catalog_id"):
        if not product.get(key):
            place.add(
                tokens,
                FindingCode.VALUE_MISSING,
                131008,
                f"the header's product has no {key}",
                f'Add "{key}": a product header needs product_retailer_id and catalog_id.',
            )


def check_action(action: dict[str, Any], tokens: Tokens, place: Place) -> None:
    """The `action` of an MPM button."""
    if not action.get("thumbnail_product_retailer_id"):
        place.add(
            (*tokens, "thumbnail_product_retailer_id"),
            FindingCode.VALUE_MISSING,
            131008,
            "the action of the MPM button has no thumbnail_product_retailer_id",
            'Add "thumbnail_product_retailer_id":"<product>" to the action: the product whose '
            "picture is shown.",
        )
    sections = action.get("sections")
    if type(sections) is not list or not sections:
        place.add(
            (*tokens, "sections"),
            FindingCode.SECTION_COUNT,
            131008,
            "the action of the MPM button has no sections",
            f"Give it 1 to {MOST_SECTIONS} sections: "
            '"sections":[{"title":"<title>","product_items":[{"product_retailer_id":"<product>"}]}].',
        )
        return
    where = (*tokens, "sections")
    if len(sections) > MOST_SECTIONS:
        place.add(
            where,
            FindingCode.SECTION_COUNT,
            131009,
            f"there are {len(sections)} sections; at most {MOST_SECTIONS} are allowed",
            f"Remove {counted(len(sections) - MOST_SECTIONS, 'section')}, or put their products "
            "into the others.",
        )
    products = 0
    for number, section in enumerate(sections):
        if type(section) is dict:
            _check_title(section, (*where, number), place)
            products += _check_items(section, (*where, number), place)
    if products > MOST_PRODUCTS:
        place.add(
            where,
            FindingCode.PRODUCT_COUNT,
            131009,
            f"there are {products} products in all sections; at most {MOST_PRODUCTS} are allowed",
            f"Remove {counted(products - MOST_PRODUCTS, 'product')}.",
        )


def _check_title(section: dict[str, Any], tokens: Tokens, place: Place) -> None:
    title = section.get("title")
    if not title:
        place.add(
            (*tokens, "title"),
            FindingCode.SECTION_TITLE,
            131008,
            f"{_section(tokens)} has no title",
            f"Give it a title of 1 to {LONGEST_TITLE} characters.",
        )
    elif type(title) is str and len(title) > LONGEST_TITLE:
        place.add(
            (*tokens, "title"),
            FindingCode.SECTION_TITLE,
            131009,
            f"the title {quoted(title)} of {_section(tokens)} has {len(title)} characters; at "
            f"most {LONGEST_TITLE} are allowed",
            f"Shorten it by {counted(len(title) - LONGEST_TITLE, 'character')}.",
        )
    elif type(title) is str and _MARKDOWN.search(title):
        place.add(
            (*tokens, "title"),
            FindingCode.SECTION_TITLE,
            131009,
            f"the title {quoted(title)} of {_section(tokens)} has formatting marks",
            "Remove the pairs of *, _, ~ or ` around its words.",
        )


def _section(tokens: Tokens) -> str:
    return f"the section at index {tokens[-1]}"


def _check_items(section: dict[str, Any], tokens: Tokens, place: Place) -> int:
    """How many products the section has."""
    items = section.get("product_items")
    if type(items) is not list or not items:
        place.add(
            (*tokens, "product_items"),
            FindingCode.PRODUCT_COUNT,
            131008,
            f"{_section(tokens)} has no products",
            'Give it "product_items":[{"product_retailer_id":"<product>"}], or remove the section.',
        )
        return 0
    for number, item in enumerate(items):
        if type(item) is dict and not item.get("product_retailer_id"):
            place.add(
                (*tokens, "product_items", number, "product_retailer_id"),
                FindingCode.VALUE_MISSING,
                131008,
                f"the product at index {number} of {_section(tokens)} has no product_retailer_id",
                'Add "product_retailer_id", the content id of the product in the catalogue.',
            )
    return len(items)
