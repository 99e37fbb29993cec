"""Products a send names: sections of an MPM, and the headers of product cards.

An MPM with no known product is refused; with some unknown ones it is taken, as Meta documents
for the interactive sibling (reference 1.8, there a judgement).
"""

import re
from collections.abc import Container
from typing import Any

from meta_emulator.checks.forms import Form
from meta_emulator.checks.parts import Parts
from meta_emulator.protocol.errors import GraphError, refused

MOST_PRODUCTS = 30
MOST_SECTIONS = 10
TITLE_LIMIT = 24
MARKDOWN = re.compile(r"(?<!\w)([*_~`])(?=\S)[^*_~`]*(?<=\S)\1(?!\w)")
NOT_FOUND = "Products not found in FB Catalog"


def product_fault(
    form: Form, parts: Parts, catalogue_id: str | None, products: Container[str]
) -> GraphError | None:
    """What is wrong with the products of one message or card."""
    if form.header_kind == "PRODUCT" and parts.header:
        return _header_fault(parts.header[0][1]["product"], catalogue_id, products)
    for button in parts.buttons:
        if button.sub_type == "mpm" and button.parameters:
            return _action_fault(button.parameters[0][1].get("action"), products)
        if button.sub_type == "catalog" and button.parameters:
            name = button.parameters[0][1]["action"].get("thumbnail_product_retailer_id")
            if name is not None and str(name) not in products:
                return refused(131009, NOT_FOUND)
    return None


def _header_fault(
    product: dict[str, Any], catalogue_id: str | None, products: Container[str]
) -> GraphError | None:
    for key in ("product_retailer_id", "catalog_id"):
        if not product.get(key):
            return refused(131008, f"header: product requires {key}")
    if str(product["catalog_id"]) != catalogue_id:
        return refused(131009, NOT_FOUND)
    if str(product["product_retailer_id"]) not in products:
        return refused(131009, NOT_FOUND)
    return None


def _action_fault(action: Any, products: Container[str]) -> GraphError | None:
    if type(action) is not dict:
        return refused(131008, "buttons: mpm requires an action object")
    if not action.get("thumbnail_product_retailer_id"):
        return refused(131008, "buttons: action requires thumbnail_product_retailer_id")
    sections = action.get("sections")
    if type(sections) is not list or not sections:
        return refused(131008, "buttons: action requires at least one section")
    if len(sections) > MOST_SECTIONS:
        return refused(131009, f"buttons: at most {MOST_SECTIONS} sections are allowed")
    return _sections_fault(sections, products)


def _sections_fault(sections: list[Any], products: Container[str]) -> GraphError | None:
    named: list[str] = []
    for number, section in enumerate(sections):
        fault = _section_fault(section, number, named)
        if fault is not None:
            return fault
    if len(named) > MOST_PRODUCTS:
        return refused(131009, f"buttons: at most {MOST_PRODUCTS} products are allowed")
    if not any(name in products for name in named):
        return refused(131009, NOT_FOUND)
    return None


def _section_fault(section: Any, number: int, named: list[str]) -> GraphError | None:
    """The section's fault; without one, its products are added to `named`."""
    if type(section) is not dict:
        return refused(131009, f"buttons: section {number} must be an object")
    fault = _title_fault(section.get("title"), number)
    if fault is not None:
        return fault
    items = section.get("product_items")
    if type(items) is not list or not items:
        return refused(131008, f"buttons: section {number} requires product_items")
    for item in items:
        name = item.get("product_retailer_id") if type(item) is dict else None
        if not name:
            return refused(
                131008, f"buttons: section {number} has an item without product_retailer_id"
            )
        named.append(str(name))
    return None


def _title_fault(title: Any, number: int) -> GraphError | None:
    if type(title) is not str or not title:
        return refused(131008, f"buttons: section {number} requires a title")
    if len(title) > TITLE_LIMIT:
        return refused(
            131009, f"buttons: the title of section {number} exceeds {TITLE_LIMIT} characters"
        )
    if MARKDOWN.search(title):
        return refused(131009, f"buttons: the title of section {number} has formatting marks")
    return None
