"""Sends and definitions that others published, with their gaps filled, and what they name.

They are not part of the project: the folder that holds them is named by CORPORA_DIR, with
`openapi/examples.json` (Meta's examples) and `pywa/templates/*.json` (data of david-lev/pywa).
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from meta_emulator.seed import (
    CatalogueSeed,
    MediaSeed,
    ProductSeed,
    Seed,
    TemplateSeed,
    default_seed,
)

FOLDER = os.environ.get("CORPORA_DIR")
NEEDS_FOLDER = pytest.mark.skipif(
    FOLDER is None, reason="CORPORA_DIR does not name a folder with Meta's examples"
)

FILLED = {
    "{{Recipient-Phone-Number}}": "919876543210",
    "{{Recipient-WA-Phone-Number}}": "919876543210",
    "{{Flow-ID}}": "1",
    "{{Flow-Name}}": "a_flow",
    "<HEADER_TYPE>": "text",
    "language-and-locale-code": "en_US",
    "<TEMPLATE_NAME>": "a_flow_template",
    "<AUDIO_OBJECT_ID>": "155801",
    "<IMAGE_OBJECT_ID>": "155802",
    "<VIDEO_OBJECT_ID>": "155803",
    "<DOCUMENT_OBJECT_ID>": "155804",
    "<MEDIA_OBJECT_ID>": "155805",
}
ADDRESS = re.compile(r"<?http\(s\)://[^>]*>?")
MEDIA_TYPES = {
    "155801": "audio/ogg",
    "155802": "image/jpeg",
    "155803": "video/mp4",
    "155804": "application/pdf",
    "155805": "image/webp",
}
BODY = {"type": "BODY", "text": "Text {{1}} for {{2}} on {{3}}."}
ANSWERS = [{"type": "QUICK_REPLY", "text": text} for text in ("Yes", "No")]
TEMPLATES = {
    "a_flow_template": [
        {"type": "BODY", "text": "Hi"},
        {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Go", "flow_id": "1"}]},
    ],
    "intro_catalog_offer": [
        BODY,
        {"type": "BUTTONS", "buttons": [{"type": "CATALOG", "text": "View catalog"}]},
    ],
    "sample_issue_resolution": [
        {"type": "BODY", "text": "Did we help you, {{1}}?"},
        {"type": "BUTTONS", "buttons": ANSWERS},
    ],
}
PICTURE = {"type": "HEADER", "format": "IMAGE"}
OF_ONE_NAME: dict[tuple[str, ...], list[dict[str, Any]]] = {
    ("body",): [BODY],
    ("header", "body"): [PICTURE, BODY],
    ("header", "body", "button", "button"): [
        PICTURE,
        BODY,
        {"type": "BUTTONS", "buttons": ANSWERS},
    ],
}
"""Several examples share the name `template-name`: their definition goes by their components."""


def examples(call: str) -> dict[str, Any]:
    """Meta's examples of one call, by their names."""
    raw = (Path(FOLDER or ".") / "openapi" / "examples.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(raw)[call]["requests"]
    return found


def documented(call: str) -> dict[str, Any]:
    """Meta's answers to one call that succeeded, by their names."""
    raw = (Path(FOLDER or ".") / "openapi" / "examples.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(raw)[call]["responses"]["200"]
    return found


def sends() -> list[Any]:
    """Every send with its name, as parameters; none without the folder."""
    if FOLDER is None:
        return []
    found = examples("POST /{Version}/{Phone-Number-ID}/messages")
    return [pytest.param(send, id=name) for name, send in found.items()]


def definitions() -> list[Any]:
    """Every definition with its name, as parameters; none without the folder."""
    if FOLDER is None:
        return []
    found = examples("POST /{Version}/{WABA-ID}/message_templates")
    folder = Path(FOLDER or ".")
    for file in sorted(folder.glob("pywa/templates/*.json")):
        found |= json.loads(file.read_text())
    for given in found.values():
        given["name"] = given["name"].replace("<TEMPLATE_NAME>", "a_template")
    return [pytest.param(given, id=name) for name, given in found.items()]


def filled(value: Any) -> Any:
    """The example with its gaps filled."""
    if isinstance(value, dict):
        return {key: filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    if not isinstance(value, str):
        return value
    if ADDRESS.fullmatch(value):
        return "https://shop.example/file"
    if len(value) > 20 and value.startswith("<LIST_SECTION"):
        return value.strip("<>")
    return FILLED.get(value, value.replace("<SECTION_", "<S_"))


def seed_for(send: dict[str, Any]) -> Seed:
    """The default seed, with the template, media and products that `send` names."""
    seed = default_seed()
    waba = seed.wabas[0]
    named = re.findall(
        r'"(?:product_retailer_id|thumbnail_product_retailer_id)":"([^"]*)"', _text(send)
    )
    catalogue_id = next(iter(re.findall(r'"catalog_id":"([^"]*)"', _text(send))), "194836987003835")
    products = [
        ProductSeed(f"{place}", name, name, 100) for place, name in enumerate(dict.fromkeys(named))
    ]
    templates = []
    if send.get("type") == "template" and send["template"]["name"] != "hello_world":
        given = send["template"]
        kinds = tuple(part["type"] for part in given.get("components", ()))
        components = TEMPLATES.get(given["name"]) or OF_ONE_NAME[kinds]
        templates.append(TemplateSeed("1", given["name"], "en_US", "UTILITY", components))
    return msgspec.structs.replace(
        seed,
        wabas=[
            msgspec.structs.replace(
                waba,
                templates=[*waba.templates, *templates],
                catalogue=CatalogueSeed(catalogue_id, "Plants", products),
            )
        ],
        media=[MediaSeed(media_id, kind) for media_id, kind in MEDIA_TYPES.items()],
    )


def _text(send: dict[str, Any]) -> str:
    return msgspec.json.encode(send).decode()
