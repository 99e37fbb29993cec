"""Whoever traces sees every unit of work of a message, under the trace that its customer knows."""

import asyncio
from collections import Counter

from support.pair import TO, running, text, wrapped
from support.watching import watched
from waypost.runtime.ids import trace_id_of
from waypost.runtime.tracing import attributes_of


def test_all_that_happens_to_a_message_is_seen(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            with watched() as lines:
                message_id = await pair.accepted(wrapped(text()))
                await pair.until_told(message_id, "sent", "delivered", "read")
                await pair.until(lambda: count(lines)["callback.attempted"] == 3)
            return (await pair.report(message_id)).trace_id, lines

    trace_id, lines = asyncio.run(body())
    seen = count(lines)
    assert seen.keys() == {
        "send.answered",
        "dispatch.attempted",
        "webhook.received",
        "webhook.processed",
        "callback.attempted",
    }
    assert seen["webhook.received"] == seen["webhook.processed"]
    assert not any(line.is_trouble for line in lines)
    of_request = [line for line in lines if not line.event.startswith("webhook.")]
    assert {trace_id_of(line.subject) for line in of_request} == {trace_id}
    assert not [line for line in lines if TO[1:] in str(attributes_of(line))]


def count(lines):
    """How many units of work there were of each kind."""
    return Counter(line.event for line in lines)
