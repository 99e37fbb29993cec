"""Exports of both directions, in every format, read back by those who read such files."""

import csv
import gzip
import io
import json
from datetime import datetime
from decimal import Decimal

import msgspec
import pyarrow.parquet as parquet_files
import pytest
from msgspec.structs import replace

from support.nouns import ACCOUNT, SENDER_ID, WABA_ID, later, new_message, new_submission, template
from waypost.model.inbound import InboundMessage
from waypost.model.search import MessageFilters
from waypost.model.submission import Content, References
from waypost.report import export
from waypost.report.columns import COLUMNS
from waypost.report.export import Asked, Direction, Exporter
from waypost.report.formats.writer import Format, open_writer
from waypost.runtime.clock import TestClock
from waypost.runtime.ids import first_message_id

NAMES = [column.name for column in COLUMNS]
WRITER = "+919876543210"


def id_of(number):
    return first_message_id(later(number)) + "0000000000"


def keep(stored, number, content=None, references=None, **changes):
    message_id = id_of(number)
    submission = new_submission(
        submission_id=message_id,
        references=references or References("order-1", "spring", None),
        accepted_at=later(number),
    )
    if content is not None:
        submission = replace(submission, content=content)
    message = new_message(
        message_id=message_id, submission_id=message_id, accepted_at=later(number), **changes
    )

    async def put(transaction):
        await transaction.messages.insert_submissions([submission])
        await transaction.messages.insert([message])

    stored.do(put)
    return message_id


def receive(stored, number, said, **changes):
    value = msgspec.json.encode({"messages": [{"type": "text", "text": {"body": said}}]})
    message = InboundMessage(
        account_id=ACCOUNT,
        inbound_id=id_of(number),
        sender_id=SENDER_ID,
        waba_id=WABA_ID,
        wamid=f"wamid.{number}",
        kind="text",
        recipient=WRITER,
        value=value,
        occurred_at=later(number - 1),
        received_at=later(number),
        trace_id="trace",
    )
    stored.do(lambda t: t.inbound.insert([replace(message, **changes)]))
    return message.inbound_id


def exported(stored, filters=None, direction=Direction.BOTH, format_=Format.CSV, **more):
    """The bytes of an export."""

    async def write():
        writer = open_writer(format_, **more)
        exporter = Exporter(stored.store, TestClock(later(10_000)))
        asked = Asked(ACCOUNT, filters or MessageFilters(), direction)
        begun = writer.start()
        parts = [writer.write(rows) async for rows in exporter.rows(asked)]
        return b"".join([begun, *parts, writer.end()])

    return stored.run(write())


def lines(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


def ids(content):
    return [line["WHATSAPP_ID"] for line in lines(content)]


def test_the_documented_columns_come_first_in_their_order_and_spelling(furnished):
    assert exported(furnished).decode().rstrip("\r\n").split(",")[:16] == [
        "WABA ID",
        "WHATSAPP_ID",
        "FROM",
        "TO",
        "MESSAGE_DIRECTION",
        "SOURCE",
        "FORMAT",
        "REASON_FOR_FAILURE",
        "COUNTRY",
        "TEMPLATE_NAME",
        "MESSAGE",
        "CREATED_AT",
        "FAILED_AT",
        "SENT_AT",
        "DELIVERED_AT",
        "SEEN_AT",
    ]


def test_both_directions_are_merged_newest_first(furnished, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 2)
    sent = {number: keep(furnished, number) for number in (1, 2, 5, 6, 7, 11)}
    received = {number: receive(furnished, number, "hi") for number in (3, 4, 8, 9, 10)}
    newest_first = [one for _, one in sorted((sent | received).items(), reverse=True)]

    assert ids(exported(furnished)) == newest_first
    assert ids(exported(furnished, direction=Direction.OUTGOING)) == sorted(sent.values())[::-1]
    assert ids(exported(furnished, direction=Direction.INCOMING)) == sorted(received.values())[::-1]
    within = MessageFilters(since=later(3), until=later(6))
    assert ids(exported(furnished, within)) == [sent[5], received[4], received[3]]
    assert ids(exported(furnished, MessageFilters(recipient=WRITER))) == newest_first
    assert ids(exported(furnished, MessageFilters(references=References("x")))) == []


def test_a_row_of_each_direction_tells_all_that_is_known(furnished):
    furnished.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [template()], later(0)))
    said = {
        "template": {
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Asha"}]}]
        }
    }
    content = Content("template", msgspec.json.encode(said), "order_update", "en_US")
    keep(furnished, 1, content, country="IN", category="utility")
    receive(furnished, 2, "=1+1, she said", reply_to=id_of(1))

    received, sent = lines(exported(furnished))

    assert sent == dict.fromkeys(NAMES, "") | {
        "WABA ID": WABA_ID,
        "WHATSAPP_ID": id_of(1),
        "FROM": f"+{SENDER_ID}",
        "TO": "+919876543210",
        "MESSAGE_DIRECTION": "false",
        "SOURCE": "API",
        "FORMAT": "Template",
        "COUNTRY": "IN",
        "TEMPLATE_NAME": "order_update",
        "MESSAGE": "Hello Asha",
        "CREATED_AT": "2026-11-20T12:00:01.000Z",
        "STATE": "accepted",
        "REF": "order-1",
        "REF1": "spring",
        "TEMPLATE_LANGUAGE": "en_US",
        "CATEGORY": "utility",
        "PRICE": "0.0100",
        "CURRENCY": "USD",
        "PAYMENT": "held",
        "TRACE_ID": "0f8fad5b-d9cb-469f-a165-70867728950e",
    }
    assert received == dict.fromkeys(NAMES, "") | {
        "WABA ID": WABA_ID,
        "WHATSAPP_ID": id_of(2),
        "FROM": WRITER,
        "TO": f"+{SENDER_ID}",
        "MESSAGE_DIRECTION": "true",
        "SOURCE": "Webhook",
        "FORMAT": "Text",
        "COUNTRY": "IN",
        "MESSAGE": "'=1+1, she said",
        "CREATED_AT": "2026-11-20T12:00:02.000Z",
        "SENT_AT": "2026-11-20T12:00:01.000Z",
        "STATE": "received",
        "REPLY_TO": id_of(1),
        "TRACE_ID": "trace",
        "META_ID": "wamid.2",
    }


@pytest.mark.parametrize(
    "said", ["plain", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", '"quoted", and\r\nbroken', "हाय"]
)
def test_what_was_said_comes_back_and_is_never_a_formula(furnished, said):
    content = Content("text", msgspec.json.encode({"text": {"body": said}}))
    keep(furnished, 1, content)

    (line,) = lines(exported(furnished))
    (in_json,) = map(json.loads, exported(furnished, format_=Format.JSONL).splitlines())

    assert line["MESSAGE"] == (f"'{said}" if said[0] in "=+-@" else said)
    assert in_json["MESSAGE"] == said


def test_what_was_erased_is_shown_as_it_is(furnished):
    keep(furnished, 1, Content("text", b'{"erased":true}'), recipient="erased:0f8fad5b")

    (line,) = lines(exported(furnished))

    assert (line["TO"], line["MESSAGE"]) == ("erased:0f8fad5b", "erased:content")


def test_json_lines_hold_the_same_with_types(furnished):
    keep(furnished, 1)

    (line,) = map(json.loads, exported(furnished, format_=Format.JSONL).splitlines())

    assert list(line) == NAMES
    assert (line["MESSAGE_DIRECTION"], line["SEEN_AT"]) == (False, None)
    assert (line["CREATED_AT"], line["PRICE"]) == ("2026-11-20T12:00:01.000Z", "0.0100")


def test_parquet_is_read_back_with_its_types(furnished, monkeypatch):
    monkeypatch.setattr("waypost.report.formats.parquet.GROUP", 3)
    kept = [keep(furnished, number) for number in range(7)]

    read = parquet_files.ParquetFile(io.BytesIO(exported(furnished, format_=Format.PARQUET)))
    rows = read.read().to_pylist()

    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [3, 3, 1]
    assert [row["WHATSAPP_ID"] for row in rows] == kept[::-1]
    assert rows[-1]["CREATED_AT"] == later(0)
    assert isinstance(rows[0]["CREATED_AT"], datetime)
    assert (rows[0]["PRICE"], rows[0]["MESSAGE_DIRECTION"]) == (Decimal("0.0100"), False)


def test_an_empty_parquet_has_its_columns(furnished):
    read = parquet_files.read_table(io.BytesIO(exported(furnished, format_=Format.PARQUET)))

    assert (read.num_rows, read.column_names) == (0, NAMES)


@pytest.mark.parametrize("format_", list(Format))
def test_gzip_holds_the_very_same_file(furnished, format_):
    keep(furnished, 1)

    plain = exported(furnished, format_=format_)

    assert gzip.decompress(exported(furnished, format_=format_, is_gzipped=True)) == plain


def test_what_was_answered_to_a_message_is_found_in_its_order(furnished):
    keep(furnished, 1)
    replies = [receive(furnished, number, "hi", reply_to=id_of(1)) for number in (2, 4)]
    receive(furnished, 3, "hi")

    def found(limit):
        return furnished.ask(lambda t: t.search.replies(ACCOUNT, id_of(1), limit))

    assert (found(9), found(1)) == (replies, replies[:1])
