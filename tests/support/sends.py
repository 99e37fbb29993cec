"""Send bodies to test with, as a customer who reads the documents would write them."""

import json
from pathlib import Path
from typing import Any

from waypost.model.refusal import Fault
from waypost.model.submission import Submission
from waypost.model.template import Template
from waypost.wire.send import MAX_RECIPIENTS, parse_send
from waypost.wire.thorough import parse_thoroughly

KALEYRA = Path(__file__).parent.parent / "fixtures" / "kaleyra"
NUMBER = "+919812345678"


class KnownTemplates:
    """A template book of the templates it was given."""

    def __init__(self, *templates: Template) -> None:
        self._templates = {(known.name, known.language): known for known in templates}

    def find(self, name: str, language: str) -> Template | None:
        return self._templates.get((name, language))


NO_TEMPLATES = KnownTemplates()


def sample(name: str) -> bytes:
    """A documented sample as printed, with a real number in place of the masked one."""
    return (KALEYRA / f"{name}-sample.json").read_bytes().replace(b"+91XXXXXXXXXX", NUMBER.encode())


def card(index: Any = 0, **changes: Any) -> dict[str, Any]:
    return {
        "card_index": index,
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "155808"}}]},
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
        **changes,
    }


def template(*components: Any, name: Any = "summer", code: Any = "en_US") -> dict[str, Any]:
    return {"name": name, "language": {"code": code}, "components": list(components)}


def message(content: Any, kind: str = "template", **changes: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER,
        "type": kind,
        kind: content,
        **changes,
    }


def carousel(*cards: Any) -> dict[str, Any]:
    return message(
        template(
            {"type": "body", "parameters": [{"type": "text", "text": "welcome"}]},
            {"type": "carousel", "cards": list(cards) or [card()]},
        )
    )


def section(products: int = 1, title: Any = "Premium Packages") -> dict[str, Any]:
    items = [{"product_retailer_id": f"sku{number}"} for number in range(products)]
    return {"title": title, "product_items": items}


def mpm_button(*sections: Any, **changes: Any) -> dict[str, Any]:
    action = {
        "thumbnail_product_retailer_id": "sku0",
        "sections": list(sections) or [section()],
        **changes,
    }
    return {
        "type": "button",
        "sub_type": "mpm",
        "index": 0,
        "parameters": [{"type": "action", "action": action}],
    }


def mpm(*sections: Any, **changes: Any) -> dict[str, Any]:
    return message(template(mpm_button(*sections, **changes), name="abandoned_cart"))


def text(body: Any = "hello", **changes: Any) -> dict[str, Any]:
    return message({"body": body, **changes}, "text")


def wrap(message_object: Any, **extra_info: Any) -> dict[str, Any]:
    return {"messaging_object": message_object, "extra_info": extra_info}


def parse(body: Any, *templates: Template, **options: Any) -> Submission | tuple[Fault, ...]:
    """What becomes of a body: bytes or text as they are, all else as JSON.

    Held to what the thorough path alone makes of it, so that every rule is a rule of both.
    """
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
    book = KnownTemplates(*templates)
    result = parse_send(body, book, **options)
    assert result == parse_thoroughly(body, book, options.get("max_recipients", MAX_RECIPIENTS))
    return result


def accepted(body: Any, *templates: Template, **options: Any) -> Submission:
    result = parse(body, *templates, **options)
    assert isinstance(result, Submission), result
    return result


def sent_on(body: Any, *templates: Template) -> Any:
    """The message object that goes on to Meta."""
    return json.loads(accepted(body, *templates).content.json)


def refused(body: Any, *templates: Template, **options: Any) -> list[tuple[str, str]]:
    """The path and code of every fault."""
    result = parse(body, *templates, **options)
    assert isinstance(result, tuple), result
    assert all(fault.message for fault in result)
    return [(fault.path, fault.code) for fault in result]


def without(container, *keys):
    return {key: value for key, value in container.items() if key not in keys}


def body_component(**parameter):
    return {"type": "body", "parameters": [parameter]}


def button(sub_type, *parameters, index=0):
    return {
        "type": "button",
        "sub_type": sub_type,
        "index": index,
        "parameters": list(parameters),
    }
