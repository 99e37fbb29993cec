"""The part of the plan of faults that a proxy can carry out: what happens to requests and answers.

What goes wrong inside Meta, such as statuses and webhooks, is not in a proxy's hand.
"""

import msgspec

from meta_emulator.faults import Faults, FaultsError, Planned, picked
from meta_emulator.physics.lots import Lots, Tallies
from meta_emulator.runtime.clock import Clock

CARRIED_OUT = frozenset(
    {
        "seed",
        "lose_answers",
        "drop",
        "refuse",
        "throttle",
        "outages",
        "delay_ms",
        "late_ms",
        "late_share",
    }
)


class Mishaps:
    """The plan in force. Lots are drawn by recipient, as the emulator's are."""

    def __init__(self, plan: Faults, clock: Clock) -> None:
        self._clock = clock
        self._tallies = Tallies()
        self.put(plan)

    def put(self, plan: Faults) -> None:
        """Another plan takes the place of the last. Raises FaultsError for what is not ours."""
        usual = Faults()
        strange = [
            name
            for name in plan.__struct_fields__
            if name not in CARRIED_OUT and getattr(plan, name) != getattr(usual, name)
        ]
        if strange:
            raise FaultsError(
                f"a proxy cannot carry out {', '.join(strange)}: it has no hand in what Meta does;"
                f" it can do {', '.join(sorted(CARRIED_OUT))}"
            )
        self.plan: Faults = msgspec.convert(msgspec.to_builtins(plan), Faults)
        self._lots = Lots(plan.seed)
        self._tallies.clear()
        self._since = self._clock.monotonic()

    def lot(self, path: str, to: str) -> str:
        """What the lots of one send are drawn by."""
        key = f"{path}|{to}"
        return f"{key}|{self._tallies.next(key)}"

    def drops(self, lot: str) -> bool:
        """Whether the send is answered 503 and never handed on."""
        return self._lots.hits(self.plan.drop, "drop", lot)

    def refusal(self, lot: str) -> int | None:
        """Meta's code that it is refused with, and never handed on; counts down."""
        plan, since_s = self.plan, self._clock.monotonic() - self._since
        if plan.throttle is not None and plan.throttle.is_on(since_s):
            return plan.throttle.code
        for place, outage in enumerate(plan.outages):
            if outage.is_on(since_s) and self._hits(outage.share, f"outage{place}", lot):
                return picked(outage.codes, self._lots.fraction("outage code", place, lot))
        return self._take(plan.refuse, lot)

    def loses_answer(self, lot: str) -> bool:
        """Whether it is handed on, and its answer is lost."""
        return self._lots.hits(self.plan.lose_answers, "lose_answers", lot)

    def lateness_s(self, lot: str) -> float:
        """How late its answer is."""
        is_late = self.plan.late_ms and self._lots.hits(self.plan.late_share, "late", lot)
        return self.plan.late_ms / 1000 if is_late else 0.0

    def _hits(self, share: float, purpose: str, lot: str) -> bool:
        return self._lots.hits(share, purpose, lot)

    def _take(self, planned: Planned | None, lot: str) -> int | None:
        if planned is None or planned.count == 0 or not self._hits(planned.share, "refuse", lot):
            return None
        if planned.count is not None:
            planned.count -= 1
        return planned.code
