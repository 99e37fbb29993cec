"""The whole gateway and the emulator in one process: a real store, no sockets, one turned clock.

Time passes only while a test waits (`Pair.until`), a little with each commit, so that days pass
in a moment and nothing happens behind a test's back.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from meta_emulator.emulator import Emulator
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.seed import Seed, default_seed
from meta_emulator.settings import Settings
from support.asgi import Answered, Application, EmulatorHttp, GatewayHttp, Network, Receive, call
from support.nouns import NOW, PHONE_NUMBER_ID, SENDER_ID, VAULT, WABA_ID
from support.stored import CHOSEN, OpenedStore
from waypost.assembly import Gateway, assemble
from waypost.directory.changes import NewAccount
from waypost.model.account import AccountKind, CheckMode
from waypost.model.ledger import Wallet
from waypost.model.report import MessageReport
from waypost.model.sender import Sender
from waypost.runtime.clock import TestClock
from waypost.runtime.config import Config
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.metrics import Metrics
from waypost.runtime.senses import Senses
from waypost.store.ports import Transaction

FIXTURES = Path(__file__).parent.parent / "fixtures"
TO = "+919876543210"
STEP_S = 0.05
PATIENCE_S = 600.0
"""How long a wait may last, on the turned clock."""
LEAST_S = 15.0
"""The same on the machine's: threads and databases know nothing of a clock that is turned."""

ROUNDS = 20
"""Rounds of the loop that let everything go on that can."""


@dataclass
class Told:
    """A callback as it came to the customer."""

    at: float
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Shop:
    """A customer's endpoint: keeps callbacks; `answers` are its next statuses, then 200."""

    clock: TestClock
    told: list[Told] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.told.append(Told(self.clock.monotonic(), scope["path"], headers, body))
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def statuses(self, message_id: str | None = None) -> list[str]:
        """The statuses told, of one message or of all, in the order in which they came."""
        return [
            told.json["status"]
            for told in self.told
            if message_id in (None, told.json["message_id"])
        ]


@dataclass
class MetaDoor:
    """What stands between the gateway and the emulator.

    holding      while set, answers to sends are held back
    is_forgetful  our mark is taken off every send, as if Meta did not give it back
    """

    app: Application
    holding: asyncio.Event | None = None
    is_forgetful: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.is_forgetful and scope["method"] == "POST":
            whole = json.loads((await receive())["body"])
            whole.pop("biz_opaque_callback_data")
            receive = _giving(json.dumps(whole).encode())
        sent: list[Any] = []

        async def hold(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, hold)
        if self.holding is not None and scope["method"] == "POST":
            await self.holding.wait()
        for message in sent:
            await send(message)


@dataclass
class Pair:
    """A gateway with one account, its keys and one sender, and the Meta it speaks to."""

    gateway: Gateway
    emulator: Emulator
    meta: MetaDoor
    shop: Shop
    network: Network
    clock: TestClock
    store: OpenedStore
    sid: str = ""
    key: str = ""

    async def send(
        self,
        body: Any,
        *,
        key: str | None = None,
        number: str = SENDER_ID,
        sid: str | None = None,
        headers: Mapping[str, str] | None = None,
        client: str = "203.0.113.7",
        query: str = "",
    ) -> Answered:
        """One request to the send endpoint; `body` is JSON, or bytes or a receiver as it is."""
        raw: bytes | Receive = (
            body if isinstance(body, bytes) or callable(body) else json.dumps(body).encode()
        )
        given = {
            "api-key": self.key if key is None else key,
            "Content-Type": "application/json",
            **(headers or {}),
        }
        return await call(
            self.gateway.app,
            "POST",
            f"/v2/{self.sid if sid is None else sid}/whatsapp/{number}/messages"
            + (f"?{query}" if query else ""),
            headers={name: value for name, value in given.items() if value},
            body=raw,
            client=client,
        )

    async def accepted(self, body: Any, **changes: Any) -> str:
        """The id that a request was accepted under."""
        answer = await self.send(body, **changes)
        assert answer.status == 202, answer.body
        message_id: str = answer.json["data"]["message_id"]
        return message_id

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Lets time pass until this is true; on a busy machine a little longer."""
        end, last = self.clock.monotonic() + PATIENCE_S, time.monotonic() + LEAST_S
        while not predicate():
            is_over = self.clock.monotonic() >= end and time.monotonic() >= last
            assert not is_over, "it did not come to this"
            await self.pass_time(STEP_S)

    async def pass_time(self, seconds: float) -> None:
        """Lets so much time pass."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end - 1e-9:
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            await self.store.write(_nothing, None)
            self.clock.advance(min(STEP_S, end - self.clock.monotonic()))
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        await self.store.write(_nothing, None)

    async def until_told(self, message_id: str, *statuses: str) -> None:
        """Until the customer was told each of these, in whatever order; no more than these."""
        await self.until(lambda: len(self.shop.statuses(message_id)) >= len(statuses))
        assert sorted(self.shop.statuses(message_id)) == sorted(statuses)

    async def until_state(self, message_id: str, state: str) -> MessageReport:
        """Until the message stands so."""
        end = self.clock.monotonic() + PATIENCE_S
        while (report := await self.report(message_id)).state != state:
            assert self.clock.monotonic() < end, f"it is {report.state}"
            await self.pass_time(STEP_S)
        return report

    async def report(self, message_id: str) -> MessageReport:
        found = await self.ask(lambda t: t.reports.find_message(message_id))
        assert isinstance(found, MessageReport)
        return found

    async def facts(self, message_id: str) -> list[str]:
        """The message's timeline."""
        report = await self.report(message_id)
        facts = await self.ask(lambda t: t.reports.facts(report.account_id, message_id))
        return [fact.fact.value for fact in facts]

    async def wallet(self) -> Wallet:
        (wallet,) = (await self.ask(lambda t: t.wallets.load([1]))).values()
        assert await self.ask(lambda t: t.wallets.audit()) == []
        assert isinstance(wallet, Wallet)
        return wallet

    async def ask(self, query: Callable[[Transaction], Coroutine[Any, Any, Any]]) -> Any:
        return await self.store.read(query)

    async def order(self, path: str, body: Any) -> None:
        """Orders something of the emulator."""
        raw = json.dumps(body).encode()
        answer = await call(self.emulator.app, "POST", f"/_emulator/{path}", body=raw)
        assert answer.status == 200, answer.body

    async def save_sender(
        self, callback_url: str | UnsetType | None = UNSET, **changes: Any
    ) -> None:
        """Changes the sender, and lets the gateway see it."""
        await self.gateway.registrar.save_sender(self.sid, a_sender(**changes), callback_url)
        self.clock.advance(1)

    async def set_check_mode(self, check_mode: CheckMode) -> None:
        """Changes what becomes of findings, and lets the gateway see it."""

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            account = await transaction.directory.account_by_sid(self.sid)
            assert account is not None
            await transaction.directory.update_account(replace(account, check_mode=check_mode))
            await transaction.directory.touch(account.account_id)
            return items

        await self.store.write(step, None)
        self.clock.advance(1)

    def arrived(self) -> list[Any]:
        """The sends that Meta accepted, as JSON."""
        return [json.loads(message.request) for message in self.emulator.state.messages]

    def callback(self, message_id: str, status: str) -> Any:
        """The callback of this message and status."""
        (found,) = (
            told.json
            for told in self.shop.told
            if (told.json["message_id"], told.json["status"]) == (message_id, status)
        )
        return found


def a_sender(**changes: Any) -> Sender:
    """The account's sender, any part of it changed by name."""
    given = {
        "sender_id": SENDER_ID,
        "phone_number_id": PHONE_NUMBER_ID,
        "waba_id": WABA_ID,
        "access_token": "",  # its WABA's
        "throughput": 80,
        **changes,
    }
    return Sender(**given)


@asynccontextmanager
async def running(
    folder: Path,
    *,
    delays: tuple[tuple[str, float], ...] = (("sent", 0.05), ("delivered", 0.1), ("read", 0.15)),
    top_up: int = 1_000_000,
    account: Mapping[str, Any] | None = None,
    check_mode: CheckMode = CheckMode.OFF,
    seed: Seed | None = None,
    is_new: bool = True,
    **config: Any,
) -> AsyncIterator[Pair]:
    """A pair at work, until the block ends; then the books must balance.

    check_mode  of the account: most of what happens behind the door is not about what the door
                checks, so nothing is unless a test asks for it
    seed        what Meta has; the default's if none is given
    config      settings of the gateway; and `limits`, those that the emulator keeps
    is_new      whether an account is made; False for a folder that has some
    """
    pair = await _build(folder, delays, seed or default_seed(), config)
    try:
        await pair.gateway.registrar.tokens.seal()  # as at every start, before anything works
        async with asyncio.TaskGroup() as tasks:
            emulating = tasks.create_task(pair.emulator.run())
            for worker in pair.gateway.workers:
                tasks.create_task(worker.run())
            ownership = pair.gateway.ownership
            if ownership is not None:
                tasks.create_task(ownership.run())
            if is_new:
                await _furnish(pair, top_up, account or {})
                await pair.set_check_mode(check_mode)
            tasks.create_task(pair.gateway.tools.synchronizer.run())
            yield pair
            emulating.cancel()
            pair.gateway.tools.synchronizer.stop()
            for worker in pair.gateway.workers:
                worker.stop()
            if ownership is not None:
                ownership.stop()
        await pair.wallet()
    finally:
        await pair.store.close()
        CHOSEN.drop(folder)


async def _build(
    folder: Path, delays: tuple[tuple[str, float], ...], seed: Seed, config: dict[str, Any]
) -> Pair:
    clock, network = TestClock(NOW), Network()
    settings = Settings(
        access_token="meta-token",
        app_secret="secret",
        verify_token="verify",
        webhook_url="http://gateway/webhooks/meta",
        status_delays=delays,
        limits=config.pop("limits", frozenset()),
    )
    emulator = Emulator(seed, settings, clock, SeededChance(1), EmulatorHttp(network))
    store = await CHOSEN.open(folder)
    given = {
        "data_dir": folder,
        "database_url": CHOSEN.url(folder),
        "meta_base_url": "http://meta",
        "meta_app_secret": "secret",
        "meta_verify_token": "verify",
        "callback_private_addresses": True,
        "price_prepaid": 100,
        **config,
    }
    http, metrics = GatewayHttp(network), Metrics(CollectorRegistry())
    senses = Senses(clock, SeededEntropy(1), http, metrics, VAULT)
    gateway = assemble(Config(**given), store, senses, 8080)
    shop, meta = Shop(clock), MetaDoor(emulator.app)
    network.hosts.update({"gateway": gateway.app, "meta": meta, "shop": shop})
    return Pair(gateway, emulator, meta, shop, network, clock, store)


async def _furnish(pair: Pair, top_up: int, account: Mapping[str, Any]) -> None:
    registrar = pair.gateway.registrar
    # Unless a test says otherwise it is Meta that judges what is sent.
    given = {"check_mode": CheckMode.OFF, **account}
    opened = await registrar.open_account(NewAccount("Shop", AccountKind.PREPAID, **given))
    pair.sid = opened.sid
    if top_up:
        await registrar.money.top_up(opened.sid, top_up, "test")
    pair.key = await registrar.make_key(opened.sid)
    await registrar.save_waba(opened.sid, WABA_ID, "meta-token")
    await registrar.save_sender(opened.sid, a_sender(), "http://shop/status")
    await pair.gateway.tools.synchronizer.sync_account(opened.sid)


async def _nothing(_: Transaction, items: Sequence[None]) -> Sequence[None]:
    """A step after which everything handed over before it is committed."""
    return items


def _giving(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def meta_fixture(name: str) -> Any:
    """A send as Meta's pages print it."""
    return json.loads((FIXTURES / "meta" / f"{name}.json").read_text())


def normalised(message: Any) -> Any:
    """The same message in Meta's spelling: buttons' `index` a number, kinds in lower case."""
    if isinstance(message, list):
        return [normalised(one) for one in message]
    if not isinstance(message, dict):
        return message
    spelled = {key: normalised(value) for key, value in message.items()}
    if "index" in spelled:
        spelled["index"] = int(spelled["index"])
    for key in {"type", "sub_type"} & spelled.keys():
        spelled[key] = spelled[key].lower()
    return spelled


def sample(name: str) -> bytes:
    """A documented sample as printed, with a real number in place of the masked one."""
    raw = (FIXTURES / "kaleyra" / f"{name}-sample.json").read_bytes()
    return raw.replace(b"+91XXXXXXXXXX", TO.encode())


def documented(name: str) -> bytes:
    """A documented answer, without the white space."""
    shown = json.loads((FIXTURES / "kaleyra" / f"answer-{name}.json").read_text())
    return json.dumps(shown, separators=(",", ":")).encode()


def text(**changes: Any) -> dict[str, Any]:
    """The simplest send."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO,
        "type": "text",
        "text": {"body": "hello"},
        **changes,
    }


def wrapped(message: Any, **extra_info: Any) -> dict[str, Any]:
    return {"messaging_object": message, "extra_info": extra_info}
