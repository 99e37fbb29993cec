"""All of Meta's limits that are computed from the traffic, as one part of the emulator."""

from collections.abc import Mapping
from typing import Any

from meta_emulator.physics.caps import Caps
from meta_emulator.physics.growth import Growth
from meta_emulator.physics.laws import Law
from meta_emulator.physics.management_calls import ManagementCalls
from meta_emulator.physics.messaging_limit import MessagingLimit
from meta_emulator.physics.rates import PairRate, Throughput
from meta_emulator.physics.windows import ServiceWindows
from meta_emulator.runtime.snapshot import Kept
from meta_emulator.settings import Settings
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.kept_limits import KeptLimits
from meta_emulator.world.state import State


class Limits:
    """The limits, each of which is kept or not, as `state.limits` says."""

    def __init__(self, state: State, reporter: Reporter, settings: Settings) -> None:
        state.limits = KeptLimits(settings.limits, settings.marketing_cap)
        self._state = state
        self.throughput = Throughput(state)
        self.pairs = PairRate(state)
        self.growth = Growth(state, reporter)
        self.portfolios = MessagingLimit(state, settings.messaging_limit_code, self.growth.used)
        self.windows = ServiceWindows(state)
        self.caps = Caps(state)
        self.management = ManagementCalls(state)

    @property
    def laws(self) -> tuple[Law, ...]:
        """Those that sends are held against, in the order in which they are asked."""
        return self.throughput, self.pairs, self.portfolios, self.windows, self.caps

    @property
    def _parts(self) -> Mapping[str, Kept]:
        return {
            "kept": self._state.limits,
            "throughput": self.throughput,
            "pairs": self.pairs,
            "portfolios": self.portfolios,
            "growth": self.growth,
            "windows": self.windows,
            "caps": self.caps,
            "management": self.management,
        }

    def snapshot(self) -> Any:
        """Of each limit what it counts, and which are kept."""
        return {name: part.snapshot() for name, part in self._parts.items()}

    def restore(self, kept: Any) -> None:
        """The limits of a snapshot."""
        for name, part in self._parts.items():
            part.restore(kept[name])
