"""What Meta holds against a send that is well-formed: limits, blocks, windows, caps.

A law looks first and counts later: a send that any law refuses uses up none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meta_emulator.world.message import Course
from meta_emulator.world.objects import Number, Template


@dataclass(slots=True)
class Send:
    """A send that is well-formed, before it is accepted.

    kind      its `type`
    category  what it would be priced as
    digits    the recipient's; None if it goes to a user id or a group
    user_id   the recipient's business-scoped user id, whichever way it was addressed; None of a
              group
    address   what stands for the recipient: the digits, else the user id, else the group id
    body      the request, decoded
    template  the one it names; None of other kinds
    raw       the request as it came
    lot       what its lots are drawn by, if a plan of disorder is in force
    failure   Meta's code that it fails with; known when it is counted
    """

    number: Number
    kind: str
    category: str
    digits: str | None
    user_id: str | None
    address: str
    body: dict[str, Any]
    template: Template | None
    at: datetime
    raw: bytes = b""
    lot: str = ""
    failure: int | None = None


class Law:
    """One of Meta's rules about who may send what to whom; this one allows all."""

    def refusal(self, send: Send) -> int | None:  # noqa: ARG002 laws that refuse say so
        """Meta's code if the send is refused at once; nothing is counted."""
        return None

    def failure(self, send: Send) -> int | None:  # noqa: ARG002 laws that fail it say so
        """Meta's code if the send is accepted and fails later; nothing is counted."""
        return None

    def accept(self, send: Send) -> None:
        """The send was accepted, whether it fails later or not."""


class Fate:
    """What decides about the course of accepted sends; this one leaves it to the settings."""

    def course(self, send: Send, failure: int | None) -> Course | None:  # noqa: ARG002 fates that decide say so
        """What becomes of the send, which a law may let fail; None: the next fate decides."""
        return None


class Laws:
    """All laws and fates, in the order in which they are asked."""

    def __init__(self, laws: Sequence[Law], fates: Sequence[Fate] = ()) -> None:
        self._refusing = [law.refusal for law in laws if type(law).refusal is not Law.refusal]
        self._failing = [law.failure for law in laws if type(law).failure is not Law.failure]
        self._counting = [law.accept for law in laws if type(law).accept is not Law.accept]
        self._fates = [fate.course for fate in fates]

    def refusal(self, send: Send) -> int | None:
        """The first law's code that refuses the send."""
        for refuses in self._refusing:
            code = refuses(send)
            if code is not None:
                return code
        return None

    def accept(self, send: Send) -> tuple[int | None, Course | None]:
        """Count the send; the code that it fails with, and its course where it has its own."""
        failure = next((code for fails in self._failing if (code := fails(send)) is not None), None)
        send.failure = failure
        for count in self._counting:
            count(send)
        for course_of in self._fates:
            course = course_of(send, failure)
            if course is not None:
                return failure, course
        return failure, None
