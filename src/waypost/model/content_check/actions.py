"""Actions with a name and parameters: links, flows, requests, orders.

Source: `reference` 1.10 and Meta's OpenAPI examples; reference/kaleyra-v2.md 12.
"""

import re

from waypost.model.content_check.part import INVALID, MISSING, Part
from waypost.model.finding import FindingCode

LONGEST_DISPLAY_TEXT = 20
_LONGEST_FLOW_CALL = 30
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def check_link(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `cta_url`, and of a card with a link."""
    action.word("name", ("cta_url",))
    parameters = action.part(
        "parameters", 'an object like {"display_text": "See dates", "url": "https://example.com"}'
    )
    if parameters is not None:
        parameters.text("display_text", LONGEST_DISPLAY_TEXT)
        parameters.url("url")


def check_flow(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `flow`."""
    action.word("name", ("flow",))
    parameters = action.part(
        "parameters", "an object with flow_message_version, flow_cta, and flow_id or flow_name"
    )
    if parameters is None:
        return
    parameters.text("flow_message_version")
    parameters.text("flow_cta", _LONGEST_FLOW_CALL)
    parameters.text("flow_token", is_required=False)
    if "flow_id" in parameters.value and "flow_name" in parameters.value:
        parameters.add(
            "flow_name",
            FindingCode.NOT_ALLOWED,
            MISSING,
            "there are both flow_id and flow_name; there must be one of them",
            "Take out one of the two.",
        )
    elif "flow_name" in parameters.value:
        parameters.text("flow_name")
    elif "flow_id" in parameters.value:
        parameters.text("flow_id")
    else:
        parameters.missing("flow_id", "the id of the flow, or give its flow_name in its place")
    parameters.word("flow_action", ("navigate", "data_exchange"), is_required=False)
    parameters.word("mode", ("draft", "published"), is_required=False)
    payload = parameters.part("flow_action_payload", is_required=False)
    if payload is not None:
        payload.text("screen")


def check_location_request(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `location_request_message`."""
    action.word("name", ("send_location",))


def check_address_request(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `address_message`."""
    action.word("name", ("address_message",))
    parameters = action.part("parameters", 'an object like {"country": "IN"}')
    country = None if parameters is None else parameters.text("country")
    if parameters is not None and country is not None and not _COUNTRY.fullmatch(country):
        parameters.add(
            "country",
            FindingCode.WRONG_VALUE,
            INVALID,
            "the country is not the two letters of a country",
            "Write it like IN.",
        )


def check_order_details(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `order_details`; sums are Meta's to judge."""
    action.word("name", ("review_and_pay",))
    parameters = action.part(
        "parameters", "an object with reference_id, currency, total_amount and order"
    )
    if parameters is not None:
        parameters.text("reference_id")
        parameters.text("currency")
        parameters.part("total_amount", 'an object like {"value": 1100, "offset": 100}')
        parameters.part("order")


def check_order_status(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `order_status`."""
    action.word("name", ("review_order",))
    parameters = action.part("parameters", "an object with reference_id and order")
    if parameters is not None:
        parameters.text("reference_id")
        order = parameters.part("order", 'an object like {"status": "shipped"}')
        if order is not None:
            order.text("status")


def check_call_permission(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `call_permission_request`."""
    action.word("name", ("call_permission_request",))


def check_call(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `voice_call`."""
    action.word("name", ("voice_call",))
    parameters = action.part("parameters", is_required=False)
    if parameters is not None:
        parameters.text("display_text", LONGEST_DISPLAY_TEXT, is_required=False)


def check_contact_request(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `request_contact_info` (`reference` 4.7)."""
    action.text("name")
