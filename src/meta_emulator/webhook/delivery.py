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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.http import Http, UnreachableError
from meta_emulator.runtime.marks import Marks
from meta_emulator.runtime.snapshot import second_of, told_at
from meta_emulator.settings import Settings
from meta_emulator.webhook.bodies import Update, render_body, signed_headers
from meta_emulator.world.message import Told

OK = 200
NO_ANSWER = 0
AROUND_ALL = 64
"""Bytes of a body around its entries, at most."""
MOST_BYTES = 3_000_000
"""Of a body (reference 4.3); an update that is larger goes alone."""
MOST_ASIDE = 64
"""Batches of one receiver that wait on their own; further ones hold their worker."""


class Ledger(Protocol):
    """Where is kept what updates tell of."""

    def changed(self, message_id: str | None) -> None:
        """The delivery of an update about a message went on."""
        ...

    def told_of(self, message_id: str) -> Sequence[Told]:
        """What updates tell of a message, oldest first."""
        ...


class Unrest(Protocol):
    """Who has a say in how webhooks are brought."""

    def let_through(self, url: str, updates: list[Update]) -> list[Update]:
        """Those of `updates` that are to be brought at once."""
        ...

    def most(self, url: str) -> int | None:
        """How many updates the next webhook has at most; None: as the settings have it."""
        ...

    def taken(self, url: str, updates: Sequence[Update]) -> None:
        """The receiver answered 200."""
        ...


@dataclass(slots=True)
class Batch:
    """A body that is on its way. `since`: the clock's seconds when it was first tried.

    due       when it is tried again, by the same
    is_aside  whether it gave up its worker
    """

    updates: list[Update]
    body: bytes
    headers: dict[str, str]
    since: float
    failures: int = 0
    was_answered: bool = False
    due: float = 0.0
    is_aside: bool = False

    @property
    def number(self) -> int:
        """That of its first update."""
        return self.updates[0].number


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

    async def take(self, unrest: "Unrest | None") -> list[Update]:
        """The next batch; waits until there is one."""
        while not self._waiting:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(future)
            await future
        most = (None if unrest is None else unrest.most(self.url)) or self._batch
        number = min(most, len(self._waiting))
        taken = [self._waiting.popleft()]
        size = AROUND_ALL + taken[0].size
        while len(taken) < number and not self._waiting[0].is_repeat:
            size += self._waiting[0].size
            if size > MOST_BYTES:
                break
            taken.append(self._waiting.popleft())
        if self._waiting:
            self._wake()
        return taken

    def clear(self) -> list[Update]:
        """Forget what waits; returns it."""
        forgotten, self._waiting = list(self._waiting), deque()
        return forgotten

    def _wake(self) -> None:
        while self._idle:
            future = self._idle.popleft()
            if not future.done():
                future.set_result(None)
                return


class Deliverer:
    """Brings updates to receivers until they answer 200, or for seven days."""

    def __init__(self, settings: Settings, clock: Clock, http: Http, ledger: Ledger) -> None:
        self.posts = 0
        self.in_flight = 0
        """POSTs that are under way."""
        self.unrest: Unrest | None = None
        self.marks = Marks()
        """Pieces of the snapshot that changed."""
        self._landing: list[asyncio.Future[None]] = []
        self._settings = settings
        self._secret = settings.app_secret.encode()
        self._clock = clock
        self._http = http
        self._ledger = ledger
        self._receivers: dict[str, Receiver] = {}
        self._new: deque[Receiver] = deque()
        self._has_new = asyncio.Event()
        self._last = 0
        self._updates: dict[int, tuple[Receiver, Update]] = {}
        """All that have not been taken, by their numbers."""
        self._failing: dict[int, tuple[Receiver, Batch]] = {}
        """Those that are tried again and again, by the number of the first update."""

    def push(self, url: str, updates: list[Update]) -> None:
        """Bring `updates` to `url`, as far as nobody else decides about them."""
        if self.unrest is not None:
            updates = self.unrest.let_through(url, updates)
        if updates:
            self.bring(url, updates)

    def bring(self, url: str, updates: list[Update]) -> None:
        """Bring `updates` to `url`."""
        receiver = self._receivers.get(url)
        if receiver is None:
            receiver = self._receivers[url] = Receiver(url, self._settings.batch)
            self._new.append(receiver)
            self._has_new.set()
        receiver.push([self._numbered(receiver, update) for update in updates])

    def _numbered(self, receiver: Receiver, update: Update) -> Update:
        """The update with a number of its own; one that was pushed before is another then."""
        self._last += 1
        if update.number:
            update = replace(update, number=self._last)
        else:
            update.number = self._last
        update.since = self._clock.monotonic()
        self._updates[update.number] = receiver, update
        self.marks.add(f"u{update.number}")
        return update

    def clear(self) -> None:
        """Forget what waits; what is under way goes on."""
        for receiver in self._receivers.values():
            self._forget(receiver.clear())

    def _forget(self, updates: Iterable[Update]) -> None:
        """They are brought no more."""
        for update in updates:
            self._updates.pop(update.number, None)
            self.marks.add(f"u{update.number}")

    async def run(self) -> None:
        """Deliver until cancelled."""
        self._new = deque(self._receivers.values())
        self._has_new.set()
        async with asyncio.TaskGroup() as group:
            while True:
                await self._has_new.wait()
                self._has_new.clear()
                while self._new:
                    self._begin(self._new.popleft(), group)

    def _begin(self, receiver: Receiver, group: asyncio.TaskGroup) -> None:
        """Set the receiver's workers to work, those of a snapshot with what they held."""
        failing = [batch for other, batch in self._failing.values() if other is receiver]
        for batch in failing:
            if batch.is_aside:
                group.create_task(self._bring(receiver, batch))
        held = deque(batch for batch in failing if not batch.is_aside)
        for _ in range(max(self._settings.workers, len(held))):
            group.create_task(self._work(receiver, group, held.popleft() if held else None))

    async def _work(self, receiver: Receiver, group: asyncio.TaskGroup, held: Batch | None) -> None:
        while True:
            if held is None:
                batch, is_done = await self._first_try(receiver)
            else:
                batch, is_done, held = held, False, None
            while not is_done:
                is_alive = batch.was_answered or receiver.succeeded_at > batch.since
                if is_alive and receiver.aside < MOST_ASIDE:
                    batch.is_aside = True
                    receiver.aside += 1
                    self.marks.add(f"b{batch.number}")
                    group.create_task(self._bring(receiver, batch))
                    break
                await self._clock.sleep(batch.due - self._clock.monotonic())
                is_done = await self._try(receiver, batch)

    async def _first_try(self, receiver: Receiver) -> tuple[Batch, bool]:
        """The next batch, and whether it is done with; what waited for too long is forgotten."""
        updates: list[Update] = []
        while not updates:
            taken = await receiver.take(self.unrest)
            oldest = self._clock.monotonic() - self._settings.retry_span_s
            updates = [update for update in taken if update.since > oldest]
            self._forget(update for update in taken if update.since <= oldest)
        body = render_body(updates)
        headers = signed_headers(body, self._secret)
        batch = Batch(updates, body, headers, self._clock.monotonic())
        return batch, await self._try(receiver, batch)

    async def _bring(self, receiver: Receiver, batch: Batch) -> None:
        """Law 3: this batch alone, until it is taken."""
        while True:
            await self._clock.sleep(batch.due - self._clock.monotonic())
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
            self._end(batch)
            if self.unrest is not None:
                self.unrest.taken(receiver.url, batch.updates)
            return True
        batch.failures += 1
        for update in batch.updates:
            if update.status is not None:
                update.status.failures += 1
        batch.was_answered = status != NO_ANSWER
        now = self._clock.monotonic()
        end = min(update.since for update in batch.updates) + self._settings.retry_span_s
        if now > end:
            self._end(batch)
            return True
        batch.due = now + self._gap(batch)
        self._failing[batch.number] = receiver, batch
        self._told(batch)
        return False

    def _end(self, batch: Batch) -> None:
        """It is brought no more: taken, or given up."""
        self._failing.pop(batch.number, None)
        self._forget(batch.updates)
        self._told(batch)

    def _told(self, batch: Batch) -> None:
        """What its updates tell of was tried to tell once more."""
        if self.marks.is_watched:
            self.marks.add_all((f"b{batch.number}", "posts"))
        for update in batch.updates:
            self._ledger.changed(update.about)

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

    def reset(self) -> None:
        """Nothing waits, and nothing is tried again; the counts go on."""
        self.marks.add_all(f"u{number}" for number in self._updates)
        self.marks.add_all(f"b{number}" for number in self._failing)
        self._receivers, self._updates, self._failing = {}, {}, {}

    def snapshot(self) -> dict[str, Any]:
        """In pieces: each update, each batch that failed, each receiver, the count of POSTs."""
        keys = [f"u{number}" for number in self._updates]
        keys += [f"b{number}" for number in self._failing]
        return {key: self.piece(key) for key in (*keys, "posts")}

    def watch(self) -> None:
        """Remember what changes from now on."""
        self.marks.watch()

    def changed(self) -> dict[str, Any]:
        """The pieces that changed since it was last asked; None for one that is gone."""
        return {key: self.piece(key) for key in self.marks.take()}

    def piece(self, key: str) -> Any:
        """One piece of the snapshot; None for one that is gone."""
        if key == "posts":
            succeeded = {
                url: told_at(self._clock, receiver.succeeded_at)
                for url, receiver in self._receivers.items()
                if receiver.succeeded_at >= 0
            }
            return {"posts": self.posts, "last": self._last, "succeeded_at": succeeded}
        number = int(key[1:])
        if key.startswith("b"):
            failing = self._failing.get(number)
            return None if failing is None else self._told_batch(failing[1])
        waiting = self._updates.get(number)
        return None if waiting is None else self._told_update(*waiting)

    def _told_batch(self, batch: Batch) -> dict[str, Any]:
        return {
            "updates": [update.number for update in batch.updates],
            "since": told_at(self._clock, batch.since),
            "due": told_at(self._clock, batch.due),
            "failures": batch.failures,
            "was_answered": batch.was_answered,
            "is_aside": batch.is_aside,
        }

    def _told_update(self, receiver: Receiver, update: Update) -> dict[str, Any]:
        place = None
        if update.about is not None and update.status is not None:
            told = self._ledger.told_of(update.about)
            place = next((n for n, one in enumerate(told) if one is update.status), None)
        return {
            "url": receiver.url,
            "waba_id": update.waba_id,
            "change": update.change,
            "time": update.time,
            "about": update.about,
            "place": place,
            "lot": update.lot,
            "is_repeat": update.is_repeat,
            "since": told_at(self._clock, update.since),
        }

    def restore(self, kept: Any) -> None:
        """Bring what a snapshot had yet to bring; what was under way is tried again at once."""
        self._receivers, self._updates, self._failing = {}, {}, {}
        facts = kept["posts"]
        self.posts, self._last = int(facts["posts"]), int(facts["last"])
        for url, told in facts["succeeded_at"].items():
            receiver = self._receivers[url] = Receiver(url, self._settings.batch)
            receiver.succeeded_at = second_of(self._clock, told)
        for number in sorted(int(key[1:]) for key in kept if key.startswith("u")):
            self._restore_update(number, kept[f"u{number}"])
        in_batches: set[int] = set()
        for key in sorted(key for key in kept if key.startswith("b")):
            in_batches |= self._restore_batch(kept[key])
        for number, (addressee, update) in self._updates.items():
            if number not in in_batches:
                addressee.push([update])

    def _restore_update(self, number: int, told: dict[str, Any]) -> None:
        url, about, place = told["url"], told["about"], told["place"]
        if url not in self._receivers:
            self._receivers[url] = Receiver(url, self._settings.batch)
        update = Update(
            told["waba_id"], told["change"], time=told["time"], about=about, number=number
        )
        update.lot, update.is_repeat = told.get("lot", ""), told.get("is_repeat", False)
        since = told.get("since")
        update.since = self._clock.monotonic() if since is None else second_of(self._clock, since)
        if about is not None and place is not None:
            found = self._ledger.told_of(about)
            update.status = found[place] if place < len(found) else None
        self._updates[number] = self._receivers[url], update

    def _restore_batch(self, told: dict[str, Any]) -> set[int]:
        updates = [self._updates[number][1] for number in told["updates"]]
        receiver = self._updates[updates[0].number][0]
        body = render_body(updates)
        batch = Batch(
            updates,
            body,
            signed_headers(body, self._secret),
            second_of(self._clock, told["since"]),
            told["failures"],
            told["was_answered"],
            second_of(self._clock, told["due"]),
            told["is_aside"],
        )
        receiver.aside += batch.is_aside
        self._failing[batch.number] = receiver, batch
        return set(told["updates"])


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
