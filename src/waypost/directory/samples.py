"""Samples for templates' headers: given to Meta by its resumable upload, for a handle.

A handle is good for 24 hours and is no media id: templates take handles, sends take media.
Source: `reference` 6, and kaleyra-v2 5.3 for the limits.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import datetime, timedelta

from msgspec.structs import replace

from waypost.callback.publisher import Publisher
from waypost.directory.byte_keeper import ByteKeeper, digest_in, digest_of
from waypost.directory.media import Upload
from waypost.directory.scribe import Scribe
from waypost.meta.graph import GraphCall, GraphClient
from waypost.meta.media import (
    begin_sample_call,
    give_sample_call,
    read_handle,
    read_id,
    read_offset,
    sample_offset_call,
)
from waypost.model.account import Account
from waypost.model.audit import Actor, AuditEntry
from waypost.model.callback import SampleEvent
from waypost.model.errors import MetaRefusedError, NotFoundError, NotSetUpError
from waypost.model.media_type import MediumType, check_sample
from waypost.model.medium import ResumableMedium, ResumableState
from waypost.model.refusal import Reason, Refusal
from waypost.model.waba import Waba
from waypost.model.work import LaneKey
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import HttpError
from waypost.runtime.ids import first_message_id
from waypost.store.ports import Store, Transaction

HANDLE_LASTS = timedelta(hours=24)
KEPT = timedelta(days=3)
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
TRIES = 3
PAUSE_S = 1.0
CUT_OFF = "The gateway ended while it was uploaded. Send it again."
TAIL = 10
"""How many characters of a sample's id stand behind the instant in the id of its event."""
PAGE = 100
"""How many are forgotten in one commit."""


@dataclass(frozen=True, slots=True)
class AppUploads:
    """Uploads in the name of a Meta app.

    app_id     empty if the deployment names none
    timeout_s  how long one call with bytes may take
    """

    app_id: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class SampleTeller:
    """Tells an account's profiles what became of its samples.

    wake  told each callback lane that has new work, after the commit
    """

    publisher: Publisher
    wake: Callable[[LaneKey], None]


class SampleLibrary:
    """Takes samples in, gives them to Meta, and knows their handles."""

    def __init__(
        self,
        keeper: ByteKeeper,
        graph: GraphClient,
        clock: Clock,
        entropy: Entropy,
        uploads: AppUploads,
        teller: SampleTeller,
    ) -> None:
        self._teller = teller
        self._keeper = keeper
        self._store: Store = keeper.store
        self._graph = replaced(graph, timeout_s=uploads.timeout_s)
        self._clock = clock
        self._entropy = entropy
        self._app_id = uploads.app_id

    async def upload(
        self, account: Account, waba_id: str, upload: Upload, actor: Actor
    ) -> ResumableMedium | Refusal:
        """Keeps a sample and gives it to Meta; it has a handle, or says why it failed.

        The refusal has the faults of the file, or after how many seconds there is room in the
        hour's number of samples.

        Raises NotFoundError for a WABA that is not the account's, NotSetUpError without the
        setting `meta_app_id`, StoreError or VaultError.
        """
        waba = self._waba(account, waba_id)
        if not self._app_id:
            raise NotSetUpError(
                "Samples are uploaded by a Meta app, and none is named: set meta_app_id "
                "(WAYPOST_META_APP_ID) to the app's id and start the gateway again.",
                "meta_app_id",
            )
        type_ = await asyncio.to_thread(
            check_sample, upload.data, upload.declared_type, upload.file_name
        )
        if not isinstance(type_, MediumType):
            return Refusal(Reason.PAYLOAD, type_)
        async with self._keeper.locks.of(("samples", account.account_id, waba_id)):
            wait_s = await self._wait_s(waba)
            if wait_s is not None:
                return Refusal(Reason.RATE, retry_after_s=wait_s)
            sample = await self._keep(waba, upload, type_, actor)
        async with self._keeper.places:
            sample = await self._give(waba, sample, upload.data)
        await self._save(sample, None)
        return sample

    async def list(
        self, account: Account, waba_id: str, id_: str | None, limit: int, offset: int
    ) -> list[ResumableMedium]:
        """A page of the WABA's samples, the newest first, or the one of this id.

        Raises NotFoundError for a WABA that is not the account's, or StoreError.
        """
        self._waba(account, waba_id)
        if id_ is None:
            return await self._store.read(
                lambda transaction: transaction.media.resumable(
                    account.account_id, waba_id, limit, offset
                )
            )
        key = (account.account_id, id_)
        found = await self._store.read(lambda transaction: transaction.media.find_resumable([key]))
        return [one for one in found.values() if one.waba_id == waba_id]

    async def forget(self) -> None:
        """Lets go of samples of three days ago, and ends those that were cut off.

        Raises StoreError.
        """
        now = self._clock.now()

        async def end(transaction: Transaction, items: Sequence[None]) -> Sequence[set[LaneKey]]:
            failed = await transaction.media.fail_pending(now - AN_HOUR, CUT_OFF)
            return [await self._tell(transaction, failed, now)] * len(items)

        self._wake(await self._store.write(end, None))
        while lapsed := await self._store.read(
            lambda transaction: transaction.media.lapsed_resumable(now - KEPT, PAGE)
        ):
            for sample in lapsed:
                await self._forget(sample)

    def _waba(self, account: Account, waba_id: str) -> Waba:
        waba = account.wabas.get(waba_id)
        if waba is None:
            raise NotFoundError(f"The account has no WABA {waba_id}; name one of its own.")
        return waba

    async def _wait_s(self, waba: Waba) -> int | None:
        """Seconds until one more sample may come; None if it may now."""
        now = self._clock.now()
        came: list[datetime] = await self._store.read(
            lambda transaction: transaction.media.resumable_since(
                waba.account_id, waba.waba_id, now - AN_HOUR
            )
        )
        if len(came) < MOST_AN_HOUR:
            return None
        return max(1, math.ceil((came[-MOST_AN_HOUR] + AN_HOUR - now).total_seconds()))

    async def _keep(
        self, waba: Waba, upload: Upload, type_: MediumType, actor: Actor
    ) -> ResumableMedium:
        """The bytes, then the row; without the row the bytes go again."""
        digest = await digest_of(upload.data)
        now = self._clock.now()
        async with self._keeper.lock(waba.account_id, digest):
            object_key = await self._keeper.put(waba.account_id, digest, upload.data)
            is_kept = False
            sample = ResumableMedium(
                account_id=waba.account_id,
                resumable_media_id=self._entropy.uuid(),
                waba_id=waba.waba_id,
                file_name=upload.file_name,
                mime_type=type_.mime_type,
                size_bytes=len(upload.data),
                state=ResumableState.PENDING,
                handle=None,
                object_key=object_key,
                failure=None,
                created_at=now,
                expires_at=now + HANDLE_LASTS,
            )
            try:
                await self._save(sample, self._entry(sample, actor))
                is_kept = True
            finally:
                if not is_kept:
                    await self._keeper.let_go(waba.account_id, digest)
        return sample

    async def _give(self, waba: Waba, sample: ResumableMedium, data: bytes) -> ResumableMedium:
        """The sample with its handle, or with why it has none. Lost answers are taken up again."""
        upload_id: str | None = None
        why = ""
        for tried in range(TRIES):
            if tried:
                await self._clock.sleep(PAUSE_S * tried)
            try:
                offset = 0 if upload_id is None else await self._offset(waba, upload_id)
                if upload_id is None or offset >= len(data):
                    upload_id, offset = await self._begin(waba, sample), 0
                handle = await self._give_from(waba, upload_id, offset, data)
            except MetaRefusedError as error:
                why = f"Meta refused it ({error.failure.code}): {error}"
                break
            except HttpError as error:
                why = f"Meta could not be reached: {error}. Send it again."
            else:
                until = self._clock.now() + HANDLE_LASTS
                return replace(
                    sample, state=ResumableState.UPLOADED, handle=handle, expires_at=until
                )
        return replace(sample, state=ResumableState.FAILED, failure=why)

    async def _begin(self, waba: Waba, sample: ResumableMedium) -> str:
        call = begin_sample_call(
            self._app_id,
            waba.access_token,
            sample.file_name,
            sample.size_bytes,
            sample.mime_type,
        )
        return read_id(await self._graph.ask(call))

    async def _give_from(self, waba: Waba, upload_id: str, offset: int, data: bytes) -> str:
        opened = self._graph.vault.open(waba.access_token)
        call = give_sample_call(upload_id, waba.access_token, opened, offset, data[offset:])
        return read_handle(await self._graph.ask(call))

    async def _offset(self, waba: Waba, upload_id: str) -> int:
        opened = self._graph.vault.open(waba.access_token)
        call: GraphCall = sample_offset_call(upload_id, waba.access_token, opened)
        return read_offset(await self._graph.ask(call))

    async def _forget(self, sample: ResumableMedium) -> None:
        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            await transaction.media.remove_resumable(sample.account_id, sample.resumable_media_id)
            return items

        if sample.object_key is None:
            await self._store.write(step, None)
            return
        digest = digest_in(sample.object_key)
        async with self._keeper.lock(sample.account_id, digest):
            await self._store.write(step, None)
            await self._keeper.let_go(sample.account_id, digest)

    async def _save(self, sample: ResumableMedium, entry: AuditEntry | None) -> None:
        """Keeps it; once it is uploaded or has failed its account is told in the same commit."""
        now = self._clock.now()

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[set[LaneKey]]:
            await transaction.media.save_resumable([sample])
            if entry is not None:
                await transaction.audit.append([entry])
            return [await self._tell(transaction, [sample], now)] * len(items)

        self._wake(await self._store.write(step, None))

    async def _tell(
        self, transaction: Transaction, samples: Sequence[ResumableMedium], now: datetime
    ) -> set[LaneKey]:
        """As a part of a step; the callback lanes that have work now."""
        events = [event_of(one, now) for one in samples if one.state is not ResumableState.PENDING]
        return await self._teller.publisher.publish(transaction, events, now)

    def _wake(self, lanes: set[LaneKey]) -> None:
        for lane in lanes:
            self._teller.wake(lane)

    def _entry(self, sample: ResumableMedium, actor: Actor) -> AuditEntry:
        act = ("sample.uploaded", sample.resumable_media_id)
        return Scribe(self._clock, self._entropy).entry(sample.account_id, actor, act)


def event_of(sample: ResumableMedium, now: datetime) -> SampleEvent:
    """What an account is told of a sample that was uploaded or has failed."""
    tail = sample.resumable_media_id.replace("-", "")[:TAIL].upper()
    return SampleEvent(
        account_id=sample.account_id,
        event_id=first_message_id(now) + tail,
        waba_id=sample.waba_id,
        resumable_media_id=sample.resumable_media_id,
        status=sample.state.value,
        file_name=sample.file_name,
        handle=sample.handle or "",
        occurred_at=now,
    )
