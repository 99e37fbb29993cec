"""The one request of all contenders: the documented carousel send, with four cards.

Its keys, types and values are those of the documented sample in its corrected form; four cards
make it the size of a real one (about 2 KB). Every request has a recipient of its own, so that
no limit per pair of numbers and no memory of numbers plays a part.
"""

import json
from importlib import resources
from typing import Any

CARDS = 4
TEMPLATE = "carousel_four_cards"
TEMPLATE_ID = "990000000000001"
SENDER = "919800000001"
SENDERS = tuple(str(int(SENDER) + number) for number in range(8))
PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
PICTURE = "1558081531584829"

PLACE = b"9800000000"
"""Where the recipient's ten national digits stand in a prebuilt request."""


def card(index: int) -> dict[str, Any]:
    return {
        "card_index": index,
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": PICTURE}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "john"}]},
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": 0,
                "parameters": [{"type": "payload", "payload": "more-aloes"}],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": 1,
                "parameters": [{"type": "text", "text": "blue-elf"}],
            },
        ],
    }


def message_object() -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": f"+91{PLACE.decode()}",
        "type": "template",
        "template": {
            "name": TEMPLATE,
            "language": {"code": "en_US"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "welcome"}]},
                {"type": "carousel", "cards": [card(index) for index in range(CARDS)]},
            ],
        },
    }


def customer_body() -> bytes:
    """What a customer posts to the gateway."""
    extra_info = {
        "ref": "customer1",
        "ref1": "marketing",
        "ref2": "dictionary",
        "wa_source": "api",
    }
    document = {"messaging_object": message_object(), "extra_info": extra_info}
    return json.dumps(document, separators=(",", ":")).encode()


def thorough_body() -> bytes:
    """The same in a spelling that only the thorough way of reading takes: a trailing comma."""
    return customer_body()[:-1] + b",}"


def meta_body() -> bytes:
    """What goes to Meta."""
    return json.dumps(message_object(), separators=(",", ":")).encode()


def template_definition() -> dict[str, Any]:
    """The template as Meta shows it: one card of the documented carousel, four times."""
    wanted = {**demonstrated("Carousel Template"), "id": TEMPLATE_ID, "name": TEMPLATE}
    wanted["components"] = with_cards(wanted["components"], CARDS)
    return wanted


def demonstrated(name: str) -> dict[str, Any]:
    """A template of the emulator's demonstration."""
    raw = resources.files("meta_emulator").joinpath("demo.json").read_bytes()
    templates = json.loads(raw)["wabas"][0]["templates"]
    found: dict[str, Any] = next(one for one in templates if one["name"] == name)
    return found


def with_cards(components: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The components with the first card of their carousel so many times."""
    return [
        {**component, "cards": component["cards"][:1] * count}
        if component["type"].lower() == "carousel"
        else component
        for component in components
    ]


def emulator_seed() -> bytes:
    """The emulator's own seed with a template of four cards, and no limit of users in a day."""
    seed = json.loads(resources.files("meta_emulator").joinpath("demo.json").read_bytes())
    seed["wabas"][0]["templates"].append(template_definition())
    for number in seed["wabas"][0]["phone_numbers"]:
        number["messaging_limit"] = "TIER_UNLIMITED"
    return json.dumps(seed).encode()
