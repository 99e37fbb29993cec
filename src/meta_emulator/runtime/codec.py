"""Dataclasses as builtins that JSON has, and back, by the types of their fields.

A field that is added is carried without a word; one of a type that is not handled is a TypeError
as soon as its class is looked at. Sets, deques and tuples are lists, bytes base64, moments ISO
8601, dictionaries whose keys are no text lists of pairs.
"""

import dataclasses
import types
from base64 import b64decode, b64encode
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")
Convert = Callable[[Any], Any]
Derive = Callable[[Mapping[str, Any]], Any]

PLAIN = (str, int, bool, float, type(None))
SEQUENCES = (list, set, deque, tuple, frozenset)
MAPPINGS = (dict, OrderedDict)


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Way:
    """There and back of one type."""

    tell: Convert
    read: Convert


class Codec:
    """Ways for types; those of dataclasses are made when they are first asked for.

    ways     types with a way of their own: what stands for an object elsewhere
    derived  fields that are not told, by class and name: made of the fields that are
    """

    def __init__(
        self,
        ways: Mapping[type, Way] | None = None,
        derived: Mapping[type, Mapping[str, Derive]] | None = None,
    ) -> None:
        self._ways: dict[Any, Way] = {
            bytes: Way(lambda value: b64encode(value).decode(), _read_bytes),
            datetime: Way(datetime.isoformat, datetime.fromisoformat),
            timedelta: Way(timedelta.total_seconds, lambda told: timedelta(seconds=told)),
            Any: Way(_same, _same),
            **{plain: Way(_same, _reader(plain)) for plain in PLAIN},
            **(ways or {}),
        }
        self._derived = derived or {}
        self._whole: dict[type, Way] = {}

    def tell(self, kind: Any, value: Any) -> Any:
        """`value`, which is of the type `kind`, in builtins."""
        return self.way(kind).tell(value)

    def read(self, kind: Any, told: Any) -> Any:
        """What `tell` told; raises TypeError, ValueError or KeyError for anything else."""
        return self.way(kind).read(told)

    def way(self, kind: Any) -> Way:
        """There and back of the type `kind`; raises TypeError for one that is not handled."""
        found = self._ways.get(kind)
        if found is None:
            found = self._ways[kind] = self._made(kind)
        return found

    def whole(self, kind: type) -> Way:
        """There and back of a dataclass with all its fields, also if it has a way of its own."""
        found = self._whole.get(kind)
        if found is None:
            found = self._whole[kind] = self._dataclass(kind)
        return found

    def _made(self, kind: Any) -> Way:
        origin, inner = get_origin(kind) or kind, get_args(kind)
        if origin in {Union, types.UnionType}:
            return self._optional(kind, inner)
        if origin in SEQUENCES:
            return self._sequence(origin, inner)
        if origin in MAPPINGS:
            return self._mapping(origin, inner)
        if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
            return Way(msgspec.to_builtins, lambda told: msgspec.convert(told, kind))
        if dataclasses.is_dataclass(origin) and isinstance(origin, type):
            return self._dataclass(origin)
        raise TypeError(f"a snapshot has no way for {kind}")

    def _optional(self, kind: Any, inner: tuple[Any, ...]) -> Way:
        rest = [one for one in inner if one is not type(None)]
        if len(rest) != 1:
            if all(one in PLAIN for one in inner):
                return Way(_same, _reader(*inner))
            raise TypeError(f"a snapshot has no way for {kind}")
        way = self.way(rest[0])
        return Way(
            lambda value: None if value is None else way.tell(value),
            lambda told: None if told is None else way.read(told),
        )

    def _sequence(self, origin: type, inner: tuple[Any, ...]) -> Way:
        if origin is tuple and not (len(inner) == 2 and inner[1] is Ellipsis):  # noqa: PLR2004 X, ...
            ways = [self.way(one) for one in inner]
            return Way(
                lambda value: [way.tell(one) for way, one in zip(ways, value, strict=True)],
                lambda told: tuple(way.read(one) for way, one in zip(ways, told, strict=True)),
            )
        way = self.way(inner[0] if inner else Any)
        return Way(
            lambda value: [way.tell(one) for one in value],
            lambda told: origin(way.read(one) for one in _of(list, told)),
        )

    def _mapping(self, origin: type, inner: tuple[Any, ...]) -> Way:
        key, value = (self.way(one) for one in (inner or (Any, Any)))
        if not inner or inner[0] is str:
            return Way(
                lambda held: {name: value.tell(one) for name, one in held.items()},
                lambda told: origin(
                    (name, value.read(one)) for name, one in _of(dict, told).items()
                ),
            )
        return Way(
            lambda held: [[key.tell(name), value.tell(one)] for name, one in held.items()],
            lambda told: origin((key.read(name), value.read(one)) for name, one in _of(list, told)),
        )

    def _dataclass(self, kind: type) -> Way:
        hints = get_type_hints(kind)
        derived = self._derived.get(kind, {})
        fields = [field for field in dataclasses.fields(kind) if field.name not in derived]
        told_by = [(field.name, self.way(hints[field.name]).tell) for field in fields]
        read_by = [
            (field.name, self.way(hints[field.name]).read, _is_needed(field)) for field in fields
        ]
        later = {field.name for field in dataclasses.fields(kind) if not field.init}

        def tell(value: Any) -> dict[str, Any]:
            return {name: way(getattr(value, name)) for name, way in told_by}

        def read(told: Any) -> Any:
            given = dict(_of(dict, told))
            found: dict[str, Any] = {}
            for name, way, is_needed in read_by:
                if name in given:
                    found[name] = way(given.pop(name))
                elif is_needed:
                    raise ValueError(f"{kind.__name__} needs {name}")
            if given:
                raise ValueError(f"{kind.__name__} has no {', '.join(sorted(given))}")
            found |= {name: derive(found) for name, derive in derived.items()}
            made = kind(**{name: value for name, value in found.items() if name not in later})
            for name in later & found.keys():
                setattr(made, name, found[name])
            return made

        return Way(tell, read)


def _is_needed(field: "dataclasses.Field[Any]") -> bool:
    has_default = (
        field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    )
    return field.init and not has_default


def _reader(*kinds: Any) -> Convert:
    taken = tuple(kinds) + ((int,) if float in kinds else ())

    def read(told: Any) -> Any:
        if type(told) not in taken:
            raise TypeError(f"{told!r} is not of the type {kinds[0].__name__}")
        return told

    return read


def _read_bytes(told: str) -> bytes:
    return b64decode(told, validate=True)


def _of(kind: type[T], told: Any) -> T:
    if not isinstance(told, kind):
        raise TypeError(f"{str(told)[:60]!r} is not of the type {kind.__name__}")
    return told
