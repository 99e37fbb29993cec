"""Magic recipients: their numbers choose what becomes of a send (table in `outcomes`)."""

from collections.abc import Sequence
from typing import Any

from meta_emulator.physics.laws import Fate, Law, Send
from meta_emulator.physics.lots import Tallies
from meta_emulator.physics.outcomes import Move, Outcome, outcome_of
from meta_emulator.settings import DEFAULT_DELAYS
from meta_emulator.world.message import FAILED, Course, Step

READ = "read"

MARKETING = frozenset({"marketing", "marketing_lite"})


class Magic(Law, Fate):
    """Carries the outcomes out.

    delays  the settings' statuses and their seconds after acceptance; a status that is not among
            them comes at its default time where an outcome is about it
    """

    def __init__(self, delays: Sequence[tuple[str, float]]) -> None:
        self._delays = tuple(delays)
        self._times = dict(DEFAULT_DELAYS) | dict(delays)
        self._tries = Tallies()

    def refusal(self, send: Send) -> int | None:
        """The code of a number that is refused, always or the first times."""
        outcome = outcome_of(send.digits)
        if outcome is None or outcome.code is None or not applies(outcome, send):
            return None
        if outcome.refusals is None:
            return outcome.code
        key = _tried(send)
        if self._tries.seen(key) % (outcome.refusals + 1) >= outcome.refusals:
            return None
        self._tries.next(key)
        return outcome.code

    def accept(self, send: Send) -> None:
        """After the try that is accepted, which no other law refused, it begins anew."""
        outcome = outcome_of(send.digits)
        if outcome is not None and outcome.code is not None and outcome.refusals:
            self._tries.next(_tried(send))

    def failure(self, send: Send) -> int | None:
        """The code of a number that fails later."""
        outcome = outcome_of(send.digits)
        if outcome is None or outcome.fails is None or not applies(outcome, send):
            return None
        return outcome.fails if not outcome.refusals or self._is_hit(outcome, send) else None

    def course(self, send: Send, failure: int | None) -> Course | None:
        """The statuses of an outcome that has its own, and when the answer comes."""
        outcome = outcome_of(send.digits)
        if outcome is None:
            return None
        if failure is not None:
            return None if self._delays else Course((Step(FAILED, self._times["sent"], failure),))
        if outcome.moves is None and not outcome.loses_answer and not outcome.answers_after_s:
            return None
        moves = outcome.moves
        if moves is None:
            moves = tuple(Move(status) for status, _ in self._delays)
        steps = tuple(sorted(map(self._step, moves), key=_after))
        return Course(steps, outcome.answer_status, outcome.loses_answer, outcome.answers_after_s)

    def read_after_s(self, course: Course | None) -> float:
        """When a person has read a message of this course, or of the usual one."""
        steps = () if course is None else course.steps
        return next((step.after_s for step in steps if step.status == READ), self._times[READ])

    def _step(self, move: Move) -> Step:
        after_s = move.after_s
        if after_s is None:
            after_s = self._times[move.at or move.status]
        return Step(move.status, after_s + move.later_s, move.code)

    def _is_hit(self, outcome: Outcome, send: Send) -> bool:
        """Whether this try is one of those that fail, before one that does not."""
        if outcome.refusals is None:
            return True
        tried = self._tries.next(_tried(send))
        return tried % (outcome.refusals + 1) < outcome.refusals

    def reset(self) -> None:
        """Every number begins anew."""
        self._tries.clear()

    def snapshot(self) -> Any:
        """How often each number was tried."""
        return self._tries.snapshot()

    def restore(self, kept: Any) -> None:
        """The tries of a snapshot."""
        self._tries.restore(kept)


class UnlessMagic(Law):
    """A law that would let sends fail, kept from sends whose outcome is chosen by their number.

    So a client reaches any outcome with any message: nobody has to write first, nor is it the
    third offer of the day.
    """

    def __init__(self, law: Law) -> None:
        self._law = law

    def failure(self, send: Send) -> int | None:
        """That of the law, for all other numbers."""
        outcome = outcome_of(send.digits)
        is_chosen = outcome is not None and applies(outcome, send)
        return None if is_chosen else self._law.failure(send)

    def accept(self, send: Send) -> None:
        """The law counts all."""
        self._law.accept(send)


def applies(outcome: Outcome, send: Send) -> bool:
    """Whether the outcome is about sends like this one."""
    return not outcome.is_about_marketing or send.category in MARKETING


def _tried(send: Send) -> str:
    return f"{send.number.id}|{send.digits}"


def _after(step: Step) -> float:
    return step.after_s
