"""Orders to recipients: to write, to tap, to order, to stop marketing."""

from collections.abc import Sequence
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.people.inbound import InboundError, receive
from meta_emulator.webhook.bodies import UNNAMED, Update, render_preference
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.recipients import phone_digits
from meta_emulator.world.state import State


class Preference(msgspec.Struct, forbid_unknown_fields=True, rename={"sender": "from"}):
    """A recipient stops or resumes marketing from a number, by default the first."""

    sender: str
    value: str
    phone_number_id: str | None = None
    name: str = UNNAMED


class Persons:
    """Carries out what recipients are told to do."""

    def __init__(self, state: State, reporter: Reporter) -> None:
        self._state = state
        self._reporter = reporter

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        stop = "A recipient stops marketing from a number, or resumes it."
        return (
            Route("POST", "inbound", "A person writes.", self._inbound, dict[str, Any]),
            Route("POST", "user_preferences", stop, self._preference, Preference),
        )

    def _inbound(self, call: Call) -> dict[str, str]:
        try:
            return {"id": receive(call.order, self._state, self._reporter)}
        except InboundError as error:
            raise OrderError(str(error)) from error

    def _preference(self, call: Call) -> dict[str, Any]:
        order: Preference = call.order
        if order.value not in {"stop", "resume"}:
            raise OrderError(f"value must be one of resume, stop; it is {order.value!r}")
        digits = phone_digits(order.sender)
        if digits is None:
            raise OrderError('"from" must be a phone number, as in "+919876543210"')
        number = self._state.number_named(order.phone_number_id)
        if number is None:
            raise OrderError(f"there is no phone number {order.phone_number_id}")
        if order.value == "stop":
            self._state.stopped.add((number.id, digits))
        else:
            self._state.stopped.discard((number.id, digits))
        preference = {
            "wa_id": digits,
            "detail": f"User requested to {order.value} marketing messages",
            "category": "marketing_messages",
            "value": order.value,
            "timestamp": int(self._state.clock.now().timestamp()),
        }
        change = render_preference(number, digits, order.name, preference)
        self._reporter.tell_app(Update(number.waba.id, change))
        return preference
