"""Keeps an emulator's state in a file while it runs: what changed, in batches, on a thread.

What was answered is kept: an answer waits for the batch that holds what it did, and a batch takes
along whatever else waits by then. Parts that tell what changed are written with every batch; the
others are compared as a whole, before answers to orders and to changes of objects, and else every
fifth of a second. So after a kill each message, its statuses and its webhooks are there, and what
is counted, paced or due by a deadline may be behind by so much.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

import msgspec

from meta_emulator.runtime.snapshot import VERSION, Kept
from meta_emulator.runtime.state_file import Row, StateFile, UnreadableError

TICK_S = 0.2
"""How often parts are compared that do not tell what changed."""

SPARING = 20
"""Where comparing takes long, it is done so seldom that it is this part of the time at most."""

WHOLE = ""
"""The key of a part that has no pieces; of one that has, the word that it has."""

IN_PIECES = b'"pieces"'


@runtime_checkable
class Telling(Kept, Protocol):
    """A part in pieces that tells what changed."""

    def watch(self) -> None:
        """Remember what changes from now on."""
        ...

    def changed(self) -> dict[str, Any]:
        """The pieces that changed since it was last asked; None for one that is gone."""
        ...


class Keeper:
    """Writes what changed of the parts into the file.

    changes  how many changes there ever were, of any part
    always   parts that are compared with every batch, as they are small and must never be behind
    """

    def __init__(
        self,
        file: StateFile,
        parts: Mapping[str, Kept],
        changes: Callable[[], int],
        always: frozenset[str],
    ) -> None:
        self._file = file
        self._telling = {name: part for name, part in parts.items() if isinstance(part, Telling)}
        self._compared = {name: part for name, part in parts.items() if name not in self._telling}
        self._always = always
        self._changes = changes
        self._seen = -1
        self._next_s = 0.0
        self._known: dict[str, dict[str, bytes]] = {}
        self._thread = ThreadPoolExecutor(1, "state-file")
        self._asked = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._is_all_wanted = False
        self._is_ending = False

    def kept(self) -> dict[str, Any] | None:
        """The snapshot in the file; None in a new one. Raises StateFileError."""
        self._known = self._file.read()
        if not self._known:
            return None
        try:
            parts = {name: _part(pieces) for name, pieces in self._known.items()}
        except (msgspec.DecodeError, KeyError) as error:
            raise UnreadableError(
                f"the state file {self._file.path} is broken ({error}): move it away to begin anew"
            ) from error
        return {"version": VERSION, "parts": parts}

    def begin(self) -> None:
        """Write what is not in the file as it is now; then only what changes.

        Raises StateFileError.
        """
        rows: list[Row] = []
        for name, part in (*self._telling.items(), *self._compared.items()):
            rows += self._differing(name, part.snapshot())
        for name, part in self._telling.items():
            del self._known[name]
            part.watch()
            part.changed()
        self._file.write(rows)

    async def settled(self, *, is_all: bool) -> None:
        """Return when all that happened so far is in the file.

        is_all  also of the parts that do not tell what changed
        """
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._is_all_wanted = self._is_all_wanted or is_all
        self._asked.set()
        await waiting

    async def run(self) -> None:
        """Write until cancelled; raises StateFileError when that cannot be done any more."""
        try:
            while True:
                await self._one_batch()
        finally:
            self._thread.shutdown()

    async def _one_batch(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK_S):
                await self._asked.wait()
        self._asked.clear()
        waiting, self._waiting = self._waiting, []
        is_due = self._time() >= self._next_s and self._seen != self._changes()
        await self._write(is_all=self._is_all_wanted or is_due)
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def end(self) -> None:
        """Write all that is not written yet; what is only compared is not looked at again."""
        await self._write(is_all=True)
        self._is_ending = True

    async def _write(self, *, is_all: bool) -> None:
        rows: list[Row] = []
        for name, part in self._telling.items():
            changed = part.changed()
            rows += [(name, key, _encoded(piece)) for key, piece in changed.items()]
        begun_s = self._time()
        for name, compared in self._compared.items():
            if name in self._always or (is_all and not self._is_ending):
                rows += self._differing(name, compared.snapshot())
        if is_all:
            self._seen = self._changes()
            self._is_all_wanted = False
            end_s = self._time()
            self._next_s = end_s + max(TICK_S, SPARING * (end_s - begun_s))
        if rows:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._file.write, rows)

    @staticmethod
    def _time() -> float:
        """Seconds of the machine: the emulator's may stand still."""
        return asyncio.get_running_loop().time()

    def _differing(self, name: str, snapshot: Any) -> Iterator[Row]:
        """The pieces of a part that are not as they were last written."""
        now = _pieces(snapshot)
        known = self._known.get(name, {})
        for key in known.keys() - now.keys():
            yield name, key, None
        for key, value in now.items():
            if known.get(key) != value:
                yield name, key, value
        self._known[name] = now


def _pieces(snapshot: Any) -> dict[str, bytes]:
    if type(snapshot) is not dict:
        return {WHOLE: msgspec.json.encode(snapshot)}
    pieces = {key: msgspec.json.encode(piece) for key, piece in snapshot.items()}
    return {WHOLE: IN_PIECES, **pieces}


def _part(pieces: Mapping[str, bytes]) -> Any:
    if pieces[WHOLE] != IN_PIECES:
        return msgspec.json.decode(pieces[WHOLE])
    return {key: msgspec.json.decode(value) for key, value in pieces.items() if key != WHOLE}


def _encoded(piece: Any) -> bytes | None:
    return None if piece is None else msgspec.json.encode(piece)
