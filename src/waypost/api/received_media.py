"""`GET /media/<SID>/<message>`: a received medium, at the address that its account was told.

The address is its own key: it is signed, and good for a time only. Bytes are read and sent a part
at a time, so that nobody's download holds a whole one in memory. What a browser could run is never
shown in place: everything but pictures, sound and moving pictures is a file to be saved.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs, quote

from waypost.api.asgi import Receive, Scope, Send, answer_with, drain, header
from waypost.api.problem import ProblemError, render_problem
from waypost.model.inbound import InboundMedium, MediaState
from waypost.runtime.clock import Clock
from waypost.runtime.media_links import LinkState, MediaLinks
from waypost.runtime.objects import ObjectMissingError, ObjectStoreError
from waypost.store.ports import Store

PART_BYTES = 4 * 1024 * 1024
RETRY_S = 60.0
"""When to ask again for a medium that is on its way."""

READING = ("GET", "HEAD")
MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}")
SHOWN = re.compile(r"image/(jpeg|png|webp|gif)|(audio|video)/[a-z0-9.+-]+")
"""Types that may be shown in place."""

UNKNOWN_TYPE = "application/octet-stream"
UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|%]')
LONGEST_NAME = 150
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


class Bytes(Protocol):
    """Where the bytes are."""

    async def read(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to, and without, `end`. Raises ObjectStoreError."""
        ...


@dataclass(frozen=True, slots=True)
class ReceivedMedia:
    """An ASGI application of one address."""

    store: Store
    objects: Bytes
    links: MediaLinks
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        method = scope["method"]
        try:
            medium, key = await self._find(scope)
            await self._send(scope, send, medium, key)
        except ProblemError as problem:
            allow = ((b"allow", b"GET, HEAD"),) if problem.code == "wrong_method" else ()
            answer = render_problem(problem, *allow, (b"cache-control", b"no-store"))
            await answer_with(send, answer, has_body=method != "HEAD")
        await drain(scope, receive)

    async def _find(self, scope: Scope) -> tuple[InboundMedium, str]:
        """The medium, and the key of its bytes. Raises ProblemError."""
        if scope["method"] not in READING:
            raise ProblemError("wrong_method", "A medium is read with GET or HEAD.")
        match scope["path"].split("/"):
            case ["", _, sid, inbound_id]:
                pass
            case _:
                raise ProblemError("unknown_address", "No medium has such an address.")
        self._check(scope, sid, inbound_id)
        account = await self.store.read(lambda t: t.directory.account_by_sid(sid))
        if account is None:
            raise ProblemError("medium_gone", "The account of this medium is gone.")
        owned = (account.account_id, inbound_id)
        found = (await self.store.read(lambda t: t.inbound.load([owned]))).get(owned)
        medium = None if found is None else found.medium
        if medium is None:
            raise ProblemError("medium_gone", "The message of this medium is kept no longer.")
        if medium.state is MediaState.PENDING:
            raise ProblemError(
                "medium_on_its_way", "Meta has not given this medium yet.", (), RETRY_S
            )
        if medium.state is MediaState.FAILED:
            why = medium.failure or "why is not known any more."
            raise ProblemError("medium_gone", f"This medium did not come from Meta: {why}")
        if medium.object_key is None:
            raise ProblemError("medium_gone", "The bytes of this medium were erased.")
        return medium, medium.object_key

    def _check(self, scope: Scope, sid: str, inbound_id: str) -> None:
        """Raises ProblemError for an address that is not ours, or not any more."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        told = (query.get("expires", [""])[0], query.get("signature", [""])[0])
        match self.links.check(sid, inbound_id, told, self.clock.now()):
            case LinkState.WRONG:
                raise ProblemError("link_wrong", "The signature of this address is not ours.")
            case LinkState.EXPIRED:
                raise ProblemError("link_expired", "The time of this address is over.")

    async def _send(self, scope: Scope, send: Send, medium: InboundMedium, key: str) -> None:
        """The bytes that are asked for, or what HEAD wants to know. Raises ProblemError."""
        size = medium.size or 0
        start, end = range_of(header(scope, b"range"), size)
        is_part, has_body = (start, end) != (0, size), scope["method"] != "HEAD"
        # The first bytes are read before anything is promised.
        part = await self._read(key, start, min(end, start + PART_BYTES)) if has_body else b""
        headers = {**headers_of(medium), "content-length": str(end - start)}
        if is_part:
            headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        status = HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK
        await send(
            {
                "type": "http.response.start",
                "status": int(status),
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        place = start + len(part)
        while has_body and place < end:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            part = await self.objects.read(key, place, min(end, place + PART_BYTES))
            place += len(part)
        await send({"type": "http.response.body", "body": part})

    async def _read(self, key: str, start: int, end: int) -> bytes:
        """Raises ProblemError."""
        if start == end:
            return b""
        try:
            return await self.objects.read(key, start, end)
        except ObjectMissingError as error:
            raise ProblemError("medium_gone", "The bytes of this medium are gone.") from error
        except ObjectStoreError as error:
            raise ProblemError("store_failed", str(error), (), RETRY_S) from error


def headers_of(medium: InboundMedium) -> Mapping[str, str]:
    """What is said of a medium beside its bytes."""
    told = medium.media_type.partition(";")[0].strip().lower()
    mime_type = told if MIME_TYPE.fullmatch(told) else UNKNOWN_TYPE
    how = "inline" if SHOWN.fullmatch(mime_type) else "attachment"
    return {
        "content-type": mime_type,
        "content-disposition": f"{how}{named(medium.name)}",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, max-age=3600",
        "accept-ranges": "bytes",
    }


def named(name: str) -> str:
    """A file's name as a parameter of Content-Disposition (RFC 6266); empty without one."""
    safe = UNSAFE.sub("_", name).strip(" .")[:LONGEST_NAME]
    if not safe:
        return ""
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    exact = quote(safe, safe="", errors="replace")
    return f"; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def range_of(asked: str | None, size: int) -> tuple[int, int]:
    """Where the bytes that are asked for begin and end; all of them for what is no single range.

    Raises ProblemError for a range behind the end.
    """
    found = RANGE.fullmatch(asked.strip()) if asked else None
    if found is None or not (found[1] or found[2]):
        return 0, size
    if found[1]:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    else:  # so many of the last bytes
        start, end = max(0, size - int(found[2])), size
    if start >= size:
        raise ProblemError("range_wrong", f"This medium has {size} bytes.")
    return (start, end) if start < end else (0, size)
