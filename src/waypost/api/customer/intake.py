"""How much of uploads is in hand at once: each lies in memory as a whole while Meta is given it.

Law: what is in hand never exceeds the bound, and one account never takes all of it. Whoever finds
no room waits in line with the body unread, and after a while is told when to come again.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from waypost.api.bounded import MIB
from waypost.api.customer.door import RefusedError
from waypost.model.refusal import Fault, Reason, Refusal

LARGEST = 101 * MIB
"""Meta's largest medium is 100 MB; what a form puts around it fits too."""

MOST_BYTES = 4 * LARGEST
ACCOUNT_SHARE = 2
"""One account has at most this part of the whole: half."""

WAIT_S = 20.0
RETRY_AFTER_S = 10


@dataclass(eq=False, slots=True)
class _Waiting:
    account_id: int
    size: int
    granted: asyncio.Future[None]


class Intake:
    """The uploads of one gateway.

    most_bytes  in hand at once; one upload is LARGEST at most
    wait_s      how long an upload may wait for its turn
    """

    def __init__(self, most_bytes: int = MOST_BYTES, wait_s: float = WAIT_S) -> None:
        self._most_bytes = most_bytes
        self._most_of_account = most_bytes // ACCOUNT_SHARE
        self._wait_s = wait_s
        self._held: Counter[int] = Counter()
        self._line: deque[_Waiting] = deque()

    @property
    def held_bytes(self) -> int:
        """What is in hand now."""
        return self._held.total()

    @asynccontextmanager
    async def hold(self, account_id: int, told: str | None) -> AsyncIterator[None]:
        """Room for one upload, for as long as the block lasts.

        told  its Content-Length; without one it counts as the largest

        Raises RefusedError if there was none within wait_s.
        """
        size = int(told) if told is not None and told.isdecimal() else LARGEST
        size = min(size, self._most_of_account)
        await self._take(account_id, size)
        try:
            yield
        finally:
            self._give_back(account_id, size)

    async def _take(self, account_id: int, size: int) -> None:
        waiting = _Waiting(account_id, size, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        self._grant()
        try:
            async with asyncio.timeout(self._wait_s):
                await waiting.granted
        except BaseException as error:
            if waiting in self._line:
                self._line.remove(waiting)
                self._grant()
            else:
                self._give_back(account_id, size)
            if isinstance(error, TimeoutError):
                raise RefusedError(_refusal()) from None
            raise

    def _give_back(self, account_id: int, size: int) -> None:
        self._held[account_id] -= size
        self._held += Counter()  # forgets those who hold nothing
        self._grant()

    def _grant(self) -> None:
        """Gives room in the order of coming; who may have no more lets others pass."""
        for waiting in list(self._line):
            if waiting.granted.cancelled():  # who waits has left, and takes itself out of the line
                continue
            if self._held[waiting.account_id] + waiting.size > self._most_of_account:
                continue
            if self.held_bytes + waiting.size > self._most_bytes:
                return
            self._line.remove(waiting)
            self._held[waiting.account_id] += waiting.size
            waiting.granted.set_result(None)


def _refusal() -> Refusal:
    message = "Too many uploads are on their way; this one was not read."
    mend = "Send fewer at once, or this one again after Retry-After."
    return Refusal(Reason.RATE, (Fault("", "too_many_uploads", message, mend=mend),), RETRY_AFTER_S)
