"""Holds a JSON object against a struct: every fault of every field, with where it stands. Pure.

`msgspec.convert` stops at the first, and takes fields that nobody knows.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from waypost.api.problem import ProblemDetail

T = TypeVar("T")
LONGEST_SHOWN = 100
_PLACE = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def field_faults(
    value: dict[str, Any], kind: type[Struct], base: str = ""
) -> Iterator[ProblemDetail]:
    """Every field of an object that is missing, unknown, or of another kind than the struct's."""
    fields = _fields(kind)
    for name in value:
        if name not in fields:
            yield _unknown(name, fields, base)
    for name, field in fields.items():
        path = f"{base}/{name}"
        if name not in value:
            if field.is_required:
                yield ProblemDetail(path, "required", f"{name} is missing.")
        elif field.nested is not None and isinstance(value[name], dict):
            yield from field_faults(value[name], field.nested, path)
        else:
            try:
                msgspec.convert({name: value[name]}, field.probe)
            except msgspec.ValidationError as error:
                strange = list(_not_among(field.choices, value[name], path))
                if strange:
                    yield from strange
                else:
                    yield _wrong(str(error), base)


def _unknown(name: str, fields: Any, base: str) -> ProblemDetail:
    shown = _cut(name)
    nearest = get_close_matches(shown, fields, n=1, cutoff=0.0)
    mend = f"The nearest known field is {nearest[0]}." if nearest else "No field is known here."
    return ProblemDetail(
        f"{base}/{escape(shown)}", "unknown_field", f"{shown} is not a field here.", mend
    )


def _not_among(choices: Sequence[str], given: Any, path: str) -> Iterator[ProblemDetail]:
    """The value if it is none of the choices, or each such element of a list; none without any."""
    if choices and not isinstance(given, list):
        yield _not_one_of(choices, given, path)
    elif choices:
        for number, one in enumerate(given):
            if one not in choices:
                yield _not_one_of(choices, one, f"{path}/{number}")


def _not_one_of(choices: Sequence[str], given: Any, path: str) -> ProblemDetail:
    shown = _cut(given if isinstance(given, str) else msgspec.json.encode(given).decode())
    message = f"{shown} is none of the values there are."
    nearest = get_close_matches(shown.lower(), choices, n=1)
    meant = f" The nearest is {nearest[0]}." if nearest else ""
    return ProblemDetail(
        path, "invalid_value", message, f"Write one of {', '.join(choices)}.{meant}"
    )


def _cut(text: str) -> str:
    """Short enough to be shown."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _wrong(words: str, base: str) -> ProblemDetail:
    found = _PLACE.search(words)
    place = found.group(1) if found else ""
    steps = "".join(f"/{escape(name or index)}" for name, index in _STEP.findall(place))
    message = _PLACE.sub("", words).replace("`", "")
    return ProblemDetail(base + steps, "invalid_value", f"{message}.")


def escape(name: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


class _Field(NamedTuple):
    """What a field may hold.

    probe    a struct of it alone, to try values with
    nested   the struct in it, if it may hold one
    choices  the values there are, if they are few and known
    """

    is_required: bool
    probe: type[Struct]
    nested: type[Struct] | None
    choices: tuple[str, ...]


@cache
def _fields(kind: type[Struct]) -> dict[str, _Field]:
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.encode_name: _Field(
            field.required,
            msgspec.defstruct("Probe", [(field.encode_name, hints[field.name])]),
            next(iter(_kinds_in(hints[field.name], Struct)), None),
            tuple(str(one.value) for kind in _enumerations(hints[field.name]) for one in kind),
        )
        for field in msgspec.structs.fields(kind)
    }


def _kinds_in(hint: Any, kind: type[T]) -> list[type[T]]:
    """Those of a hint's types that are of a kind."""
    held = get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)
    return [one for one in held if isinstance(one, type) and issubclass(one, kind)]


def _enumerations(hint: Any) -> Iterator[type[StrEnum]]:
    """Those that a hint names, also as what a list or tuple holds."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        yield hint
    elif get_origin(hint) in (UnionType, Union, Annotated, list, tuple):
        for one in get_args(hint):
            yield from _enumerations(one)
