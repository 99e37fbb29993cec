"""An operator at the management API, with a gateway and an emulator in one process."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.asgi import Answered, call
from support.nouns import SENDER_ID, WABA_ID
from support.pair import Pair, running

OPERATOR = "the-operators-token"
ADDRESS = "203.0.113.77"


@dataclass
class Office:
    """Where the operator asks; `account` is the path of the pair's account."""

    pair: Pair

    @property
    def account(self) -> str:
        return f"/v1/admin/accounts/{self.pair.sid}"

    @property
    def waba(self) -> str:
        return f"{self.account}/wabas/{WABA_ID}"

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = OPERATOR,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One request of the operator; `body` is JSON, or bytes as they are."""
        given = {} if token is None else {"Authorization": f"Bearer {token}"}
        if body is not None:
            given["Content-Type"] = "application/json"
        raw = (
            b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        )
        return await call(
            self.pair.gateway.app,
            method,
            path,
            headers={**given, **(headers or {})},
            body=raw,
            client=ADDRESS,
        )

    async def done(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """What a request gave that must succeed."""
        answer = await self.ask(method, path, body, **more)
        assert answer.status < 300, answer.body
        return answer.json if answer.body else None

    async def refused(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The problem of a request that must not succeed."""
        answer = await self.ask(method, path, body, **more)
        assert answer.headers["content-type"] == "application/problem+json", answer.body
        problem = answer.json
        assert problem["status"] == answer.status
        assert problem["title"]
        assert problem["detail"]
        assert problem["next_step"]
        return problem

    async def customer(
        self,
        method: str,
        what: str,
        body: Any = None,
        *,
        of: str = WABA_ID,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One request of the customer, below the account's WABA or sender."""
        given = {"api-key": self.pair.key if key is None else key}
        if body is not None:
            given["Content-Type"] = "application/json"
        raw = (
            b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        )
        return await call(
            self.pair.gateway.app,
            method,
            f"/v2/{self.pair.sid}/whatsapp/{of}/{what}",
            headers={**given, **(headers or {})},
            body=raw,
        )

    async def acts(self) -> list[tuple[str, str, str]]:
        """Act, actor and address of what the audit log holds, the oldest first."""
        items = (await self.done("GET", "/v1/admin/audit?limit=500"))["items"]
        return [(one["act"], one["actor"], one["address"]) for one in reversed(items)]


def in_office(
    folder: Path, visit: Callable[[Office], Coroutine[Any, Any, Any]], **config: Any
) -> Any:
    """What a visit came to."""

    async def open_and_visit() -> Any:
        async with running(folder, **{"operator_token": OPERATOR, **config}) as pair:
            return await visit(Office(pair))

    return asyncio.run(open_and_visit())


def form(
    content: bytes,
    *,
    type_: str | None = None,
    file_name: str = "picture.png",
    part_type: str = "application/octet-stream",
) -> tuple[bytes, dict[str, str]]:
    """A multipart form with a file, as `curl --form` sends it; and its header."""
    lines = [
        b"--line",
        f'Content-Disposition: form-data; name="file"; filename="{file_name}"'.encode(),
        f"Content-Type: {part_type}".encode(),
        b"",
        content,
    ]
    if type_ is not None:
        lines += [b"--line", b'Content-Disposition: form-data; name="type"', b"", type_.encode()]
    body = b"\r\n".join([*lines, b"--line--", b""])
    return body, {"Content-Type": "multipart/form-data; boundary=line"}


SENDER = SENDER_ID
