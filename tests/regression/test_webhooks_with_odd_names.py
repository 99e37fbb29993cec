"""A webhook whose recipient is named by a list, or that is no UTF-8, once ended the reading."""

import json

from waypost.meta.events import parse_webhook


def test_a_recipient_that_is_no_text_costs_nothing_but_its_contact():
    statuses = [
        {"id": "wamid.1", "status": "sent", "timestamp": "1", "recipient_id": ["919876543210"]},
        {"id": "wamid.2", "status": "read", "timestamp": "2", "recipient_id": "919876543210"},
    ]
    value = {"statuses": statuses, "contacts": [{"wa_id": {}}, {"wa_id": "919876543210"}]}
    body = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}

    first, second = parse_webhook(json.dumps(body).encode()).statuses

    assert json.loads(first.meta_value)["contacts"] == []
    assert json.loads(second.meta_value)["contacts"] == [{"wa_id": "919876543210"}]


def test_a_body_that_is_no_utf_8_is_dropped():
    understood = parse_webhook(b'{"entry": "\xff"}')

    assert understood.statuses == []
    assert len(understood.dropped) == 1
