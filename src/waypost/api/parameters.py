"""Faults of a path's and a query's values, in the words of whoever asked. Pure.

The framework names a parameter as the handler's Python does, and tells of an enumeration's value
that it is wrong, not which there are.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from waypost.api.problem import ProblemDetail

MOMENT = "Write a moment with its time zone, like 2027-01-31T18:00:00Z."


def name_parameters(extra: object, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The framework's faults with what a client calls each parameter, and how to mend it.

    extra   as the framework's error has them
    fields  the handler's parameters by their names in Python, as the framework knows them
    """
    return [
        {
            **one,
            "is_missing": one.get("message") == repr(one.get("key")),
            **dict(_known_of(fields.get(one.get("key", "")))),
        }
        for one in (extra if isinstance(extra, list) else [])
        if isinstance(one, Mapping)
    ]


def parameter_details(extra: object) -> Iterator[ProblemDetail]:
    """Each fault by itself, of those that `name_parameters` made."""
    for told in extra if isinstance(extra, list) else []:
        key = str(told.get("key", ""))
        place = f"{getattr(told.get('source'), 'value', None) or 'query'}/{key}"
        if told.get("is_missing"):
            yield ProblemDetail(place, "required", f"{key} is missing.")
            continue
        message = str(told.get("message", "is wrong")).replace("`", "").removesuffix(".")
        yield ProblemDetail(place, "invalid_value", f"{message}.", told.get("mend"))


def _known_of(field: Any) -> Iterator[tuple[str, str]]:
    """What is known of a parameter beside the framework's words: its name, how to write it."""
    if field is None:
        return
    name = getattr(field.kwarg_definition, "name", None)
    if name:
        yield "key", name
    kinds = [one.annotation for one in field.inner_types] or [field.annotation]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            yield "mend", f"Write one of {', '.join(kind)}."
        elif kind is datetime:
            yield "mend", MOMENT
