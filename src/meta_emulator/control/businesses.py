"""Orders about what a business has: its groups, and what its account may do."""

from collections.abc import Sequence
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.graph.groups import Groups, group_fault
from meta_emulator.graph.wabas import waba_object
from meta_emulator.world.recipients import person_at
from meta_emulator.world.state import State


class GroupOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A group of a number, by default the first; one that is not there yet is made.

    id            left out: a new group with an id of its own
    subject       what it is called; a new group needs it
    participants  phone numbers of everybody in it but the business
    is_suspended  whether Meta suspended it: nothing can be sent to it then (131207)
    """

    phone_number_id: str | None = None
    id: str | None = None
    subject: str | None = None
    participants: list[str] | None = None
    is_suspended: bool | None = None


class WabaOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is to become of a WABA, by default the first. What is left out stays.

    has_marketing_messages  whether it is onboarded to the Marketing Messages API
    is_marketing_closed     whether marketing must go by that API (131063)
    is_catalogue_connected  whether sends may name the products of its catalogue
    """

    waba_id: str | None = None
    has_marketing_messages: bool | None = None
    is_marketing_closed: bool | None = None
    is_catalogue_connected: bool | None = None


class BusinessOrders:
    """Carries out orders about groups and accounts."""

    def __init__(self, state: State, groups: Groups) -> None:
        self._state = state
        self._groups = groups

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        return (
            Route(
                "POST",
                "groups",
                "A group is made or changed.",
                self._group,
                GroupOrder,
                dict[str, Any],
                example={"subject": "Gardeners", "participants": ["+919876543210"]},
            ),
            Route(
                "POST",
                "wabas",
                "An account changes.",
                self._waba,
                WabaOrder,
                dict[str, Any],
                example={"is_catalogue_connected": False},
            ),
        )

    def _group(self, call: Call) -> dict[str, Any]:
        order: GroupOrder = call.order
        number = self._state.number_named(order.phone_number_id)
        if number is None:
            raise OrderError(f"there is no phone number {order.phone_number_id}")
        participants = [_digits(phone) for phone in order.participants or ()]
        group = number.groups.get(order.id or "")
        if group is None:
            given = {"subject": order.subject, "id": order.id}
            fault = group_fault(given, is_new=True)
            if fault is not None:
                raise OrderError(f"a new group needs a subject: {fault.message}")
            group = self._groups.hold(number, given)
        elif order.subject is not None:
            group["subject"] = order.subject
        if order.participants is not None:
            group["participants"] = participants
        if order.is_suspended is not None:
            group["suspended"] = order.is_suspended
        self._state.changes.happened()
        return group

    def _waba(self, call: Call) -> dict[str, Any]:
        order: WabaOrder = call.order
        waba_id = order.waba_id or self._state.first_number.waba.id
        waba = self._state.wabas.get(waba_id)
        if waba is None:
            raise OrderError(f"there is no WABA {waba_id}")
        for key, value in msgspec.structs.asdict(order).items():
            if key != "waba_id" and value is not None:
                setattr(waba, key, value)
        self._state.changes.happened()
        return waba_object(waba)


def _digits(phone: str) -> str:
    digits = person_at(phone)
    if digits is None:
        raise OrderError(f"{phone!r} is no phone number, as in +919876543210")
    return digits
