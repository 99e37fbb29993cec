"""What a customer is told of its message is signed, numbered, and the same in every attempt."""

import asyncio
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from support.pair import running, text


def test_every_status_of_a_message_is_signed_with_its_profiles_secret(tmp_path):
    async def scenario():
        async with running(tmp_path) as pair:
            pair.shop.answers = [500]
            message_id = await pair.accepted(text())
            await pair.until(lambda: len(pair.shop.told) == 4)

            (profile,) = await pair.ask(lambda t: t.profiles.of_account(1))
            secrets = pair.gateway.registrar.profiles.open(profile)
            verifier = Webhook(secrets.signing[0].secret)
            for told in pair.shop.told:
                given = told.headers
                at = datetime.fromtimestamp(int(given["webhook-timestamp"]), UTC)
                signed = verifier.sign(given["webhook-id"], at, told.body.decode())
                assert given["webhook-signature"] == signed
            assert sorted(pair.shop.statuses(message_id)) == ["delivered", "read", "sent", "sent"]

            first, again = (one for one in pair.shop.told if one.json["status"] == "sent")
            assert first.headers["webhook-id"] == again.headers["webhook-id"]
            assert first.body == again.body
            assert [one.headers["waypost-attempt"] for one in (first, again)] == ["1", "2"]
            by_status = {
                one.json["status"]: int(one.headers["waypost-sequence"]) for one in pair.shop.told
            }
            assert by_status["sent"] < by_status["delivered"] < by_status["read"]
            order = [one.json["status"] for one in pair.shop.told]
            assert order == ["sent", "sent", "delivered", "read"]

    asyncio.run(scenario())
