"""Which of Meta's limits are kept: told at the start, and changed while the emulator runs."""

from typing import Any

from meta_emulator.settings import MARKETING_CAP

THROUGHPUT, PAIR, PORTFOLIO, MANAGEMENT = "throughput", "pair", "portfolio", "management"
TEMPLATES, WINDOWS, CAPS = "templates", "windows", "caps"


class KeptLimits:
    """What the laws ask before they hold anything against anybody.

    names          of the limits that are kept (settings.LIMITS)
    marketing_cap  marketing templates that a user may get in a moving 24 hours
    """

    __slots__ = ("marketing_cap", "names")

    def __init__(
        self, names: frozenset[str] = frozenset(), marketing_cap: int = MARKETING_CAP
    ) -> None:
        self.names = names
        self.marketing_cap = marketing_cap

    def snapshot(self) -> Any:
        """Both."""
        return {"names": sorted(self.names), "marketing_cap": self.marketing_cap}

    def restore(self, kept: Any) -> None:
        """Both as they were."""
        self.names = frozenset(kept["names"])
        self.marketing_cap = kept["marketing_cap"]
