"""A recipient answers a message: taps one of its buttons, or orders from it (reference 4.5).

The tap tells the button's payload and text and names the message; the order names its catalogue
and products, and not the message.
"""

from typing import Any

import msgspec

from meta_emulator.world.message import Message
from meta_emulator.world.objects import Template
from meta_emulator.world.state import State


class AnswerError(ValueError):
    """The message cannot be answered so; the text says why."""


def tap(order: Any, state: State) -> dict[str, Any]:
    """The message's own keys for a tap; raises AnswerError.

    order  {"id": of the message, "button": its index}, and "card": its index on a carousel
    """
    message = find_message(order, state)
    card, index = order.get("card"), order.get("button", 0)
    request = msgspec.json.decode(message.request)
    context = {"from": message.number.digits, "id": message.id}
    if message.kind == "template":
        shown = request["template"]
        texts = _texts(_template_of(message, shown), card)
        payload = _payload(shown.get("components") or [], card, index)
        if index not in texts:
            raise AnswerError(f"{message.id} has no quick reply {index} on card {card}")
        text = texts[index]
        return {
            "type": "button",
            "button": {"payload": payload or text, "text": text},
            "context": context,
        }
    buttons = request.get("interactive", {}).get("action", {}).get("buttons") or []
    if type(index) is not int or not 0 <= index < len(buttons):
        raise AnswerError(f"{message.id} has no button {index}")
    reply = {"type": "button_reply", "button_reply": buttons[index]["reply"]}
    return {"type": "interactive", "interactive": reply, "context": context}


def order_from(order: Any, state: State) -> dict[str, Any]:
    """The message's own keys for an order; raises AnswerError.

    order  {"id": of the message, "items": {retailer id: quantity}}, and optionally "text"
    """
    message = find_message(order, state)
    waba = message.number.waba
    items = []
    for retailer_id, quantity in dict(order.get("items") or {}).items():
        product = waba.catalogue.get(retailer_id)
        if product is None:
            raise AnswerError(f"there is no product {retailer_id}")
        items.append(
            {
                "product_retailer_id": retailer_id,
                "quantity": quantity,
                "item_price": product.price / 100,
                "currency": product.currency,
            }
        )
    if not items:
        raise AnswerError('an order needs "items", each a retailer id and how many of it')
    shown = {
        "catalog_id": waba.holdings.catalogue_id,
        "text": order.get("text", ""),
        "product_items": items,
    }
    return {"type": "order", "order": shown}


def find_message(order: Any, state: State) -> Message:
    """The message that an answer names; raises AnswerError."""
    named = order.get("id") if type(order) is dict else None
    message = state.sent(str(named))
    if message is not None:
        return message
    raise AnswerError(f'there is no message {named}; "id" is one that was sent')


def _template_of(message: Message, shown: dict[str, Any]) -> Template:
    key = shown["name"], shown["language"]["code"]
    template = message.number.waba.templates.get(key)
    if template is None:
        raise AnswerError(f"the template {key[0]} is gone")
    return template


def _texts(template: Template, card: int | None) -> dict[int, str]:
    """The texts of its quick replies, at the top or of one card, by their indexes."""
    components = template.components
    if card is not None:
        cards: list[Any] = next(
            (one["cards"] for one in components if one["type"].upper() == "CAROUSEL"), []
        )
        components = cards[min(card, len(cards) - 1)]["components"] if cards else []
    return {
        index: button["text"]
        for one in components
        if one["type"].upper() == "BUTTONS"
        for index, button in enumerate(one["buttons"])
        if button["type"].upper() == "QUICK_REPLY"
    }


def quick_replies(message: Message, card: int | None) -> list[int]:
    """The indexes of its quick replies or reply buttons, at the top or of one card."""
    request = msgspec.json.decode(message.request)
    if message.kind == "template":
        shown = request["template"]
        template = message.number.waba.templates.get((shown["name"], shown["language"]["code"]))
        return [] if template is None else sorted(_texts(template, card))
    buttons = request.get("interactive", {}).get("action", {}).get("buttons") or []
    return list(range(len(buttons)))


def _payload(components: list[Any], card: int | None, index: int) -> str | None:
    """What the send gave the button; None if it gave nothing."""
    if card is not None:
        cards = [one for part in components for one in part.get("cards") or ()]
        components = [
            part
            for one in cards
            if str(one.get("card_index")) == str(card)
            for part in one.get("components") or ()
        ]
    for part in components:
        if part["type"].lower() == "button" and int(part.get("index") or 0) == index:
            for parameter in part.get("parameters") or ():
                payload: str | None = parameter.get("payload")
                return payload
    return None
