"""Templates are reviewed: PENDING becomes APPROVED or REJECTED after a delay, and Meta tells so.

Also the one place where a template's state changes afterwards: by order of the control API, after
an edit, by a deletion. Every change can be told by its webhook (reference 4.6, 7.6).
"""

from typing import Any

import msgspec

from meta_emulator.checks.forms import compile_form
from meta_emulator.definitions.review_rule import PENDING, Review, Subject, Verdict, judged
from meta_emulator.definitions.shown import shown_components
from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.runtime.clock import Clock
from meta_emulator.seed import Seed
from meta_emulator.settings import Settings
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
from meta_emulator.world.kept_limits import TEMPLATES
from meta_emulator.world.objects import Template
from meta_emulator.world.state import State

REVIEW, RECATEGORY = "review", "category"
SPENT = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}
"""Events that leave a template in another status than their own name."""


class Reviewer:
    """Decides what is PENDING, and tells of everything that changes."""

    def __init__(
        self, state: State, reporter: Reporter, deadlines: Deadlines, rule: Review
    ) -> None:
        self._state = state
        self._reporter = reporter
        self._deadlines = deadlines
        self._usual_ms = rule.delay_ms
        self.rule = rule
        deadlines.carry_out(REVIEW, self._end)
        deadlines.carry_out(RECATEGORY, self._recategorise)

    @property
    def _clock(self) -> Clock:
        return self._state.clock

    def set_rule(self, rule: Review) -> Review:
        """Reviews end so from now on; returns the rule with its delay."""
        delay_ms = self._usual_ms if rule.delay_ms is None else rule.delay_ms
        self.rule = msgspec.structs.replace(rule, delay_ms=delay_ms)
        return self.rule

    def begin(self, template: Template) -> None:
        """The template is PENDING, and its review under way."""
        template.status = PENDING
        self._deadlines.add(REVIEW, template.id, (self.rule.delay_ms or 0) / 1000)

    def decide(self, template: Template) -> None:
        """The template's review ends now."""
        verdict = self._verdict(template)
        if verdict.category not in {None, template.category}:
            self.set_category(template, str(verdict.category), is_told=True)
        if verdict.outcome == PENDING:
            return
        more: dict[str, Any] = {}
        if verdict.explanation is not None:
            reason, recommendation = verdict.explanation
            more["rejection_info"] = {"reason": reason, "recommendation": recommendation}
        self.set_status(template, verdict.outcome, verdict.reason, more)

    def _end(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is not None and template.status == PENDING:
            self.decide(template)

    def _verdict(self, template: Template) -> Verdict:
        others = (
            _subject(other)
            for other in self._state.wabas[template.waba_id].templates.values()
            if other.status != "REJECTED"
        )
        rule = self.rule
        if TEMPLATES in self._state.limits.names and not rule.duplicates:
            rule = msgspec.structs.replace(rule, duplicates=True)
        return judged(rule, _subject(template), others)

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
        self._deadlines.drop(RECATEGORY, template.id)
        if is_told:
            self._tell(template, CATEGORY, category_value(template, previous))

    def announce_category(self, template: Template, correct: str, after_s: float) -> None:
        """The category will be `correct` in so many seconds: told now, and again when it is."""
        template.correct_category = correct
        at = int(self._clock.now().timestamp() + after_s)
        self._deadlines.add(RECATEGORY, template.id, after_s)
        self._tell(template, CATEGORY, impending_value(template, correct, at))

    def _recategorise(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is not None and template.correct_category is not None:
            self.set_category(template, template.correct_category, is_told=True)

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

    def snapshot(self) -> Any:
        """The rule; what is under way is among the deadlines."""
        return msgspec.to_builtins(self.rule)

    def restore(self, kept: Any) -> None:
        """The rule of a snapshot."""
        self.rule = msgspec.convert(kept, Review)


def first_rule(seed: Seed, settings: Settings) -> Review:
    """How reviews end from the start: as the seed says, with what the settings add."""
    rule = seed.review or Review()
    return msgspec.structs.replace(
        rule,
        delay_ms=round(settings.review_delay_s * 1000) if rule.delay_ms is None else rule.delay_ms,
        words={**dict.fromkeys(settings.forbidden_words, "ABUSIVE_CONTENT"), **rule.words},
    )


def _subject(template: Template) -> Subject:
    return Subject(template.name, template.language, template.category, template.components)
