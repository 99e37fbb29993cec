"""Faults by order: what the emulator does wrong on purpose, so that a client can be tried.

lose_answers  the share of sends, 0 to 1, that are accepted and whose answer is lost
refuse        the next `count` good sends are refused with `code`
fail          the next `count` accepted sends get a failed status with `code` instead of `sent`
delay_ms      every answer to a send waits this long
"""

import msgspec

from meta_emulator.chance import Chance


class Planned(msgspec.Struct, forbid_unknown_fields=True):
    """A code, for the next `count` sends."""

    code: int
    count: int = 1


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """The faults in force; the default is none."""

    lose_answers: float = 0.0
    refuse: Planned | None = None
    fail: Planned | None = None
    delay_ms: int = 0

    def refusal(self) -> int | None:
        """The code to refuse this send with, or None; counts down."""
        return _take(self.refuse)

    def failure(self) -> int | None:
        """The code this accepted send is to fail with, or None; counts down."""
        return _take(self.fail)

    def loses_answer(self, chance: Chance) -> bool:
        """Whether this answer is lost."""
        return self.lose_answers > 0 and chance.fraction() < self.lose_answers


def _take(planned: Planned | None) -> int | None:
    if planned is None or planned.count <= 0:
        return None
    planned.count -= 1
    return planned.code
