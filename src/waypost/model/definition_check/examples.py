"""The examples that Meta's reviewers see: a value for each placeholder, media for headers.

Source: reference/meta-cloud-api.md 7.2, with the spellings documented there.
"""

from collections.abc import Mapping
from typing import Any

from waypost.model.definition_check.part import Part, described, quoted
from waypost.model.finding import FindingCode

_MOST_SHOWN = 5
_LONGEST_SHOWN = 40


def check_text_examples(part: Part, place: str, names: list[str], *, is_named: bool) -> None:
    """The example of a component's text.

    place  `header` or `body`; the keys begin with it
    """
    if not names:
        return
    key = f"{place}_text_named_params" if is_named else f"{place}_text"
    given = _given(part, key)
    if given is None:
        part.add(
            "example",
            FindingCode.DEFINITION_EXAMPLE_MISSING,
            f"{part.name} has placeholders and no example.{key}.",
            _wanted(place, names, is_named=is_named),
        )
    elif is_named:
        _check_named(part, key, given, names)
    elif place == "header":
        _check_values(part, f"example/{key}", [given] if isinstance(given, str) else given, names)
    else:
        _check_sets(part, key, given, names)


def check_media_example(part: Part) -> None:
    """The uploaded file that a media header shows to the reviewer."""
    given = _given(part, "header_handle")
    mend = (
        "Upload a sample with the resumable upload and give its handle: "
        '"example": {"header_handle": ["4::..."]}.'
    )
    if given is None:
        part.add(
            "example",
            FindingCode.DEFINITION_EXAMPLE_MISSING,
            f"{part.name} shows media and has no example.header_handle.",
            mend,
        )
    elif not _are_texts([given] if isinstance(given, str) else given):
        part.add(
            "example/header_handle",
            FindingCode.DEFINITION_EXAMPLE_MISMATCH,
            f"{part.name} has an example.header_handle that is no array of handles.",
            mend,
        )


def _given(part: Part, key: str) -> Any:
    """An example under its key; None if it is not there or says nothing."""
    example = part.value.get("example")
    given = example.get(key) if isinstance(example, Mapping) else None
    return None if given in ("", []) else given


def _are_texts(values: Any) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(isinstance(value, str) and value.strip() for value in values)
    )


def _check_sets(part: Part, key: str, given: Any, names: list[str]) -> None:
    """`[["a", "b"]]`; for one placeholder also `["a"]` and `"a"`."""
    if len(names) == 1 and isinstance(given, str):
        given = [given]
    if len(names) == 1 and isinstance(given, list) and isinstance(given[0], str):
        _check_values(part, f"example/{key}", given, names)
        return
    if not isinstance(given, list) or not isinstance(given[0], list):
        part.add(
            f"example/{key}",
            FindingCode.DEFINITION_EXAMPLE_MISMATCH,
            f"{part.name} has an example.{key} that is no array of arrays.",
            _wanted("body", names, is_named=False),
        )
        return
    for position, values in enumerate(given):
        _check_values(part, f"example/{key}/{position}", values, names)


def _check_values(part: Part, key: str, values: Any, names: list[str]) -> None:
    if not isinstance(values, list):
        message = f"{part.name} has {described(values)} as {key}; it must be an array of strings."
    elif len(values) != len(names):
        message = f"{part.name} has {len(names)} placeholders and {len(values)} values in {key}."
    elif not _are_texts(values):
        message = f"{part.name} has a value in {key} that is no string, or an empty one."
    else:
        return
    part.add(
        key,
        FindingCode.DEFINITION_EXAMPLE_MISMATCH,
        message,
        f"Give one string for each of {_shown(names)}.",
    )


def _check_named(part: Part, key: str, given: Any, names: list[str]) -> None:
    """`[{"param_name": "first_name", "example": "Pablo"}]`, in any order.

    Names the text does not have are left alone: nothing says that Meta minds them.
    """
    entries = given if isinstance(given, list) else []
    valued = {
        entry["param_name"]
        for entry in entries
        if isinstance(entry, Mapping)
        and isinstance(entry.get("param_name"), str)
        and _are_texts([entry.get("example")])
    }
    without = [name for name in names if name not in valued]
    if without:
        part.add(
            f"example/{key}",
            FindingCode.DEFINITION_EXAMPLE_MISMATCH,
            f"{part.name} has no example of {_shown(without)}.",
            f'Add {{"param_name": {quoted(without[0])}, "example": "..."}} to example.{key}.',
        )


def _wanted(place: str, names: list[str], *, is_named: bool) -> str:
    if is_named:
        entries = f'{{"param_name": {quoted(names[0])}, "example": "..."}}'
        return (
            f'Add "example": {{"{place}_text_named_params": [{entries}]}} '
            f"with an entry for each of {_shown(names)}."
        )
    values = ", ".join(['"..."'] * min(len(names), _MOST_SHOWN))
    values += ", ..." if len(names) > _MOST_SHOWN else ""
    values = f"[{values}]" if place == "header" else f"[[{values}]]"
    return (
        f'Write "example": {{"{place}_text": {values}}} with a value for each of {_shown(names)}.'
    )


def _shown(names: list[str]) -> str:
    """The placeholders as they stand in the text; the first few of many."""
    shown = ", ".join(f"{{{{{name[:_LONGEST_SHOWN]}}}}}" for name in names[:_MOST_SHOWN])
    return shown + (f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else "")
