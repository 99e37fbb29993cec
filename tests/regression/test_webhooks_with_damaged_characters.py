"""Half an emoji in one status once cost all statuses of its webhook."""

import json

import pytest

from waypost.meta.events import parse_webhook

WHOLE = {"id": "wamid.whole", "status": "sent", "timestamp": "1795000000"}


def webhook(raw: bytes) -> bytes:
    """Two statuses; the first has this JSON in it."""
    damaged = {**WHOLE, "id": "wamid.damaged", "x": {"HERE": ["HERE"]}}
    value = {"metadata": {"phone_number_id": "1"}, "statuses": [damaged, WHOLE]}
    change = {"field": "messages", "value": value}
    text = json.dumps({"entry": [{"id": "1", "changes": [change]}]})
    return text.replace('["HERE"]', f"[{raw.decode('latin-1')}]").encode("latin-1")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (rb'"\ud83d"', "\ufffd"),
        (rb'"caf\u00e9 \udc00\ud83d\ude00"', "café \ufffd😀"),
        (rb'"\\ud83d"', r"\ud83d"),
        (b'"\xff"', "\ufffd"),
        (b"1e999", None),
        (b"-Infinity", None),
        (b"9" * 9000, None),
    ],
)
def test_what_is_damaged_costs_only_itself(raw, read):
    understood = parse_webhook(webhook(raw))

    assert [status.wamid for status in understood.statuses] == ["wamid.damaged", "wamid.whole"]
    assert understood.dropped == []
    shown = json.loads(understood.statuses[0].meta_value)["statuses"][0]["x"]
    assert shown == {"HERE": [read]}


def test_a_byte_order_mark_is_no_reason_to_drop_anything():
    assert len(parse_webhook(b"\xef\xbb\xbf" + webhook(b"1")).statuses) == 2


@pytest.mark.parametrize(
    "body", [b"", b"\xef\xbb\xbf", b"\xff", b"{", b"[" * 100_000, b'{"a":\x00}']
)
def test_what_is_no_json_is_still_dropped(body):
    understood = parse_webhook(body)

    assert understood.statuses == []
    assert len(understood.dropped) == 1
