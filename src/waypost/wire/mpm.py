"""The MPM button: which products, in which sections.

Source: the MPM document's tables; reference/meta-cloud-api.md 1.8.
"""

from typing import Any

from waypost.wire.faults import FaultCode, Faults
from waypost.wire.fields import array_field, text_field

MOST_SECTIONS = 10
MOST_PRODUCTS = 30
LONGEST_TITLE = 24
"""Code points."""


def check_mpm_action(action: dict[str, Any], path: str, faults: Faults) -> None:
    """An MPM button's `action`: thumbnail, 1 to 10 sections, 1 to 30 products in all."""
    text_field(action, "thumbnail_product_retailer_id", path, faults)
    sections = array_field(action, "sections", path, faults)
    if sections is None:
        return
    where = f"{path}/sections"
    if not sections:
        faults.add(where, FaultCode.EMPTY, f"sections is empty; give 1 to {MOST_SECTIONS}")
    if len(sections) > MOST_SECTIONS:
        faults.add(
            where,
            FaultCode.TOO_MANY,
            f"there are {len(sections)} sections; an MPM template has at most {MOST_SECTIONS}",
        )
    products = 0
    for position, section in enumerate(sections):
        if faults.is_full:
            return
        products += _check_section(section, f"{where}/{position}", faults)
    if products > MOST_PRODUCTS:
        faults.add(
            where,
            FaultCode.TOO_MANY,
            f"there are {products} products in all sections; at most {MOST_PRODUCTS} are allowed",
        )


def _check_section(section: Any, path: str, faults: Faults) -> int:
    """One section; how many products it has."""
    if not isinstance(section, dict):
        faults.wrong_kind(path, section, "an object with title and product_items")
        return 0
    title = text_field(section, "title", path, faults)
    if title is not None and len(title) > LONGEST_TITLE:
        faults.add(
            f"{path}/title",
            FaultCode.TOO_LONG,
            f"title has {len(title)} characters; a section's title has at most {LONGEST_TITLE}",
        )
    items = array_field(section, "product_items", path, faults)
    if items is None:
        return 0
    where = f"{path}/product_items"
    if not items:
        faults.add(where, FaultCode.EMPTY, "product_items is empty; name at least one product")
    for position, item in enumerate(items):
        if faults.is_full:
            break
        if isinstance(item, dict):
            text_field(item, "product_retailer_id", f"{where}/{position}", faults)
        else:
            faults.wrong_kind(f"{where}/{position}", item, "an object with product_retailer_id")
    return len(items)
