"""How fast Meta's webhooks are taken in: stored before their 200, and worked off to the last fact.

Messages are sent first and taken by the upstream. Then three statuses of each, signed, come as fast
as they are answered; nobody is to be told of them. Statuses are counted, not webhooks.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from bench import request
from bench.books import SqliteBook
from bench.contenders import Options
from bench.load import LENGTH_BYTES, Plan
from bench.measure import BenchError, apply_load, contender, cpu_s, memory_mb, wait_until
from bench.rounds import HOST, SECRET, WORD, Figure, Trial, figure_of, gateway_plan

from waypost.meta.signature import sign

STATUSES = ("sent", "delivered", "read")


def ingest(trial: Trial, size: int) -> Figure:
    """Statuses a second, `size` of them in each webhook.

    rate           worked off: from the first webhook until nothing is left to be understood
    accepted_rate  stored: while webhooks came
    """
    data = trial.folder / "data"
    with contender("upstream", trial.folder) as (meta, _):
        settings = {
            "data_dir": str(data),
            "meta_base_url": f"http://{HOST}:{meta.port}",
            "meta_app_secret": SECRET,
            "meta_verify_token": WORD,
        }
        with contender("gateway", trial.folder, Options(settings)) as (ready, pid):
            apply_load(gateway_plan(ready.port, ready.sid, ready.key, trial))
            book = SqliteBook(data)
            wait_until(lambda: book.is_idle("dispatch"), "dispatch")
            named = book.submitted()
            webhooks = trial.folder / "webhooks"
            count = write_webhooks(webhooks, named, size, ready.port)
            plan = Plan(
                port=ready.port,
                path="/webhooks/meta",
                headers={},
                body="",
                seconds=600,
                first=0,
                status=200,
                prebuilt=str(webhooks),
            )
            before = cpu_s([pid])
            report = apply_load(plan)
            ended_at = wait_until(lambda: book.is_idle("webhook"), "webhooks")
            spent_us = (cpu_s([pid]) - before) / count * 1e6
            if (read := book.in_state("read")) != len(named):
                raise BenchError(f"{len(named)} messages were read at Meta's and {read} here")
            book.close()
            figure = figure_of(
                report, count / (ended_at - report.started_at), spent_us, memory_mb(pid)
            )
            figure.accepted_rate = count / report.seconds
            figure.parts = {"stored": count / report.seconds}
            return figure


def write_webhooks(path: Path, named: Sequence[tuple[str, str, str]], size: int, port: int) -> int:
    """Prebuilt requests, each behind its length; how many statuses are in them.

    named  our id, Meta's id and the recipient of each message
    """
    at = int(time.time())
    statuses = [
        status_of(message_id, wamid, recipient, word, at)
        for word in STATUSES
        for message_id, wamid, recipient in named
    ]
    with path.open("wb") as file:
        for batch in batches(statuses, size):
            body = webhook_of(batch)
            head = (
                f"POST /webhooks/meta HTTP/1.1\r\nhost: {HOST}:{port}\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
                f"x-hub-signature-256: {sign(body, SECRET)}\r\n\r\n"
            )
            whole = head.encode() + body
            file.write(len(whole).to_bytes(LENGTH_BYTES, "big") + whole)
    return len(statuses)


def batches(statuses: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(statuses), size):
        yield statuses[start : start + size]


def status_of(message_id: str, wamid: str, recipient: str, word: str, at: int) -> bytes:
    """One status as Meta tells it."""
    status = {
        "id": wamid,
        "status": word,
        "timestamp": str(at),
        "recipient_id": recipient.removeprefix("+"),
        "biz_opaque_callback_data": message_id,
    }
    if word != "read":
        status |= {
            "pricing": {
                "billable": True,
                "pricing_model": "PMP",
                "type": "regular",
                "category": "marketing",
            }
        }
    return msgspec.json.encode(status)


def webhook_of(statuses: Sequence[bytes]) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": request.SENDER,
            "phone_number_id": request.PHONE_NUMBER_ID,
        },
        "statuses": [json.loads(status) for status in statuses],
    }
    change = {"field": "messages", "value": value}
    entry = {"id": request.WABA_ID, "changes": [change]}
    document = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(document, separators=(",", ":")).encode()
