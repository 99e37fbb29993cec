"""A Graph API that answers as a test says, one call after the other: for what goes wrong there."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.nouns import VAULT
from waypost.meta.graph import GraphClient
from waypost.runtime.http import HttpAnswer, HttpCall, NeverLeftError

LISTED = {
    "id": "77",
    "name": "order_update",
    "language": "en_US",
    "category": "UTILITY",
    "status": "APPROVED",
    "parameter_format": "POSITIONAL",
    "components": [{"type": "BODY", "text": "Hello {{1}}"}],
}
EXPIRED = {"message": "The session has expired", "type": "OAuthException", "code": 190}


@dataclass
class ScriptedMeta:
    """`waypost.runtime.http.HttpClient`; lists `listed` unless an answer is scripted.

    answers  what the next calls come to: an HttpAnswer, or an error that is raised
    holding  while set, calls wait
    meanwhile  called once, during the next call
    """

    listed: list[Any] = field(default_factory=lambda: [LISTED])
    answers: list[HttpAnswer | Exception] = field(default_factory=list)
    calls: list[HttpCall] = field(default_factory=list)
    holding: asyncio.Event | None = None
    meanwhile: Callable[[], Any] | None = None
    page: int = 100

    async def post(self, *_: Any) -> HttpAnswer:
        raise NotImplementedError

    async def get(self, *_: Any) -> HttpAnswer:
        raise NotImplementedError

    async def request(self, call: HttpCall, timeout_s: float) -> HttpAnswer:
        assert timeout_s > 0
        self.calls.append(call)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.holding is not None:
            await self.holding.wait()
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self._list(call)

    def _list(self, call: HttpCall) -> HttpAnswer:
        query = parse_qs(urlsplit(call.url).query)
        start = int(query.get("after", ["0"])[0])
        end = start + self.page
        paging: dict[str, Any] = {"cursors": {"after": str(end)}}
        if end < len(self.listed):
            paging["next"] = "https://graph.example/next"
        return answered({"data": self.listed[start:end], "paging": paging})


def answered(body: Any, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {}, json.dumps(body).encode())


def refused(error: Any, status: int = 400) -> HttpAnswer:
    return answered({"error": error}, status)


def away() -> NeverLeftError:
    return NeverLeftError("connection refused")


def graph_of(meta: ScriptedMeta) -> GraphClient:
    return GraphClient(meta, "http://meta", "v25.0", 30, VAULT)
