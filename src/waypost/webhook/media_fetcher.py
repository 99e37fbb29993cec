"""Fetches media of inbound messages, and has their accounts told once they are here.

Meta keeps a received medium for seven days (`reference` 6): for so long it is asked for, with
growing gaps. Nobody waits so long to hear of the message: after the third attempt that failed it
is told all the same, and its medium follows under the same address.

The bytes stand first, then one commit says where they are and tells the account. A message is
told once: what was told already stands in the outbox. And it is told as it is kept then: an attempt
takes minutes, and meanwhile another process may have ended the work, or the message was erased.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from waypost.callback.publisher import Publisher
from waypost.meta.graph import GraphCall, GraphClient
from waypost.meta.inbound_media import ToldMedium, may_see_token, read_shown_medium, read_told
from waypost.meta.media import is_media_id
from waypost.model.errors import MetaRefusedError, StoreError
from waypost.model.inbound import InboundMedium, InboundMessage, MediaMark, MediaOwner, MediaState
from waypost.model.work import LaneKey, QueueItem
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.runtime.http import HttpError
from waypost.runtime.media_links import MediaLinks
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Key, Store, Transaction
from waypost.webhook.forwarder import event_of

MOST_BYTES = 100 * 1024 * 1024
"""What WhatsApp carries at most (`reference` 6)."""

META_KEEPS = timedelta(days=7)
FRESH = timedelta(minutes=4)
"""How old an address of a webhook may be that is still tried: Meta's are good for five minutes."""

GAPS_S = (10.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0)
"""After each attempt that failed; the last one for all further."""

TOLD_AFTER = 3
"""After so many attempts that failed the account is told, medium or not."""

MOST_ATTEMPTS = 60
"""Twice as many as fit into the time that Meta keeps it: the others ended a process or a lease."""

OK = 200

log = structlog.get_logger("waypost.webhook")


class ByteStore(Protocol):
    """Where bytes are kept, once for each account and content."""

    def lock(self, account_id: int, digest: bytes) -> AbstractAsyncContextManager[None]:
        """To be held around everything below."""
        ...

    async def put(self, account_id: int, digest: bytes, data: bytes) -> str:
        """Keeps bytes; their key. Raises StoreError."""
        ...

    async def make_sure(self, key: str, data: bytes) -> None:
        """Keeps bytes again that went after `put`."""
        ...

    async def let_go(self, account_id: int, digest: bytes) -> None:
        """Removes bytes that no row needs."""
        ...


class DueMedium(Struct, frozen=True):
    """A message whose medium is to be fetched."""

    message: InboundMessage
    owner: MediaOwner


class Settlement(Struct, frozen=True):
    """What one attempt came to.

    mark      what became of the medium; None: it is still on its way
    sid       whose the message is; empty: nobody is told
    again_at  when it is fetched again; None: never
    """

    lease: Lease
    message: InboundMessage | None
    mark: MediaMark | None = None
    sid: str = ""
    again_at: datetime | None = None


class Settled(Struct, frozen=True):
    """What recording an attempt came to.

    lanes    callback lanes that have work now
    was_due  whether the medium was still on its way; else another ended that, and nothing is told
    """

    lanes: frozenset[LaneKey] = frozenset()
    was_due: bool = True


class NotFetchedError(Exception):
    """A medium did not come; the text says why.

    is_final  another attempt would end alike
    """

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class MediaFetcher:
    """Handles the media queue.

    graph  its time-out is that of one download
    tell   wakes the callback lanes that have work
    """

    store: Store
    graph: GraphClient
    keeper: ByteStore
    links: MediaLinks
    clock: Clock
    publisher: Publisher
    tell: Callable[[LaneKey], None]

    async def handle(self, lease: Lease) -> datetime | None:
        """One attempt at one medium; when it is due again, if it is."""
        due: DueMedium | None = lease.cargo
        medium = None if due is None else due.message.medium
        if due is None or medium is None or not is_on_its_way(due.message):
            await self._settle(Settlement(lease, None))
            return None
        try:
            data, mime_type = await self._fetch(due.owner, due.message, medium, lease.attempt)
            fetched = replace(medium, media_type=mime_type, size=len(data))
            await self._keep(lease, due, fetched, data)
        except NotFetchedError as error:
            return await self._put_off(lease, due, medium, error)
        return None

    async def _fetch(
        self, owner: MediaOwner, message: InboundMessage, medium: InboundMedium, attempt: int
    ) -> tuple[bytes, str]:
        """The bytes, as Meta says they are, and their type. Raises NotFetchedError."""
        if attempt > MOST_ATTEMPTS:
            raise NotFetchedError("no attempt at it came to an end", is_final=True)
        if not owner.access_token:
            raise NotFetchedError("the number that received it is not known here any more")
        told = read_told(message.value)
        try:
            if attempt == 1 and self.clock.now() - message.received_at < FRESH:
                data = await self._try_told(owner, told)
                if data is not None:
                    return data, told.mime_type or medium.media_type
            shown = await self._ask(owner, medium)
            data = await self._download(owner, shown)
        except (MetaRefusedError, HttpError, VaultError) as error:
            raise NotFetchedError(str(error)) from error
        for digest in (told.digest, shown.digest):
            if digest is not None and digest != await _digest_of(data):
                raise NotFetchedError(
                    "its bytes are not those that Meta tells of: their SHA-256 differs",
                    is_final=attempt >= TOLD_AFTER,
                )
        return data, shown.mime_type or told.mime_type or medium.media_type

    async def _try_told(self, owner: MediaOwner, told: ToldMedium) -> bytes | None:
        """The bytes by the webhook's own address, if it is good and they can be proved."""
        if told.digest is None or not may_see_token(told.url, self.graph.base_url):
            return None
        try:
            data = await self._download(owner, told)
        except (NotFetchedError, HttpError):
            return None
        return data if await _digest_of(data) == told.digest else None

    async def _ask(self, owner: MediaOwner, medium: InboundMedium) -> ToldMedium:
        """What Meta's id stands for now."""
        if not is_media_id(medium.media_id):
            raise NotFetchedError("Meta's id of it cannot be one", is_final=True)
        query = {"phone_number_id": owner.phone_number_id}
        call = GraphCall("GET", medium.media_id, owner.access_token, query)
        shown = read_shown_medium(await self.graph.ask(call))
        if not may_see_token(shown.url, self.graph.base_url):
            raise NotFetchedError("Meta gave no address of its own for it")
        return shown

    async def _download(self, owner: MediaOwner, shown: ToldMedium) -> bytes:
        too_large = NotFetchedError("it is larger than 100 MB", is_final=True)
        if shown.size_bytes is not None and shown.size_bytes > MOST_BYTES:
            raise too_large
        answer = await self.graph.fetch(shown.url, owner.access_token, MOST_BYTES + 1)
        if answer.status != OK:
            raise NotFetchedError(f"Meta answered HTTP {answer.status} where its bytes should be")
        if len(answer.body) > MOST_BYTES:
            raise too_large
        if shown.size_bytes is not None and len(answer.body) != shown.size_bytes:
            raise NotFetchedError(
                f"{len(answer.body)} bytes came of the {shown.size_bytes} that Meta tells of"
            )
        return answer.body

    async def _keep(self, lease: Lease, due: DueMedium, medium: InboundMedium, data: bytes) -> None:
        """The bytes first, then the row; without the row the bytes go again.

        Raises NotFetchedError if the bytes cannot be kept.
        """
        account_id, message = lease.account_id, due.message
        digest = await _digest_of(data)
        async with self.keeper.lock(account_id, digest):
            try:
                key = await self.keeper.put(account_id, digest, data)
            except StoreError as error:
                raise NotFetchedError(f"its bytes were not kept: {error}") from error
            is_kept = False
            try:
                stored = replace(medium, state=MediaState.STORED, object_key=key)
                mark = MediaMark(account_id, message.inbound_id, stored)
                is_kept = await self._settle(Settlement(lease, message, mark, due.owner.sid))
            finally:
                if not is_kept:
                    await self.keeper.let_go(account_id, digest)
            if is_kept:
                await self.keeper.make_sure(key, data)

    async def _put_off(
        self, lease: Lease, due: DueMedium, medium: InboundMedium, error: NotFetchedError
    ) -> datetime | None:
        """Tries again later, or gives up."""
        message = due.message
        gap = timedelta(seconds=GAPS_S[min(lease.attempt, len(GAPS_S)) - 1])
        again_at: datetime | None = self.clock.now() + gap
        mark = None
        if error.is_final or self.clock.now() + gap > message.received_at + META_KEEPS:
            again_at = None
            failed = replace(medium, state=MediaState.FAILED, failure=f"{error}.")
            mark = MediaMark(lease.account_id, lease.item_id, failed)
        is_told = again_at is None or lease.attempt >= TOLD_AFTER
        log.warning(
            "inbound_medium.not_fetched",
            account_id=lease.account_id,
            inbound_id=lease.item_id,
            attempt=lease.attempt,
            is_given_up=again_at is None,
            why=str(error),
        )
        await self._settle(
            Settlement(lease, message, mark, due.owner.sid if is_told else "", again_at)
        )
        return again_at

    async def _settle(self, settlement: Settlement) -> bool:
        """Records it; whether the medium was still on its way."""
        settled = await self.store.write(self._record, settlement)
        for lane in settled.lanes:
            self.tell(lane)
        return settled.was_due

    async def _record(
        self, transaction: Transaction, settlements: Sequence[Settlement]
    ) -> Sequence[Settled]:
        """A step: media marked, accounts told, work finished or put back."""
        kept = await transaction.inbound.load(
            list(
                {
                    (one.message.account_id, one.message.inbound_id)
                    for one in settlements
                    if one.message is not None
                }
            )
        )
        due = {key: message for key, message in kept.items() if is_on_its_way(message)}
        await transaction.inbound.mark_media([one.mark for one in settlements if one.mark])
        told = [await self._publish(transaction, one, due) for one in settlements]
        await transaction.queue.finish(
            [
                (one.lease.account_id, one.lease.queue, one.lease.item_id, one.lease.token)
                for one in settlements
                if one.again_at is None
            ]
        )
        again: list[QueueItem] = [
            one.lease.item(one.again_at) for one in settlements if one.again_at is not None
        ]
        await transaction.queue.put_back(again)
        return told

    async def _publish(
        self, transaction: Transaction, settlement: Settlement, due: Mapping[Key, InboundMessage]
    ) -> Settled:
        """Tells the account, unless it was told.

        due  messages as they are kept whose media are still on their way
        """
        asked = settlement.message
        message = None if asked is None else due.get((asked.account_id, asked.inbound_id))
        if message is None:
            return Settled(was_due=False)
        if not settlement.sid:
            return Settled(was_due=True)
        if await transaction.callbacks.of_message(message.account_id, message.inbound_id):
            return Settled(was_due=True)
        now = self.clock.now()
        url = self.links.link(settlement.sid, message.inbound_id, now)
        lanes = await self.publisher.publish(transaction, [event_of(message, url)], now)
        return Settled(frozenset(lanes), was_due=True)


def is_on_its_way(message: InboundMessage) -> bool:
    """Whether a message has a medium that is still to be fetched."""
    return message.medium is not None and message.medium.state is MediaState.PENDING


async def load_media(transaction: Transaction, keys: Sequence[Key]) -> Mapping[Key, DueMedium]:
    """The cargo of the media queue."""
    messages = await transaction.inbound.load(keys)
    owners = await transaction.inbound.media_owners(list(messages))
    return {key: DueMedium(messages[key], owner) for key, owner in owners.items()}


async def _digest_of(data: bytes) -> bytes:
    """SHA-256, beside the loop: a large one takes a tenth of a second."""
    return await asyncio.to_thread(lambda: hashlib.sha256(data).digest())
