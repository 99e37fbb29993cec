"""Webhooks are brought to their receivers: in batches, signed, again and again until HTTP 200.

Law 1: anything but 200 is a failure (reference 4.3).
Law 2: a receiver has a fixed number of workers. While it does not answer, each holds the batch
it failed with and waits longer and longer, and what comes meanwhile waits unworded: a dead
receiver costs nothing that grows but memory.
Law 3: a batch that a living receiver refuses gives up its worker and waits on its own, so that
bodies a receiver cannot take do not stop the rest; only so many, so that law 2 holds too.
Order is not promised.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.http import Http, UnreachableError
from meta_emulator.settings import Settings
from meta_emulator.webhook.bodies import Update, render_body, signed_headers

OK = 200
NO_ANSWER = 0
MOST_ASIDE = 64
"""Batches of one receiver that wait on their own; further ones hold their worker."""


@dataclass(slots=True)
class Batch:
    """A body that is on its way. `since`: the clock's seconds when it was first tried."""

    updates: list[Update]
    body: bytes
    headers: dict[str, str]
    since: float
    failures: int = 0
    was_answered: bool = False


class Receiver:
    """One webhook URL: what waits for it, and which workers have nothing to do."""

    def __init__(self, url: str, batch: int) -> None:
        self.url = url
        self.succeeded_at = -1.0
        self.aside = 0
        self._batch = batch
        self._waiting: deque[Update] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()

    def push(self, updates: Iterable[Update]) -> None:
        """Bring `updates` as soon as a worker is free."""
        self._waiting.extend(updates)
        self._wake()

    async def take(self) -> list[Update]:
        """The next batch; waits until there is one."""
        while not self._waiting:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(future)
            await future
        number = min(self._batch, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(number)]
        if self._waiting:
            self._wake()
        return taken

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def _wake(self) -> None:
        while self._idle:
            future = self._idle.popleft()
            if not future.done():
                future.set_result(None)
                return


class Deliverer:
    """Brings updates to receivers until they answer 200, or for seven days."""

    def __init__(
        self, settings: Settings, clock: Clock, http: Http, changed: Callable[[], None]
    ) -> None:
        self.posts = 0
        self.in_flight = 0
        """POSTs that are under way."""
        self._landing: list[asyncio.Future[None]] = []
        self._settings = settings
        self._secret = settings.app_secret.encode()
        self._clock = clock
        self._http = http
        self._changed = changed
        self._receivers: dict[str, Receiver] = {}
        self._new: deque[Receiver] = deque()
        self._has_new = asyncio.Event()

    def push(self, url: str, updates: Iterable[Update]) -> None:
        """Bring `updates` to `url`."""
        receiver = self._receivers.get(url)
        if receiver is None:
            receiver = self._receivers[url] = Receiver(url, self._settings.batch)
            self._new.append(receiver)
            self._has_new.set()
        receiver.push(updates)

    def clear(self) -> None:
        """Forget what waits; what is under way goes on."""
        for receiver in self._receivers.values():
            receiver.clear()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._has_new.wait()
                self._has_new.clear()
                while self._new:
                    receiver = self._new.popleft()
                    for _ in range(self._settings.workers):
                        group.create_task(self._work(receiver, group))

    async def _work(self, receiver: Receiver, group: asyncio.TaskGroup) -> None:
        while True:
            updates = await receiver.take()
            body = render_body(updates)
            headers = signed_headers(body, self._secret)
            batch = Batch(updates, body, headers, self._clock.monotonic())
            while not await self._try(receiver, batch):
                is_alive = batch.was_answered or receiver.succeeded_at > batch.since
                if is_alive and receiver.aside < MOST_ASIDE:
                    receiver.aside += 1
                    group.create_task(self._bring(receiver, batch))
                    break
                await self._clock.sleep(self._gap(batch))

    async def _bring(self, receiver: Receiver, batch: Batch) -> None:
        """Law 3: this batch alone, until it is taken."""
        while True:
            await self._clock.sleep(self._gap(batch))
            if await self._try(receiver, batch):
                receiver.aside -= 1
                return

    async def _try(self, receiver: Receiver, batch: Batch) -> bool:
        """One POST; whether the batch is done with, taken or given up."""
        self.posts += 1
        self.in_flight += 1
        try:
            status = await self._http.post(
                receiver.url, batch.headers, batch.body, self._settings.timeout_s
            )
        except UnreachableError:
            status = NO_ANSWER
        finally:
            self._land()
        if status == OK:
            receiver.succeeded_at = self._clock.monotonic()
            delivered_at = self._clock.now()
            for update in batch.updates:
                if update.status is not None:
                    update.status.delivered_at = delivered_at
            self._changed()
            return True
        batch.failures += 1
        for update in batch.updates:
            if update.status is not None:
                update.status.failures += 1
        batch.was_answered = status != NO_ANSWER
        self._changed()
        return self._clock.monotonic() - batch.since > self._settings.retry_span_s

    async def landed(self) -> None:
        """Return when one of the POSTs under way has come to its end."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._landing.append(future)
        await future

    def _land(self) -> None:
        self.in_flight -= 1
        for future in self._landing:
            if not future.done():
                future.set_result(None)
        self._landing.clear()

    def _gap(self, batch: Batch) -> float:
        doubled = self._settings.retry_first_s * 2.0 ** min(batch.failures - 1, 30)
        return min(doubled, self._settings.retry_cap_s)


async def shake_hands(url: str, settings: Settings, http: Http, chance: Chance) -> str | None:
    """Meta's verification of a callback URL: None if it passed, else what went wrong."""
    challenge = str(1_000_000_000 + chance.bits(30))
    query = urlencode(
        {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": settings.verify_token,
        }
    )
    joint = "&" if "?" in url else "?"
    try:
        status, body = await http.get(f"{url}{joint}{query}", settings.timeout_s)
    except UnreachableError as error:
        return f"the URL could not be reached: {error}"
    if status != OK:
        return f"HTTP Status Code = {status}"
    if body.decode("utf-8", "replace").strip() != challenge:
        return "the answer is not the challenge"
    return None
