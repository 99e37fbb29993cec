"""Once an hour: content and names older than `content_days` are erased; figures stay.

What is not over stays until it is: a message on its way or of unknown outcome, a callback that was
not delivered, a webhook that was not worked off. A place is kept of how far each table has come.
Once a day the last weeks are looked at again, for what became over late, or came late: statuses of
an erased message are still recorded and told.

Rows go in batches, each a short commit of its own with a pause behind it. Several processes may do
this at once: what is erased twice is erased to the same.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec
import structlog
from msgspec import Struct

from waypost.model.erasing import Hide, blank
from waypost.model.errors import StoreError
from waypost.model.personal import AGED, PERSONAL, Kind, PersonalRow
from waypost.runtime.clock import Clock
from waypost.runtime.ids import first_message_id, first_webhook_id
from waypost.runtime.rounds import Rounds
from waypost.store.ports import Store, Transaction

EVERY_S = 3600.0
BATCH = 200
PAUSE_S = 0.05
AGAIN = timedelta(days=35)
"""Meta tells of a message for thirty days, and money of one that it is silent about is held for one
day more; callbacks are tried for three."""

Forget = Callable[[str], Awaitable[None]]

PLACE = "erasure"
DEPLOYMENT = 0

LATE = frozenset(AGED) - {Kind.ACCOUNT_EVENTS}
"""Whose rows are not over for a while; those of account events that are not never will be."""

log = structlog.get_logger("waypost.retention")


class Place(Struct):
    """How far the tables of an account have come.

    day   the day (UTC) on which the last weeks were looked at again
    done  the id below which everything was looked at, by table
    open  what is before the lowest id that was not over then, by table
    """

    day: str = ""
    done: dict[str, str] = {}
    open: dict[str, str] = {}


class Erased(Struct, frozen=True):
    """Rows as they were and as they are to be."""

    kind: Kind
    before: list[PersonalRow]
    after: list[PersonalRow]


@dataclass(slots=True)
class Eraser:
    """Runs beside the gateway.

    kept    how long content is kept; None: as long as history
    hide    what stands in the place of a recipient
    forget  removes the bytes under a key of the media store, if no other row needs them
    """

    name: ClassVar[str] = "eraser"
    store: Store
    clock: Clock
    kept: timedelta | None
    hide: Hide
    forget: Forget
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.clock, EVERY_S, log, "content.not_erased", StoreError)

    async def run(self) -> None:
        """Does its round every hour, until it is stopped."""
        await self._rounds.run(self.erase)

    def stop(self) -> None:
        """Begins no more; `run` returns when the batch at hand is done."""
        self._rounds.stop()

    async def erase(self) -> int:
        """One round; how many rows were erased. Raises StoreError."""
        if self.kept is None:
            return 0
        now = self.clock.now()
        accounts = await self.store.read(lambda transaction: transaction.directory.accounts())
        ids = [DEPLOYMENT, *(account.account_id for account in accounts)]
        rows = sum([await self._erase_account(account_id, now - self.kept) for account_id in ids])
        if rows:
            log.info("content.erased", rows=rows)
        return rows

    async def _erase_account(self, account_id: int, before: datetime) -> int:
        kept = await self.store.read(
            lambda transaction: transaction.erasure.place(account_id, PLACE)
        )
        place = msgspec.json.decode(kept, type=Place) if kept else Place()
        day, is_daily = f"{before:%Y-%m-%d}", False
        if place.day != day:
            place.day, is_daily = day, True
        count = 0
        for kind in AGED:
            first_id = first_webhook_id if kind is Kind.WEBHOOKS else first_message_id
            done = place.done.get(kind, "")
            start = min(done, first_id(before - AGAIN), place.open.get(kind, done))
            count += await self._erase_table(
                kind, (account_id, start if is_daily else done, first_id(before)), place
            )
            if self._rounds.is_over:
                return count
        text = msgspec.json.encode(place).decode()
        await self.store.write(_keep_place, (account_id, text))
        return count

    async def _erase_table(self, kind: Kind, bounds: tuple[int, str, str], place: Place) -> int:
        account_id, start, before_id = bounds
        after = _first_key(kind, start)
        count, still_open = 0, ""
        while not self._rounds.is_over:
            rows = await self._page(kind, account_id, after, before_id)
            if not rows:
                break
            waiting = [str(row.key[0]) for row in rows if not row.is_over and kind in LATE]
            still_open = still_open or min(waiting, default="")
            count += await self._blank(kind, [row for row in rows if row.is_over])
            after = rows[-1].key
        if start < place.done.get(kind, "") or kind not in place.open:
            place.open.pop(kind, None)
        if still_open:
            # One character less: what is looked for is behind it, this id too.
            place.open[kind] = min(still_open[:-1], place.open.get(kind, still_open))
        place.done[kind] = max(before_id, place.done.get(kind, ""))
        return count

    async def _page(
        self, kind: Kind, account_id: int, after: tuple[str | int, ...] | None, before_id: str
    ) -> list[PersonalRow]:
        return await self.store.read(
            lambda transaction: transaction.erasure.page(kind, account_id, after, BATCH, before_id)
        )

    async def _blank(self, kind: Kind, rows: Sequence[PersonalRow]) -> int:
        """Erases rows, if they are not yet; how many it were."""
        pairs = [(row, blank(kind, row, self.hide)) for row in rows]
        changed = [(row, left) for row, left in pairs if row != left]
        if not changed:
            return 0
        before, after = ([pair[side] for pair in changed] for side in (0, 1))
        await self.store.write(write_erased, Erased(kind, before, after))
        for key in object_keys(kind, before):
            await self.forget(key)
        await self._rounds.pause(PAUSE_S)
        return len(changed)


async def write_erased(transaction: Transaction, items: Sequence[Erased]) -> Sequence[None]:
    """A step."""
    for one in items:
        await transaction.erasure.write(one.kind, one.after, one.before)
    return [None] * len(items)


def object_keys(kind: Kind, rows: Sequence[PersonalRow]) -> list[str]:
    """Where the bytes of these rows lie in the media store."""
    if kind is not Kind.INBOUND_MESSAGES:
        return []
    column = list(PERSONAL[kind]).index("media_object_key")
    keys = (row.values[column] for row in rows)
    return [key for key in keys if isinstance(key, str)]


def _first_key(kind: Kind, start: str) -> tuple[str | int, ...] | None:
    if not start:
        return None
    return (start, -1) if kind in (Kind.FACTS, Kind.CALLBACK_ATTEMPTS) else (start,)


async def _keep_place(transaction: Transaction, items: Sequence[tuple[int, str]]) -> Sequence[None]:
    """A step."""
    for account_id, value in items:
        await transaction.erasure.save_place(account_id, PLACE, value)
    return [None] * len(items)
