"""A template is paused in mid-campaign, because the plan of disorder says so."""

from meta_emulator.faults import Pause
from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.disorder import Disorder
from meta_emulator.physics.laws import Law, Send
from meta_emulator.physics.pausing import UNPAUSE
from meta_emulator.physics.review import Reviewer

TOLD = {
    "other_info": {
        "title": "FIRST_PAUSE",
        "description": "The template is paused by the emulator's plan of faults.",
    }
}


class PlannedPauses(Law):
    """Counts the sends of the template that the plan names."""

    def __init__(self, disorder: Disorder, reviewer: Reviewer, deadlines: Deadlines) -> None:
        self._disorder = disorder
        self._reviewer = reviewer
        self._deadlines = deadlines

    def accept(self, send: Send) -> None:
        """Pause the template after the send that is one too many."""
        plan: Pause | None = self._disorder.faults.pause_template
        if plan is None or send.template is None or send.template.name != plan.name:
            return
        sends = self._disorder.tallies.next(f"pause|{plan.name}") + 1
        if sends != plan.after_sends:
            return
        for template in list(send.number.waba.templates.values()):
            if template.name == plan.name and template.status == "APPROVED":
                self._reviewer.set_status(template, "PAUSED", "NONE", TOLD)
                if plan.for_s is not None:
                    self._deadlines.add(UNPAUSE, template.id, plan.for_s)
