"""A recipient speaks: what the control API is told becomes Meta's `messages` webhook."""

from base64 import b64encode
from typing import Any

from meta_emulator.people.answers import AnswerError, order_from, tap
from meta_emulator.people.media import MediumError, hold_medium
from meta_emulator.people.replies import REPLIES, Reply
from meta_emulator.runtime.chance import Chance
from meta_emulator.webhook.bodies import UNNAMED, render_inbound
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.message import Inbound
from meta_emulator.world.objects import Number
from meta_emulator.world.recipients import person_at, user_id_of
from meta_emulator.world.state import State

ANSWERS: dict[str, Reply] = {"tap": tap, "order": order_from, **REPLIES}
"""What answers a message of the business, by the key of the order that says so."""


class InboundError(ValueError):
    """The inbound message cannot be made; the text says why."""


def receive(order: dict[str, Any], state: State, reporter: Reporter) -> str:
    """Emit what `order` says and return the wamid; raises InboundError.

    order  {"from", "text"}, {"from", "message"}, {"from", "medium"} or
           {"from"} with one of ANSWERS, and optionally
           "phone_number_id", "name", "reply_to": the id of the message that it quotes,
           and "referral": Meta's object about the advertisement they came from
    """
    sender = person_at(order.get("from"))
    if sender is None:
        raise InboundError('"from" must be a phone number, as in "+919876543210"')
    number_id = order.get("phone_number_id")
    number = state.first_number if number_id is None else state.numbers.get(str(number_id))
    if number is None:
        raise InboundError(f"there is no phone number {number_id}")
    user_id = user_id_of(sender)
    if sender in number.blocked or user_id in number.blocked:
        raise InboundError(f"{number.digits} has blocked {sender}: nothing reaches it")
    wamid = inbound_wamid(sender, state.chance)
    message: dict[str, Any] = {
        "from": sender,
        "id": wamid,
        "timestamp": str(int(state.clock.now().timestamp())),
        "from_user_id": user_id,
        **content_of(order, number, state),
    }
    if order.get("reply_to"):
        message["context"] = {"from": number.digits, "id": str(order["reply_to"])}
    if "referral" in order:
        message["referral"] = order["referral"]
    state.hear(number, (sender, user_id), is_referred="referral" in message)
    name = str(order.get("name") or state.names.get(sender, UNNAMED))
    inbound = Inbound(state.clock.now(), number.id, sender, name, message)
    state.inbound.append(inbound)
    reporter.tell(number, render_inbound(number, message, name, user_id), inbound)
    return wamid


def content_of(order: dict[str, Any], number: Number, state: State) -> dict[str, Any]:
    """The message's own keys: "message", or of a file, an answer, a text; raises InboundError."""
    try:
        for key, answer in ANSWERS.items():
            if key in order:
                return answer(order[key], state)
    except AnswerError as error:
        raise InboundError(str(error)) from error
    if "medium" in order:
        try:
            return hold_medium(order["medium"], number, state)
        except MediumError as error:
            raise InboundError(str(error)) from error
    given = order.get("message")
    if given is None:
        text = order.get("text")
        if type(text) is not str or not text:
            known = ", ".join(f'"{key}"' for key in ("text", "message", "medium", *ANSWERS))
            raise InboundError(f"one of {known} is needed")
        return {"type": "text", "text": {"body": text}}
    if type(given) is not dict or type(given.get("type")) is not str:
        raise InboundError('"message" must be one of Meta\'s message objects, with its "type"')
    return given


def inbound_wamid(sender: str, chance: Chance) -> str:
    """An id of Meta's shape for a message from a recipient."""
    digits = b"%020X" % chance.bits(80)
    known = sender.encode()
    raw = b"\x1c\x18%c%b\x15\x02\x00\x12\x18\x14%b\x00" % (len(known), known, digits)
    return "wamid." + b64encode(raw).decode()
