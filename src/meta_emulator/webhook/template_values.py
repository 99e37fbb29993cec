"""What Meta tells of a template that changed: the values of its four webhooks (reference 4.6).

The template's id is a number here and a string in the API.
"""

from typing import Any

from meta_emulator.world.objects import Template

STATUS = "message_template_status_update"
QUALITY = "message_template_quality_update"
COMPONENTS = "message_template_components_update"
CATEGORY = "template_category_update"

Value = dict[str, Any]

BUTTON_KEYS = {
    "url": "message_template_button_url",
    "phone_number": "message_template_button_phone_number",
}


def status_value(template: Template, event: str, reason: str | None, more: Value) -> Value:
    """`more` is `disable_info`, `other_info` or `rejection_info`, where there is any."""
    return {
        "event": event,
        **_named(template),
        "reason": reason,
        "message_template_category": template.category,
        **more,
    }


def quality_value(template: Template, previous: str) -> Value:
    """The score before and now."""
    return {
        "previous_quality_score": previous,
        "new_quality_score": template.quality,
        **_named(template),
    }


def category_value(template: Template, previous: str) -> Value:
    """The category that was changed."""
    return {
        **_named(template),
        "previous_category": previous,
        "new_category": template.category,
    }


def impending_value(template: Template, correct: str, at: int) -> Value:
    """The category that will be changed to `correct` at the Unix second `at`."""
    return {
        **_named(template),
        "correct_category": correct,
        "new_category": template.category,
        "category_update_timestamp": at,
    }


def components_value(template: Template) -> Value:
    """The texts and buttons as they are now."""
    value = _named(template)
    for component in template.components:
        match component.get("type"):
            case "HEADER" if "text" in component:
                value["message_template_title"] = component["text"]
            case "BODY":
                value["message_template_element"] = component.get("text", "")
            case "FOOTER":
                value["message_template_footer"] = component.get("text", "")
            case "BUTTONS":
                value["message_template_buttons"] = [
                    _button(button) for button in component.get("buttons", ())
                ]
            case _:
                pass
    return value


def _named(template: Template) -> Value:
    return {
        "message_template_id": numeric_id(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def numeric_id(template_id: str) -> int:
    """The id as a number; one of a seed that is none has the number of its digits, or 0."""
    digits = "".join(filter(str.isdigit, template_id))
    return int(digits or 0)


def _button(button: Value) -> Value:
    shown = {
        "message_template_button_type": button.get("type"),
        "message_template_button_text": button.get("text"),
    }
    for key, name in BUTTON_KEYS.items():
        if key in button:
            shown[name] = button[key]
    return shown
