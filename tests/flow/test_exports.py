"""A conversation, as its messages are found and exported afterwards."""

import csv
import io

from support.nouns import SENDER_ID
from support.operator import in_office
from support.pair import TO, meta_fixture, wrapped
from waypost.model.search import MessageFilters
from waypost.report.export import Asked
from waypost.report.formats.writer import Format, open_writer


async def exported(office, filters):
    writer = open_writer(Format.CSV)
    rows = office.pair.gateway.tools.exporter.rows(Asked(1, filters))
    started = writer.start()
    parts = [writer.write(batch) async for batch in rows]
    text = b"".join([started, *parts, writer.end()]).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_tap_is_exported_before_the_message_that_it_answers(tmp_path):
    async def visit(office):
        pair = office.pair
        message_id = await pair.accepted(wrapped(meta_fixture("carousel-meta"), ref="spring"))
        report = await pair.until_state(message_id, "read")
        tap = {"id": report.wamid, "card": 1, "button": 0}
        await pair.order("inbound", {"from": TO[1:], "tap": tap})
        await pair.pass_time(5)
        answer = await office.customer("GET", message_id, of="messages")
        return message_id, await exported(office, MessageFilters(recipient=TO)), answer.json

    message_id, (tap, sent), answer = in_office(tmp_path, visit)
    assert (sent["WHATSAPP_ID"], sent["MESSAGE_DIRECTION"]) == (message_id, "false")
    assert (sent["FORMAT"], sent["STATE"], sent["REF"]) == ("Template", "read", "spring")
    assert sent["CREATED_AT"] <= sent["SENT_AT"] <= sent["DELIVERED_AT"] <= sent["SEEN_AT"]
    assert sent["FAILED_AT"] == sent["REASON_FOR_FAILURE"] == ""
    assert (tap["FROM"], tap["TO"]) == (TO, f"+{SENDER_ID}")
    assert (tap["MESSAGE_DIRECTION"], tap["FORMAT"], tap["SOURCE"]) == ("true", "Button", "Webhook")
    assert (tap["MESSAGE"], tap["COUNTRY"]) == ("Send me more like this!", "IN")
    assert (tap["REPLY_TO"], tap["REF"]) == (message_id, "spring")
    (message,) = answer["data"]["messages"]
    assert message["replies"] == [tap["WHATSAPP_ID"]]
    assert message["template"]["name"] == sent["TEMPLATE_NAME"]
