"""A recipient answers a message otherwise than by a button: chooses, fills in, allows, asks.

All of them name the message that they answer (reference 4.5).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from meta_emulator.people.answers import AnswerError, find_message
from meta_emulator.world.message import Message
from meta_emulator.world.state import State

Reply = Callable[[Any, State], dict[str, Any]]

ALLOWED_FOR = timedelta(days=7)
"""How long a business may call after "yes"; Meta lets people choose longer."""


def choose(order: Any, state: State) -> dict[str, Any]:
    """The message's own keys for a choice of a list; raises AnswerError.

    order  {"id": of the message, "row": the id of the row}
    """
    message = find_message(order, state)
    action = _interactive(message).get("action") or {}
    for section in action.get("sections") or ():
        for row in section.get("rows") or ():
            if row["id"] == order.get("row"):
                known = {key: row[key] for key in ("id", "title", "description") if row.get(key)}
                return _reply(message, "list_reply", known)
    raise AnswerError(f'{message.id} has no row {order.get("row")!r}; "row" is the id of one')


def fill_in(order: Any, state: State) -> dict[str, Any]:
    """The message's own keys for a form that was sent back; raises AnswerError.

    order  {"id": of the message, "response": {...}}; of a flow its token is added to the response
    """
    message = find_message(order, state)
    response = order.get("response")
    if type(response) is not dict:
        raise AnswerError('"response" must be an object: what the form was filled in with')
    kind = _interactive(message).get("type")
    if kind == "address_message":
        response = {"values": response} if "values" not in response else response
        return _form(message, "address_message", response)
    token = _flow_token(message)
    if token is None:
        raise AnswerError(f"{message.id} has no form: it is neither a flow nor asks for an address")
    return _form(message, "flow", {"flow_token": token, **response})


def allow_calls(order: Any, state: State) -> dict[str, Any]:
    """The message's own keys for an answer to "may we call you"; raises AnswerError.

    order  {"id": of the message, "response": "accept" or "reject"}
    """
    message = find_message(order, state)
    response = order.get("response")
    if response not in {"accept", "reject"}:
        raise AnswerError(f'"response" must be one of accept, reject; it is {response!r}')
    told: dict[str, Any] = {"response": response, "response_source": "user_action"}
    if response == "accept":
        until = state.clock.now() + ALLOWED_FOR
        told["expiration_timestamp"] = int(until.timestamp())
    return _reply(message, "call_permission_reply", told)


def ask_about(order: Any, state: State) -> dict[str, Any]:
    """The message's own keys for a question about a product; raises AnswerError.

    order  {"id": of the message, "product": its retailer id, "text"}
    """
    message = find_message(order, state)
    waba = message.number.waba
    product = order.get("product")
    if type(product) is not str or waba.catalogue.get(product) is None:
        raise AnswerError(f"there is no product {product}")
    text = order.get("text")
    if type(text) is not str or not text:
        raise AnswerError('an enquiry needs "text"')
    referred = {"catalog_id": waba.holdings.catalogue_id, "product_retailer_id": product}
    context = {**_context(message), "referred_product": referred}
    return {"type": "text", "text": {"body": text}, "context": context}


REPLIES: dict[str, Reply] = {
    "choice": choose,
    "form": fill_in,
    "call_permission": allow_calls,
    "enquiry": ask_about,
}
"""By the key of the order that says so."""


def _interactive(message: Message) -> dict[str, Any]:
    content = msgspec.json.decode(message.request).get("interactive")
    return content if isinstance(content, dict) else {}


def _flow_token(message: Message) -> str | None:
    """The token of a message's flow, `unused` where it was sent none; None if it has no flow."""
    content = _interactive(message)
    if content.get("type") == "flow":
        return str((content["action"].get("parameters") or {}).get("flow_token") or "unused")
    if message.kind != "template":
        return None
    sent = msgspec.json.decode(message.request)["template"]
    template = message.number.waba.templates.get((sent["name"], sent["language"]["code"]))
    buttons = [
        button
        for component in (template.components if template is not None else ())
        for button in component.get("buttons") or ()
    ]
    if not any(str(button.get("type")).upper() == "FLOW" for button in buttons):
        return None
    for component in sent.get("components") or ():
        if str(component.get("sub_type", "")).lower() == "flow":
            for parameter in component.get("parameters") or ():
                return str((parameter.get("action") or {}).get("flow_token") or "unused")
    return "unused"


def _context(message: Message) -> dict[str, str]:
    return {"from": message.number.digits, "id": message.id}


def _reply(message: Message, kind: str, told: dict[str, Any]) -> dict[str, Any]:
    interactive = {"type": kind, kind: told}
    return {"type": "interactive", "interactive": interactive, "context": _context(message)}


def _form(message: Message, name: str, response: dict[str, Any]) -> dict[str, Any]:
    text = msgspec.json.encode(response).decode()
    return _reply(message, "nfm_reply", {"name": name, "body": "Sent", "response_json": text})
