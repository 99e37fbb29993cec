"""Mutations of buttons, offers, codes and products."""

import copy
from collections.abc import Callable
from typing import Any

from support.template_breaking import (
    FILLED_BUTTONS,
    MUTATIONS,
    Change,
    Choose,
    Mutation,
    mutation,
    one_part,
    parts,
)
from support.template_grammar import Definition

# --- buttons


def _button(definition: Definition, template: Any, choose: Choose, *sub_types: str) -> Any:
    """A button that was sent: its part, its pointer and itself."""
    found = [
        (part, f"{part.path}/{position}", component)
        for part in parts(definition, template)
        for position, component in enumerate(part.sent)
        if component["type"] == "button" and component["sub_type"] in sub_types
    ]
    return choose(found) if found else None


NEEDED = ("url", "copy_code", "mpm", "order_details")


@mutation(131008, kinds=FILLED_BUTTONS)
def drop_a_needed_button(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, *NEEDED)
    if found is None:
        return None
    found[0].sent.remove(found[2])
    return found[0].path


@mutation(131008, kinds=FILLED_BUTTONS)
def empty_a_needed_button(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, *NEEDED)
    if found is None:
        return None
    found[2]["parameters"] = []
    return found[1]


@mutation(131008, 132012, kinds=("plain", "media carousel", "limited-time offer"))
def swap_button_indexes(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "url")
    if found is None:
        return None
    others = [
        part
        for part in found[0].sent
        if part["type"] == "button" and part["sub_type"] != found[2]["sub_type"]
    ]
    if not others:
        return None
    found[2]["index"], others[0]["index"] = others[0]["index"], found[2]["index"]
    return f"{found[1]}/index"


@mutation(131008, kinds=("plain", "media carousel"))
def a_url_at_another_buttons_index(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    """Meta: "Parameter value for URL was expected but was not found"."""
    found = _button(definition, template, choose, "url")
    if found is None or definition.kind == "authentication":
        return None
    taken = {part.get("index") for part in found[0].sent if part["type"] == "button"}
    free = [
        index
        for index, button in enumerate(found[0].buttons)
        if index not in taken and button["type"] != "URL"
    ]
    if not free:
        return None
    found[2]["index"] = free[0]
    return f"{found[1]}/index"


@mutation(132012, 131008, kinds=("plain", "media carousel", "copy_code", "flow"))
def a_button_beyond_the_last(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "url", "quick_reply", "copy_code", "flow")
    if found is None:
        return None
    found[2]["index"] = len(found[0].buttons)
    return found[1]


@mutation(132012)
def a_button_where_there_is_none(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    part = one_part(definition, template, choose, lambda part: not part.buttons)
    if part is None:
        return None
    reply = {"type": "payload", "payload": "x"}
    button = {"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [reply]}
    part.sent.append(button)
    return f"{part.path}/{len(part.sent) - 1}"


@mutation(100, kinds=FILLED_BUTTONS)
def a_button_twice(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "url", "quick_reply", "copy_code", "mpm")
    if found is None:
        return None
    found[0].sent.append(copy.deepcopy(found[2]))
    return f"{found[0].path}/{len(found[0].sent) - 1}"


@mutation(132000, kinds=("plain", "media carousel"))
def an_end_for_a_url_without_variable(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    def is_static(button: dict[str, Any]) -> bool:
        return button["type"] == "URL" and "{{" not in button["url"]

    part = one_part(definition, template, choose, lambda part: any(map(is_static, part.buttons)))
    if part is None:
        return None
    index = next(index for index, button in enumerate(part.buttons) if is_static(button))
    end = {"type": "text", "text": "end"}
    part.sent.append({"type": "button", "sub_type": "url", "index": index, "parameters": [end]})
    return f"{part.path}/{len(part.sent) - 1}"


@mutation(132005, kinds=("plain", "media carousel", "product carousel", "limited-time offer"))
def a_url_too_long(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "url")
    if found is None or definition.kind == "authentication":
        return None
    found[2]["parameters"][0]["text"] = "x" * 2000
    return found[1]


@mutation(132018, kinds=("plain", "media carousel", "product carousel", "limited-time offer"))
def a_tab_in_the_end_of_a_url(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "url")
    if found is None:
        return None
    found[2]["parameters"][0]["text"] = "a\tb"
    return f"{found[1]}/parameters/0"


def _unfillable(kind: str) -> Change:
    """A button that the template has, and of which no send says anything."""

    def change(definition: Definition, template: Any, choose: Choose) -> str | None:
        found = [
            (part, index)
            for part in parts(definition, template)
            for index, button in enumerate(part.buttons)
            if button["type"] == kind
        ]
        if not found:
            return None
        part, index = choose(found)
        reply = {"type": "payload", "payload": "x"}
        sent = {"type": "button", "sub_type": kind.lower(), "index": index}
        sent["parameters"] = choose(([], [reply]))
        part.sent.append(sent)
        return f"{part.path}/{len(part.sent) - 1}"

    return change


for _kind, _kinds in (
    ("PHONE_NUMBER", ("plain", "media carousel")),
    ("SPM", ("spm", "product carousel")),
):
    MUTATIONS.append(
        Mutation(
            f"something_for_a_{_kind.lower()}_button",
            frozenset({132012}),
            _unfillable(_kind),
            _kinds,
        )
    )


@mutation(132012, kinds=("plain", "media carousel"))
def a_coupon_for_a_quick_reply(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "quick_reply")
    if found is None:
        return None
    found[2]["parameters"] = [{"type": "coupon_code", "coupon_code": "25OFF"}]
    return found[1]


def _change_parameter(sub_type: str, parameter: dict[str, Any]) -> Change:
    def change(definition: Definition, template: Any, choose: Choose) -> str | None:
        found = _button(definition, template, choose, sub_type)
        if found is None or definition.kind == "authentication":
            return None
        found[2]["parameters"] = [copy.deepcopy(parameter)]
        return f"{found[1]}/parameters/0"

    return change


for _name, _code, _sub_type, _parameter in (
    ("a_coupon_too_long", 131009, "copy_code", {"coupon_code": "X" * 21}),
    ("a_coupon_with_a_mark", 131009, "copy_code", {"coupon_code": "25-OFF"}),
    ("an_order_without_details", 131008, "order_details", {"action": {}}),
    ("no_minutes", 131009, "voice_call", {"ttl_minutes": 0}),
    ("too_many_minutes", 131009, "voice_call", {"ttl_minutes": 43201}),
    ("a_long_call_payload", 131009, "voice_call", {"payload": "x" * 513}),
):
    _filled = {"type": next(iter(_parameter)), **_parameter}
    MUTATIONS.append(
        Mutation(_name, frozenset({_code}), _change_parameter(_sub_type, _filled), (_sub_type,))
    )


# --- offers and codes


@mutation(131009, kinds=("limited-time offer",))
def an_offers_coupon_too_long(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "copy_code")
    if found is None or definition.kind != "limited-time offer":
        return None
    found[2]["parameters"][0]["coupon_code"] = "X" * 16
    return found[1]


@mutation(131008, kinds=("limited-time offer",))
def drop_the_end_of_the_offer(definition: Definition, template: Any, choose: Choose) -> str | None:
    part = next(parts(definition, template))
    position = part.find("limited_time_offer")
    if position is None:
        return None
    part.sent.pop(position)
    return part.path


@mutation(132012, kinds=("plain", "media carousel", "mpm"))
def an_offer_where_there_is_none(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    part = next(parts(definition, template))
    offer = {"expiration_time_ms": 1798761600000}
    parameter = {"type": "limited_time_offer", "limited_time_offer": offer}
    part.sent.append({"type": "limited_time_offer", "parameters": [parameter]})
    return f"{part.path}/{len(part.sent) - 1}"


@mutation(131009, kinds=("limited-time offer",))
def an_end_in_seconds(definition: Definition, template: Any, choose: Choose) -> str | None:
    part = next(parts(definition, template))
    position = part.find("limited_time_offer")
    if position is None:
        return None
    offer = part.sent[position]["parameters"][0]["limited_time_offer"]
    offer["expiration_time_ms"] //= 1000
    return f"{part.path}/{position}"


@mutation(131009, kinds=("authentication",))
def another_code_on_the_button(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _button(definition, template, choose, "url")
    if found is None or definition.kind != "authentication":
        return None
    found[2]["parameters"][0]["text"] += "x"
    return found[1]


@mutation(131009, kinds=("authentication",))
def a_code_too_long(definition: Definition, template: Any, choose: Choose) -> str | None:
    if definition.kind != "authentication":
        return None
    part = next(parts(definition, template))
    for component in part.sent:
        component["parameters"][0].update(text="1" * 16)
    return f"{part.path}/{part.find('body')}"


# --- multi-product messages


def _change_action(change: Callable[[dict[str, Any]], str]) -> Change:
    def changed(definition: Definition, template: Any, choose: Choose) -> str | None:
        found = _button(definition, template, choose, "mpm")
        if found is None:
            return None
        return f"{found[1]}/parameters/0/action" + change(found[2]["parameters"][0]["action"])

    return changed


def _no_thumbnail(action: dict[str, Any]) -> str:
    del action["thumbnail_product_retailer_id"]
    return ""


def _no_sections(action: dict[str, Any]) -> str:
    action["sections"] = []
    return "/sections"


def _eleven_sections(action: dict[str, Any]) -> str:
    action["sections"] = [copy.deepcopy(action["sections"][0]) for _ in range(11)]
    return "/sections"


def _thirty_one_products(action: dict[str, Any]) -> str:
    items = action["sections"][0]["product_items"]
    action["sections"] = [{"title": "All", "product_items": [items[0]] * 31}]
    return "/sections"


def _no_products(action: dict[str, Any]) -> str:
    action["sections"][-1]["product_items"] = []
    return f"/sections/{len(action['sections']) - 1}"


def _nameless_product(action: dict[str, Any]) -> str:
    action["sections"][0]["product_items"][0] = {}
    return "/sections/0/product_items/0"


def _title(title: str) -> Callable[[dict[str, Any]], str]:
    def change(action: dict[str, Any]) -> str:
        action["sections"][0]["title"] = title
        return "/sections/0/title"

    return change


for _name, _code, _of_action in (
    ("no_thumbnail", 131008, _no_thumbnail),
    ("no_sections", 131008, _no_sections),
    ("eleven_sections", 131009, _eleven_sections),
    ("thirty_one_products", 131009, _thirty_one_products),
    ("a_section_without_products", 131008, _no_products),
    ("a_product_without_id", 131008, _nameless_product),
    ("no_title", 131008, _title("")),
    ("a_title_too_long", 131009, _title("x" * 25)),
    ("a_bold_title", 131009, _title("*Bundles*")),
):
    MUTATIONS.append(Mutation(_name, frozenset({_code}), _change_action(_of_action), ("mpm",)))
