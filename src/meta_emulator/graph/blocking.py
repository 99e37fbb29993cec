"""Block users: the list of each number, and who may be put on it.

Only who wrote within 24 hours can be blocked; the others are told one by one, and the answer as a
whole is 139100 (reference 3.3; the code of a single user is a judgement).
"""

from typing import Any

from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, RefusedError, invalid, refused
from meta_emulator.protocol.paging import page
from meta_emulator.protocol.parameters import json_object
from meta_emulator.world.objects import Number
from meta_emulator.world.recipients import person_at
from meta_emulator.world.state import State

MOST_BLOCKED = 64_000
SOME_FAILED = 139100
LIST_FULL = 139101
SILENT = 131047
PARTLY_DONE = 200
"""Where some were blocked, clients read the answer and not an error: it has both (judgement)."""
SOME_DETAILS = "Failed to block some users, see the block_users response list for details"

User = tuple[str, str, str]
"""As given, `wa_id` or `user_id`, and the digits or the business-scoped user id."""


class Blocking:
    """Answers `/<phone number id>/block_users`."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._responder = responder

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", "block_users"): self.block,
            ("number", "DELETE", "block_users"): self.unblock,
            ("number", "GET", "block_users"): self.listed,
        }

    def block(self, request: Request, number: Number) -> Answer:
        """`POST`: put users on the list."""
        try:
            users = read_users(request)
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version)
        added: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for user in users:
            fault = self._fault(number, user)
            if fault is None:
                number.blocked[user[2]] = user[1]
                added.append(_shown(user))
            else:
                failed.append({**_shown(user), "errors": [_single(fault)]})
        self._state.changes.happened()
        listed: dict[str, Any] = {"added_users": added}
        if not failed:
            return self._success(listed, request, number)
        listed["failed_users"] = failed
        beside = {"messaging_product": "whatsapp", "block_users": listed}
        error = refused(SOME_FAILED, SOME_DETAILS)
        answer = self._responder.error(error, request.version, beside)
        if added:
            answer.status = PARTLY_DONE
        return answer

    def unblock(self, request: Request, number: Number) -> Answer:
        """`DELETE`: take users off the list."""
        try:
            users = read_users(request)
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version)
        for user in users:
            number.blocked.pop(user[2], None)
        self._state.changes.happened()
        return self._success({"removed_users": [_shown(user) for user in users]}, request, number)

    def listed(self, request: Request, number: Number) -> Answer:
        """`GET`: the list."""
        shown = page(
            list(number.blocked.items()),
            request,
            lambda entry: {"messaging_product": "whatsapp", "input": entry[0], entry[1]: entry[0]},
        )
        if isinstance(shown, GraphError):
            return self._responder.error(shown, request.version)
        return self._responder.success(encode(shown), request.version, number.waba.id)

    def _fault(self, number: Number, user: User) -> GraphError | None:
        if user[2] in number.blocked:
            return None
        if len(number.blocked) >= MOST_BLOCKED:
            return refused(LIST_FULL, f"At most {MOST_BLOCKED} users can be blocked.")
        if not self._state.windows.is_open(number.id, user[2], self._state.clock.now()):
            return refused(SILENT, "The user has not messaged this number in the last 24 hours.")
        return None

    def _success(self, listed: dict[str, Any], request: Request, number: Number) -> Answer:
        shown = {"messaging_product": "whatsapp", "block_users": listed}
        return self._responder.success(encode(shown), request.version, number.waba.id)


def read_users(request: Request) -> list[User]:
    """The users of a body; raises RefusedError."""
    body = json_object(request.body)
    if body.get("messaging_product") != "whatsapp":
        raise RefusedError(invalid("The parameter messaging_product is required."))
    given = body.get("block_users")
    if type(given) is not list or not given:
        raise RefusedError(invalid("Param block_users must be an array of at least one user."))
    return [_user(item, place) for place, item in enumerate(given)]


def _user(item: Any, place: int) -> User:
    if type(item) is dict and "user" in item:
        digits = person_at(item["user"])
        if digits is not None:
            return str(item["user"]), "wa_id", digits
    if type(item) is dict and type(item.get("user_id")) is str:
        return item["user_id"], "user_id", item["user_id"]
    raise RefusedError(invalid(f"Param block_users[{place}]['user'] must be a phone number."))


def _shown(user: User) -> dict[str, Any]:
    given, key, address = user
    return {"input": given, key: address}


def _single(fault: GraphError) -> dict[str, Any]:
    return {
        "message": fault.message,
        "code": fault.code,
        "error_data": {"details": fault.details},
    }
