"""Groups of a number: made, shown, changed and deleted; their participants (reference 1.12).

Meta tells of a new group by webhook only (`group_lifecycle_update`). Nobody joins by himself here:
participants come from the control API.
"""

from typing import Any

from meta_emulator.graph.registration import product_fault
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, invalid
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.parameters import parameters
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.objects import Number
from meta_emulator.world.recipients import person_at
from meta_emulator.world.state import State

SUBJECT_LIMIT, DESCRIPTION_LIMIT = 128, 2048
APPROVALS = ("auto_approve", "approval_required")
GROUP = "group"
FIELDS = ("id", "subject", "creation_timestamp", "join_approval_mode", "total_participant_count")
WITHIN_LIST = ("id", "subject", "created_at")
Held = tuple[Number, dict[str, Any]]


class Groups:
    """Answers `/<phone number id>/groups` and `/<group id>`."""

    def __init__(self, state: State, responder: Responder, reporter: Reporter) -> None:
        self._state = state
        self._replies = Replies(responder)
        self._reporter = reporter

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", "groups"): self.make,
            ("number", "GET", "groups"): self.listed,
            (GROUP, "GET", ""): self.show,
            (GROUP, "POST", ""): self.change,
            (GROUP, "DELETE", ""): self.delete,
            (GROUP, "GET", "invite_link"): self.link,
            (GROUP, "POST", "invite_link"): self.new_link,
            (GROUP, "DELETE", "participants"): self.remove,
        }

    def find(self, object_id: str) -> tuple[str, Held] | None:
        """The group of an id, with its number."""
        for number in self._state.numbers.values():
            group = number.groups.get(object_id)
            if group is not None:
                return GROUP, (number, group)
        return None

    def make(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/groups`: the group's id comes by webhook."""
        given = parameters(request)
        fault = product_fault(given) or group_fault(given, is_new=True)
        if fault is not None:
            return self._replies.refused(fault, request)
        group = self.hold(number, given)
        request_id = str(10**14 + self._state.chance.bits(46))
        self._tell(number, group, "group_create", request_id)
        return self._replies.shown({"request_id": request_id}, request, number.waba.id)

    def hold(self, number: Number, given: dict[str, Any]) -> dict[str, Any]:
        """A new group of `number`."""
        group_id = given.get("id") or f"Y2FwaV9ncm91cDo{self._state.chance.bits(80):020d}"
        group: dict[str, Any] = {
            "id": str(group_id),
            "subject": given["subject"],
            "description": given.get("description", ""),
            "join_approval_mode": given.get("join_approval_mode", APPROVALS[0]),
            "creation_timestamp": int(self._state.clock.now().timestamp()),
            "suspended": False,
            "invite_link": self._invitation(),
            "participants": [],
        }
        number.groups[group["id"]] = group
        self._state.changes.happened()
        return group

    def listed(self, request: Request, number: Number) -> Answer:
        """`GET /<phone number id>/groups`: those that are not suspended."""
        active = [group for group in number.groups.values() if not group["suspended"]]
        fields = request.query.get("fields")
        return self._replies.listed(
            active,
            request,
            number.waba.id,
            lambda group: pick(
                {**group, "created_at": str(group["creation_timestamp"])}, fields, WITHIN_LIST
            ),
        )

    def show(self, request: Request, held: Held) -> Answer:
        """`GET /<group id>`."""
        number, group = held
        participants = group["participants"]
        item = {
            **group,
            "messaging_product": "whatsapp",
            "total_participant_count": len(participants),
            "participants": [{"wa_id": digits} for digits in participants],
        }
        shown = pick(item, request.query.get("fields"), ("messaging_product", *FIELDS))
        return self._replies.shown(shown, request, number.waba.id)

    def change(self, request: Request, held: Held) -> Answer:
        """`POST /<group id>`: another subject or description."""
        number, group = held
        given = parameters(request)
        fault = product_fault(given) or group_fault(given, is_new=False)
        if fault is not None:
            return self._replies.refused(fault, request)
        group.update({key: given[key] for key in ("subject", "description") if key in given})
        return self._replies.done(request, number.waba.id)

    def delete(self, request: Request, held: Held) -> Answer:
        """`DELETE /<group id>`."""
        number, group = held
        del number.groups[group["id"]]
        self._tell(number, group, "group_delete", str(10**14 + self._state.chance.bits(46)))
        return self._replies.done(request, number.waba.id)

    def link(self, request: Request, held: Held) -> Answer:
        """`GET /<group id>/invite_link`."""
        number, group = held
        shown = {"messaging_product": "whatsapp", "invite_link": group["invite_link"]}
        return self._replies.shown(shown, request, number.waba.id)

    def new_link(self, request: Request, held: Held) -> Answer:
        """`POST /<group id>/invite_link`: the last one is worth nothing."""
        held[1]["invite_link"] = self._invitation()
        return self.link(request, held)

    def remove(self, request: Request, held: Held) -> Answer:
        """`DELETE /<group id>/participants`."""
        number, group = held
        given = parameters(request).get("participants")
        if type(given) is not list or not given:
            error = invalid("Param participants must be an array of at least one user.")
            return self._replies.refused(error, request)
        for user in given:
            digits = person_at(user.get("user")) if type(user) is dict else None
            if digits is not None and digits in group["participants"]:
                group["participants"].remove(digits)
        return self._replies.done(request, number.waba.id)

    def _invitation(self) -> str:
        return f"https://chat.whatsapp.com/{self._state.chance.bits(100):025x}"

    def _tell(self, number: Number, group: dict[str, Any], kind: str, request_id: str) -> None:
        """The webhook that tells what became of a request about a group."""
        told: dict[str, Any] = {
            "timestamp": int(self._state.clock.now().timestamp()),
            "group_id": group["id"],
            "type": kind,
            "request_id": request_id,
        }
        if kind == "group_create":
            told |= {key: group[key] for key in ("subject", "description", "invite_link")}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": number.digits,
                "phone_number_id": number.id,
            },
            "groups": [told],
        }
        self._reporter.tell_account(number.waba.id, "group_lifecycle_update", value)
        self._state.changes.happened()


def group_fault(given: dict[str, Any], *, is_new: bool) -> GraphError | None:
    """What is wrong with a group's texts (code 100)."""
    subject = given.get("subject")
    if subject is None and is_new:
        return invalid("The parameter subject is required.")
    if subject is not None and (type(subject) is not str or not 1 <= len(subject) <= SUBJECT_LIMIT):
        return invalid(f"Param subject must be 1 to {SUBJECT_LIMIT} characters long.")
    description = given.get("description", "")
    if type(description) is not str or len(description) > DESCRIPTION_LIMIT:
        return invalid(f"Param description must be at most {DESCRIPTION_LIMIT} characters long.")
    if given.get("join_approval_mode", APPROVALS[0]) not in APPROVALS:
        return invalid(f"Param join_approval_mode must be one of {{{', '.join(APPROVALS)}}}.")
    return None
