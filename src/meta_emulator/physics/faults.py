"""Faults by order: what the emulator does wrong on purpose, so that a client can be tried.

lose_answers  the share of sends, 0 to 1, that are accepted and whose answer is lost
drop          the share of sends that are not accepted and get a 503 without a body
refuse        the next `count` good sends are refused with `code`, or a share of them
fail          the next `count` accepted sends get a failed status with `code` instead of `sent`,
              or a share of them
throttle      all sends are refused in bursts: of every `every_ms`, the first `for_ms`
delay_ms      every send is looked at only after so long
late_ms       answers to accepted sends come so late, long after their first statuses may have come
late_share    the share of accepted sends whose answers are late
"""

import msgspec

from meta_emulator.runtime.chance import Chance


class Planned(msgspec.Struct, forbid_unknown_fields=True):
    """A code, for the next `count` sends of those that chance picks, `share` of all."""

    code: int
    count: int = 1
    share: float = 1.0


class Throttle(msgspec.Struct, forbid_unknown_fields=True):
    """Bursts of refusals with one code."""

    every_ms: int = 1000
    for_ms: int = 500
    code: int = 130429

    def is_on(self, now_s: float) -> bool:
        """Whether a burst is on, by the emulator's own clock."""
        return now_s * 1000 % max(1, self.every_ms) < self.for_ms


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """The faults in force; the default is none."""

    lose_answers: float = 0.0
    drop: float = 0.0
    refuse: Planned | None = None
    fail: Planned | None = None
    throttle: Throttle | None = None
    delay_ms: int = 0
    late_ms: int = 0
    late_share: float = 1.0

    def refusal(self, chance: Chance, now_s: float) -> int | None:
        """The code to refuse this send with, or None; counts down."""
        if self.throttle is not None and self.throttle.is_on(now_s):
            return self.throttle.code
        return _take(self.refuse, chance)

    def failure(self, chance: Chance) -> int | None:
        """The code this accepted send is to fail with, or None; counts down."""
        return _take(self.fail, chance)

    def loses_answer(self, chance: Chance) -> bool:
        """Whether this answer is lost."""
        return _hits(self.lose_answers, chance)

    def drops(self, chance: Chance) -> bool:
        """Whether this send is dropped before anybody has looked at it."""
        return _hits(self.drop, chance)

    def lateness_ms(self, chance: Chance) -> int:
        """How late the answer to this accepted send is."""
        return self.late_ms if self.late_ms and _hits(self.late_share, chance) else 0


def _hits(share: float, chance: Chance) -> bool:
    return share > 0 and (share >= 1 or chance.fraction() < share)


def _take(planned: Planned | None, chance: Chance) -> int | None:
    if planned is None or planned.count <= 0 or not _hits(planned.share, chance):
        return None
    planned.count -= 1
    return planned.code
