"""What a test asks for, from the words that it gave: a slip of the pen must not look like a no."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct

from meta_emulator.world.message import ACCEPTED, STATUSES
from meta_emulator.world.wanted import Wanted, WantedRefusal

ANY_STATUS = (ACCEPTED, *STATUSES)

Asked = TypeVar("Asked", bound=Struct)


def asked_message(wanted: Mapping[str, str | None]) -> Wanted:
    """The message of these words. Raises TypeError for another word, ValueError for a status."""
    asked = _filled(Wanted, wanted)
    if asked.status not in {None, *ANY_STATUS}:
        raise ValueError(f"{asked.status!r} is no status; there are {', '.join(ANY_STATUS)}")
    return asked


def asked_refusal(wanted: Mapping[str, Any]) -> WantedRefusal:
    """The refusal of these words. Raises TypeError for another word."""
    return _filled(WantedRefusal, wanted)


def _filled(kind: type[Asked], wanted: Mapping[str, Any]) -> Asked:
    known = kind.__struct_fields__
    unknown = sorted(wanted.keys() - set(known))
    if unknown:
        raise TypeError(
            f"{', '.join(unknown)} cannot be asked for; ask for any of {', '.join(known)}"
        )
    return kind(**wanted)
