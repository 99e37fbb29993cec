"""Every documented kind of inbound message is understood whole: value, medium, tap and order."""

import json

import pytest

from support.webhook_desk import CONTACT, METADATA, PHONE, SECONDS, message, written
from waypost.meta.events import parse_webhook
from waypost.meta.inbound_parts import Ordered, Tapped
from waypost.model.inbound import InboundMedium

OURS = {"from": "15550783881", "id": "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI0RTJEOTc2ODVERUY5RDlGNkYA"}
SHA = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="
USER = "US.13491208655302741918"
ITEMS = [
    {"product_retailer_id": "di9ozbzfi4", "quantity": 2, "item_price": 30, "currency": "USD"},
    {"product_retailer_id": "nqryix03ez", "quantity": 1, "item_price": 7.99, "currency": "USD"},
]
UNSUPPORTED = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}

KINDS = {
    "text": {"text": {"body": "Does it come in another color?"}},
    "text that answers": {"text": {"body": "Yes"}, "context": OURS},
    "text about a product": {
        "text": {"body": "Is this still available?"},
        "context": OURS
        | {"referred_product": {"catalog_id": "194836987003835", "product_retailer_id": "di9o"}},
    },
    "text that was forwarded": {"text": {"body": "Look"}, "context": {"forwarded": True}},
    "text forwarded often": {"text": {"body": "Look"}, "context": {"frequently_forwarded": True}},
    "text from an advertisement": {
        "text": {"body": "Hello! Can I get more info on this?"},
        "referral": {
            "source_url": "https://fb.me/3cr4Wqqkv",
            "source_id": "120226305854810726",
            "source_type": "ad",
            "body": "Summer Succulents are here!",
            "headline": "Chat with us",
            "media_type": "image",
            "image_url": "https://scontent.example/v/t45.1",
            "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e",
            "welcome_message": {"text": "Hi there! Let us know how we can help!"},
        },
    },
    "text in a group": {"text": {"body": "Hello"}, "group_id": "Y2FwaV9ncm91cDox"},
    "button": {
        "button": {"payload": "more-aloes", "text": "Send more like this!"},
        "context": OURS,
    },
    "interactive button_reply": {
        "interactive": {
            "type": "button_reply",
            "button_reply": {"id": "cancel-button", "title": "Cancel"},
        },
        "context": OURS,
    },
    "interactive list_reply": {
        "interactive": {
            "type": "list_reply",
            "list_reply": {
                "id": "priority_express",
                "title": "Priority Mail Express",
                "description": "Next Day to 2 Days",
            },
        },
        "context": OURS,
    },
    "interactive nfm_reply of a flow": {
        "interactive": {
            "type": "nfm_reply",
            "nfm_reply": {
                "name": "flow",
                "body": "Sent",
                "response_json": '{"flow_token":"token","name":"Asha"}',
            },
        },
        "context": OURS,
    },
    "interactive nfm_reply of an address": {
        "interactive": {
            "type": "nfm_reply",
            "nfm_reply": {
                "name": "address_message",
                "body": "Asha",
                "response_json": '{"values":{"in_pin_code":"400063"}}',
            },
        },
        "context": OURS,
    },
    "interactive call_permission_reply": {
        "interactive": {
            "type": "call_permission_reply",
            "call_permission_reply": {
                "response": "accept",
                "is_permanent": False,
                "expiration_timestamp": "1795176600",
                "response_source": "user_action",
            },
        },
        "context": OURS,
    },
    "order": {
        "order": {"catalog_id": "194836987003835", "text": "Love these!", "product_items": ITEMS}
    },
    "image": {
        "image": {"caption": "Taj Mahal", "mime_type": "image/jpeg", "sha256": SHA, "id": "1003"}
    },
    "video": {"video": {"mime_type": "video/mp4", "sha256": SHA, "id": "1004"}},
    "audio": {
        "audio": {"mime_type": "audio/ogg; codecs=opus", "sha256": SHA, "id": "1", "voice": 1}
    },
    "document": {
        "document": {
            "filename": "bill.pdf",
            "mime_type": "application/pdf",
            "sha256": SHA,
            "id": "1005",
            "url": "https://lookaside.example/1005",
        }
    },
    "sticker": {
        "sticker": {"mime_type": "image/webp", "sha256": SHA, "id": "1006", "animated": False}
    },
    "location": {
        "location": {
            "latitude": 37.44221496582,
            "longitude": -122.16165924072,
            "name": "Philz Coffee",
            "address": "101 Forest Ave, Palo Alto, CA 94301",
        }
    },
    "contacts": {
        "contacts": [
            {
                "name": {"first_name": "Lucía", "formatted_name": "Lucía Gómez"},
                "phones": [{"phone": "+1 (983) 555-2319", "wa_id": "19835552319"}],
            }
        ]
    },
    "reaction": {"reaction": {"message_id": OURS["id"], "emoji": "\U0001f44d"}},
    "reaction taken back": {"reaction": {"message_id": OURS["id"]}},
    "system changed number": {
        "system": {
            "body": "User Asha changed from 1 to 2",
            "wa_id": "12195555358",
            "type": "user_changed_number",
        }
    },
    "system changed user id": {
        "system": {
            "body": "User Asha changed",
            "user_id": USER,
            "previous_user_id": "US.1",
            "type": "user_changed_user_id",
        }
    },
    "system changed identity": {
        "system": {"body": "Identity changed", "type": "customer_identity_changed"},
        "identity": {"acknowledged": True, "created_timestamp": SECONDS, "hash": "h"},
    },
    "unsupported": {"errors": [UNSUPPORTED], "unsupported": {"type": "edit"}},
    "edit": {
        "edit": {
            "original_message_id": "wamid.THEIRS",
            "message": {
                "type": "image",
                "image": {"id": "1007", "mime_type": "image/png", "caption": "New"},
            },
        }
    },
    "revoke": {"revoke": {"original_message_id": "wamid.THEIRS"}},
    "request_welcome": {},
    "something_of_next_year": {"something_of_next_year": {"deep": [{"er": 1}]}},
}

MEDIA = {
    "image": InboundMedium("1003", "image/jpeg"),
    "video": InboundMedium("1004", "video/mp4"),
    "audio": InboundMedium("1", "audio/ogg; codecs=opus"),
    "document": InboundMedium("1005", "application/pdf", "bill.pdf"),
    "sticker": InboundMedium("1006", "image/webp"),
    "edit": InboundMedium("1007", "image/png"),
}
TAPS = {
    "button": Tapped("more-aloes", "Send more like this!"),
    "interactive button_reply": Tapped("cancel-button", "Cancel"),
}


def told_of(name):
    return message(name.split()[0], **KINDS[name])


def read(*messages, **changes):
    understood = parse_webhook(written(*messages, **changes))
    assert understood.dropped == []
    return understood.messages


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_understood_and_goes_on_word_for_word(name):
    (one,) = read(told_of(name))

    assert one.kind == name.split()[0]
    assert (one.wa_id, one.profile_name, one.wamid) == (PHONE, "Asha", "wamid.IN1")
    assert one.answered == (OURS["id"] if OURS["id"] in json.dumps(KINDS[name]) else None)
    assert one.medium == MEDIA.get(name)
    assert one.tapped == TAPS.get(name)
    assert one.ordered == (
        Ordered("194836987003835", ("di9ozbzfi4", "nqryix03ez")) if name == "order" else None
    )
    value = json.loads(one.value)
    assert list(value) == ["messaging_product", "metadata", "contacts", "messages"]
    assert value["messages"] == [told_of(name)]
    assert (value["metadata"], value["contacts"]) == (METADATA, [CONTACT])


def test_each_of_many_has_its_own_contact_alone():
    other = {"profile": {"name": "Ravi"}, "wa_id": "919811111111"}
    nameless = {"user_id": USER}

    several = read(
        message(),
        message(**{"from": "919811111111"}),
        message(**{"from": None, "from_user_id": USER}),
        contacts=(other, CONTACT, nameless, "garbage"),
    )

    assert [json.loads(one.value)["contacts"] for one in several] == [
        [CONTACT],
        [other],
        [nameless],
    ]
    assert [one.profile_name for one in several] == ["Asha", "Ravi", ""]
    assert [one.place[-1] for one in several] == ["0", "1", "2"]


def test_a_system_message_without_contacts_is_one():
    (one,) = read(told_of("system changed number"), contacts=())

    assert (one.kind, one.wa_id, one.profile_name) == ("system", PHONE, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "image", "image": None},
        {"type": "image", "image": ["1003"]},
        {"type": "image", "image": {"id": 1003}},
        {"type": ["image"], "image": {"id": "1003"}},
        {"type": "edit", "edit": {"message": 7}},
        {"type": "edit", "edit": "x"},
        {"type": "button", "button": "x"},
        {"type": "button", "button": {}},
        {"type": "interactive", "interactive": [], "context": 7},
        {"type": "order", "order": "x"},
        {"type": "reaction", "reaction": 5},
    ],
)
def test_parts_of_a_wrong_type_are_not_there(changes):
    (one,) = read(message(**changes))

    assert (one.medium, one.tapped, one.ordered, one.answered) == (None, None, None, None)


def test_an_order_of_garbage_has_the_products_that_can_be_read():
    order = {"catalog_id": 7, "product_items": [None, {"product_retailer_id": "a"}, {}]}

    (one,) = read(message("order", order=order))

    assert one.ordered == Ordered("", ("a",))


@pytest.mark.parametrize("wamid", [None, "", 7, "w" * 501])
def test_an_id_that_can_be_none_is_none(wamid):
    (one,) = read(message(wamid=wamid))

    assert one.wamid == ""
