"""The incoming envelope of every documented page: its keys, in their order, and nothing else.

Source: reference/kaleyra-v2.md 3.1. Each payload goes through Meta's webhook as it comes.
"""

import json

import pytest

from support.nouns import WABA_ID
from support.webhook_desk import METADATA, PHONE, message, written
from waypost.meta.events import parse_webhook
from waypost.model.callback import IncomingEvent
from waypost.model.submission import References
from waypost.wire.incoming_callbacks import render_incoming

PARENT = "A0LKQ1PCV00000000001"
TRACE = "0f8fad5b-d9cb-469f-a165-70867728950e"
CONTEXT = {"from": "919800000001", "id": "wamid.HBgM"}
SHA = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="

PAGES = {
    "interactive template": message(
        "button", button={"payload": "button0", "text": "message"}, context=CONTEXT
    ),
    "interactive list reply": message(
        "interactive",
        interactive={
            "type": "list_reply",
            "list_reply": {"id": "1", "title": "One", "description": "The first"},
        },
        context=CONTEXT,
    ),
    "interactive catalogue": message(
        "order",
        order={
            "catalog_id": "194836987003835",
            "text": "",
            "product_items": [
                {
                    "product_retailer_id": "di9ozbzfi4",
                    "quantity": 1,
                    "item_price": 99.99,
                    "currency": "INR",
                }
            ],
        },
    ),
    "interactive address": message(
        "interactive",
        interactive={
            "type": "nfm_reply",
            "nfm_reply": {
                "response_json": '{"values":{"city":"Mumbai"}}',
                "body": "Asha",
                "name": "address_message",
            },
        },
        context=CONTEXT,
    ),
    **{
        f"reply media {kind}": message(
            kind, **{kind: {"mime_type": mime_type, "sha256": SHA, "id": "10"}}, context=CONTEXT
        )
        for kind, mime_type in {
            "image": "image/jpeg",
            "video": "video/mp4",
            "audio": "audio/ogg",
            "sticker": "image/webp",
            "document": "application/pdf",
        }.items()
    },
    "current location": message("location", location={"latitude": 19.07, "longitude": 72.87}),
    "contact": message(
        "contacts",
        contacts=[
            {"name": {"formatted_name": "Ravi"}, "phones": [{"phone": "+91 98111", "type": "CELL"}]}
        ],
    ),
}


def rendered(told, **changes):
    (one,) = parse_webhook(written(told)).messages
    event = IncomingEvent(
        account_id=1,
        inbound_id="A0LKQ1PCV00000000101",
        sender_id="919800000001",
        waba_id=WABA_ID,
        value=one.value,
        occurred_at=one.occurred_at,
        trace_id=TRACE,
        **changes,
    )
    return json.loads(render_incoming(event))


@pytest.mark.parametrize("page", PAGES)
def test_a_documented_page_has_its_keys_in_their_order(page):
    told = PAGES[page]
    has_medium = page.startswith("reply media")
    media_url = "https://gateway.example.com/media/1" if has_medium else ""

    body = rendered(
        told,
        references=References("order-1", "spring", None),
        reply_to=PARENT,
        media_url=media_url,
    )

    expected = {
        "meta_object": {
            "value": {
                "messaging_product": "whatsapp",
                "metadata": METADATA,
                "contacts": [{"profile": {"name": "Asha"}, "wa_id": PHONE}],
                "messages": [told],
            },
            "field": "messages",
        },
        "extra_info": {
            "media_url": media_url,
            "ref": "order-1",
            "ref1": "spring",
            "ref2": "",
            "reply_to": PARENT,
            "trace_id": TRACE,
            "waba_id": WABA_ID,
        },
    }
    assert json.dumps(body) == json.dumps(expected), "the order of keys counts"


def test_what_is_ours_stands_behind_the_documented_keys():
    body = rendered(
        PAGES["interactive template"],
        reply_to=PARENT,
        is_probable=True,
        card_index=2,
        button_index=1,
    )

    extra = body["extra_info"]
    assert list(extra)[7:] == ["reply_to_is_probable", "card_index", "button_index"]
    assert (extra["reply_to_is_probable"], extra["card_index"], extra["button_index"]) == (
        True,
        2,
        1,
    )


def test_a_message_that_answers_nothing_has_every_documented_key_all_the_same():
    extra = rendered(message())["extra_info"]

    assert extra == {
        "media_url": "",
        "ref": "",
        "ref1": "",
        "ref2": "",
        "reply_to": "",
        "trace_id": TRACE,
        "waba_id": WABA_ID,
    }
