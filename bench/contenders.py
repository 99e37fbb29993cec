"""The servers that are measured, each a process of its own on the same embedded server.

Run as `python -m bench.contenders <name> '<Options as JSON>'`. A contender prints one line, a
Ready as JSON, when it answers, and ends on SIGTERM.

decode-only  the yardstick: reads the body, decodes it as the gateway's fast way does, says 202
accept       the gateway without its dispatcher: durable acceptance and nothing after it
gateway      the gateway as it is
beside       a further process of that gateway, on the same database
upstream     says 200 to everything: a Meta that costs next to nothing, and a customer's endpoint
"""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import uvloop
from bench import request
from prometheus_client import CollectorRegistry

from waypost.api.asgi import Receive, Scope, Send, answer_with, read_body
from waypost.assembly import Gateway, assemble
from waypost.directory.changes import NewAccount
from waypost.model.account import AccountKind, CheckMode
from waypost.model.medium import Medium, MediumKind
from waypost.model.sender import Sender
from waypost.model.template import Template
from waypost.runtime.clock import SystemClock
from waypost.runtime.config import Config, load_config
from waypost.runtime.entropy import SystemEntropy
from waypost.runtime.http import PooledHttpClient
from waypost.runtime.listening import choose_port
from waypost.runtime.logs import configure_logs
from waypost.runtime.metrics import Metrics
from waypost.runtime.senses import Senses
from waypost.runtime.supervisor import Part, supervise
from waypost.runtime.vault import open_vault
from waypost.serve import (
    USER_AGENT,
    build_server,
    open_directory,
    open_store,
    run_gateway,
    settle_memory,
    wait_until_answering,
)
from waypost.store.ports import Store, Transaction
from waypost.wire.canonical import _decode as decode_request
from waypost.wire.envelope import Answer

HOST = "127.0.0.1"
MOST_BYTES = 1 << 20
THROUGHPUT = 100_000
MONEY_MINOR = 10**12

ACCEPTED = Answer(
    202,
    ((b"content-type", b"application/json"),),
    b'{"code":"WA-202","message":"Your message is in queue","data":'
    b'{"message_id":"A0MI8L2Q0XXXXXXXXXXX"},"error":{}}',
)


class Options(msgspec.Struct):
    """What a gateway is told.

    settings      by their names in the configuration
    access_token  of the WABA, for the upstream
    callback_url  where statuses go; None: nowhere
    senders       how many numbers the account has; with several, nothing is checked at the door,
                  for a medium belongs to one
    """

    settings: Mapping[str, str | int | float | bool] = {}
    access_token: str = "token"
    callback_url: str | None = None
    senders: int = 1


class Ready(msgspec.Struct):
    """What whoever measures must know; sid and key are empty where nobody asks for them."""

    port: int
    sid: str = ""
    key: str = ""


def say(ready: Ready) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
    sys.stdout.buffer.flush()


Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def serve_alone(application: Application) -> None:
    """Serves an application on the very server of the gateway, with the same settings."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    port = choose_port(HOST, 0)
    clock = SystemClock()
    http = PooledHttpClient(USER_AGENT)
    alone = cast(
        "Gateway",
        SimpleNamespace(
            app=application,
            config=Config(host=HOST),
            port=port,
            senses=SimpleNamespace(http=http, clock=clock),
        ),
    )
    server = build_server(alone)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        await wait_until_answering(alone)
        await http.close()
        settle_memory()
        say(Ready(port))
        await stopping.wait()
        server.stop()


async def decode_only(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        if scope["method"] == "POST":
            decode_request(await read_body(scope, receive, MOST_BYTES))
        await answer_with(send, ACCEPTED)


def upstream() -> Application:
    """Gives every message a wamid of its own; reads the body and does not look at it.

    Whoever reads its templates is shown the one that is sent.
    """
    numbers = count(1)
    templates = msgspec.json.encode(
        {"data": [{**request.template_definition(), "status": "APPROVED"}], "paging": {}}
    )
    headers = ((b"content-type", b"application/json"),)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await read_body(scope, receive, MOST_BYTES)
            if scope["method"] == "GET":
                await answer_with(send, Answer(200, headers, templates))
                return
            body = (
                b'{"messaging_product":"whatsapp","contacts":[{"input":"+919800000000",'
                b'"wa_id":"919800000000"}],"messages":[{"id":"wamid.HBgMOTE5ODAwMDAwMDAwFQIAERgS%012d",'
                b'"message_status":"accepted"}]}' % next(numbers)
            )
            await answer_with(send, Answer(200, headers, body))

    return answer


async def prepare(config: Config, options: Options) -> tuple[str, str]:
    """An account with money, a key, and a sender that nothing holds back; its SID and key."""
    async with open_directory(config) as tools:
        registrar = tools.registrar
        mode = CheckMode.STRICT if options.senders == 1 else CheckMode.OFF
        account = await registrar.open_account(
            NewAccount("bench", AccountKind.PREPAID, check_mode=mode)
        )
        await registrar.money.top_up(account.sid, MONEY_MINOR, "bench")
        await registrar.save_waba(account.sid, request.WABA_ID, options.access_token)
        for number, sender_id in enumerate(request.SENDERS[: options.senders]):
            sender = Sender(
                sender_id=sender_id,
                phone_number_id=str(int(request.PHONE_NUMBER_ID) + number),
                waba_id=request.WABA_ID,
                access_token=options.access_token,
                throughput=THROUGHPUT,
            )
            await registrar.save_sender(account.sid, sender, options.callback_url)
        await furnish(tools.store, account.sid)
        return account.sid, await registrar.make_key(account.sid)


async def furnish(store: Store, sid: str) -> None:
    """The template and the picture that every request names, as if read from Meta and uploaded.

    So the strict check, which is the default, looks at every request and finds nothing.
    """
    now = datetime.now(UTC)
    shown = request.template_definition()
    template = Template(
        shown["name"],
        shown["language"],
        shown["category"],
        "APPROVED",
        shown["components"],
        template_id=shown["id"],
    )

    async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
        account = await transaction.directory.account_by_sid(sid)
        assert account is not None
        known_as = account.account_id, request.WABA_ID
        await transaction.templates.save(*known_as, [template], now)
        picture = Medium(
            account.account_id,
            request.PICTURE,
            request.SENDER,
            MediumKind.IMAGE,
            "image/jpeg",
            303_833,
            "",
            None,
            None,
            request.PICTURE,
            now + timedelta(days=30),
            now,
            now,
        )
        await transaction.media.save([picture])
        await transaction.directory.touch(account.account_id)
        return items

    await store.write(step, None)


async def run_whole(config: Config, options: Options) -> None:
    """The gateway, exactly as it is started by its operator."""
    sid, key = await prepare(config, options)
    await run_gateway(config, ready=lambda gateway: say(Ready(gateway.port, sid, key)))


async def run_beside(config: Config, _: Options) -> None:
    """One more process of a gateway that is there already."""
    await run_gateway(config, ready=lambda gateway: say(Ready(gateway.port)))


async def run_accepting(config: Config, options: Options) -> None:
    """`serve.run_gateway` without its workers: what is accepted stays in the queue."""
    sid, key = await prepare(config, options)
    configure_logs(config.log_level, config.log_format)
    http = PooledHttpClient(USER_AGENT)
    vault = open_vault(config.secret_keys, config.data_dir)
    senses = Senses(SystemClock(), SystemEntropy(), http, Metrics(CollectorRegistry()), vault)
    store = await open_store(config, senses.clock, senses.metrics)
    port = choose_port(config.host, config.port)
    gateway = assemble(config, store, senses, port)
    server = build_server(gateway)

    async def announce() -> None:
        await wait_until_answering(gateway)
        settle_memory()
        say(Ready(port, sid, key))

    try:
        await supervise(
            [Part("server", server.serve, server.stop)],
            grace_s=config.shutdown_grace_s,
            started=announce,
        )
    finally:
        await store.close()
        await http.close()


def main(name: str, given: str) -> None:
    if name == "decode-only":
        uvloop.run(serve_alone(decode_only))
    elif name == "upstream":
        uvloop.run(serve_alone(upstream()))
    else:
        options = msgspec.json.decode(given, type=Options)
        quiet: dict[str, Any] = {"host": HOST, "port": 0, "log_level": "error"}
        config = load_config({**quiet, **options.settings}, {}, None).config
        Path(config.data_dir).mkdir(parents=True, exist_ok=True)
        run = {"gateway": run_whole, "beside": run_beside, "accept": run_accepting}[name]
        uvloop.run(run(config, options))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "{}")
