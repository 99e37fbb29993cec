"""Erases one recipient on request, and looks afterwards whether anything of it is left.

Law: every personal column of every table is looked at, before and after, in batches: by the number
in each way to write it, by user ids, and by the numbers that stand in base64 within wamids. So it
is as slow as what is kept is large, and nobody waits for it.

What still has to be done is not erased but refused: a message on its way, a callback that was not
delivered, a medium that Meta has not given yet; or it is given up, if that is asked for. Messages
are written last, for by them is found what belongs to the recipient: whoever is interrupted begins
anew and finds it all.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from waypost.model.audit import AuditEntry, make_entry
from waypost.model.erasing import Hide, Traces, blank, traces_of
from waypost.model.errors import DirectoryError
from waypost.model.forgotten import Erasure, ErasureOrder
from waypost.model.inbound import MediaMark, MediaState
from waypost.model.lifecycle import State
from waypost.model.opt_out import addresses_of
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.model.personal import PERSONAL, Erasing, Kind, PersonalRow
from waypost.model.work import QueueName
from waypost.retention.eraser import DEPLOYMENT, Erased, Forget, object_keys, write_erased
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.status.canceller import Asked, Canceller
from waypost.store.ports import Key, Store, Transaction

PAGE = 500
ON_ITS_WAY = (State.ACCEPTED, State.UNKNOWN)
FIRST = (Kind.MESSAGES, Kind.INBOUND_MESSAGES)
"""By their ids is known what else belongs to a recipient."""

NOT_WANTED = "Its sender was erased before it was fetched."

SHARED = (Kind.AUDIT_ENTRIES, Kind.ALARMS, Kind.MEDIA, Kind.IDEMPOTENCY_KEYS)
"""Rows that tell of others too: only the recipient is taken out of them."""


@dataclass(slots=True)
class _Found:
    """What was found of a recipient.

    ids      of its messages and of what it wrote, by account
    asked    of the requests that its messages are of
    rows     by table
    waiting  messages on their way
    """

    ids: set[Key] = field(default_factory=set)
    asked: set[Key] = field(default_factory=set)
    rows: dict[Kind, list[PersonalRow]] = field(default_factory=dict)
    waiting: list[Key] = field(default_factory=list)

    @property
    def untold(self) -> list[PersonalRow]:
        """Callbacks that were not delivered yet."""
        return [row for row in self.rows.get(Kind.CALLBACKS, ()) if not row.is_over]

    @property
    def fetched(self) -> list[PersonalRow]:
        """What it wrote whose media are being fetched: for days, while Meta does not give them."""
        return [row for row in self.rows.get(Kind.INBOUND_MESSAGES, ()) if not row.is_over]

    @property
    def unread(self) -> int:
        """Webhooks that were not worked off."""
        return sum(not row.is_over for row in self.rows.get(Kind.WEBHOOKS, ()))


@dataclass(frozen=True, slots=True)
class Forgetter:
    """Erases recipients.

    hide    what stands in a recipient's place
    forget  removes bytes from the media store, if no row needs them
    """

    store: Store
    canceller: Canceller
    clock: Clock
    entropy: Entropy
    hide: Hide
    forget: Forget

    async def erase(self, order: ErasureOrder) -> Erasure:
        """Erases a recipient of these accounts; and what came to the deployment for nobody.

        Raises DirectoryError if something is still to be done for it, with what; StoreError.
        """
        traces = await self._traces(order)
        found = await self._find(order, traces)
        cancelled = 0
        if order.is_to_cancel and (found.waiting or found.untold or found.fetched):
            cancelled = await self._cancel(order, found)
            await self._leave(found.fetched)
            found = await self._find(order, traces)
            await self._give_up(found.untold)
            found = await self._find(order, traces)
        _refuse(found, order)
        erased: Counter[Kind] = Counter()
        for kind in sorted(found.rows, key=lambda kind: kind is Kind.MESSAGES):
            if kind is not Kind.OPT_OUTS or order.forgets_opt_out:
                erased[kind] += await self._erase_rows(kind, found, traces)
        await self._tell(order, traces, erased)
        await self.store.partitions.wipe()
        after = await self._find(order, traces)
        kept = [] if order.forgets_opt_out else after.rows.pop(Kind.OPT_OUTS, [])
        return Erasure(
            self.hide(traces.addresses[0]),
            {kind: count for kind, count in erased.items() if count},
            {kind: len(rows) for kind, rows in after.rows.items() if rows},
            len(kept),
            cancelled,
        )

    async def _traces(self, order: ErasureOrder) -> Traces:
        """By what the recipient is known: what was asked for, and other names it wrote under."""
        names = dict.fromkeys(addresses_of(order.recipient))
        for _ in range(2):  # a number tells of a user id, and that of another number
            for account_id in order.account_ids:
                for name in list(names):
                    names.update(dict.fromkeys(await self._names(account_id, name)))
        return traces_of(names)

    async def _names(self, account_id: int, name: str) -> list[str]:
        found = await self.store.read(
            lambda transaction: transaction.erasure.names_of(account_id, name)
        )
        return sorted(found)

    async def _find(self, order: ErasureOrder, traces: Traces) -> _Found:
        found = _Found()
        for kind in (*FIRST, *(kind for kind in Kind if kind not in FIRST)):
            rows = found.rows[kind] = []
            for account_id in (DEPLOYMENT, *order.account_ids):
                rows += [
                    row
                    async for row in self._walk(kind, account_id)
                    if _is_of(kind, row, found) or traces.are_in(row)
                ]
            if kind in FIRST:
                found.ids |= {(row.account_id, str(row.key[0])) for row in rows}
            if kind is Kind.MESSAGES:
                found.asked = {(row.account_id, row.of) for row in rows}
                found.waiting = await self._waiting([row for row in rows if not row.is_over])
        return found

    async def _walk(self, kind: Kind, account_id: int) -> AsyncIterator[PersonalRow]:
        """All rows of an account, page by page."""
        after: tuple[str | int, ...] | None = None
        while True:
            rows = await self._page(kind, account_id, after)
            for row in rows:
                yield row
            if len(rows) < PAGE:
                return
            after = rows[-1].key

    async def _page(
        self, kind: Kind, account_id: int, after: tuple[str | int, ...] | None
    ) -> list[PersonalRow]:
        return await self.store.read(
            lambda transaction: transaction.erasure.page(kind, account_id, after, PAGE)
        )

    async def _waiting(self, rows: Sequence[PersonalRow]) -> list[Key]:
        keys = [(row.account_id, str(row.key[0])) for row in rows]
        if not keys:
            return []
        records = await self.store.read(lambda transaction: transaction.messages.records(keys))
        return [key for key, record in records.items() if record.state in ON_ITS_WAY]

    async def _cancel(self, order: ErasureOrder, found: _Found) -> int:
        count = 0
        for account_id, message_id in found.waiting:
            done = await self.canceller.cancel(Asked(account_id, message_id, order.actor))
            count += 0 if done is None else len(done.cancelled)
        return count

    async def _give_up(self, rows: Sequence[PersonalRow]) -> None:
        """Callbacks that were not delivered are not delivered any more."""
        if rows:
            await self.store.write(self._give_up_all, list(rows))

    async def _give_up_all(
        self, transaction: Transaction, items: Sequence[list[PersonalRow]]
    ) -> Sequence[None]:
        """A step."""
        now = self.clock.now()
        keys = [(row.account_id, str(row.key[0])) for rows in items for row in rows]
        await transaction.queue.drop([(one, QueueName.CALLBACK, event) for one, event in keys])
        loaded = await transaction.callbacks.load(keys)
        await transaction.callbacks.settle(
            [
                CallbackSettlement(
                    *key,
                    state=CallbackState.GIVEN_UP,
                    attempts=due.row.attempts,
                    last_answer="its recipient was erased",
                    settled_at=now,
                )
                for key, due in loaded.items()
            ]
        )
        return [None] * len(items)

    async def _leave(self, rows: Sequence[PersonalRow]) -> None:
        """Media that were not fetched are not fetched any more."""
        if rows:
            await self.store.write(_leave_all, list(rows))

    async def _erase_rows(self, kind: Kind, found: _Found, traces: Traces) -> int:
        gone: list[PersonalRow] = []
        stays: list[PersonalRow] = []
        for row in found.rows[kind]:
            (gone if _goes(kind, row, traces) else stays).append(row)
        for start in range(0, len(gone), PAGE):
            await self.store.write(_drop, (kind, gone[start : start + PAGE]))
        left = [self._left_of(kind, row, found, traces) for row in stays]
        pairs = [(old, new) for old, new in zip(stays, left, strict=True) if old != new]
        for start in range(0, len(pairs), PAGE):
            chunk = pairs[start : start + PAGE]
            old, new = [one for one, _ in chunk], [one for _, one in chunk]
            await self.store.write(write_erased, Erased(kind, old, new))
            for key in object_keys(kind, old):
                await self.forget(key)
        return len(gone) + len(pairs)

    def _left_of(self, kind: Kind, row: PersonalRow, found: _Found, traces: Traces) -> PersonalRow:
        is_its_own = kind not in SHARED
        if kind is Kind.SUBMISSIONS:
            # A request to one recipient has the id of its message; one to several is theirs too.
            is_its_own = (row.account_id, row.of) in found.ids
        left = blank(kind, row, self.hide) if is_its_own else row
        return traces.take_out(left, self.hide)

    async def _tell(self, order: ErasureOrder, traces: Traces, erased: Mapping[Kind, int]) -> None:
        """The audit log has the hash alone."""
        detail = {kind.value: count for kind, count in erased.items() if count}
        entries = [
            make_entry(
                account_id,
                self.clock.now(),
                int(self.entropy.token_hex(2), 16),
                order.actor,
                ("recipient.erased", self.hide(traces.addresses[0])),
                detail,
            )
            for account_id in order.account_ids
        ]
        await self.store.write(_append, entries)


def _is_of(kind: Kind, row: PersonalRow, found: _Found) -> bool:
    """Whether a row belongs to a message of the recipient's, whatever it says."""
    if kind is Kind.SUBMISSIONS:
        return (row.account_id, row.of) in found.asked
    subject = row.of or str(row.key[0]).partition(".")[0]
    return kind not in SHARED and (row.account_id, subject) in found.ids


def _goes(kind: Kind, row: PersonalRow, traces: Traces) -> bool:
    """Whether the recipient stands where the whole row goes."""
    return any(
        rule is Erasing.ROW and traces.find_in(value)
        for rule, value in zip(PERSONAL[kind].values(), row.values, strict=True)
    )


def _refuse(found: _Found, order: ErasureOrder) -> None:
    """Raises DirectoryError if something is still to be done for the recipient."""
    needed = [
        f"{what}: {count}"
        for count, what in (
            (len(found.waiting), "messages on their way, or of unknown outcome"),
            (len(found.untold), "callbacks that were not delivered yet"),
            (len(found.fetched), "media that are being fetched"),
            (found.unread, "webhooks that are being worked off"),
        )
        if count
    ]
    if not needed:
        return
    what = (
        "What is being given to Meta cannot be cancelled: ask again in a moment; say what became "
        "of messages of unknown outcome with `waypost unknown`."
        if order.is_to_cancel
        else "Ask again when they are over, or have them cancelled."
    )
    raise DirectoryError(
        f"Nothing was erased, for something is still to be done ({'; '.join(needed)}). {what}"
    )


async def _leave_all(
    transaction: Transaction, items: Sequence[list[PersonalRow]]
) -> Sequence[None]:
    """A step. Whoever has such a medium in hand finds that it is not wanted, and lets it go."""
    keys = [(row.account_id, str(row.key[0])) for rows in items for row in rows]
    await transaction.queue.drop([(one, QueueName.MEDIA, inbound_id) for one, inbound_id in keys])
    messages = await transaction.inbound.load(keys)
    await transaction.inbound.mark_media(
        [
            MediaMark(*key, replace(message.medium, state=MediaState.FAILED, failure=NOT_WANTED))
            for key, message in messages.items()
            if message.medium is not None
        ]
    )
    return [None] * len(items)


async def _drop(
    transaction: Transaction, items: Sequence[tuple[Kind, list[PersonalRow]]]
) -> Sequence[None]:
    """A step."""
    for kind, rows in items:
        await transaction.erasure.drop(kind, rows)
    return [None] * len(items)


async def _append(
    transaction: Transaction, items: Sequence[Sequence[AuditEntry]]
) -> Sequence[None]:
    """A step."""
    for entries in items:
        await transaction.audit.append(entries)
    return [None] * len(items)
