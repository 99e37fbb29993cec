"""The send edge: `POST /<version>/<phone number id>/messages`.

Order of the checks: shape, recipient, template, then `checks` (reference 12.3). What passes is
accepted: kept, scheduled, answered. The hot path: nothing here may cost more than it must.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import msgspec

from meta_emulator.checks.content import TYPES, check_content, check_context
from meta_emulator.checks.parts import read_parts
from meta_emulator.checks.template_send import find_fault
from meta_emulator.graph.room import Edges
from meta_emulator.physics.disorder import Disorder
from meta_emulator.physics.laws import Laws, Send
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, RefusedError, invalid, refused
from meta_emulator.world.message import ACCEPTED, Message
from meta_emulator.world.objects import Number, Template
from meta_emulator.world.recipients import phone_digits, user_id_of
from meta_emulator.world.state import ReadMark, State

CALLBACK_LIMIT = 512
SLICE_MS = 100
DROPPED = 503
LONGEST_UNTOLD_MS = 30_000
"""An answer that is to come after a status waits no longer for it."""
SUCCESS = b'{"success":true}'
UNAVAILABLE = {
    "PAUSED": 132015,
    "DISABLED": 132016,
}

decode = msgspec.json.Decoder().decode
Schedule = Callable[[Message], None]


class Sends:
    """Takes sends: understands, checks, keeps, schedules and answers them."""

    def __init__(
        self,
        state: State,
        responder: Responder,
        schedule: Schedule,
        laws: Laws,
        disorder: Disorder,
    ) -> None:
        self._laws = laws
        self._disorder = disorder
        self._state = state
        self._responder = responder
        self._schedule = schedule

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {("number", "POST", "messages"): self.send}

    async def send(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/messages`, with what goes wrong by plan."""
        disorder = self._disorder
        if not disorder.is_quiet:
            await self._hold(lambda: disorder.faults.delay_ms)
            if disorder.faults.drop and disorder.drops(number.id, addressee(request)):
                return Answer(DROPPED, b"")
        answer, message = self._taken(request, number)
        if message is not None and (message.course is not None or not disorder.is_quiet):
            await self._disturb(answer, message)
        return answer

    async def _disturb(self, answer: Answer, message: Message) -> None:
        """Return when the answer to an accepted send is due; it may be lost then."""
        disorder, course = self._disorder, message.course
        answer.is_lost = disorder.loses_answer(message)
        if course is not None:
            answer.is_lost |= course.loses_answer
            if course.answers_after_s:
                await self._state.clock.sleep(course.answers_after_s)
        if late_ms := disorder.lateness_ms(message):
            await self._hold(lambda: late_ms if disorder.faults.late_ms else 0)
        if disorder.tells_first(message):
            await self._hold(
                lambda: 0 if is_told(message) or disorder.is_quiet else LONGEST_UNTOLD_MS
            )

    async def _hold(self, ordered_ms: Callable[[], int]) -> None:
        """Waits as long as is ordered; in slices, so that it ends when the fault is lifted."""
        waited_ms = 0
        while (left_ms := ordered_ms() - waited_ms) > 0:
            slice_ms = min(SLICE_MS, left_ms)
            await self._state.clock.sleep(slice_ms / 1000)
            waited_ms += slice_ms

    def _taken(self, request: Request, number: Number) -> tuple[Answer, Message | None]:
        """Meta's answer to the send in `request` from `number`, and the message if there is one."""
        try:
            outcome, message = self._outcome(read_object(request.body), request, number)
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version), None
        return self._responder.success(outcome, request.version, number.waba.id), message

    def _outcome(
        self, body: dict[str, Any], request: Request, number: Number
    ) -> tuple[bytes, Message | None]:
        """The answer's body, and the message it is about if any; raises RefusedError."""
        insist(shape_fault(body))
        if "status" in body and "type" not in body:
            return self._mark_read(body, number), None
        insist(recipient_fault(body, number))
        check_context(body)
        kind = kind_of(body)
        category, template = "service", None
        if kind == "template":
            template = available(body["template"], number)
            parts = read_parts(body["template"].get("components"))
            insist(find_fault(template.form, parts, request.version, number.waba.holdings))
            category = template.category.lower()
        else:
            check_content(kind, body, number.waba.holdings)
        send = self._understood(body, number, template, (kind, category))
        code = self._laws.refusal(send)
        if code is not None:
            raise RefusedError(refused(code))
        return self._accept(send, request)

    def _understood(
        self,
        body: dict[str, Any],
        number: Number,
        template: Template | None,
        kind_and_category: tuple[str, str],
    ) -> Send:
        kind, category = kind_and_category
        to = body.get("to")
        digits = None if to is None else phone_digits(to)
        user_id = str(body["recipient"]) if digits is None else user_id_of(digits)
        address = user_id if digits is None else digits
        return Send(
            number,
            kind,
            category,
            digits,
            user_id,
            address,
            body,
            template,
            self._state.clock.now(),
        )

    def _accept(self, send: Send, request: Request) -> tuple[bytes, Message]:
        failure, course = self._laws.accept(send)
        user_id = None if send.digits is not None else send.user_id
        shown = str(send.body["to"]) if send.digits is not None else send.address
        wamid = self._wamid(send.address)
        message = Message(
            wamid,
            send.at,
            send.number,
            shown,
            send.digits,
            user_id,
            send.kind,
            send.category,
            request.body,
            request.headers,
            request.version,
            send.body.get("biz_opaque_callback_data"),
            failure,
            course,
            lot=send.lot,
        )
        self._state.messages.append(message)
        self._schedule(message)
        self._state.changes.happened()
        answered = course.answer_status if course is not None else ACCEPTED
        status = f',"message_status":"{answered}"' if send.kind == "template" else ""
        key = "user_id" if send.digits is None else "wa_id"
        answer = (
            '{"messaging_product":"whatsapp","contacts":[{"input":'
            f'{encode(shown).decode()},"{key}":{encode(send.address).decode()}}}],'
            f'"messages":[{{"id":"{wamid}"{status}}}]}}'
        )
        return answer.encode(), message

    def _mark_read(self, body: dict[str, Any], number: Number) -> bytes:
        """A read receipt, with or without the typing indicator: kept, and no message."""
        is_typing = "typing_indicator" in body
        self._state.reads.append(
            ReadMark(self._state.clock.now(), number.id, body["message_id"], is_typing)
        )
        self._state.changes.happened()
        return SUCCESS

    def _wamid(self, address: str) -> str:
        """An id of Meta's shape: base64 around the recipient and 18 hexadecimal digits."""
        digits = b"%018X" % self._state.chance.bits(72)
        known = address.encode()[:255]
        return (
            "wamid."
            + b64encode(
                b"\x1c\x18%c%b\x15\x02\x00\x11\x18\x12%b\x00" % (len(known), known, digits)
            ).decode()
        )


def addressee(request: Request) -> Any:
    """Whom a send says it is for, before it is looked at."""
    body = read_object(request.body)
    return body.get("to", body.get("recipient"))


def is_told(message: Message) -> bool:
    """Whether a status of the message was taken by its receiver."""
    return any(status.delivered_at is not None for status in message.statuses)


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; an empty one for anything else, as Meta reads it."""
    try:
        body = decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return body if type(body) is dict else {}


def insist(fault: GraphError | None) -> None:
    """Raise RefusedError if there is a fault."""
    if fault is not None:
        raise RefusedError(fault)


def available(template: dict[str, Any], number: Number) -> Template:
    """The approved template that a send names; raises RefusedError."""
    name, language = template["name"], template["language"]["code"]
    found = number.waba.templates.get((name, language))
    if found is None:
        raise RefusedError(refused(132001, f"template name ({name}) does not exist in {language}"))
    if found.status == "APPROVED":
        return found
    code = UNAVAILABLE.get(found.status)
    if code is not None:
        raise RefusedError(refused(code, f"template ({name}) is {found.status.lower()}"))
    raise RefusedError(refused(132001, f"template name ({name}) is not approved in {language}"))


def shape_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with the message around its content (code 100)."""
    product = body.get("messaging_product")
    if product is None:
        return invalid("The parameter messaging_product is required.")
    if str(product).lower() != "whatsapp":
        return invalid(f'Param messaging_product must be one of {{WHATSAPP}} - got "{product}".')
    if "status" in body and "type" not in body:
        return read_mark_fault(body)
    recipient_type = str(body.get("recipient_type", "individual"))
    if recipient_type.lower() != "individual":
        return invalid(
            f'Param recipient_type must be one of {{INDIVIDUAL}} - got "{recipient_type}".'
        )
    return callback_fault(body.get("biz_opaque_callback_data")) or kind_fault(body)


def kind_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with `type` (131051), or with the template object (code 100)."""
    kind = kind_of(body)
    if kind not in TYPES:
        listed = ", ".join(sorted(TYPES)).upper()
        return refused(131051, f'type must be one of {{{listed}}} - got "{body["type"]}".')
    return template_shape_fault(body) if kind == "template" else None


def kind_of(body: dict[str, Any]) -> str:
    """`type` in lower case; where it is left out, that of the content there is, or `text`.

    Meta's own examples leave it out of texts and of interactive messages.
    """
    kind = body.get("type")
    if kind is None:
        return next((name for name in TYPES if name in body), "text")
    return str(kind).lower()


def callback_fault(callback_data: Any) -> GraphError | None:
    """What is wrong with `biz_opaque_callback_data` (code 100)."""
    if callback_data is None:
        return None
    if type(callback_data) is not str:
        return invalid("Param biz_opaque_callback_data must be a string.")
    if len(callback_data) > CALLBACK_LIMIT:
        return invalid(
            f"Param biz_opaque_callback_data must be at most {CALLBACK_LIMIT} characters long."
        )
    return None


def read_mark_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with `{"status": "read", "message_id": ...}` (code 100)."""
    if body["status"] != "read":
        return invalid(f'Param status must be one of {{READ}} - got "{body["status"]}".')
    if type(body.get("message_id")) is not str:
        return invalid("The parameter message_id is required.")
    typing = body.get("typing_indicator")
    if typing is not None and (type(typing) is not dict or typing.get("type") != "text"):
        return invalid("Param typing_indicator['type'] must be one of {TEXT}.")
    return None


def template_shape_fault(body: dict[str, Any]) -> GraphError | None:
    """What is wrong with the template object, its components apart (code 100)."""
    template = body.get("template")
    if template is None:
        return invalid("The parameter template is required.")
    if type(template) is not dict:
        return invalid("Param template must be an object.")
    name = template.get("name")
    if type(name) is not str or not name:
        return invalid("The parameter template['name'] is required.")
    language = template.get("language")
    if type(language) is not dict:
        return invalid("The parameter template['language'] is required.")
    if type(language.get("code")) is not str:
        return invalid("The parameter template['language']['code'] is required.")
    return None


def recipient_fault(body: dict[str, Any], number: Number) -> GraphError | None:
    """What is wrong with `to`, or with `recipient` where there is no `to`."""
    to = body.get("to")
    if to is None:
        recipient = body.get("recipient")
        if recipient is None:
            return invalid("The parameter to is required.")
        if type(recipient) is not str or "." not in recipient:
            return refused(131009, "recipient is not a business-scoped user id")
        return None
    digits = phone_digits(to)
    if digits is None:
        return refused(131009, "to is not a phone number")
    if digits == number.digits:
        return refused(131021)
    return None
