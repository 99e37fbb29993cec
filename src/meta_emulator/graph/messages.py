"""The send edges: `POST /<version>/<phone number id>/messages`, and `marketing_messages`.

Order of the checks: shape, recipient, template, then `checks` (reference 12.3). What passes is
accepted: kept, scheduled, answered. The hot path: nothing here may cost more than it must.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from meta_emulator.checks.content import check_content, check_context
from meta_emulator.checks.parts import read_parts
from meta_emulator.checks.template_send import find_fault
from meta_emulator.graph.room import Edges
from meta_emulator.graph.send_shape import kind_of, marketing_fault, shape_fault
from meta_emulator.graph.sendable import (
    Recipient,
    available,
    check_cloud_api,
    check_identity,
    check_kind,
    check_template,
    marketing_template,
    recipient_of,
)
from meta_emulator.physics.disorder import Disorder
from meta_emulator.physics.laws import Laws, Send
from meta_emulator.physics.windows import price
from meta_emulator.protocol.answers import SUCCESS, Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, RefusedError, refused
from meta_emulator.protocol.parameters import json_object, parameters
from meta_emulator.world.message import ACCEPTED, Message
from meta_emulator.world.objects import Number, Template
from meta_emulator.world.state import ReadMark, State

SLICE_MS = 100
DROPPED = 503
LONGEST_UNTOLD_MS = 30_000
"""An answer that is to come after a status waits no longer for it."""
BY_MARKETING_API = "marketing_messages"
MARKETING_LITE = "marketing_lite"

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
        return {
            ("number", "POST", "messages"): self.send,
            ("number", "POST", BY_MARKETING_API): self.send,
        }

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
            body = json_object(request.body)
            if not body:
                body = parameters(request)
                # What a query or a form spells is kept as the object that it stands for.
                request.body = encode(body) if body else request.body
            outcome, message = self._outcome(body, request, number)
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version), None
        return self._responder.success(outcome, request.version, number.waba.id), message

    def _outcome(
        self, body: dict[str, Any], request: Request, number: Number
    ) -> tuple[bytes, Message | None]:
        """The answer's body, and the message it is about if any; raises RefusedError."""
        is_marketing = request.segments[-1] == BY_MARKETING_API
        insist(shape_fault(body))
        if is_marketing:
            insist(marketing_fault(body))
        elif "status" in body and "type" not in body:
            return self._mark_read(body, number), None
        recipient = recipient_of(body, number)
        check_context(body)
        kind = kind_of(body)
        check_kind(kind, recipient)
        category, template = "service", None
        if kind == "template":
            template = self._template(body, request, number, recipient)
            category = template.category.lower()
        else:
            check_content(kind, body, number.waba.holdings)
        check_identity(body, recipient)
        send = Send(
            number,
            kind,
            category,
            recipient.digits,
            recipient.user_id,
            recipient.address,
            body,
            template,
            self._state.clock.now(),
            request.body,
        )
        code = self._laws.refusal(send)
        if code is not None:
            raise RefusedError(refused(code))
        is_lite = is_marketing and number.waba.has_marketing_messages
        return self._accept(send, request, recipient, MARKETING_LITE if is_lite else category)

    def _template(
        self, body: dict[str, Any], request: Request, number: Number, recipient: Recipient
    ) -> Template:
        """The template of a send that fits it; raises RefusedError."""
        if request.segments[-1] == BY_MARKETING_API:
            template = marketing_template(body, number, request.version)
        else:
            template = available(body["template"], number)
            check_cloud_api(template, number)
        check_template(template, recipient)
        parts = read_parts(body["template"].get("components"))
        insist(find_fault(template.form, parts, request.version, number.waba.holdings))
        return template

    def _accept(
        self, send: Send, request: Request, recipient: Recipient, priced_as: str
    ) -> tuple[bytes, Message]:
        failure, course = self._laws.accept(send)
        wamid = self._wamid(send.address)
        is_user_id = send.digits is None and send.user_id is not None
        message = Message(
            wamid,
            send.at,
            send.number,
            recipient.shown,
            send.digits,
            send.user_id if is_user_id else None,
            send.kind,
            priced_as,
            request.body,
            request.headers,
            request.version,
            send.body.get("biz_opaque_callback_data"),
            failure,
            course,
            lot=send.lot,
        )
        group = recipient.group
        if group is not None:
            message.group_id = recipient.address
            message.participants = tuple(group["participants"])
        price(message, send, self._state.windows)
        self._state.messages.append(message)
        self._schedule(message)
        self._state.changes.happened()
        answered = course.answer_status if course is not None else ACCEPTED
        more = f',"message_status":"{answered}"' if send.kind == "template" else ""
        if group is not None:
            more += f',"group_id":{encode(recipient.address).decode()}'
        key = "user_id" if is_user_id else "wa_id"
        answer = (
            '{"messaging_product":"whatsapp","contacts":[{"input":'
            f'{encode(recipient.shown).decode()},"{key}":{encode(send.address).decode()}}}],'
            f'"messages":[{{"id":"{wamid}"{more}}}]}}'
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
    body = json_object(request.body)
    return body.get("to", body.get("recipient"))


def is_told(message: Message) -> bool:
    """Whether a status of the message was taken by its receiver."""
    return any(status.delivered_at is not None for status in message.statuses)


def insist(fault: GraphError | None) -> None:
    """Raise RefusedError if there is a fault."""
    if fault is not None:
        raise RefusedError(fault)
