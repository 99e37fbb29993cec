"""A send of a wrong type was answered unread, and its connection broke under the next request."""

import asyncio

from support.asgi import call
from support.nouns import SENDER_ID
from support.pair import running


def test_a_body_of_a_wrong_type_is_taken_in_after_its_answer(tmp_path):
    async def visit():
        async with running(tmp_path) as pair:
            events = [
                {"type": "http.request", "body": b"x" * 1000, "more_body": True},
                {"type": "http.request", "body": b"x" * 1000, "more_body": False},
            ]

            async def receive():
                return events.pop(0)

            answer = await call(
                pair.gateway.app,
                "POST",
                f"/v2/{pair.sid}/whatsapp/{SENDER_ID}/messages",
                headers={
                    "api-key": pair.key,
                    "Content-Type": "text/plain",
                    "Content-Length": "2000",
                },
                body=receive,
            )
            return answer, events

    answer, left = asyncio.run(visit())
    assert answer.json["error"]["details"][0]["code"] == "content_type"
    assert left == []
