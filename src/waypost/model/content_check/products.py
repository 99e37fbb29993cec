"""Products of a catalogue in an interactive message: one, a list, the whole catalogue.

Source: `reference` 1.8 (the in-window sibling) and 1.10; reference/kaleyra-v2.md 12.
"""

from waypost.model.content_check.choices import LONGEST_TITLE
from waypost.model.content_check.part import Count, Part

_SECTIONS = Count(1, 10, "sections")
_PRODUCTS = Count(1, 30, "products in all sections")
_PRODUCTS_OF_ONE = Count(1, None, "products")


def check_product(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `product`, and of a product card."""
    action.text("catalog_id")
    action.text("product_retailer_id")


def check_product_list(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `product_list`."""
    action.text("catalog_id")
    sections = action.parts("sections", _SECTIONS)
    count = 0
    for section in sections:
        section.text("title", LONGEST_TITLE, is_required=len(sections) > 1)
        items = section.value.get("product_items")
        count += len(items) if isinstance(items, list) else 0
        for item in section.parts("product_items", _PRODUCTS_OF_ONE):
            item.text("product_retailer_id")
    if count:
        action.check_count("sections", count, _PRODUCTS)


def check_catalogue(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `catalog_message`.

    Without a thumbnail the picture of the catalogue's first item is shown.
    """
    action.word("name", ("catalog_message",))
    parameters = action.part("parameters", is_required=False)
    if parameters is not None:
        parameters.text("thumbnail_product_retailer_id", is_required=False)
