"""Interactive messages: header, body, footer, and an action that each type has of its own.

The OpenAPI file's limit for the body (1,024) holds for lists too. Source: `reference` 1.10 and
1.8 (a list of products has a text header); reference/kaleyra-v2.md 12.
"""

from collections.abc import Callable, Mapping

from waypost.model.content_check.actions import (
    check_address_request,
    check_call,
    check_call_permission,
    check_contact_request,
    check_flow,
    check_link,
    check_location_request,
    check_order_details,
    check_order_status,
)
from waypost.model.content_check.cards import check_cards
from waypost.model.content_check.choices import check_list, check_reply_buttons
from waypost.model.content_check.media import OBJECT, check_source
from waypost.model.content_check.part import TEXT_OBJECT, Part
from waypost.model.content_check.products import (
    check_catalogue,
    check_product,
    check_product_list,
)
from waypost.model.content_check.unknown import add_unknown

_LONGEST_HEADER = 60
_LONGEST_BODY = 1024
_LONGEST_FOOTER = 60

_HEADER = 'an object like {"type": "text", "text": "..."}'
_HEADERS = ("text", "image", "video", "document")
_TEXT_ONLY = frozenset({"list", "product_list"})
_BODY_OPTIONAL = frozenset({"product", "call_permission_request", "request_contact_info"})

_ACTIONS: Mapping[str, tuple[Callable[[Part, Part], None], str]] = {
    "button": (check_reply_buttons, "an object with buttons"),
    "list": (check_list, "an object with button and sections"),
    "cta_url": (check_link, "an object with name and parameters"),
    "flow": (check_flow, "an object with name and parameters"),
    "product": (check_product, "an object with catalog_id and product_retailer_id"),
    "product_list": (check_product_list, "an object with catalog_id and sections"),
    "catalog_message": (check_catalogue, 'an object like {"name": "catalog_message"}'),
    "location_request_message": (
        check_location_request,
        'an object like {"name": "send_location"}',
    ),
    "address_message": (check_address_request, "an object with name and parameters"),
    "carousel": (check_cards, "an object with cards"),
    "order_details": (check_order_details, "an object with name and parameters"),
    "order_status": (check_order_status, "an object with name and parameters"),
    "call_permission_request": (
        check_call_permission,
        'an object like {"name": "call_permission_request"}',
    ),
    "voice_call": (check_call, "an object with name and parameters"),
    "request_contact_info": (check_contact_request, "an object with a name"),
}
"""The check of each type's action, and what that action looks like."""


def check_interactive(message: Part) -> None:
    """The content of an interactive message."""
    interactive = message.part("interactive", "an object with type, body and action")
    kind = None if interactive is None else interactive.text("type")
    if interactive is None or kind is None:
        return
    known = _ACTIONS.get(kind)
    if known is None:
        add_unknown(interactive, "type", f"interactive messages of type {kind[:40]}")
        return
    _check_header(interactive, kind)
    body = interactive.part("body", TEXT_OBJECT, is_required=kind not in _BODY_OPTIONAL)
    if body is not None:
        body.text("text", _LONGEST_BODY)
    footer = interactive.part("footer", TEXT_OBJECT, is_required=False)
    if footer is not None:
        footer.text("text", _LONGEST_FOOTER)
    check, right = known
    action = interactive.part("action", right)
    if action is not None:
        check(interactive, action)


def _check_header(interactive: Part, kind: str) -> None:
    header = interactive.part("header", _HEADER, is_required=kind == "product_list")
    if header is None:
        return
    form = header.word("type", ("text",) if kind in _TEXT_ONLY else _HEADERS)
    if form == "text":
        header.text("text", _LONGEST_HEADER)
    elif form is not None:
        media = header.part(form, OBJECT)
        if media is not None:
            check_source(media)
