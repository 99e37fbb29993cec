"""Reads a request's JSON into the type that a handler names; every fault at once.

The framework's own reading stops at the first fault, and takes fields that nobody knows.
"""

import re
from collections.abc import Generator, Iterator, Sequence
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.typing import FieldDefinition
from msgspec import Struct

from waypost.api.problem import ProblemDetail, ProblemError

T = TypeVar("T")
MOST_FAULTS = 100
LONGEST_SHOWN = 100
_PLACE = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class Read(AbstractDTO[T]):
    """The framework's way to bring one's own reading: `data` is what `read_body` gives."""

    config: ClassVar[Any] = None

    @classmethod
    def create_for_field_definition(cls, *_: Any, **__: Any) -> None:
        """There is nothing to prepare."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Any:
        """The schema of the type itself."""
        del handler_id
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(
        cls, model_type: type[Any]
    ) -> Generator[DTOFieldDefinition, None, None]:
        """None: the type is taken as it is."""
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Of no use where no fields are given."""
        del field_definition
        return False

    def decode_bytes(self, value: bytes) -> Any:
        """What the handler gets. Raises ProblemError."""
        field: Any = self.asgi_connection.route_handler.parsed_data_field
        check_content_type(self.asgi_connection.headers.get("content-type", ""))
        return read_body(value, field.annotation)


def check_content_type(told: str) -> None:
    """Raises ProblemError for anything but JSON."""
    if told.partition(";")[0].strip().lower() != "application/json":
        raise ProblemError("wrong_content_type", "Content-Type must be application/json.")


def read_body(body: bytes, kind: Any) -> Any:
    """A value of this type: a struct, or any JSON object for `dict`.

    Raises ProblemError with every fault.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refuse([ProblemDetail("", "invalid_json", f"This is no JSON: {error}.")]) from None
    if not isinstance(value, dict):
        raise _refuse([ProblemDetail("", "wrong_kind", "The body must be a JSON object.")])
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        return value
    faults = list(_faults_of(value, kind, ""))
    if faults:
        raise _refuse(faults[:MOST_FAULTS])
    return msgspec.convert(value, kind)


def _refuse(faults: list[ProblemDetail]) -> ProblemError:
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return ProblemError("invalid_body", f"The body has {count}.", faults)


def _faults_of(value: dict[str, Any], kind: type[Struct], base: str) -> Iterator[ProblemDetail]:
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
            yield from _faults_of(value[name], field.nested, path)
        else:
            try:
                msgspec.convert({name: value[name]}, field.probe)
            except msgspec.ValidationError as error:
                if field.choices:
                    yield _not_one_of(field.choices, value[name], path)
                else:
                    yield _wrong(str(error), base)


def _unknown(name: str, fields: Any, base: str) -> ProblemDetail:
    shown = _cut(name)
    nearest = get_close_matches(shown, fields, n=1, cutoff=0.0)
    mend = f"The nearest known field is {nearest[0]}." if nearest else "No field is known here."
    return ProblemDetail(
        f"{base}/{escape(shown)}", "unknown_field", f"{shown} is not a field here.", mend
    )


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
            tuple(str(one.value) for kind in _kinds_in(hints[field.name], StrEnum) for one in kind),
        )
        for field in msgspec.structs.fields(kind)
    }


def _kinds_in(hint: Any, kind: type[T]) -> list[type[T]]:
    """Those of a hint's types that are of a kind."""
    held = get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)
    return [one for one in held if isinstance(one, type) and issubclass(one, kind)]
