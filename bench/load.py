"""The load generator: a process of its own, keep-alive connections, prebuilt bytes.

Closed loop: every connection posts, waits for the answer, posts again. Run as
`python -m bench.load` with a Plan as JSON on its input; it prints a Report as JSON.
"""

import asyncio
import sys
import time
from array import array
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import cast

import msgspec
import uvloop
from bench.request import PLACE

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
CHUNKED = b"transfer-encoding: chunked"
LAST_CHUNK = b"0\r\n\r\n"
LENGTH_BYTES = 4
TOLERATED_S = 0.1
"""How far behind its rate the load may fall and still catch up."""


class Plan(msgspec.Struct):
    """What to send where, for how long.

    first   the national digits of the first recipient; the others count up from it
    status  the answer that counts as a success
    rate    requests per second to keep to; 0: as many as are answered
    paths   in place of `path`, one after the other
    prebuilt  a file of whole requests in place of all that; it ends with the last of them
    """

    port: int
    path: str
    headers: dict[str, str]
    body: str
    seconds: float
    first: int
    status: int = 202
    connections: int = 64
    rate: float = 0.0
    paths: list[str] = []
    prebuilt: str = ""


class Report(msgspec.Struct):
    """What came of it; instants in seconds of the machine's clock of day."""

    requests: int
    errors: int
    seconds: float
    rate: float
    p50_ms: float
    p99_ms: float
    started_at: float
    cpu_us: float
    first_error: str = ""


class Load:
    """What the connections share."""

    def __init__(self, plan: Plan) -> None:
        body = plan.body.encode()
        lines = [f"host: 127.0.0.1:{plan.port}"]
        lines += [f"{name}: {value}" for name, value in plan.headers.items()]
        lines += ["content-type: application/json", f"content-length: {len(body)}", "", ""]
        whole = "\r\n".join(lines).encode() + body
        before, self._after = (whole, b"") if plan.prebuilt else whole.split(PLACE)
        self._befores = cycle(
            f"POST {path} HTTP/1.1\r\n".encode() + before for path in plan.paths or [plan.path]
        )
        self._number = plan.first
        self._prebuilt = read_prebuilt(Path(plan.prebuilt)) if plan.prebuilt else None
        self._gap_s = 1 / plan.rate if plan.rate else 0.0
        self._turn_at = 0.0
        self.success = f"HTTP/1.1 {plan.status} ".encode()
        self.latencies = array("d")
        self.errors = 0
        self.first_error = ""
        self.ends_at = 0.0
        self.open = 0
        self.done = asyncio.Event()

    def next(self) -> bytes | None:
        """The next request; None after the last."""
        if self._prebuilt is not None:
            return next(self._prebuilt, None)
        self._number += 1
        return b"%b%d%b" % (next(self._befores), self._number, self._after)

    def wait_s(self, now: float) -> float:
        """How long whoever wants to ask now must wait for its turn."""
        if not self._gap_s:
            return 0.0
        self._turn_at = max(self._turn_at, now - TOLERATED_S) + self._gap_s
        return self._turn_at - now

    def closed(self) -> None:
        """A connection has ended."""
        self.open -= 1
        if not self.open:
            self.done.set()


class Connection(asyncio.Protocol):
    """One customer that is never tired."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport
        self._kept = b""
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._load.open += 1

    def ask(self) -> None:
        """Post once, or leave when the time is over."""
        now = time.perf_counter()
        if now >= self._load.ends_at:
            self._transport.close()
            return
        self._asked_at = now
        following = self._load.next()
        if following is None:
            self._load.ends_at = 0.0
            self._transport.close()
            return
        self._transport.write(following)

    def data_received(self, data: bytes) -> None:
        """Take the answer when it is whole."""
        if self._kept:
            data = self._kept + data
        if not is_whole(data):
            self._kept = data
            return
        self._kept = b""
        load = self._load
        now = time.perf_counter()
        load.latencies.append(now - self._asked_at)
        if not data.startswith(load.success):
            load.errors += 1
            load.first_error = load.first_error or data.decode(errors="replace")
        wait_s = load.wait_s(now)
        if wait_s > 0:
            asyncio.get_running_loop().call_later(wait_s, self.ask)
        else:
            self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a connection that the server closed is an error."""
        if exc is not None or time.perf_counter() < self._load.ends_at:
            self._load.errors += 1
            self._load.first_error = self._load.first_error or f"connection lost: {exc}"
        self._load.closed()


def read_prebuilt(path: Path) -> Iterator[bytes]:
    """The requests of a file, each behind its length; read as a whole before anything is sent."""
    raw, place = path.read_bytes(), 0
    requests = []
    while place < len(raw):
        length = int.from_bytes(raw[place : place + LENGTH_BYTES], "big")
        place += LENGTH_BYTES
        requests.append(raw[place : place + length])
        place += length
    return iter(requests)


def is_whole(data: bytes) -> bool:
    head = data.find(HEAD_END)
    if head < 0:
        return False
    start = data.find(LENGTH, 0, head + 2)
    if start < 0:
        return data.endswith(LAST_CHUNK) if CHUNKED in data[: head + 2] else True
    length = int(data[start + len(LENGTH) : data.find(b"\r", start)])
    return len(data) - head - len(HEAD_END) >= length


async def run(plan: Plan) -> Report:
    load = Load(plan)
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: Connection(load), "127.0.0.1", plan.port))[1]
        for _ in range(plan.connections)
    ]
    started_at, started = time.time(), time.perf_counter()
    load.ends_at = started + plan.seconds
    for connection in connections:
        connection.ask()
    await load.done.wait()
    seconds = time.perf_counter() - started
    ordered = sorted(load.latencies)
    count = len(ordered)
    return Report(
        requests=count,
        errors=load.errors,
        seconds=seconds,
        rate=count / seconds,
        p50_ms=ordered[count // 2] * 1000 if count else 0.0,
        p99_ms=ordered[count * 99 // 100] * 1000 if count else 0.0,
        started_at=started_at,
        cpu_us=time.process_time() / max(count, 1) * 1e6,
        first_error=load.first_error[:500],
    )


if __name__ == "__main__":
    report = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
    sys.stdout.buffer.write(msgspec.json.encode(report))
