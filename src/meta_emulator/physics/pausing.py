"""A template whose quality is RED is paused: 3 hours, then 6, then it is disabled (reference 7.6).

A pause ends by itself. An edit that is reviewed anew wipes the slate clean: our choice.
"""

from collections.abc import Callable
from typing import Any

from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.review import Reviewer
from meta_emulator.world.objects import Template
from meta_emulator.world.state import State

UNPAUSE = "unpause"
HOUR_S = 3600.0
PAUSES = (("FIRST_PAUSE", 3 * HOUR_S), ("SECOND_PAUSE", 6 * HOUR_S))
DISABLED = "DISABLED"
WORST = "RED"


class Pausing:
    """Pauses, unpauses and disables; counts how often each template was paused."""

    def __init__(self, state: State, reviewer: Reviewer, deadlines: Deadlines) -> None:
        self._state = state
        self._reviewer = reviewer
        self._deadlines = deadlines
        self._pauses: dict[str, int] = {}
        self._heard_by: list[Callable[[Template], None]] = []
        deadlines.carry_out(UNPAUSE, self._unpause)

    def when_unpaused(self, hear: Callable[[Template], None]) -> None:
        """Have `hear` called with each template that is unpaused."""
        self._heard_by.append(hear)

    def assess(self, template: Template, score: str) -> None:
        """The template's quality is `score` from now on, with what follows from it; all is told."""
        if template.quality != score:
            self._reviewer.set_quality(template, score, is_told=True)
        self.look(template)

    def look(self, template: Template) -> None:
        """The template's quality has changed: pause or disable it if it must be."""
        if template.quality != WORST or template.status != "APPROVED":
            return
        pauses = self._pauses.get(template.id, 0)
        self._pauses[template.id] = pauses + 1
        if pauses >= len(PAUSES):
            told = _told(DISABLED, "Its quality was low again after two pauses.")
            self._reviewer.set_status(template, DISABLED, "NONE", told)
            return
        title, span_s = PAUSES[pauses]
        hours = round(span_s / HOUR_S)
        told = _told(title, f"Its quality is low: it is paused for {hours} hours.")
        self._reviewer.set_status(template, "PAUSED", "NONE", told)
        self._deadlines.add(UNPAUSE, template.id, span_s)

    def unpause(self, template: Template) -> None:
        """The pause is over."""
        self._deadlines.drop(UNPAUSE, template.id)
        told = _told("UNPAUSE", "The template was unpaused.")
        self._reviewer.set_status(template, "APPROVED", "NONE", told)
        for hear in self._heard_by:
            hear(template)

    def forget(self, template: Template) -> None:
        """Its pauses count no more."""
        self._deadlines.drop(UNPAUSE, template.id)
        self._pauses.pop(template.id, None)

    def _unpause(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is not None and template.status == "PAUSED":
            self.unpause(template)

    def snapshot(self) -> Any:
        """How often each was paused; when pauses end is among the deadlines."""
        return dict(self._pauses)

    def restore(self, kept: Any) -> None:
        """The counts of a snapshot."""
        self._pauses = dict(kept)


def _told(title: str, description: str) -> dict[str, Any]:
    return {"other_info": {"title": title, "description": description}}
