"""Calls of Meta's Graph API beside sending: templates, media, catalogues, numbers.

A token comes in sealed and is opened here, for the one call. Meta's refusals are raised with
Meta's own words; what the network does is raised as `runtime.http` says it.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from waypost.meta.events import read_error
from waypost.model.errors import MetaRefusedError
from waypost.runtime.http import AnswerLostError, HttpAnswer, HttpCall, HttpClient
from waypost.runtime.vault import Vault

JSON_TYPE = "application/json"
REFUSING = 400
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError)
"""What reading raises for a body that is not what was hoped for."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class GraphCall:
    """One call: `path` is below the version, without a slash at its front.

    token    of the WABA, sealed
    body     JSON for a mapping, or bytes as they are with their own `Content-Type` in headers
    headers  may hold an open token, and are never printed
    """

    method: str
    path: str
    token: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class GraphClient:
    """Meta's Graph API at one base URL and version."""

    http: HttpClient
    base_url: str
    version: str
    timeout_s: float
    vault: Vault

    async def ask(self, call: GraphCall) -> dict[str, Any]:
        """The decoded answer, an object.

        Raises MetaRefusedError with Meta's own words, VaultError, NeverLeftError, or
        AnswerLostError: then Meta may have done it.
        """
        return read_object(await self.answer(call))

    async def answer(self, call: GraphCall) -> HttpAnswer:
        """The answer as it came, for calls whose refusals say more than one thing.

        Raises VaultError, NeverLeftError or AnswerLostError.
        """
        url = f"{self.base_url}/{self.version}/{call.path}"
        if call.query:
            url += f"?{urlencode(call.query)}"
        headers = {"Authorization": f"Bearer {self.vault.open(call.token)}", **call.headers}
        body = call.body
        if body is not None and not isinstance(body, bytes):
            headers["Content-Type"] = JSON_TYPE
            body = _encode(body)
        return await self.http.request(HttpCall(call.method, url, headers, body), self.timeout_s)

    async def fetch(self, url: str, token: str, most_bytes: int) -> HttpAnswer:
        """What stands at an address that Meta gave, asked with a token; cut at `most_bytes`.

        The caller sees to it that the address is Meta's. Raises as `answer` does.
        """
        headers = {"Authorization": f"Bearer {self.vault.open(token)}"}
        call = HttpCall("GET", url, headers, most_bytes=most_bytes)
        return await self.http.request(call, self.timeout_s)

    async def pages(self, call: GraphCall) -> AsyncIterator[list[Any]]:
        """The `data` of each page of a list, following Meta's cursors (`reference` 7.1).

        Raises as `ask` does.
        """
        query = dict(call.query)
        while True:
            page = await self.ask(GraphCall(call.method, call.path, call.token, query))
            data = page.get("data")
            if not isinstance(data, list):  # nothing is no empty list: much hangs on the difference
                raise AnswerLostError("a page of a list has no `data`")
            yield data
            paging = page.get("paging")
            cursors = paging.get("cursors") if isinstance(paging, dict) else None
            after = cursors.get("after") if isinstance(cursors, dict) else None
            if not after or not isinstance(paging, dict) or not paging.get("next"):
                return
            query["after"] = str(after)


def read_object(answer: HttpAnswer) -> dict[str, Any]:
    """The object of an answer. Raises MetaRefusedError or AnswerLostError."""
    try:
        body = _decode(answer.body)
        if answer.status < REFUSING and isinstance(body, dict) and "error" not in body:
            return body
        error = body["error"]
        failure = read_error(error, answer.status)
        told = error.get("error_user_msg") or failure.detail or failure.title
    except (*UNREADABLE, AttributeError):
        raise AnswerLostError(f"HTTP {answer.status} without anything of Meta's") from None
    subcode = error.get("error_subcode")
    raise MetaRefusedError(
        str(told), failure, answer.status, subcode if isinstance(subcode, int) else None
    )
