"""Template sends for the emulator: whole, and with one part replaced."""

import asyncio
from typing import Any

from support.emulated import (
    MESSAGES,
    action,
    body,
    button,
    emulated,
    header,
    image,
    payload,
    template,
    text,
)


def card(index: Any, *components: dict[str, Any]) -> dict[str, Any]:
    return {"card_index": index, "components": list(components)}


def full_card(index: Any, **instead: Any) -> dict[str, Any]:
    parts = {
        "header": header(image()),
        "body": body("john"),
        "reply": button("quick_reply", "0", payload("more")),
        "url": button("url", "1", text("blue-elf")),
        **instead,
    }
    return card(index, *(part for part in parts.values() if part is not None))


def carousel(*cards: dict[str, Any], name: str = "carousel_two_cards") -> dict[str, Any]:
    words = ("Pablo", "20%", "20OFF") if name == "carousel_two_cards" else ("Pablo",)
    return template(name, body(*words), {"type": "carousel", "cards": list(cards)})


def product_card(index: int, product: str = "2lc20305pt", catalogue: str = "194836987003835"):
    content = {"product_retailer_id": product, "catalog_id": catalogue}
    return card(index, header({"type": "product", "product": content}))


def mpm(*sections: Any, **instead: Any) -> dict[str, Any]:
    content = {
        "thumbnail_product_retailer_id": "2lc20305pt",
        "sections": list(sections),
        **instead,
    }
    return template(
        "abandoned_cart", header("Pablo"), body("10OFF"), button("mpm", 0, action(content))
    )


def section(*products: str, title: Any = "Plants") -> dict[str, Any]:
    items = [{"product_retailer_id": product} for product in products]
    return {"title": title, "product_items": items}


def plants(first: int, last: int) -> list[str]:
    return [f"plant{number:02d}" for number in range(first, last + 1)]


async def answer_of(message: dict[str, Any], version: str = "v25.0") -> Any:
    return await emulated().ask("POST", MESSAGES.replace("v25.0", version), message)


def refusal_of(message: dict[str, Any], version: str = "v25.0") -> tuple[int, str, str]:
    """HTTP status, `message` and `details` of the refusal."""
    answer = asyncio.run(answer_of(message, version))
    error = answer.json["error"]
    return answer.status, error["message"], error.get("error_data", {}).get("details", "")
