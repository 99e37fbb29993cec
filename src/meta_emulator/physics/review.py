"""Templates are reviewed: PENDING becomes APPROVED or REJECTED after a delay, and Meta tells so.

Also the one place where a template's state changes afterwards: by order of the control API, after
an edit, by a deletion. Every change can be told by its webhook (reference 4.6, 7.6).
"""

import asyncio
from collections import deque
from typing import Any

import msgspec

from meta_emulator.checks.forms import compile_form
from meta_emulator.definitions.shown import shown_components
from meta_emulator.runtime.clock import Clock
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.webhook.template_values import (
    CATEGORY,
    COMPONENTS,
    QUALITY,
    STATUS,
    category_value,
    components_value,
    impending_value,
    quality_value,
    status_value,
)
from meta_emulator.world.objects import Template
from meta_emulator.world.state import State

UNDECIDED = "PENDING"
SPENT = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}
"""Events that leave a template in another status than their own name."""

EXPLAINED = "INVALID_FORMAT"


class Review(msgspec.Struct, forbid_unknown_fields=True):
    """How reviews end from now on.

    delay_ms  how long a template is PENDING
    outcome   `APPROVED`, `REJECTED`, or `PENDING`: it is never decided
    reason    why it was rejected
    names     outcomes of the templates of these names, before `outcome`
    category  what Meta makes the category of a new utility template, whatever was asked
    """

    delay_ms: int = 2000
    outcome: str = "APPROVED"
    reason: str = "INVALID_FORMAT"
    names: dict[str, str] = msgspec.field(default_factory=dict)
    category: str | None = None


class Reviewer:
    """Decides what is PENDING, and tells of everything that changes."""

    def __init__(self, state: State, reporter: Reporter, clock: Clock, delay_s: float) -> None:
        self.rule = Review(delay_ms=round(delay_s * 1000))
        self._state = state
        self._reporter = reporter
        self._clock = clock
        self._waiting: deque[tuple[Template, float]] = deque()
        self._has_waiting = asyncio.Event()

    def begin(self, template: Template) -> None:
        """The template is PENDING, and its review under way."""
        template.status = UNDECIDED
        due = self._clock.monotonic() + self.rule.delay_ms / 1000
        self._waiting.append((template, due))
        self._has_waiting.set()

    async def run(self) -> None:
        """Decide what falls due until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._has_waiting.wait()
                self._has_waiting.clear()
                while self._waiting:
                    group.create_task(self._decide(*self._waiting.popleft()))

    async def _decide(self, template: Template, due: float) -> None:
        wait = due - self._clock.monotonic()
        if wait > 0:
            await self._clock.sleep(wait)
        if template.status != UNDECIDED or template.id not in self._state.templates:
            return
        outcome = self.rule.names.get(template.name, self.rule.outcome)
        if outcome == UNDECIDED:
            return
        reason = self.rule.reason if outcome == "REJECTED" else "NONE"
        more: dict[str, Any] = {}
        if reason == EXPLAINED:
            more["rejection_info"] = {
                "reason": "The emulator was told to reject this template.",
                "recommendation": "Change the rule at /_emulator/review, then edit the template.",
            }
        self.set_status(template, outcome, reason, more)

    def set_status(
        self, template: Template, event: str, reason: str | None, more: dict[str, Any]
    ) -> None:
        """The template passes into the status of `event`, and Meta tells so."""
        self.set_status_untold(template, event, reason)
        self._tell(template, STATUS, status_value(template, event, reason, more))

    def set_status_untold(self, template: Template, event: str, reason: str | None) -> None:
        """The same without a word."""
        template.status = SPENT.get(event, event)
        template.rejected_reason = reason or "NONE"
        if template.status == "DELETED":
            self._state.remove_template(template)
        self._state.changes.happened()

    def set_quality(self, template: Template, score: str, *, is_told: bool) -> None:
        """The template's quality is `score` from now on."""
        previous, template.quality = template.quality, score
        template.quality_at = int(self._clock.now().timestamp())
        if is_told:
            self._tell(template, QUALITY, quality_value(template, previous))

    def set_category(self, template: Template, category: str, *, is_told: bool) -> None:
        """The template's category is `category` from now on."""
        previous, template.category = template.category, category
        template.previous_category, template.correct_category = previous, None
        if is_told:
            self._tell(template, CATEGORY, category_value(template, previous))

    def announce_category(self, template: Template, correct: str, at: int) -> None:
        """The category will be `correct` at the Unix second `at`; an order must carry it out."""
        template.correct_category = correct
        self._tell(template, CATEGORY, impending_value(template, correct, at))

    def set_components(
        self, template: Template, components: list[dict[str, Any]], *, is_told: bool
    ) -> None:
        """The template's components are `components` from now on; its status stays."""
        form = compile_form(components, template.parameter_format)
        template.components, template.form = shown_components(components, template.id), form
        if is_told:
            self._tell(template, COMPONENTS, components_value(template))

    def _tell(self, template: Template, field: str, value: dict[str, Any]) -> None:
        self._reporter.tell_account(template.waba_id, field, value)
