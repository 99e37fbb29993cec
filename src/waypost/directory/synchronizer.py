"""Keeps what is known of WABAs as Meta has it: templates, and the catalogue beside them.

A WABA is read at the start, every interval, and when Meta told of a change. Reading takes no lock:
what webhooks and our own acts saved while a list was on its way is newer than the list, and the
list leaves it alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from msgspec import Struct
from msgspec.structs import replace

from waypost.directory.scribe import Scribe, write_alone
from waypost.directory.sync_failures import (
    FAILURES,
    catalogue_failure,
    failure_of_catalogue,
    failure_words,
    with_catalogue_failure,
)
from waypost.directory.template_drift import Pair, keep_changed, key_of, pair_changed
from waypost.meta.graph import GraphClient
from waypost.meta.templates import ReadTemplates, join_pages, list_call, read_templates
from waypost.model.audit import GATEWAY, Actor
from waypost.model.errors import NotFoundError, StoreError
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import AnswerLostError
from waypost.store.ports import Key, Store, Transaction

AT_ONCE = 4
"""How many WABAs are read at the same time."""

ROUND_S = 1.0
COOL_S = 10.0
"""How long after a reading no webhook brings about another one, at least."""

COOL_EACH_S = 0.02
"""What each template adds to it: Meta counts calls by the hour, and 100 templates are a call."""

FIRST_GAP = timedelta(seconds=30)
CHUNK = 250
"""How many templates one commit saves: a WABA may have 6,000, and others wait for the writer."""

log = structlog.get_logger("waypost.directory")


class SyncReport(Struct, frozen=True):
    """What reading one WABA came to.

    templates  how many Meta has
    changes    how many things of them had changed
    skipped    how many were not understood
    """

    waba_id: str
    templates: int
    changes: int
    skipped: int = 0


@dataclass(slots=True)
class Synchronizer:
    """Reads WABAs from Meta, each by one reading at a time.

    next_number     makes numbers that grow; called on the writer's thread
    interval        how often each WABA is read; also the longest gap after failures
    read_catalogue  keeps the WABA's catalogue and gives its id; None: catalogues are not read
    read_limits     keeps what Meta allows the WABA's numbers; None: that is not read
    """

    store: Store
    graph: GraphClient
    clock: Clock
    next_number: Callable[[], int]
    interval: timedelta
    entropy: Entropy
    read_catalogue: Callable[[Waba], Awaitable[str | None]] | None = None
    read_limits: Callable[[Waba], Awaitable[None]] | None = None
    _readings: dict[Key, "asyncio.Future[SyncReport]"] = field(default_factory=dict)
    _rests_until: dict[Key, float] = field(default_factory=dict)
    _catalogue_at: dict[Key, float] = field(default_factory=dict)
    _failures: dict[Key, int] = field(default_factory=dict)
    _attended: dict[Key, "asyncio.Task[None]"] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _is_stopping: bool = False

    # ---- the timer ----------------------------------------------------------------------------

    async def run(self, leads: Callable[[], bool] = lambda: True) -> None:
        """Reads every WABA, then each one as it becomes due, until `stop`.

        leads  whether it is for this process to do so, of several
        """
        is_first = True
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                if not leads():
                    await self._rest()
                    continue
                for waba in await self._due(everything=is_first):
                    key = waba.account_id, waba.waba_id
                    if key not in self._attended and not self._is_cool(key):
                        self._attended[key] = tasks.create_task(self._attend(waba))
                is_first = False
                await self._rest()
            for task in self._attended.values():
                task.cancel()

    def stop(self) -> None:
        """Breaks off what is being read; `run` returns."""
        self._is_stopping = True
        self._woken.set()

    def hurry(self, account_id: int, waba_id: str) -> None:
        """Something was changed through us: the WABA may be read anew at once."""
        self._rests_until.pop((account_id, waba_id), None)

    async def _due(self, *, everything: bool) -> list[Waba]:
        """What is to be read now; nothing while the database cannot be asked."""
        now = self.clock.now()
        try:
            return await self.store.read(
                lambda transaction: (
                    transaction.directory.all_wabas()
                    if everything
                    else transaction.directory.wabas_due(now)
                )
            )
        except StoreError as error:
            log.warning("wabas.not_looked_up", error=str(error))
            return []

    async def _attend(self, waba: Waba) -> None:
        """Reads one WABA; whatever happens, the others go on."""
        key = waba.account_id, waba.waba_id
        try:
            async with self._places:
                await self.sync_waba(waba)
        except FAILURES:
            pass  # recorded, and logged if it is news
        except Exception:  # lint-skip: broad-except - one WABA must not end the others' timer
            self._rest_after(key, 0)
            log.exception("waba.not_read", account_id=key[0], waba_id=key[1])
        finally:
            self._attended.pop(key, None)

    async def _rest(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            alarm = tasks.create_task(self.clock.sleep(ROUND_S))
            woken = tasks.create_task(self._woken.wait())
            await asyncio.wait((alarm, woken), return_when=asyncio.FIRST_COMPLETED)
            alarm.cancel()
            woken.cancel()

    def _is_cool(self, key: Key) -> bool:
        """Whether it was read a moment ago."""
        return self.clock.monotonic() < self._rests_until.get(key, 0.0)

    def _rest_after(self, key: Key, templates: int) -> None:
        """It was read just now, or could not be."""
        rest_s = max(COOL_S, templates * COOL_EACH_S)
        self._rests_until[key] = self.clock.monotonic() + rest_s

    # ---- on demand ----------------------------------------------------------------------------

    async def sync_account(self, sid: str, actor: Actor = GATEWAY) -> list[SyncReport]:
        """Reads all WABAs of an account, catalogues too.

        Raises NotFoundError for an unknown SID, MetaRefusedError, VaultError, and HttpError when
        Meta cannot be reached.
        """

        async def read(transaction: Transaction) -> list[Waba]:
            for account in await transaction.directory.accounts():
                if account.sid == sid:
                    return await transaction.directory.wabas(account.account_id)
            raise NotFoundError(f"There is no account {sid}; `waypost account list` shows them.")

        wabas = await self.store.read(read)
        log.debug("account.synchronized", sid=sid, actor=actor.name, wabas=len(wabas))
        for waba in wabas:
            self._catalogue_at.pop((waba.account_id, waba.waba_id), None)
        return [await self.sync_waba(waba, actor) for waba in wabas]

    async def sync_waba(self, waba: Waba, actor: Actor = GATEWAY) -> SyncReport:
        """Reads one WABA: its templates, and its catalogue once in an interval.

        Whoever asked for it stands in the audit log; the gateway itself, which reads on its
        timer, does not.
        Raises MetaRefusedError, VaultError and HttpError; then it is due again after a gap.
        """
        report = await self._read_once(waba)
        await self._keep_catalogue(waba)
        if self.read_limits is not None:
            await self.read_limits(waba)
        if actor != GATEWAY:
            detail = {"templates": report.templates, "changes": report.changes}
            entry = Scribe(self.clock, self.entropy).entry(
                waba.account_id, actor, ("waba.synchronized", waba.waba_id), detail
            )
            await write_alone(self.store, lambda transaction: transaction.audit.append([entry]))
        return report

    # ---- one reading --------------------------------------------------------------------------

    async def _read_once(self, waba: Waba) -> SyncReport:
        """Reads the templates, or waits for whoever reads them already."""
        key = waba.account_id, waba.waba_id
        under_way = self._readings.get(key)
        if under_way is not None:
            return await asyncio.shield(under_way)
        reading: asyncio.Future[SyncReport] = asyncio.get_running_loop().create_future()
        self._readings[key] = reading
        try:
            report = await self._read(waba)
        except BaseException as error:
            self._rest_after(key, 0)
            broken_off = AnswerLostError("the reading was broken off")
            reading.set_exception(error if isinstance(error, Exception) else broken_off)
            reading.exception()  # perhaps nobody waits for it
            raise
        finally:
            del self._readings[key]
        self._rest_after(key, report.templates)
        reading.set_result(report)
        return report

    async def _read(self, waba: Waba) -> SyncReport:
        began_at = self.clock.now()
        try:
            pages = [
                read_templates(page)
                async for page in self.graph.pages(list_call(waba.waba_id, waba.access_token))
            ]
        except FAILURES as error:
            await self._record_failure(waba, began_at, failure_words(error))
            raise
        found = join_pages(pages)
        if found.skipped:
            log.warning("templates.skipped", waba_id=waba.waba_id, count=found.skipped)
        pairs = await self.store.read(lambda t: find_changed(t, waba, found, began_at))
        changes = 0
        for start in range(0, len(pairs), CHUNK):
            changes += await self._save(waba, pairs[start : start + CHUNK], began_at)
        self._failures.pop((waba.account_id, waba.waba_id), None)
        await self._record(
            waba,
            lambda now: replace(now, synced_at=began_at, sync_failure=catalogue_failure(now)),
            (began_at, began_at + self.interval),
        )
        if waba.sync_failure != catalogue_failure(waba):
            log.info("waba.read_again", account_id=waba.account_id, waba_id=waba.waba_id)
        return SyncReport(waba.waba_id, len(found.templates), changes, found.skipped)

    async def _save(self, waba: Waba, pairs: Sequence[Pair], began_at: datetime) -> int:
        """Keeps what changed, and that it did; how many changes there were.

        The doors hear of it with the commit: a reading may be broken off behind any of them.
        """

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[int]:
            ids = waba.account_id, waba.waba_id
            newer = await transaction.templates.saved_after(*ids, began_at)
            kept = [pair for pair in pairs if key_of(pair) not in newer]
            count = await keep_changed(transaction, waba, kept, began_at, self.next_number)
            return [count] * len(items)

        return await self.store.write(step, None)

    async def _keep_catalogue(self, waba: Waba) -> None:
        """Has the catalogue read if it was not for an interval.

        A token often may not see catalogues: that is noted with the WABA and fails nothing.
        """
        key = waba.account_id, waba.waba_id
        last, now = self._catalogue_at.get(key), self.clock.monotonic()
        if self.read_catalogue is None or (
            last is not None and now - last < self.interval.total_seconds() / 2
        ):
            return
        self._catalogue_at[key] = now
        try:
            catalogue_id = await self.read_catalogue(waba)
        except FAILURES as error:
            failure = failure_of_catalogue(error)
            if failure != waba.sync_failure:
                log.warning("catalogue.not_read", waba_id=waba.waba_id, why=failure)
            await self._record_catalogue(waba, lambda now: with_catalogue_failure(now, failure))
        else:
            await self._record_catalogue(
                waba,
                lambda now: replace(with_catalogue_failure(now, None), catalogue_id=catalogue_id),
            )

    async def _record_failure(self, waba: Waba, began_at: datetime, words: str) -> None:
        key = waba.account_id, waba.waba_id
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        gap = min(self.interval, FIRST_GAP * 2 ** min(failures - 1, 20))
        if words != waba.sync_failure:
            log.warning("waba.not_read", account_id=key[0], waba_id=key[1], why=words)
        await self._record(
            waba,
            lambda now: replace(now, sync_failure=words),
            (began_at, self.clock.now() + gap),
        )

    async def _record(
        self, waba: Waba, learned: Callable[[Waba], Waba], span: tuple[datetime, datetime]
    ) -> None:
        """What reading the templates came to, and when the WABA is due again.

        learned  what is known of the WABA by it: a reading takes a while, and what others noted
                 meanwhile stands
        span     when it began, and when it is due
        """

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            kept = learned(await _as_kept(transaction, waba))
            await transaction.directory.record_sync(kept, span[0], self.clock.now(), span[1])
            return items

        await self.store.write(step, None)

    async def _record_catalogue(self, waba: Waba, learned: Callable[[Waba], Waba]) -> None:
        """What reading the catalogue came to; when the WABA is due is no matter of that."""

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            before = await _as_kept(transaction, waba)
            after = learned(before)
            if after != before:
                await transaction.directory.record_catalogue(after)
            if after.catalogue_id != before.catalogue_id:
                await transaction.directory.touch(waba.account_id)
            return items

        await self.store.write(step, None)


async def _as_kept(transaction: Transaction, waba: Waba) -> Waba:
    """The WABA as it is known now."""
    of_account = await transaction.directory.wabas(waba.account_id)
    return next((one for one in of_account if one.waba_id == waba.waba_id), waba)


async def find_changed(
    transaction: Transaction, waba: Waba, found: ReadTemplates, began_at: datetime
) -> list[Pair]:
    """Templates that are known otherwise than Meta has them; runs on the reader's thread."""
    ids = waba.account_id, waba.waba_id
    known = {one.key: one for one in await transaction.templates.of_waba(*ids)}
    newer = await transaction.templates.saved_after(*ids, began_at)
    return pair_changed(known, newer, found)
