"""The bytes of media: kept once for each account and content, for as long as anything needs them.

A key is `<account id>/<SHA-256 in hexadecimal digits>`. Whoever puts bytes or takes away what
needs them holds the lock of their key meanwhile, so that nobody's bytes go as another's come.
"""

import asyncio
import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import structlog

from waypost.directory.scribe import write_alone
from waypost.model.errors import StoreError
from waypost.runtime.objects import ObjectStore, ObjectStoreError
from waypost.store.ports import Store

AT_ONCE = 4
"""How many media are on their way to Meta at a time: each is in memory several times over."""

log = structlog.get_logger("waypost.directory")


class Locks:
    """One lock for each key, for as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: Hashable) -> asyncio.Lock:
        """The key's lock."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


@dataclass(frozen=True, slots=True)
class ByteKeeper:
    """Keeps, gives and lets go of the bytes of media.

    places  to be held while bytes are given to Meta
    """

    store: Store
    objects: ObjectStore
    locks: Locks = field(default_factory=Locks)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def lock(self, account_id: int, digest: bytes) -> asyncio.Lock:
        """To be held around everything below, and the rows beside it."""
        return self.locks.of((account_id, digest))

    async def put(self, account_id: int, digest: bytes, data: bytes) -> str:
        """Keeps bytes; their key. Raises StoreError: then nothing was kept."""
        key = key_of(account_id, digest)
        try:
            await self.objects.put(key, data)
        except ObjectStoreError as error:
            raise StoreError(str(error)) from error
        return key

    async def make_sure(self, key: str, data: bytes) -> None:
        """Keeps bytes again that went after `put`.

        Locks are of one process: an operator's command beside the gateway may let go of the same
        content, before the row that needs it was there to see.
        """
        try:
            if not await self.objects.has(key):
                await self.objects.put(key, data)
        except ObjectStoreError as error:
            log.warning("medium.bytes_missing", key=key, error=str(error))

    async def get(self, key: str, digest: bytes) -> bytes:
        """Bytes as they were put. Raises StoreError if they are gone or damaged."""
        try:
            data = await self.objects.get(key)
        except ObjectStoreError as error:
            raise StoreError(str(error)) from error
        if await digest_of(data) != digest:
            raise StoreError(f"The bytes under {key} are damaged; the medium is to be sent again.")
        return data

    async def let_go(self, account_id: int, digest: bytes) -> None:
        """Removes bytes that no row needs any more; what cannot be removed is logged and stays.

        It is asked behind all that was handed to the writer: whoever broke off while a row was
        being kept does not know that it will be.
        """
        key = key_of(account_id, digest)
        try:
            if not await write_alone(
                self.store,
                lambda transaction: transaction.media.needs_object(account_id, digest, key),
            ):
                await self.objects.delete(key)
        except (ObjectStoreError, StoreError) as error:
            log.warning("medium.bytes_left", key=key, error=str(error))

    async def forget(self, key: str) -> None:
        """Removes the bytes under a key whose row went, if no other row needs them."""
        account_id, digest = int(key.partition("/")[0]), digest_in(key)
        async with self.lock(account_id, digest):
            await self.let_go(account_id, digest)


def key_of(account_id: int, digest: bytes) -> str:
    """The key of bytes."""
    return f"{account_id}/{digest.hex()}"


def digest_in(key: str) -> bytes:
    """The digest that a key names."""
    return bytes.fromhex(key.rpartition("/")[2])


async def digest_of(data: bytes) -> bytes:
    """SHA-256, beside the loop: a large document takes a tenth of a second."""
    return await asyncio.to_thread(lambda: hashlib.sha256(data).digest())
