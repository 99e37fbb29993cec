"""What goes wrong by a plan: asked for every send, and for the course of what is accepted."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import msgspec

from meta_emulator.faults import Faults, Planned, is_nothing, picked
from meta_emulator.physics.laws import Fate, Law, Send
from meta_emulator.physics.lots import Lots, Tallies
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.snapshot import second_of, told_at
from meta_emulator.world.message import FAILED, Course, Message, Step
from meta_emulator.world.tokens import Tokens, end_after

AT_LEAST_LATER_S = 0.01
"""What comes after another status comes at a later moment of the scheduler."""


class Disorder(Law, Fate):
    """The plan in force; another one takes its place, and begins its lots and counts anew.

    delays  the settings' statuses and their seconds after acceptance
    tokens  the main one ends by the plan, if it says so
    """

    def __init__(
        self, clock: Clock, delays: Sequence[tuple[str, float]], tokens: Tokens, plan: Faults
    ) -> None:
        self._clock = clock
        self._delays = tuple(delays)
        self._tokens = tokens
        self._plan = plan
        self._expires = False
        self.tallies = Tallies()
        self._begin(plan)

    @property
    def faults(self) -> Faults:
        """The plan in force; `refuse` and `fail` have counted down."""
        return self._faults

    @faults.setter
    def faults(self, plan: Faults) -> None:
        self._begin(plan)

    def reset(self) -> None:
        """The plan that was in force at first, from its beginning."""
        self._begin(self._plan)

    def _begin(self, plan: Faults) -> None:
        self._faults = deepcopy(plan)
        self.lots = Lots(plan.seed)
        self.tallies.clear()
        self._since = self._clock.monotonic()
        self.is_quiet = is_nothing(plan)
        """Whether nothing is to go wrong."""
        if plan.token_expires_after_s is not None:
            end = end_after(self._clock.now(), plan.token_expires_after_s)
            self._tokens.issue(self._tokens.main, end)
        elif self._expires:
            self._tokens.issue(self._tokens.main, None)
        self._expires = plan.token_expires_after_s is not None

    def refusal(self, send: Send) -> int | None:
        """The code of a planned refusal; counts down. Gives the send its lot."""
        if self.is_quiet:
            return None
        faults = self._faults
        key = f"{send.number.id}|{send.address}"
        send.lot = f"{key}|{self.tallies.next(key)}"
        since_s = self._clock.monotonic() - self._since
        if faults.throttle is not None and faults.throttle.is_on(since_s):
            return faults.throttle.code
        return self._outage(send.lot) or self._take("refuse", faults.refuse, send.lot)

    def failure(self, send: Send) -> int | None:
        """The code of a planned failure; counts down."""
        return self._take("fail", self._faults.fail, send.lot)

    def course(self, send: Send, failure: int | None) -> Course | None:
        """Statuses that are left out, overtake one another, or end in a failure."""
        faults = self._faults
        if self.is_quiet or failure is not None or not faults.disturbs_courses:
            return None
        times = dict(self._delays)
        lots, lot = self.lots, send.lot
        late = faults.late_failure
        if late is not None and "sent" in times and lots.hits(late.share, "late_failure", lot):
            code = picked(late.codes, lots.fraction("late_failure code", lot))
            at = max(late.after_ms / 1000, times["sent"] + AT_LEAST_LATER_S)
            return Course((Step("sent", times["sent"]), Step(FAILED, at, code)))
        if lots.hits(faults.never_delivered, "never_delivered", lot):
            times = {status: at for status, at in times.items() if status == "sent"}
        elif "read" in times and lots.hits(faults.skip_delivered, "skip_delivered", lot):
            times.pop("delivered", None)
        elif times.keys() >= {"delivered", "read"} and lots.hits(
            faults.read_before_delivered, "read_before_delivered", lot
        ):
            first, second = sorted((times["delivered"], times["read"]))
            times |= {"read": first, "delivered": max(second, first + AT_LEAST_LATER_S)}
        else:
            return None
        return course_of(times)

    def drops(self, number_id: str, to: Any) -> bool:
        """Whether a send is dropped before anybody has looked at it."""
        share = self._faults.drop
        if share <= 0 or share >= 1:
            return share >= 1
        key = f"drop|{number_id}|{to}"
        return self.lots.hits(share, key, self.tallies.next(key))

    def loses_answer(self, message: Message) -> bool:
        """Whether the answer to an accepted send is lost."""
        return self.lots.hits(self._faults.lose_answers, "lose_answers", message.lot)

    def lateness_ms(self, message: Message) -> int:
        """How late the answer to an accepted send is."""
        faults = self._faults
        is_late = faults.late_ms and self.lots.hits(faults.late_share, "late", message.lot)
        return faults.late_ms if is_late else 0

    def tells_first(self, message: Message) -> bool:
        """Whether a status comes before the answer."""
        share = self._faults.status_before_answer
        return self.lots.hits(share, "status_before_answer", message.lot)

    def snapshot(self) -> Any:
        """The plan and how far it has come."""
        return {
            "faults": msgspec.to_builtins(self._faults),
            "since": told_at(self._clock, self._since),
            "tallies": self.tallies.snapshot(),
            "expires": self._expires,
        }

    def restore(self, kept: Any) -> None:
        """The plan of a snapshot, as far as it had come; the tokens are another part's."""
        self._faults = msgspec.convert(kept["faults"], Faults)
        self.lots = Lots(self._faults.seed)
        self.is_quiet = is_nothing(self._faults)
        self._since = second_of(self._clock, kept["since"])
        self.tallies.restore(kept["tallies"])
        self._expires = kept["expires"]

    def _outage(self, lot: str) -> int | None:
        since_s = self._clock.monotonic() - self._since
        for place, outage in enumerate(self._faults.outages):
            if outage.is_on(since_s) and self.lots.hits(outage.share, "outage", place, lot):
                return picked(outage.codes, self.lots.fraction("outage code", place, lot))
        return None

    def _take(self, purpose: str, planned: Planned | None, lot: str) -> int | None:
        if planned is None or planned.count == 0:
            return None
        if not self.lots.hits(planned.share, purpose, lot):
            return None
        if planned.count is not None:
            planned.count -= 1
        return planned.code


def course_of(times: dict[str, float]) -> Course:
    """The course with each status at its second after acceptance, in order of time."""
    steps = [Step(status, at) for status, at in times.items()]
    return Course(tuple(sorted(steps, key=_after)))


def _after(step: Step) -> float:
    return step.after_s
