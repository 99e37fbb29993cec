"""`waypost dev` keeps to its emulator's clock: whoever moves that moves the gateway's along.

The emulator tells by a long poll how far its clock is ahead, moves it in slices, and goes on with
the next when this gateway says that it has done what fell due in the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from waypost.cli.calling import Caller
from waypost.cli.output import UnreachableError
from waypost.queue.worker import Worker
from waypost.runtime.clock import Clock, FollowingClock, SystemClock

NAME = "waypost-dev"
WAIT_S = 20
PAUSE_S = 1.0
LOOK_EVERY_S = 0.002
PATIENCE_S = 3.0
"""How long work is waited for, in the machine's time: some of it may wait for a person."""

KEPT = "clock"


@dataclass(slots=True)
class Follow:
    """Moves `clock` as the emulator's is moved.

    folder   where the clock of this data folder is kept for the next start
    machine  the machine's time
    """

    clock: FollowingClock
    workers: Sequence[Worker]
    caller: Caller
    emulator_url: str
    folder: Path
    machine: Clock
    patience_s: float = PATIENCE_S

    async def join(self) -> None:
        """From now on the emulator waits for this gateway. Raises UnreachableError."""
        await self._ask(wait_s=0)

    async def run(self) -> None:
        """Follows until it is cancelled."""
        since = self.clock.monotonic()
        while True:
            await self._until_at_rest(since)
            try:
                ahead_s = await self._ask()
            except UnreachableError:
                # The emulator ends, and who watches it says so.
                await self.machine.sleep(PAUSE_S)
                continue
            if ahead_s > self.clock.ahead_s:
                await self._until_at_rest(-1.0)
                self.clock.shift(ahead_s - self.clock.ahead_s)
                since = self.clock.monotonic()
                keep_ahead(self.folder, ahead_s)

    async def _ask(self, wait_s: int = WAIT_S) -> float:
        """How far the emulator is ahead, once that is another number than ours."""
        query = {"follower": NAME, "ahead_s": repr(self.clock.ahead_s), "wait_s": str(wait_s)}
        due_s = self._next_due_s()
        if due_s is not None:
            query["next_due_s"] = repr(due_s)
        answer = await self.caller.get(f"{self.emulator_url}/_emulator/clock?{urlencode(query)}")
        ahead_s: float = answer["data"][0]["ahead_s"]
        return ahead_s

    def _next_due_s(self) -> float | None:
        due = [worker.next_due for worker in self.workers if worker.next_due is not None]
        return max(0.0, (min(due) - self.clock.now()).total_seconds()) if due else None

    async def _until_at_rest(self, since: float) -> None:
        """Returns when all workers have done what was due, or after a while that gets shorter."""
        end = self.machine.monotonic() + self.patience_s
        times = 0
        while times < 2:  # noqa: PLR2004 what one worker made for another is seen at the second
            await self.machine.sleep(LOOK_EVERY_S)
            is_at_rest = all(worker.is_at_rest(since) for worker in self.workers)
            times = times + 1 if is_at_rest else 0
            if self.machine.monotonic() > end:
                self.patience_s /= 2
                return
        self.patience_s = PATIENCE_S


def read_ahead(folder: Path) -> float:
    """How far ahead the clock of a data folder was; 0 for a new one."""
    try:
        return max(0.0, msgspec.json.decode((folder / KEPT).read_bytes(), type=float))
    except (FileNotFoundError, msgspec.DecodeError):
        return 0.0


def keep_ahead(folder: Path, ahead_s: float) -> None:
    """For the next start: what is kept in the folder is of that time."""
    (folder / KEPT).write_bytes(msgspec.json.encode(ahead_s))


async def bring_ahead(caller: Caller, emulator_url: str, ahead_s: float) -> None:
    """The emulator's clock is moved to where the data folder's is, unless it is there.

    Raises UnreachableError.
    """
    if not ahead_s:
        return
    shown = await caller.get(f"{emulator_url}/_emulator/clock")
    left_s = ahead_s - shown["data"][0]["ahead_s"]
    if left_s > 0:
        order = msgspec.json.encode({"advance": left_s})
        await caller.post(f"{emulator_url}/_emulator/clock", {}, order)


def follow(
    clock: FollowingClock, workers: Sequence[Worker], caller: Caller, url: str, folder: Path
) -> Follow:
    """Who follows the emulator at `url`."""
    return Follow(clock, workers, caller, url, folder, SystemClock())
