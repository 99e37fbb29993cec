"""Interactive messages: header, body and footer, and what each kind's `action` must hold.

Limits: reference 1.10. Products and cards are looked at in `interactive_products`, payments in
`orders`.
"""

from collections.abc import Callable
from typing import Any

from meta_emulator.checks.interactive_products import (
    check_cards,
    check_catalogue_message,
    check_product,
    check_product_list,
)
from meta_emulator.checks.media import check_medium
from meta_emulator.checks.orders import check_details, check_status
from meta_emulator.checks.template_send import Holdings
from meta_emulator.checks.values import (
    Object,
    as_object,
    object_at,
    objects_at,
    optional_text,
    place,
    text_at,
    unrepeated,
    url_at,
    whole_at,
    word_at,
)
from meta_emulator.protocol.errors import RefusedError, invalid, refused

HEADER_LIMIT = 60
BODY_LIMIT = 1024
FOOTER_LIMIT = 60
LABEL_LIMIT = 20
ROW_TITLE_LIMIT = 24
DESCRIPTION_LIMIT = 72
REPLY_ID_LIMIT = 256
ROW_ID_LIMIT = 200
CALL_TO_ACTION_LIMIT = 30
MOST_REPLIES = 3
MOST_SECTIONS = 10
MOST_ROWS = 10
LONGEST_CALL_MINUTES = 43200

WHERE = "interactive"
ACTION = "interactive['action']"
PARAMETERS = "interactive['action']['parameters']"

HEADERS = ("text", "image", "video", "document")
TEXT_ONLY = ("text",)
BODILESS = frozenset({"product", "call_permission_request"})
"""Kinds whose body may be left out."""

ALLOWED_HEADERS: dict[str, tuple[str, ...]] = {
    "button": HEADERS,
    "list": TEXT_ONLY,
    "cta_url": HEADERS,
    "flow": HEADERS,
    "product_list": TEXT_ONLY,
    "order_details": HEADERS,
}
"""Kinds that may have a header, and of which kinds; the others have none."""


def check_interactive(content: Object, holdings: Holdings) -> None:
    """Raise RefusedError for the first thing that is wrong with an interactive message."""
    kind = content.get("type")
    if type(kind) is not str:
        raise RefusedError(invalid("The parameter interactive['type'] is required."))
    kind = kind.lower()
    check = ACTIONS.get(kind)
    if check is None:
        listed = ", ".join(sorted(ACTIONS)).upper()
        raise RefusedError(
            invalid(f"Param interactive['type'] must be one of {{{listed}}} - got \"{kind}\".")
        )
    action = content.get("action")
    if type(action) is not dict:
        raise RefusedError(invalid("The parameter interactive['action'] is required."))
    _check_header(kind, content, holdings)
    if kind not in BODILESS or "body" in content:
        text_at(object_at(content, "body", WHERE), "text", "interactive['body']", BODY_LIMIT)
    if content.get("footer") is not None:
        footer = object_at(content, "footer", WHERE)
        text_at(footer, "text", "interactive['footer']", FOOTER_LIMIT)
    check(action, holdings)


def _check_header(kind: str, content: Object, holdings: Holdings) -> None:
    header = content.get("header")
    if header is None:
        if kind == "product_list":
            raise RefusedError(refused(131008, "interactive['header'] is required"))
        return
    allowed = ALLOWED_HEADERS.get(kind)
    if allowed is None:
        raise RefusedError(refused(131009, f"interactive['header'] is not allowed for {kind}"))
    where = "interactive['header']"
    header = as_object(header, where)
    header_kind = word_at(header, "type", where, allowed)
    if header_kind == "text":
        text_at(header, "text", where, HEADER_LIMIT)
    else:
        check_medium(object_at(header, header_kind, where), place(where, header_kind), holdings)


def _replies(action: Object, _holdings: Holdings) -> None:
    ids: set[str] = set()
    titles: set[str] = set()
    for number, button in enumerate(objects_at(action, "buttons", ACTION, 1, MOST_REPLIES)):
        where = f"{ACTION}['buttons'][{number}]"
        word_at(button, "type", where, ("reply",))
        reply = object_at(button, "reply", where)
        where = f"{where}['reply']"
        unrepeated(text_at(reply, "id", where, REPLY_ID_LIMIT), ids, place(where, "id"))
        unrepeated(text_at(reply, "title", where, LABEL_LIMIT), titles, place(where, "title"))


def _list(action: Object, _holdings: Holdings) -> None:
    text_at(action, "button", ACTION, LABEL_LIMIT)
    sections = objects_at(action, "sections", ACTION, 1, MOST_SECTIONS)
    ids: set[str] = set()
    for number, section in enumerate(sections):
        where = f"{ACTION}['sections'][{number}]"
        check_section_title(section, where, len(sections))
        for row_number, row in enumerate(objects_at(section, "rows", where, 1, MOST_ROWS)):
            at = f"{where}['rows'][{row_number}]"
            unrepeated(text_at(row, "id", at, ROW_ID_LIMIT), ids, place(at, "id"))
            text_at(row, "title", at, ROW_TITLE_LIMIT)
            if row.get("description"):
                optional_text(row, "description", at, DESCRIPTION_LIMIT)
    if len(ids) > MOST_ROWS:
        raise RefusedError(
            refused(131009, f"Total row count exceed max allowed count: {MOST_ROWS}")
        )


def check_section_title(section: Object, where: str, sections: int) -> None:
    """Raise RefusedError: a title is needed as soon as there are two sections."""
    if sections > 1:
        text_at(section, "title", where, ROW_TITLE_LIMIT)
    elif section.get("title"):
        optional_text(section, "title", where, ROW_TITLE_LIMIT)


def _link(action: Object, _holdings: Holdings) -> None:
    word_at(action, "name", ACTION, ("cta_url",))
    parameters = object_at(action, "parameters", ACTION)
    text_at(parameters, "display_text", PARAMETERS, LABEL_LIMIT)
    url_at(parameters, "url", PARAMETERS)


def _flow(action: Object, _holdings: Holdings) -> None:
    word_at(action, "name", ACTION, ("flow",))
    parameters = object_at(action, "parameters", ACTION)
    if str(parameters.get("flow_message_version", "")) != "3":
        raise RefusedError(refused(131009, f"{PARAMETERS}['flow_message_version'] must be 3"))
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise RefusedError(
            refused(131008, f"{PARAMETERS}: exactly one of flow_id and flow_name is required")
        )
    text_at(parameters, "flow_cta", PARAMETERS, CALL_TO_ACTION_LIMIT)
    optional_text(parameters, "flow_token", PARAMETERS, BODY_LIMIT)
    if parameters.get("mode") is not None:
        word_at(parameters, "mode", PARAMETERS, ("draft", "published"))
    if parameters.get("flow_action") is not None:
        word_at(parameters, "flow_action", PARAMETERS, ("navigate", "data_exchange"))
    payload = parameters.get("flow_action_payload")
    if payload is not None:
        where = f"{PARAMETERS}['flow_action_payload']"
        text_at(as_object(payload, where), "screen", where, BODY_LIMIT)


def _named(name: str) -> Callable[[Object, Holdings], None]:
    """The check of an action that has its name and nothing else."""

    def check(action: Object, _holdings: Holdings) -> None:
        word_at(action, "name", ACTION, (name,))

    return check


def _address(action: Object, _holdings: Holdings) -> None:
    word_at(action, "name", ACTION, ("address_message",))
    parameters = object_at(action, "parameters", ACTION)
    word_at(parameters, "country", PARAMETERS, ("IN", "SG"))


def _call(action: Object, _holdings: Holdings) -> None:
    word_at(action, "name", ACTION, ("voice_call",))
    parameters: Any = action.get("parameters")
    if parameters is None:
        return
    parameters = as_object(parameters, PARAMETERS)
    optional_text(parameters, "display_text", PARAMETERS, LABEL_LIMIT)
    if parameters.get("ttl_minutes") is not None:
        minutes = whole_at(parameters, "ttl_minutes", PARAMETERS, 1)
        if minutes > LONGEST_CALL_MINUTES:
            raise RefusedError(
                refused(131009, f"ttl_minutes must be at most {LONGEST_CALL_MINUTES}")
            )


def _order_details(action: Object, _holdings: Holdings) -> None:
    word_at(action, "name", ACTION, ("review_and_pay",))
    check_details(object_at(action, "parameters", ACTION), PARAMETERS)


def _order_status(action: Object, _holdings: Holdings) -> None:
    word_at(action, "name", ACTION, ("review_order",))
    check_status(object_at(action, "parameters", ACTION), PARAMETERS)


ACTIONS: dict[str, Callable[[Object, Holdings], None]] = {
    "button": _replies,
    "list": _list,
    "cta_url": _link,
    "flow": _flow,
    "product": check_product,
    "product_list": check_product_list,
    "catalog_message": check_catalogue_message,
    "location_request_message": _named("send_location"),
    "address_message": _address,
    "carousel": check_cards,
    "call_permission_request": _named("call_permission_request"),
    "request_contact_info": _named("request_contact_info"),
    "voice_call": _call,
    "order_details": _order_details,
    "order_status": _order_status,
}
