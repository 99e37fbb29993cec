"""Orders to recipients: to write, to tap, to order, to stop marketing."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from meta_emulator.control.inbound_orders import InboundOrder, Said, in_builtins
from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.people.inbound import InboundError, receive
from meta_emulator.people.wishes import wish
from meta_emulator.webhook.bodies import UNNAMED
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.recipients import person_at
from meta_emulator.world.state import State


class Preference(msgspec.Struct, forbid_unknown_fields=True, rename={"sender": "from"}):
    """A recipient stops or resumes marketing from a number, by default the first."""

    sender: str
    value: Literal["stop", "resume"]
    phone_number_id: str | None = None
    name: str = UNNAMED


class ShownPreference(msgspec.Struct):
    """The preference as the webhook tells it."""

    wa_id: str
    detail: str
    category: str
    value: str
    timestamp: int


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
            Route(
                "POST",
                "inbound",
                "A person writes, taps, orders; answers before the webhook is brought.",
                self._inbound,
                InboundOrder,
                Said,
                example={"from": "+919876543210", "text": "hi"},
            ),
            Route(
                "POST",
                "user_preferences",
                stop,
                self._preference,
                Preference,
                ShownPreference,
                example={"from": "+919876543210", "value": "stop"},
            ),
        )

    def _inbound(self, call: Call) -> Said:
        try:
            return Said(receive(in_builtins(call.order), self._state, self._reporter))
        except InboundError as error:
            raise OrderError(str(error)) from error

    def _preference(self, call: Call) -> ShownPreference:
        order: Preference = call.order
        digits = person_at(order.sender)
        if digits is None:
            raise OrderError('"from" must be a phone number, as in "+919876543210"')
        number = self._state.number_named(order.phone_number_id)
        if number is None:
            raise OrderError(f"there is no phone number {order.phone_number_id}")
        told = wish(number, (digits, order.name), order.value, self._state, self._reporter)
        return ShownPreference(**told)
