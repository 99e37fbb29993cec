"""Snapshots of time and chance, which a reset leaves as they are: ids never come again."""

from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.clock import Clock, VirtualClock
from meta_emulator.runtime.snapshot import Kept

CLOCK, CHANCE = "clock", "chance"
TIME_AND_CHANCE = frozenset({CLOCK, CHANCE})


def kept_time(clock: Clock, chance: Chance) -> dict[str, Kept]:
    """Both parts by their names; a clock that cannot be set has none."""
    settable: dict[str, Kept] = {CLOCK: clock} if isinstance(clock, VirtualClock) else {}
    return {**settable, CHANCE: chance}
