"""How the quality of templates is computed from the traffic: a rule of ours, off by default."""

import msgspec

GREEN, YELLOW, RED = "GREEN", "YELLOW", "RED"


class Quality(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How quality follows from complaints from now on.

    fewest  sends of a template before it has a quality of its own; None: traffic changes none
    yellow  from this share of complaints among the sends on it is YELLOW; below it is GREEN
    red     from this share on it is RED, and counted anew
    """

    fewest: int | None = None
    yellow: float = 0.02
    red: float = 0.05

    def score(self, complaints: int, sends: int) -> str:
        """The quality of a template with so many of each."""
        share = complaints / sends
        return RED if share >= self.red else YELLOW if share >= self.yellow else GREEN


def quality_fault(rule: Quality) -> str | None:
    """What is wrong with a rule, as a sentence; None if nothing is."""
    if rule.fewest is not None and rule.fewest < 1:
        return f"fewest must be at least 1; it is {rule.fewest}"
    if not 0 < rule.yellow <= rule.red <= 1:
        return "yellow and red must be shares above 0, up to 1, and red not below yellow"
    return None
