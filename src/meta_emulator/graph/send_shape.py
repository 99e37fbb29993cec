"""What a send looks like around its content: the first fault of its shape, as Meta words it.

Everything here is code 100 or 131051, found before anybody is looked up (reference 12.3).
"""

from typing import Any

from meta_emulator.checks.content import TYPES
from meta_emulator.protocol.errors import GraphError, invalid, refused

CALLBACK_LIMIT = 512
GROUP = "group"
RECIPIENT_TYPES = ("individual", GROUP)
POLICIES = ("CLOUD_API_FALLBACK", "STRICT")


def shape_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with the message around its content (code 100)."""
    product = body.get("messaging_product")
    if product is None:
        return invalid("The parameter messaging_product is required.")
    if str(product).lower() != "whatsapp":
        return invalid(f'Param messaging_product must be one of {{WHATSAPP}} - got "{product}".')
    if "status" in body and "type" not in body:
        return read_mark_fault(body)
    recipient_type = str(body.get("recipient_type", "individual"))
    if recipient_type.lower() not in RECIPIENT_TYPES:
        return invalid(
            f'Param recipient_type must be one of {{INDIVIDUAL, GROUP}} - got "{recipient_type}".'
        )
    return callback_fault(body.get("biz_opaque_callback_data")) or kind_fault(body)


def kind_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with `type` (131051), or with the template object (code 100)."""
    kind = kind_of(body)
    if kind not in TYPES:
        listed = ", ".join(sorted(TYPES)).upper()
        return refused(131051, f'type must be one of {{{listed}}} - got "{body["type"]}".')
    return template_shape_fault(body) if kind == "template" else None


def kind_of(body: dict[str, Any]) -> str:
    """`type` in lower case; where it is left out, that of the content there is, or `text`.

    Meta's own examples leave it out of texts and of interactive messages.
    """
    kind = body.get("type")
    if kind is None:
        return next((name for name in TYPES if name in body), "text")
    return str(kind).lower()


def callback_fault(callback_data: Any) -> GraphError | None:
    """What is wrong with `biz_opaque_callback_data` (code 100)."""
    if callback_data is None:
        return None
    if type(callback_data) is not str:
        return invalid("Param biz_opaque_callback_data must be a string.")
    if len(callback_data) > CALLBACK_LIMIT:
        return invalid(
            f"Param biz_opaque_callback_data must be at most {CALLBACK_LIMIT} characters long."
        )
    return None


def read_mark_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with `{"status": "read", "message_id": ...}` (code 100)."""
    if body["status"] != "read":
        return invalid(f'Param status must be one of {{READ}} - got "{body["status"]}".')
    if type(body.get("message_id")) is not str:
        return invalid("The parameter message_id is required.")
    typing = body.get("typing_indicator")
    if typing is not None and (type(typing) is not dict or typing.get("type") != "text"):
        return invalid("Param typing_indicator['type'] must be one of {TEXT}.")
    return None


def template_shape_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with the template object, its components apart (code 100)."""
    template = body.get("template")
    if template is None:
        return invalid("The parameter template is required.")
    if type(template) is not dict:
        return invalid("Param template must be an object.")
    name = template.get("name")
    if type(name) is not str or not name:
        return invalid("The parameter template['name'] is required.")
    language = template.get("language")
    if type(language) is not dict:
        return invalid("The parameter template['language'] is required.")
    if type(language.get("code")) is not str:
        return invalid("The parameter template['language']['code'] is required.")
    return None


def is_for_group(body: dict[str, Any]) -> bool:
    """Whether `to` is a group's id."""
    return str(body.get("recipient_type", "")).lower() == GROUP


def marketing_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with a body for `marketing_messages` besides (reference 1.11)."""
    kind = kind_of(body)
    if kind != "template":
        return invalid(f'Param type must be one of {{TEMPLATE}} - got "{kind}".')
    policy = body.get("product_policy", POLICIES[0])
    if policy not in POLICIES:
        listed = ", ".join(POLICIES)
        return invalid(f'Param product_policy must be one of {{{listed}}} - got "{policy}".')
    if type(body.get("message_activity_sharing", False)) is not bool:
        return invalid("Param message_activity_sharing must be a boolean.")
    return None
