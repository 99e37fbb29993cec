"""Meta repeats webhooks for seven days: what was erased meanwhile is not told as if it were new."""

import asyncio
import hashlib
import hmac
import json

from support.asgi import call
from support.nouns import ACCOUNT, PHONE_NUMBER_ID, WABA_ID
from support.pair import running
from support.signed_webhooks import WEBHOOK
from waypost.model.audit import Actor
from waypost.model.forgotten import ErasureOrder
from waypost.model.inbound import InboundQuestion
from waypost.model.recipient import Recipient

ANNA = "919876543210"


def written(*wamids):
    messages = [
        {
            "from": ANNA,
            "id": wamid,
            "timestamp": "1795000000",
            "type": "text",
            "text": {"body": f"I wrote {wamid}"},
        }
        for wamid in wamids
    ]
    value = {"metadata": {"phone_number_id": PHONE_NUMBER_ID}, "messages": messages}
    entry = {"id": WABA_ID, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


async def tell(pair, raw):
    signature = hmac.new(b"secret", raw, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={signature}"}
    answer = await call(pair.gateway.app, "POST", WEBHOOK, headers=headers, body=raw)
    assert answer.status == 200
    await pair.pass_time(2)


def test_a_message_that_was_erased_is_not_told_again_and_a_new_one_is(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await tell(pair, written("wamid.FIRST"))
            order = ErasureOrder((ACCOUNT,), Recipient(phone=ANNA), Actor("cli:test"))
            await pair.gateway.tools.forgetter.erase(order)
            await tell(pair, written("wamid.FIRST", "wamid.SECOND"))
            rows = await pair.ask(lambda t: t.inbound.page(InboundQuestion(ACCOUNT), "", ""))
            return rows, [one.body for one in pair.shop.told]

    rows, told = asyncio.run(body())
    assert len(rows) == 2
    assert sum(b"wamid.FIRST" in one for one in told) == 1
    assert sum(b"wamid.SECOND" in one for one in told) == 1
