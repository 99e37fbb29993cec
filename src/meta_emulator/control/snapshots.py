"""The whole state at once: shown, put back, or begun anew with the seed."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

import msgspec

from meta_emulator.control.routes import JSON, Call, OrderError, Route
from meta_emulator.protocol.answers import Answer
from meta_emulator.runtime.snapshot import SnapshotError


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """How far to go back.

    keep  `objects`: templates, products, numbers and media stay as they are now, and only what
          happened is forgotten
    """

    keep: Literal["objects"] | None = None


class Snapshot(msgspec.Struct, forbid_unknown_fields=True):
    """What `GET snapshot` gave."""

    version: int
    parts: dict[str, Any]


class Begin(Protocol):
    """Begins anew with the seed."""

    def __call__(self, *, keeps_objects: bool = False) -> None:
        """Begin anew, with the objects as they are now if they are kept."""
        ...


class Snapshots:
    """Orders about the whole state."""

    def __init__(
        self,
        snapshot: Callable[[], dict[str, Any]],
        restore: Callable[[dict[str, Any]], None],
        reset: Begin,
    ) -> None:
        self._snapshot = snapshot
        self._restore = restore
        self._reset = reset

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        whole = "The whole state, as `restore` takes it; not in `data`."
        back = "Go on from a snapshot, whatever there is now."
        anew = "Begin anew with the seed; the clock, ids and positions go on."
        return (
            Route("GET", "snapshot", whole, self._whole, content="application/json"),
            Route("POST", "restore", back, self._put_back, Snapshot),
            Route("POST", "reset", anew, self._begin_anew, Reset, example={"keep": "objects"}),
        )

    def _whole(self, _call: Call) -> Answer:
        return Answer(200, msgspec.json.encode(self._snapshot()), JSON)

    def _put_back(self, call: Call) -> list[Any]:
        try:
            self._restore(msgspec.to_builtins(call.order))
        except SnapshotError as error:
            raise OrderError(str(error)) from error
        return []

    def _begin_anew(self, call: Call) -> list[Any]:
        self._reset(keeps_objects=call.order.keep is not None)
        return []
