"""Keeping the whole state of an emulator, and going on from it: what each part offers for it.

Restoring replaces a part's containers instead of changing what is in them, as tasks that are about
to be cancelled may still hold the old ones. `run` of a part begins with whatever it holds.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from meta_emulator.runtime.clock import Clock

VERSION = 1
"""Of the snapshots that are written; others are refused."""


BROKEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
"""What a part may make of a snapshot that is none of its own."""


class SnapshotError(ValueError):
    """The snapshot cannot be used; the text says why."""


class Kept(Protocol):
    """A part of the emulator with state of its own.

    A part that is not to begin anew with what it held at first has a `reset(self) -> None` too.
    """

    def snapshot(self) -> Any:
        """All that it holds, in builtins that JSON has; times as `told_at` words them.

        A dictionary's keys are text.
        """
        ...

    def restore(self, kept: Any) -> None:
        """Hold what `snapshot` gave, also if that was another process; any error is a refusal.

        Clock, chance and the objects are restored already.
        """
        ...


def told_at(clock: Clock, second: float) -> str:
    """The moment, in ISO 8601, of a second of the clock's `monotonic`."""
    return (clock.now() + timedelta(seconds=second - clock.monotonic())).isoformat()


def second_of(clock: Clock, told: str) -> float:
    """The second of the clock's `monotonic` that `told_at` worded."""
    return clock.monotonic() + (datetime.fromisoformat(told) - clock.now()).total_seconds()


def parts_of(snapshot: Any, known: Mapping[str, Kept]) -> Mapping[str, Any]:
    """What a snapshot holds for each part, by the part's name; raises SnapshotError."""
    if type(snapshot) is not dict or type(snapshot.get("parts")) is not dict:
        raise SnapshotError('this is no snapshot: it needs "version" and "parts"')
    version = snapshot.get("version")
    if version != VERSION:
        raise SnapshotError(
            f"this is a snapshot of version {version}, and this emulator reads version {VERSION}:"
            " use the emulator that made it"
        )
    parts: dict[str, Any] = snapshot["parts"]
    strangers = sorted(parts.keys() - known.keys())
    if strangers:
        raise SnapshotError(
            f"the snapshot has parts that this emulator does not know: {', '.join(strangers)}"
        )
    return parts
