"""Mutations of texts, headers and cards."""

import copy
from typing import Any

from support.template_breaking import (
    CAROUSELS,
    MEDIA_HEADERS,
    MUTATIONS,
    Change,
    Choose,
    Mutation,
    carousel_of,
    mutation,
    one_part,
)
from support.template_grammar import IMAGE, VIDEO, Definition

# --- variables


def _filled_text(definition: Definition, template: Any, choose: Choose, least: int = 1) -> Any:
    """A body with variables: its part, its pointer and its parameters."""
    part = one_part(definition, template, choose, lambda part: len(part.variables("body")) >= least)
    if part is None:
        return None
    position = part.find("body")
    return part, f"{part.path}/{position}", part.sent[position]["parameters"]


@mutation(132000)
def drop_a_body_parameter(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose)
    if found is None:
        return None
    found[2].pop(choose(range(len(found[2]))))
    return found[1]


@mutation(132000)
def add_a_body_parameter(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose)
    if found is None:
        return None
    found[2].append({"type": "text", "text": "more", "parameter_name": "more_of_it"})
    if not definition.is_named:
        del found[2][-1]["parameter_name"]
    return found[1]


@mutation(132000)
def drop_the_body(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose)
    if found is None:
        return None
    found[0].sent.pop(found[0].find("body"))
    return found[0].path


@mutation(132000)
def fill_a_body_without_variables(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    part = one_part(
        definition,
        template,
        choose,
        lambda part: part.find("body") is None,
    )
    if part is None:
        return None
    part.sent.append({"type": "body", "parameters": [{"type": "text", "text": "more"}]})
    return f"{part.path}/{len(part.sent) - 1}"


@mutation(132000, kinds=("plain", "mpm"))
def drop_the_header_variable(definition: Definition, template: Any, choose: Choose) -> str | None:
    part = one_part(definition, template, choose, lambda part: part.variables("header"))
    if part is None:
        return None
    part.sent.pop(part.find("header"))
    return part.path


@mutation(132012, kinds=("plain",))
def misspell_a_name(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose) if definition.is_named else None
    if found is None:
        return None
    number = choose(range(len(found[2])))
    found[2][number]["parameter_name"] += "misspelt_it"
    return f"{found[1]}/parameters/{number}"


@mutation(132012, kinds=("plain",))
def repeat_a_name(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose, 2) if definition.is_named else None
    if found is None:
        return None
    found[2][1]["parameter_name"] = found[2][0]["parameter_name"]
    return f"{found[1]}/parameters/1"


@mutation(100, kinds=("plain",))
def leave_out_a_name(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose) if definition.is_named else None
    if found is None:
        return None
    number = choose(range(len(found[2])))
    del found[2][number]["parameter_name"]
    return f"{found[1]}/parameters/{number}"


@mutation(132012)
def name_a_numbered_variable(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = None if definition.is_named else _filled_text(definition, template, choose)
    if found is None or definition.kind == "authentication":
        return None
    found[2][0]["parameter_name"] = "first_name"
    return f"{found[1]}/parameters/0"


def _change_value(text: str) -> Change:
    def change(definition: Definition, template: Any, choose: Choose) -> str | None:
        found = _filled_text(definition, template, choose)
        if found is None or definition.kind == "authentication":
            return None
        number = choose(range(len(found[2])))
        name = {key: found[2][number][key] for key in found[2][number] if key == "parameter_name"}
        found[2][number] = {"type": "text", "text": text, **name}
        return f"{found[1]}/parameters"

    return change


for _name, _code, _text in (
    ("newline", 132018, "one\ntwo"),
    ("tab", 132018, "one\ttwo"),
    ("five_spaces", 132018, "one     two"),
    ("empty_value", 131008, ""),
    ("too_long_text", 132005, "x" * 1100),
):
    MUTATIONS.append(Mutation(_name, frozenset({_code}), _change_value(_text)))


@mutation(132012)
def an_image_in_the_body(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose)
    if found is None or definition.is_named:
        return None
    found[2][0] = {"type": "image", "image": {"id": IMAGE}}
    return f"{found[1]}/parameters/0"


@mutation(131008)
def a_currency_without_its_text(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    found = _filled_text(definition, template, choose)
    if found is None or definition.is_named:
        return None
    found[2][0] = {"type": "currency", "currency": {"code": "USD", "amount_1000": 1}}
    return f"{found[1]}/parameters/0"


def _drop_of_currency(key: str) -> Change:
    def change(definition: Definition, template: Any, choose: Choose) -> str | None:
        found = _filled_text(definition, template, choose)
        if found is None or definition.is_named:
            return None
        amount = {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}
        del amount[key]
        found[2][0] = {"type": "currency", "currency": amount}
        return f"{found[1]}/parameters/0"

    return change


for _key in ("code", "amount_1000"):
    MUTATIONS.append(
        Mutation(f"a_currency_without_{_key}", frozenset({131008}), _drop_of_currency(_key))
    )


@mutation(100)
def two_bodies(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _filled_text(definition, template, choose)
    if found is None:
        return None
    found[0].sent.append(copy.deepcopy(found[0].sent[found[0].find("body")]))
    return f"{found[0].path}/{len(found[0].sent) - 1}"


# --- headers


def _media_header(definition: Definition, template: Any, choose: Choose) -> Any:
    """A header that is no text: its part, its pointer and its parameter."""
    part = one_part(
        definition,
        template,
        choose,
        lambda part: part.definition_of("HEADER").get("format", "TEXT") != "TEXT",
    )
    if part is None:
        return None
    position = part.find("header")
    return part, f"{part.path}/{position}", part.sent[position]["parameters"]


@mutation(132012, kinds=MEDIA_HEADERS)
def another_kind_of_header(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _media_header(definition, template, choose)
    if found is None:
        return None
    has_video = found[2][0]["type"] == "video"
    kind, media_id = ("image", IMAGE) if has_video else ("video", VIDEO)
    found[2][0] = {"type": kind, kind: {"id": media_id}}
    return f"{found[1]}/parameters/0"


@mutation(132012, kinds=MEDIA_HEADERS)
def drop_the_header(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _media_header(definition, template, choose)
    if found is None:
        return None
    found[0].sent.pop(found[0].find("header"))
    return found[0].path


@mutation(132012, kinds=MEDIA_HEADERS)
def empty_the_header(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _media_header(definition, template, choose)
    if found is None:
        return None
    found[2].clear()
    return found[1]


@mutation(132012)
def a_header_where_there_is_none(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    part = one_part(definition, template, choose, lambda part: not part.definition_of("HEADER"))
    if part is None:
        return None
    image = {"type": "image", "image": {"id": IMAGE}}
    part.sent.insert(0, {"type": "header", "parameters": [image]})
    return f"{part.path}/0"


@mutation(131008, kinds=("plain", "media carousel", "limited-time offer"))
def a_medium_by_id_and_link(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _media_header(definition, template, choose)
    if found is None or found[2][0]["type"] not in {"image", "video", "document"}:
        return None
    found[2][0][found[2][0]["type"]] = {"id": IMAGE, "link": "https://files.example.com/x"}
    return f"{found[1]}/parameters/0"


@mutation(131008, kinds=("plain",))
def a_location_without_latitude(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    found = _media_header(definition, template, choose)
    if found is None or found[2][0]["type"] != "location":
        return None
    del found[2][0]["location"]["latitude"]
    return f"{found[1]}/parameters/0/location"


def _drop_of_product(key: str) -> Change:
    def change(definition: Definition, template: Any, choose: Choose) -> str | None:
        found = _media_header(definition, template, choose)
        if found is None or found[2][0]["type"] != "product":
            return None
        del found[2][0]["product"][key]
        return f"{found[1]}/parameters/0/product"

    return change


for _key in ("product_retailer_id", "catalog_id"):
    MUTATIONS.append(
        Mutation(
            f"drop_{_key}", frozenset({131008}), _drop_of_product(_key), ("product carousel", "spm")
        )
    )


@mutation(100, kinds=MEDIA_HEADERS)
def two_headers(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = _media_header(definition, template, choose)
    if found is None:
        return None
    found[0].sent.append(copy.deepcopy(found[0].sent[found[0].find("header")]))
    return f"{found[0].path}/{len(found[0].sent) - 1}"


# --- cards


@mutation(132012, kinds=CAROUSELS)
def drop_a_card(definition: Definition, template: Any, choose: Choose) -> str | None:
    """The last one, that the others keep their numbers; of product cards, all but one."""
    found = carousel_of(template)
    if found is None:
        return None
    if definition.kind == "product carousel":
        del found[1][1:]
    else:
        found[1].pop()
    return found[0]


@mutation(132012, kinds=CAROUSELS)
def add_a_card(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = carousel_of(template)
    if found is None:
        return None
    most = 11 if definition.kind == "product carousel" else len(found[1]) + 1
    first = found[1][0]
    found[1].extend(
        {**copy.deepcopy(first), "card_index": index} for index in range(len(found[1]), most)
    )
    return found[0]


@mutation(132012, kinds=CAROUSELS)
def drop_the_carousel(definition: Definition, template: Any, choose: Choose) -> str | None:
    if carousel_of(template) is None:
        return None
    template["components"] = [part for part in template["components"] if part["type"] != "carousel"]
    return "/components"


@mutation(132012)
def a_carousel_where_there_is_none(
    definition: Definition, template: Any, choose: Choose
) -> str | None:
    if carousel_of(template) is not None:
        return None
    card = {"card_index": 0, "components": []}
    template["components"].append({"type": "carousel", "cards": [card]})
    return f"/components/{len(template['components']) - 1}"


@mutation(131009, kinds=("product carousel",))
def another_catalogue(definition: Definition, template: Any, choose: Choose) -> str | None:
    found = carousel_of(template)
    if found is None or definition.kind != "product carousel":
        return None
    number = choose(range(1, len(found[1])))
    parameter = found[1][number]["components"][0]["parameters"][0]
    parameter["product"]["catalog_id"] = "1"
    return f"{found[0]}/{number}"
