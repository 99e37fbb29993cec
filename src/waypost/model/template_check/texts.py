"""The variables of a text header or a body: how many, which names, which values.

Source: reference/meta-cloud-api.md 1.4, 7.2; the codes of 3.3 and 3.4.
"""

import re
from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check import examples
from waypost.model.template_check.form import PartsForm, TextForm
from waypost.model.template_check.place import Place, Tokens, as_json, counted, listed, quoted

FORBIDDEN = re.compile(r"[\n\r\t]| {5,}").search
"""Finds what no value of a variable may have (132018)."""


def check_text(form: TextForm, component: dict[str, Any], position: int, place: Place) -> None:
    """The component that fills `form`, at `position` among its components."""
    parameters = component.get("parameters")
    if type(parameters) is not list:
        parameters = []
    if form.is_named:
        _check_named(form, parameters, position, place)
        return
    uses = form.uses
    is_whole = len(parameters) == len(uses)
    if not is_whole:
        _tell_count(form, len(parameters), (position, *_list_of(component)), place)
    length = 0
    for number, parameter in enumerate(parameters):
        if (
            type(parameter) is dict
            and len(parameter) == 2  # noqa: PLR2004 (a type and a text, and nothing else)
            and parameter.get("type") == "text"
            and type(shown := parameter.get("text")) is str
            and shown
            and not FORBIDDEN(shown)
        ):
            length += len(shown) * uses[number] if is_whole else 0
        else:
            name = form.names[number] if is_whole else None
            tokens = (position, "parameters", number)
            _check_unnamed(form, parameter, tokens, place)
            value = check_value(form.part, parameter, name, tokens, place)
            length += len(value) * uses[number] if is_whole else 0
    if is_whole and form.fixed is not None and length and form.fixed + length > form.limit:
        _tell_length(form, length, position, place)


def check_body(form: PartsForm, component: dict[str, Any], position: int, place: Place) -> None:
    """The body component, at `position` among its components."""
    if form.body is not None:
        check_text(form.body, component, position, place)


def tell_missing_text(form: TextForm, place: Place) -> None:
    """The finding for a component that was not sent though it has variables."""
    count = counted(len(form.names), "variable")
    place.add(
        (),
        FindingCode.VARIABLE_COUNT,
        132000,
        f"the {form.part} has {count}, {_braces(form.names)}, and no {form.part} component is sent",
        f"Add {as_json(examples.text_component(form))} to {place.components}.",
    )


def check_value(part: str, parameter: Any, name: str | None, tokens: Tokens, place: Place) -> str:
    """One parameter of a text; what the recipient reads in the variable's place."""
    if type(parameter) is not dict:
        return ""
    kind = parameter.get("type")
    if kind == "text":
        shown = parameter.get("text")
        where: Tokens = (*tokens, "text")
    elif kind == "currency" or kind == "date_time":  # noqa: PLR1714 (it may be no word at all)
        content = parameter.get(kind)
        if type(content) is not dict:
            return ""
        shown = content.get("fallback_value")
        where = (*tokens, kind, "fallback_value")
        _check_content(kind, content, tokens, place)
    else:
        if isinstance(kind, str):
            place.add(
                (*tokens, "type"),
                FindingCode.VARIABLE_KIND,
                132012,
                f"the {part} takes texts, and {_named_at(tokens)} is of type {quoted(kind)}",
                "Make it a parameter of type text, currency or date_time; media stand in the "
                "header of a template that defines them.",
            )
        return ""
    if type(shown) is not str:
        return ""
    check_characters(shown, _called(part, name, tokens), where, place)
    return shown


def check_characters(shown: str, called: str, where: Tokens, place: Place) -> None:
    """What no text that is filled in may be: empty, or with forbidden characters."""
    if not shown:
        place.add(
            where,
            FindingCode.VARIABLE_EMPTY,
            131008,
            f"{called} is empty",
            "Give it at least one character.",
        )
        return
    found = FORBIDDEN(shown)
    if found is not None:
        what = {"\n": "a newline", "\r": "a carriage return", "\t": "a tab"}.get(found[0])
        what = what or f"{len(found[0])} spaces in a row"
        place.add(
            where,
            FindingCode.VARIABLE_CHARACTERS,
            132018,
            f"{called} has {what} at character {found.start()}, and may have no newline, no tab "
            "and at most 4 spaces in a row",
            "Put one space in its place, or a comma.",
        )


def _check_content(kind: str, content: dict[str, Any], tokens: Tokens, place: Place) -> None:
    """A currency or a date: the text to show, and for a currency its code and amount."""
    keys: dict[str, tuple[type, str]] = {"fallback_value": (str, "a string, the text to show")}
    if kind == "currency":
        keys["code"] = (str, 'a string like "USD"')
        keys["amount_1000"] = (int, "an integer, the amount times 1000")
    for key, (right, words) in keys.items():
        value = content.get(key)
        if value is None:
            place.add(
                (*tokens, kind),
                FindingCode.VALUE_MISSING,
                131008,
                f"{_named_at(tokens)} of type {kind} has no {key}",
                f"Add {key} to its {kind} object: {words}.",
            )
        elif type(value) is not right:
            place.add(
                (*tokens, kind, key),
                FindingCode.VALUE_INVALID,
                131009,
                f"the {key} of {_named_at(tokens)} is not {words}",
                f"Make {key} {words}.",
            )


def _check_unnamed(form: TextForm, parameter: Any, tokens: Tokens, place: Place) -> None:
    """A template whose variables are numbered takes no names, unless they are the numbers."""
    if type(parameter) is not dict or not form.names:
        return
    given = parameter.get("parameter_name")
    if type(given) is str and given not in form.names:
        place.add(
            (*tokens, "parameter_name"),
            FindingCode.VARIABLE_NAMED,
            132012,
            f"{_named_at(tokens)} of the {form.part} has the name {quoted(given)}, and this "
            f"template has numbered variables, {_braces(form.names)}",
            "Remove parameter_name and give the parameters in the order of the numbers.",
        )


def _check_named(form: TextForm, parameters: list[Any], position: int, place: Place) -> None:
    values: dict[str, str] = {}
    is_sound = True
    if len(parameters) != len(form.names):
        given = [item.get("parameter_name") for item in parameters if type(item) is dict]
        _tell_named_count(form, given, (position, "parameters"), place)
        is_sound = False
    for number, parameter in enumerate(parameters):
        if type(parameter) is not dict:
            continue
        tokens = (position, "parameters", number)
        name = parameter.get("parameter_name")
        fault = _name_fault(form, name, values)
        if fault is None:
            values[str(name)] = check_value(form.part, parameter, name, tokens, place)
            continue
        is_sound = False
        check_value(form.part, parameter, None, tokens, place)
        code, meta_code, sentence = fault
        where = (*tokens, "parameter_name") if type(name) is str else tokens
        mend = _name_mend(form, parameters)
        place.add(where, code, meta_code, f"{_named_at(tokens)} {sentence}", mend)
    if is_sound and form.fixed is not None:
        length = sum(
            len(values.get(name, "")) * uses
            for name, uses in zip(form.names, form.uses, strict=True)
        )
        if form.fixed + length > form.limit:
            _tell_length(form, length, position, place)


def _name_fault(
    form: TextForm, name: Any, values: dict[str, str]
) -> tuple[FindingCode, int, str] | None:
    if type(name) is not str or not name:
        return (
            FindingCode.VARIABLE_UNNAMED,
            100,
            f"of the {form.part} has no parameter_name, and this template has named variables",
        )
    if name not in form.names:
        return (
            FindingCode.VARIABLE_NAME_UNKNOWN,
            132012,
            f"fills {quoted(name)}, and the {form.part} has no variable of that name",
        )
    if name in values:
        return (
            FindingCode.VARIABLE_NAME_REPEATED,
            132012,
            f"fills {quoted(name)} in the {form.part} once more",
        )
    return None


def _name_mend(form: TextForm, parameters: list[Any]) -> str:
    given = [item.get("parameter_name") for item in parameters if type(item) is dict]
    lacking = [as_json(name) for name in form.names if name not in given]
    names = f"the {form.part} has the variables {listed(list(form.names))}"
    if lacking:
        return f'Set its "parameter_name" to {" or ".join(lacking)}; {names}.'
    return f"Remove this parameter; {names}, each once."


def _tell_named_count(form: TextForm, given: list[Any], where: Tokens, place: Place) -> None:
    lacking = [name for name in form.names if name not in given]
    if lacking:
        sample = ",".join(as_json(examples.text_parameter(form, name)) for name in lacking)
        mend = f"Add {sample} to its parameters."
    else:
        mend = f"Give each name once: {listed(list(form.names))}."
    place.add(where, FindingCode.VARIABLE_COUNT, 132000, _mismatch(form, len(given)), mend)


def _tell_count(form: TextForm, given: int, where: Tokens, place: Place) -> None:
    needed = len(form.names)
    if not form.is_defined:
        place.add(
            where[:1],
            FindingCode.COMPONENT_UNEXPECTED,
            132000,
            f"a {form.part} with {counted(given, 'parameter')} is sent, and the template defines "
            "none there",
            f"Remove the {form.part} component.",
        )
        return
    if needed == 0:
        mend = f"Remove the {form.part} component, or leave its parameters empty."
    elif given < needed:
        lacking = form.names[given:]
        sample = ",".join(as_json(examples.text_parameter(form, name)) for name in lacking)
        mend = f"Add {sample} at the end of its parameters."
    else:
        mend = (
            f"Remove {counted(given - needed, 'parameter')}, so that there is one for each "
            f"variable, in the order {_braces(form.names)}."
        )
    place.add(where, FindingCode.VARIABLE_COUNT, 132000, _mismatch(form, given), mend)


def _mismatch(form: TextForm, given: int) -> str:
    has = counted(len(form.names), "variable") if form.names else "no variable"
    which = f", {_braces(form.names)}" if form.names else ""
    verb = "is" if given == 1 else "are"
    return f"the {form.part} has {has}{which}, and {counted(given, 'parameter')} {verb} sent"


def _tell_length(form: TextForm, length: int, position: int, place: Place) -> None:
    fixed = form.fixed or 0
    surplus = fixed + length - form.limit
    place.add(
        (position, "parameters"),
        FindingCode.TEXT_TOO_LONG,
        132005,
        f"the {form.part} has {fixed + length} characters once its variables are filled in, "
        f"{fixed} of the template and {length} of the values; at most {form.limit} are allowed",
        f"Shorten the values of {_braces(form.names)} by {counted(surplus, 'character')} in all.",
    )


def _list_of(component: dict[str, Any]) -> tuple[str, ...]:
    return ("parameters",) if "parameters" in component else ()


def _called(part: str, name: str | None, tokens: Tokens) -> str:
    if name is None:
        return f"the value of {_named_at(tokens)} of the {part}"
    return f"the value of {{{{{name}}}}} in the {part}"


def _named_at(tokens: Tokens) -> str:
    return f"the parameter at index {tokens[-1]}"


def _braces(names: tuple[str, ...]) -> str:
    return listed([f"{{{{{name}}}}}" for name in names])
