"""Slips of the pen in what people write: an unknown key is told together with those there are."""

import re
from typing import Any

import msgspec
from msgspec.inspect import Type, type_info

UNKNOWN = " unknown field "
PLACE = re.compile(r" - at `\$(.*)`$")
STEP = re.compile(r"\.(\w+)|(\[[^]]*])")


def told(error: Exception, kind: Any) -> str:
    """The error of reading a `kind`, and where a key is unknown, the keys of its place."""
    sentence = str(error)
    if UNKNOWN not in sentence:
        return sentence
    place = PLACE.search(sentence)
    known = keys_at(kind, "" if place is None else place[1])
    return f"{sentence}; there are {', '.join(known)}" if known else sentence


def keys_at(kind: Any, place: str) -> tuple[str, ...]:
    """The keys of an object within a `kind`, at `.wabas[0].templates[...]`; none if it is open."""
    here: Type | None = type_info(kind)
    for name, _ in STEP.findall(place):
        here = _step(_objects(here), name)
    if isinstance(here, msgspec.inspect.UnionType):
        here = _objects(here)
    if not isinstance(here, msgspec.inspect.StructType):
        return ()
    return tuple(field.encode_name for field in here.fields)


def _step(here: Type | None, name: str) -> Type | None:
    """One step further in: into a field, or into an item where no name is given."""
    match here:
        case msgspec.inspect.StructType():
            return next((one.type for one in here.fields if one.encode_name == name), None)
        case msgspec.inspect.DictType():
            return here.value_type
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return here.item_type
        case _:
            return None


def _objects(here: Type | None) -> Type | None:
    """What holds others, of a union such as `Throttle | None`; None if there are several."""
    if not isinstance(here, msgspec.inspect.UnionType):
        return here
    holding = (
        msgspec.inspect.StructType,
        msgspec.inspect.DictType,
        msgspec.inspect.ListType,
        msgspec.inspect.VarTupleType,
    )
    found = [one for one in here.types if isinstance(one, holding)]
    return found[0] if len(found) == 1 else None
