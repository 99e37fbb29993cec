"""Webhooks that others recorded all get 200, and are understood or visibly parked.

The folder that holds them is named by CORPORA_DIR; see tests/unit/meta/test_corpora.py.
"""

import asyncio
import hashlib
import hmac
import json
import os
import re
from pathlib import Path

import pytest

from support.asgi import call
from support.nouns import PHONE_NUMBER_ID
from support.pair import running
from support.received import tell_everything
from waypost.model.inbound import InboundQuestion

FOLDER = os.environ.get("CORPORA_DIR")
STANDS_FOR_A_PHONE = re.compile(r"<[A-Z_]*USER_PHONE_NUMBER>")
NUMBERS = re.compile(r'"phone_number_id": "[^"]*"')
NOBODY = 0

pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="CORPORA_DIR does not name a folder with recorded webhooks"
)


def recorded():
    """Every webhook that others published, as text."""
    folder = Path(FOLDER or ".")
    found = [
        payload
        for file in sorted(folder.glob("pywa/updates/*.json"))
        for payload in json.loads(file.read_text()).values()
    ]
    examples = json.loads((folder / "openapi" / "examples.json").read_text())
    found += examples["POST /whatsapp/webhooks"]["requests"].values()
    return [STANDS_FOR_A_PHONE.sub("16505551234", json.dumps(payload)) for payload in found]


def kinds(bodies):
    """The ids of their messages, and how many other changes and errors they hold."""
    wamids, others = set(), 0
    for raw in bodies:
        for entry in json.loads(raw)["entry"]:
            for change in entry["changes"]:
                if change["field"] != "messages" or change["value"].get("errors"):
                    others += 1
                for message in change["value"].get("messages", ()):
                    wamids.add(message["id"])
    return wamids, others


async def deliver(pair, raw):
    body = raw.encode()
    signature = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    answer = await call(pair.gateway.app, "POST", "/webhooks/meta", headers=headers, body=body)
    return answer.status


async def kept(pair, account_id):
    async def read(transaction):
        asked = InboundQuestion(account_id, limit=1000)
        messages = await transaction.inbound.page(asked, "", "")
        events = await transaction.inbound.events(account_id, None, "", 1000)
        return {one.wamid for one in messages}, len(events)

    return await pair.ask(read)


async def settled(pair):
    async def read(transaction):
        return (await transaction.queue.backlog()).get("webhook", 0)

    while await pair.ask(read):
        await pair.pass_time(0.5)


@pytest.mark.parametrize("is_ours", [True, False])
def test_every_recorded_webhook_is_answered_and_nothing_of_it_is_lost(tmp_path, is_ours):
    number = PHONE_NUMBER_ID if is_ours else "999"
    bodies = [NUMBERS.sub(f'"phone_number_id": "{number}"', raw) for raw in recorded()]

    async def run():
        async with running(tmp_path) as pair:
            await tell_everything(pair)
            statuses = {await deliver(pair, raw) for raw in bodies}
            await settled(pair)
            return statuses, await kept(pair, 1), await kept(pair, NOBODY)

    statuses, (ours, our_events), (nobodys, their_events) = asyncio.run(run())

    wamids, others = kinds(bodies)
    assert statuses == {200}
    assert (ours, nobodys) == ((wamids, set()) if is_ours else (set(), wamids))
    assert our_events + their_events == others
