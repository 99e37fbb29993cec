"""A gateway and an emulator as processes, an account between them, and what both know at the end.

Everything is at free ports and in a folder of its own; whatever was started is killed when the
block of `house` ends, however it ends.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

from support.emulator_process import COMMAND, SOURCES
from support.kept import Kept, kept_in
from support.operating import operate
from support.tcp_proxy import Proxy
from waypost.assembly import OperatorTools
from waypost.directory.changes import NewAccount
from waypost.model.account import AccountKind, CheckMode
from waypost.model.sender import Sender

HOST = "127.0.0.1"
TOKEN, SECRET, VERIFY = "the-token", "the-app-secret", "the-verify-token"
SERVE = [sys.executable, "-m", "waypost", "serve"]
START_S = 60.0
PRICE = 100
"""Of one message, in minor units: 0.0100."""
RICH = 10**12


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], bool], what: str, limit_s: float = 30.0, gap_s: float = 0.05) -> None:
    """Returns once it is so. Raises AssertionError after limit_s."""
    end = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end, f"after {limit_s:.0f} s still not: {what}"
        time.sleep(gap_s)


def ask(port: int, method: str, path: str, body: Any = None) -> Any:
    """One request on a connection of its own; the decoded answer."""
    raw = None if body is None else json.dumps(body).encode()
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request(method, path, raw, {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


class Program:
    """A program that serves HTTP at a fixed port; it can be started again after it ended."""

    def __init__(self, command: list[str], port: int, live: str, log: Path) -> None:
        self.port = port
        self.log = log
        self.environment: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._live = live

    def launch(self) -> subprocess.Popen[bytes]:
        """The process, started; it may not answer yet."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("WAYPOST_")
        }
        environment |= {"PYTHONPATH": SOURCES, **self.environment}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.log.parent,
            )
        return self.process

    def start(self) -> None:
        """Starts it; returns when it answers."""
        process = self.launch()

        def answers() -> bool:
            assert process.poll() is None, self.log.read_text()
            try:
                ask(self.port, "GET", self._live)
            except (OSError, HTTPException):
                return False
            return True

        until(answers, "the program answers", START_S, 0.01)

    def signal(self, number: signal.Signals) -> None:
        """Any signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def health(self) -> Any:
        """What `/health/ready` tells."""
        return ask(self.port, "GET", "/health/ready")

    def kill(self) -> None:
        """SIGKILL: it gets no chance to tidy up."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def terminate(self, within_s: float = 30.0) -> int:
        """SIGTERM; its exit code. Raises TimeoutExpired if it does not end in time."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None


class Emulator(Program):
    """The emulated Cloud API."""

    def __init__(self, folder: Path, webhook_port: int, options: tuple[str, ...]) -> None:
        self.ready_file = folder / "emulator.json"
        port = free_port()
        settings = {
            "--port": str(port),
            "--webhook-url": f"http://{HOST}:{webhook_port}/webhooks/meta",
            "--webhook-retry-cap": "0.5",
            "--ready-file": str(self.ready_file),
            "--access-token": TOKEN,
            "--app-secret": SECRET,
            "--verify-token": VERIFY,
        }
        given = [word for pair in settings.items() for word in pair]
        limits = () if "--limits" in options else ("--limits", "none")
        command = [*COMMAND, *given, *limits, *options]
        super().__init__(command, port, "/_emulator/health", folder / "emulator.log")

    def start(self) -> None:
        """Starts it; returns when it answers and has said so."""
        self.ready_file.unlink(missing_ok=True)
        super().start()
        until(self.ready_file.exists, "the emulator has written its ready file", START_S, 0.01)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def faults(self, **faults: Any) -> None:
        """What it does wrong from now on."""
        assert "data" in ask(self.port, "POST", "/_emulator/faults", faults)

    def hears(self, text: str = "hello") -> None:
        """Somebody writes to the number: a webhook about it goes out."""
        said = {"from": "+919876500000", "text": text}
        assert "data" in ask(self.port, "POST", "/_emulator/inbound", said)

    def messages(self) -> list[dict[str, Any]]:
        """Every message it took."""
        return self._all("messages")

    def counts(self) -> dict[str, int]:
        """How many messages, refusals and callbacks there were, and POSTs of webhooks."""
        (found,) = ask(self.port, "GET", "/_emulator/counts")["data"]
        return dict(found)

    def has(self, message_id: str) -> bool:
        """Whether a message is among the latest that it took."""
        after = max(0, self.counts()["messages"] - 500)
        page = ask(self.port, "GET", f"/_emulator/messages?after={after}&limit=2000")["data"]
        return any(one["biz_opaque_callback_data"] == message_id for one in page)

    def taken(self) -> Counter[str]:
        """How often it took each of our message ids."""
        return Counter(message["biz_opaque_callback_data"] for message in self.messages())

    def callbacks(self) -> list[dict[str, Any]]:
        """Every callback that came to its inbox."""
        return self._all("callbacks")

    def _all(self, what: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["position"] if found else 0
            page = ask(self.port, "GET", f"/_emulator/{what}?after={after}&limit=2000")["data"]
            if not page:
                return found
            found += page


@dataclass
class Answered:
    """An answer of the gateway."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def message_id(self) -> str:
        assert self.status == 202, self.body
        return str(self.json["data"]["message_id"])


@dataclass
class Customer:
    """A customer's kept-open connection to the gateway."""

    port: int
    path: str
    key: str
    timeout_s: float = 30.0
    _connection: HTTPConnection | None = field(default=None, repr=False)

    def post(self, body: bytes, **headers: str) -> Answered:
        """One request. Raises OSError or HTTPException when the connection fails."""
        given = {"api-key": self.key, "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", self.path, body, given)

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answered:
        """Any request; an iterable body goes out in chunks."""
        if self._connection is None:
            self._connection = HTTPConnection(HOST, self.port, timeout=self.timeout_s)
        try:
            self._connection.request(
                method, path, body, headers or {}, encode_chunked=not isinstance(body, bytes)
            )
            response = self._connection.getresponse()
            answered = Answered(response.status, _lower(response.getheaders()), response.read())
        except (OSError, HTTPException):
            self.close()
            raise
        if response.will_close:
            self.close()
        return answered

    @property
    def connection(self) -> HTTPConnection | None:
        """The connection of the last request, if it is still open."""
        return self._connection

    def send(self, ref: str, to: str = "+919812345678", **headers: str) -> Answered:
        """A text message with this reference."""
        return self.post(text_body(ref, to), **headers)

    def close(self) -> None:
        """Ends the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lower(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def text_body(ref: str, to: str = "+919812345678") -> bytes:
    """A text message as a customer would write it."""
    return json.dumps(
        {
            "messaging_object": {
                "messaging_product": "whatsapp",
                "to": to,
                "type": "text",
                "text": {"body": f"Your order {ref} is on its way."},
            },
            "extra_info": {"ref": ref},
        }
    ).encode()


@dataclass
class House:
    """All that runs, and where to look.

    gateways  the processes of the gateway by name: `gateway` if it is one, else their roles with
              a number behind the second of a kind (`dispatch`, `dispatch2`)
    is_over   set once nothing of it runs: whoever still tries to reach it gives up, for its ports
              are soon somebody else's
    """

    gateways: dict[str, Program]
    emulator: Emulator
    kept: Kept
    folder: Path
    path: str
    key: str
    sid: str
    facts: dict[str, str]
    is_over: threading.Event

    @property
    def gateway(self) -> Program:
        """The process that customers speak to."""
        return next(iter(self.gateways.values()))

    def customer(self, timeout_s: float = 30.0) -> Customer:
        """A new connection of the account."""
        return Customer(self.gateway.port, self.path, self.key, timeout_s)

    def settle(self, limit_s: float = 60.0) -> None:
        """Returns when every message has come to its end and no work waits."""

        def is_over() -> bool:
            return self.kept.is_idle() and not set(self.kept.states()) - FINAL

        until(is_over, "all messages are final and the queue is empty", limit_s, 0.05)

    def log(self) -> str:
        """What the gateway has logged."""
        return "".join(one.log.read_text() for one in self.gateways.values())


FINAL = {"read", "failed", "not_sent"}
QUICK = ("--status-delays", "sent=100,delivered=200,read=300")
RATES = ("--limits", "throughput,pair,templates")
"""The emulator keeps Meta's rates."""
ALL = ("all",)
DATABASE_URL: ContextVar[str] = ContextVar("DATABASE_URL", default="")
"""The PostgreSQL that houses use unless they are told another; empty: SQLite."""


@contextmanager
def house(
    folder: Path,
    *options: str,
    money: int = RICH,
    data: Path | None = None,
    roles: Sequence[str] = ALL,
    throughput: int = 1000,
    command: Sequence[str] = SERVE,
    meta: Proxy | None = None,
    environment: Mapping[str, str] | None = None,
    **settings: Any,
) -> Iterator[House]:
    """An emulator with these options, and a gateway with these settings on it.

    money       what the account has, in minor units
    data        the data directory, if it is not in `folder`
    roles       the role of each process; customers speak to the first
    throughput  messages a second of the account's sender
    command     what starts a process of the gateway
    meta        a proxy that is to stand before the emulator
    environment variables of every process beside its settings
    settings    of every process; `database_url` where proxies stand before the database: what is
                kept is read past them
    """
    data = data or folder / "data"
    kept = kept_in(data, DATABASE_URL.get())
    url = DATABASE_URL.get()
    names = list(_names(roles))
    of_webhooks = next(place for place, role in enumerate(roles) if role == "all" or "web" in role)
    ports = [free_port() for _ in roles]
    emulator = Emulator(folder, ports[of_webhooks], options or QUICK)
    if meta is not None:
        meta.lead_to(emulator.port)
    given = {
        "data_dir": data,
        "meta_base_url": emulator.url if meta is None else meta.url,
        "meta_app_secret": SECRET,
        "meta_verify_token": VERIFY,
        "callback_private_addresses": "true",
        "pair_gap_s": 6 if "--limits" in options else 0,  # most write to one recipient
        "log_format": "json",
        **({"database_url": url} if url else {}),
        **settings,
    }
    gateways = {}
    for name, role, port in zip(names, roles, ports, strict=True):
        program = Program([*command], port, "/health/live", folder / f"{name}.log")
        own = {**given, "port": port, **({} if role == "all" else {"role": role})}
        program.environment = {f"WAYPOST_{key.upper()}": str(value) for key, value in own.items()}
        program.environment |= environment or {}
        gateways[name] = program
    is_over = threading.Event()
    try:
        emulator.start()
        facts = json.loads(emulator.ready_file.read_text())
        known = {**kept.settings(), "meta_base_url": emulator.url}
        sid, key = operate(known, lambda tools: _open(tools, emulator, facts, (money, throughput)))
        for program in gateways.values():
            program.start()
        sender = facts["display_phone_number"]
        path = f"/v2/{sid}/whatsapp/{sender}/messages"
        yield House(gateways, emulator, kept, folder, path, key, sid, facts, is_over)
    finally:
        is_over.set()
        for program in gateways.values():
            program.kill()
        emulator.kill()
        kept.close()


def _names(roles: Sequence[str]) -> Iterator[str]:
    """A name for each process."""
    seen: Counter[str] = Counter()
    for role in roles:
        seen[role] += 1
        name = "gateway" if role == "all" else role.replace(",", "-")
        yield name if seen[role] == 1 else f"{name}{seen[role]}"


async def _open(
    tools: OperatorTools, emulator: Emulator, facts: dict[str, str], given: tuple[int, int]
) -> tuple[str, str]:
    """An account with so much money and a sender of so much throughput; its SID and key."""
    money, throughput = given
    registrar = tools.registrar
    account = await registrar.open_account(
        NewAccount("demo", AccountKind.PREPAID, check_mode=CheckMode.OFF)
    )
    await registrar.money.top_up(account.sid, money, "to try with")
    await registrar.save_waba(account.sid, facts["waba_id"], TOKEN)
    sender = Sender(
        sender_id=facts["display_phone_number"],
        phone_number_id=facts["phone_number_id"],
        waba_id=facts["waba_id"],
        access_token="",
        throughput=throughput,
    )
    await registrar.save_sender(account.sid, sender, f"{emulator.url}/_emulator/inbox")
    await tools.synchronizer.sync_account(account.sid)
    return account.sid, await registrar.make_key(account.sid)
