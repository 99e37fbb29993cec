"""The table of magic recipients, for programs: the same that the documents have."""

from collections.abc import Sequence

import msgspec

from meta_emulator.control.routes import Call, Route
from meta_emulator.physics.outcomes import OUTCOMES, Outcome

BEFORE = "+917"
"""Makes an Indian number of the ending: any other beginning does as well."""


class MagicShape(msgspec.Struct):
    """One ending of numbers, and what becomes of sends to them.

    example  a number that ends so
    code     Meta's, of an answer or a failed status; null where there is none
    """

    ending: str
    example: str
    sentence: str
    code: int | None


class MagicTable:
    """Shows the table."""

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        every = "Numbers that choose what becomes of a send."
        return (Route("GET", "magic", every, self._all, gives=MagicShape),)

    def _all(self, _call: Call) -> list[MagicShape]:
        return [shape_of(outcome) for outcome in OUTCOMES.values()]


def shape_of(outcome: Outcome) -> MagicShape:
    """One outcome as it is shown."""
    code = outcome.code if outcome.code is not None else outcome.fails
    return MagicShape(outcome.ending, BEFORE + outcome.ending, outcome.sentence, code)
