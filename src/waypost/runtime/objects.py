"""Bytes by key: files below a folder, or objects of a bucket that speaks S3.

Law: `put` returns when the bytes are safe, and whoever reads finds all of them or nothing. In a
folder the file is written beside its place, moved into it and flushed, with its folder; a bucket
takes an object whole or not at all. What fails is said in words, with what to do.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from waypost.runtime.config import ConfigError

if TYPE_CHECKING:
    from obstore.store import S3Config

Done = TypeVar("Done")

RETRIES = 3
RETRY_S = 30.0
"""A bucket that does not answer is asked again so often, for at most so long."""


class ObjectStoreError(Exception):
    """Bytes could not be kept, read or removed; the text says why and what to do."""


class ObjectMissingError(ObjectStoreError):
    """There are no bytes under this key."""


class ObjectStore(Protocol):
    """Bytes by key; a key is made of words with slashes between them."""

    async def put(self, key: str, data: bytes) -> None:
        """Keeps the bytes, in place of what was there. Raises ObjectStoreError."""
        ...

    async def get(self, key: str) -> bytes:
        """The bytes. Raises ObjectMissingError or ObjectStoreError."""
        ...

    async def read(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to, and without, `end`. Raises as `get` does."""
        ...

    async def has(self, key: str) -> bool:
        """Whether there are bytes under this key. Raises ObjectStoreError."""
        ...

    async def delete(self, key: str) -> None:
        """Removes the bytes, if they are there. Raises ObjectStoreError."""
        ...


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is; empty text where the service's own rule is to hold.

    endpoint    the address of an S3-compatible service; empty: Amazon's, by region
    access_key, secret_key
                empty: found as Amazon's own tools find them, in the environment or the machine's
                role; the second is never printed
    """

    name: str
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)


def open_objects(folder: Path, bucket: Bucket) -> ObjectStore:
    """The bucket, if one is named; else the folder, made when the first bytes come.

    Raises ConfigError for one key of a bucket without the other.
    """
    if bool(bucket.access_key) != bool(bucket.secret_key):
        raise ConfigError(
            ("media_access_key and media_secret_key belong together: set both, or neither",)
        )
    return BucketObjects(bucket) if bucket.name else FolderObjects(folder)


class FolderObjects:
    """`ObjectStore` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, data: bytes) -> None:
        """See `ObjectStore.put`."""

        def write() -> None:
            obstore.put(self._opened(), key, data, use_multipart=False)
            _flush(self._folder / key)
            _flush((self._folder / key).parent)
            _flush(self._folder)

        await _do("kept", f"in {self._folder}", "Make room there, and let it be written.", write)

    async def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""

        def read() -> bytes:
            return bytes(obstore.get(self._opened(), key).bytes())

        return await _do("read", f"from {self._folder}", "See that its files may be read.", read)

    async def read(self, key: str, start: int, end: int) -> bytes:
        """See `ObjectStore.read`."""

        def read() -> bytes:
            return bytes(obstore.get_range(self._opened(), key, start=start, end=end))

        return await _do("read", f"from {self._folder}", "See that its files may be read.", read)

    async def has(self, key: str) -> bool:
        """See `ObjectStore.has`."""
        return await asyncio.to_thread((self._folder / key).is_file)

    async def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        try:
            await _do(
                "removed",
                f"from {self._folder}",
                "See that it may be written to.",
                lambda: obstore.delete(self._opened(), key),
            )
        except ObjectMissingError:
            return

    def _opened(self) -> LocalStore:
        return LocalStore(self._folder, mkdir=True)


class BucketObjects:
    """`ObjectStore` in a bucket. One that is named by an endpoint of its own is asked by path."""

    def __init__(self, bucket: Bucket) -> None:
        self._name = bucket.name
        self._advice = "See that media_bucket and its endpoint, region and keys are right."
        config: S3Config = {"virtual_hosted_style_request": not bucket.endpoint}
        if bucket.endpoint:
            config["endpoint"] = bucket.endpoint
        if bucket.region:
            config["region"] = bucket.region
        if bucket.access_key:
            config["access_key_id"] = bucket.access_key
            config["secret_access_key"] = bucket.secret_key
        self._store = S3Store(
            bucket.name,
            config=config,
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "timeout": timedelta(seconds=RETRY_S),
            },
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=RETRY_S),
            },
        )

    async def put(self, key: str, data: bytes) -> None:
        """See `ObjectStore.put`."""
        await self._do("kept", lambda: obstore.put(self._store, key, data))

    async def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        return await self._do("read", lambda: bytes(obstore.get(self._store, key).bytes()))

    async def read(self, key: str, start: int, end: int) -> bytes:
        """See `ObjectStore.read`."""
        return await self._do(
            "read", lambda: bytes(obstore.get_range(self._store, key, start=start, end=end))
        )

    async def has(self, key: str) -> bool:
        """See `ObjectStore.has`."""
        try:
            await self._do("looked for", lambda: obstore.head(self._store, key))
        except ObjectMissingError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        try:
            await self._do("removed", lambda: obstore.delete(self._store, key))
        except ObjectMissingError:
            return

    async def _do(self, what: str, work: Callable[[], Done]) -> Done:
        return await _do(what, f"in the bucket {self._name}", self._advice, work)


async def _do(what: str, where: str, advice: str, work: Callable[[], Done]) -> Done:
    """Does the work on a thread of its own.

    Not by the library's coroutines: a native thread of theirs calls back, and a process that
    ends in that moment is aborted.
    """
    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError as error:
        raise ObjectMissingError(f"There are no such bytes {where}.") from error
    except (BaseError, OSError, ValueError) as error:
        # The library's debug view follows after a blank line; it says nothing more to a person.
        why = str(error).partition("\n\n")[0].strip().rstrip(".")
        raise ObjectStoreError(f"Bytes were not {what} {where}: {why}. {advice}") from error


def _flush(path: Path) -> None:
    """Lets the disk have what the system still holds of a file, or of a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
