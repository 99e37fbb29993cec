"""Reads a request's JSON into the type that a handler names; every fault at once.

The framework's own reading stops at the first fault, and takes fields that nobody knows.
"""

from collections.abc import Generator
from typing import Any, ClassVar, TypeVar

import msgspec
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.typing import FieldDefinition
from msgspec import Struct

from waypost.api.field_faults import field_faults
from waypost.api.problem import ProblemDetail, ProblemError

T = TypeVar("T")
MOST_FAULTS = 100


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
    faults = list(field_faults(value, kind))
    if faults:
        raise _refuse(faults[:MOST_FAULTS])
    return msgspec.convert(value, kind)


def _refuse(faults: list[ProblemDetail]) -> ProblemError:
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return ProblemError("invalid_body", f"The body has {count}.", faults)
