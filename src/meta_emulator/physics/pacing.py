"""Pacing: the first messages of a template go, the others are held until its quality is known.

Held are marketing templates whose quality is not GREEN, and those that were unpaused
(reference 2). How many go first, how long the others are held and how that ends is a rule of ours,
off by default. Held messages are released into the usual course, or fail with 132015.
"""

from typing import Any

import msgspec

from meta_emulator.definitions.pacing_rule import QUALITY, RELEASE, Pacing
from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.laws import Fate, Send
from meta_emulator.physics.pausing import Pausing
from meta_emulator.physics.schedule import Scheduler
from meta_emulator.physics.template_life import is_of
from meta_emulator.world.message import FAILED, Course, Message, Step
from meta_emulator.world.objects import Template
from meta_emulator.world.state import State

HELD = "held_for_quality_assessment"
ASSESSMENT = "assessment"
PAUSED_CODE = 132015
GOOD, BAD = "GREEN", "RED"


class Pacer(Fate):
    """Counts what each template sends, and holds what is too early."""

    def __init__(
        self,
        state: State,
        scheduler: Scheduler,
        pausing: Pausing,
        deadlines: Deadlines,
        rule: Pacing,
    ) -> None:
        self.rule = rule
        self._state = state
        self._scheduler = scheduler
        self._pausing = pausing
        self._deadlines = deadlines
        self._sent: dict[str, int] = {}
        self._unpaused: set[str] = set()
        deadlines.carry_out(ASSESSMENT, self._assess)
        pausing.when_unpaused(self._begin_anew)

    def course(self, send: Send, failure: int | None) -> Course | None:  # noqa: ARG002 who fails is held as well
        """Held, or None: the usual course."""
        template = send.template
        if self.rule.first is None or template is None or not self._is_paced(template):
            return None
        sent = self._sent.get(template.id, 0)
        self._sent[template.id] = sent + 1
        if sent < self.rule.first:
            return None
        if self._deadlines.left_s(ASSESSMENT, template.id) is None:
            self._deadlines.add(ASSESSMENT, template.id, self.rule.hold_ms / 1000)
        return Course((), HELD)

    def assess(self, template: Template) -> int:
        """The assessment of a template ends now; how many messages it held."""
        self._deadlines.drop(ASSESSMENT, template.id)
        is_good = template.status == "APPROVED" and (
            self.rule.outcome == RELEASE
            or (self.rule.outcome == QUALITY and template.quality != BAD)
        )
        held = self._held(template)
        for message in held:
            message.course = None if is_good else Course((Step(FAILED, 0.0, PAUSED_CODE),))
            self._state.marks.add(message.id)
            self._scheduler.add(message)
        self._sent.pop(template.id, None)
        if is_good:
            self._unpaused.discard(template.id)
        self._pausing.assess(template, GOOD if is_good else BAD)
        return len(held)

    def clear(self) -> None:
        """Nothing is held any more: the messages are forgotten."""
        for template_id in self._sent:
            self._deadlines.drop(ASSESSMENT, template_id)
        self._sent = {}

    def _is_paced(self, template: Template) -> bool:
        return template.category == "MARKETING" and (
            template.quality != GOOD or template.id in self._unpaused
        )

    def _held(self, template: Template) -> list[Message]:
        return [
            message
            for message in self._state.messages
            if message.course is not None
            and message.course.answer_status == HELD
            and not message.statuses
            and is_of(message, template)
        ]

    def _assess(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is not None:
            self.assess(template)

    def _begin_anew(self, template: Template) -> None:
        self._unpaused.add(template.id)
        self._sent.pop(template.id, None)

    def snapshot(self) -> Any:
        """Rule and counts; what is held is told by the messages."""
        return {
            "rule": msgspec.to_builtins(self.rule),
            "sent": dict(self._sent),
            "unpaused": sorted(self._unpaused),
        }

    def restore(self, kept: Any) -> None:
        """The rule and counts of a snapshot."""
        self.rule = msgspec.convert(kept["rule"], Pacing)
        self._sent = dict(kept["sent"])
        self._unpaused = set(kept["unpaused"])
