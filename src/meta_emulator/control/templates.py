"""Orders about templates: how reviews end, how sends are paced, and what becomes of one template.

So a test can let Meta's side drift from what a client last saw, with the webhook or without.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.definitions.pacing_rule import OUTCOMES, Pacing
from meta_emulator.definitions.quality_rule import Quality, quality_fault
from meta_emulator.definitions.review_rule import CATEGORIES, Review, rule_fault
from meta_emulator.graph.template_list import template_object
from meta_emulator.physics.complaints import Complaints
from meta_emulator.physics.pacing import Pacer
from meta_emulator.physics.pausing import Pausing
from meta_emulator.physics.review import Reviewer
from meta_emulator.physics.template_life import TemplateLife
from meta_emulator.seed import TemplateSeed
from meta_emulator.world.objects import Template, seeded_template
from meta_emulator.world.state import State

STATUSES = frozenset(
    {
        "APPROVED",
        "ARCHIVED",
        "UNARCHIVED",
        "DELETED",
        "DISABLED",
        "FLAGGED",
        "IN_APPEAL",
        "LIMIT_EXCEEDED",
        "LOCKED",
        "PAUSED",
        "PENDING",
        "REINSTATED",
        "PENDING_DELETION",
        "REJECTED",
    }
)
SCORES = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})
CHANGE_AFTER_S = 24 * 3600.0
"""How long before it is carried out an impending change of category is told."""


class TemplateOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is to become of a template. What is left out stays.

    announce          whether Meta tells of it by webhook
    more              `other_info`, `disable_info` or `rejection_info` of the status webhook
    correct_category  an impending change: told now, carried out in 24 hours
    quality           RED pauses an approved template, or disables it after two pauses, unless the
                      order names a status or is not announced
    """

    id: str
    announce: bool = True
    status: str | None = None
    reason: str | None = "NONE"
    more: dict[str, Any] = {}
    category: str | None = None
    correct_category: str | None = None
    quality: str | None = None
    components: list[dict[str, Any]] | None = None


class NewTemplate(msgspec.Struct, forbid_unknown_fields=True):
    """A template that appears, as in a seed; without a WABA's id, in the first one."""

    template: TemplateSeed
    waba_id: str | None = None


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """The id of a template."""

    id: str


class Assessed(msgspec.Struct):
    """A template whose assessment ended, and how many messages of it were held."""

    id: str
    held: int


class TemplateOrders:
    """Carries out orders about templates."""

    def __init__(
        self,
        state: State,
        reviewer: Reviewer,
        physics: tuple[TemplateLife, Pausing, Pacer, Complaints],
    ) -> None:
        self._state = state
        self._reviewer = reviewer
        self._life, self._pausing, self._pacer, self._complaints = physics

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        appear = "A template appears, as in a seed."
        decide = "A review that is under way ends now."
        assess = "The assessment of a template whose messages are held ends now."
        return (
            Route("GET", "review", "How reviews end.", self._shown_review, gives=Review),
            Route(
                "POST",
                "review",
                "Tell how reviews end.",
                self._review,
                Review,
                Review,
                example={"delay_ms": 2000, "names": {"an_offer": "REJECTED"}},
            ),
            Route(
                "POST",
                "review/decide",
                decide,
                self._decide,
                Named,
                dict[str, Any],
                example={"id": "546151681022918"},
            ),
            Route("GET", "pacing", "How templates are paced.", self._shown_pacing, gives=Pacing),
            Route(
                "POST",
                "pacing",
                "Tell how to pace.",
                self._pacing,
                Pacing,
                Pacing,
                example={"first": 100},
            ),
            Route(
                "POST",
                "pacing/assess",
                assess,
                self._assess,
                Named,
                Assessed,
                example={"id": "546151681022906"},
            ),
            Route("GET", "quality", "How quality is made.", self._shown_quality, gives=Quality),
            Route(
                "POST",
                "quality",
                "Tell how quality follows from complaints.",
                self._quality,
                Quality,
                Quality,
                example={"fewest": 20, "yellow": 0.02, "red": 0.05},
            ),
            Route(
                "POST",
                "templates",
                "A template changes; it is shown as Meta shows it.",
                self._template,
                TemplateOrder,
                dict[str, Any],
                example={"id": "546151681022906", "status": "PAUSED"},
            ),
            Route(
                "POST",
                "templates/new",
                appear,
                self._new_template,
                NewTemplate,
                dict[str, Any],
                example={
                    "template": {
                        "id": "594425479269999",
                        "name": "order_sent",
                        "language": "en_US",
                        "category": "UTILITY",
                        "components": [{"type": "BODY", "text": "Your order is on its way."}],
                    }
                },
            ),
        )

    def _shown_review(self, _call: Call) -> Review:
        return self._reviewer.rule

    def _review(self, call: Call) -> Review:
        rule: Review = call.order
        fault = rule_fault(rule)
        if fault is not None:
            raise OrderError(fault)
        return self._reviewer.set_rule(rule)

    def _decide(self, call: Call) -> dict[str, Any]:
        template = self._found(call.order.id)
        if template.status != "PENDING":
            raise OrderError(f"the template {template.id} is {template.status}, not PENDING")
        self._reviewer.decide(template)
        return template_object(template)

    def _shown_pacing(self, _call: Call) -> Pacing:
        return self._pacer.rule

    def _pacing(self, call: Call) -> Pacing:
        rule: Pacing = call.order
        _one_of(rule.outcome, OUTCOMES, "outcome")
        for name, value in (("first", rule.first or 0), ("hold_ms", rule.hold_ms)):
            if value < 0:
                raise OrderError(f"{name} must not be negative; it is {value}")
        self._pacer.rule = rule
        return rule

    def _assess(self, call: Call) -> Assessed:
        template = self._found(call.order.id)
        return Assessed(template.id, self._pacer.assess(template))

    def _shown_quality(self, _call: Call) -> Quality:
        return self._complaints.rule

    def _quality(self, call: Call) -> Quality:
        rule: Quality = call.order
        fault = quality_fault(rule)
        if fault is not None:
            raise OrderError(fault)
        self._complaints.set_rule(rule)
        return rule

    def _template(self, call: Call) -> dict[str, Any]:
        order: TemplateOrder = call.order
        template = self._found(order.id)
        for value, words, what in (
            (order.status, STATUSES, "status"),
            (order.quality, SCORES, "quality"),
            (order.category, CATEGORIES, "category"),
            (order.correct_category, CATEGORIES, "correct_category"),
        ):
            if value is not None:
                _one_of(value, words, what)
        with _of_metas_shape():
            self._change(template, order)
        self._state.changes.happened()
        return template_object(template)

    def _change(self, template: Template, order: TemplateOrder) -> None:
        if order.components is not None:
            self._reviewer.set_components(template, order.components, is_told=order.announce)
        if order.correct_category is not None:
            self._reviewer.announce_category(template, order.correct_category, CHANGE_AFTER_S)
        if order.category is not None:
            self._reviewer.set_category(template, order.category, is_told=order.announce)
        if order.quality is not None:
            self._reviewer.set_quality(template, order.quality, is_told=order.announce)
            if order.status is None and order.announce:
                self._pausing.look(template)
        if order.status is not None and order.announce:
            self._reviewer.set_status(template, order.status, order.reason, order.more)
        elif order.status is not None:
            self._reviewer.set_status_untold(template, order.status, order.reason)

    def _new_template(self, call: Call) -> dict[str, Any]:
        order: NewTemplate = call.order
        waba_id = order.waba_id or self._state.first_number.waba.id
        waba = self._state.wabas.get(waba_id)
        if waba is None:
            raise OrderError(f"there is no WABA {waba_id}")
        if order.template.id in self._state.templates:
            raise OrderError(f"there is a template {order.template.id} already")
        with _of_metas_shape():
            template = seeded_template(order.template, waba.id)
        self._state.add_template(waba, template)
        self._life.begin(template)
        self._state.changes.happened()
        return template_object(template)

    def _found(self, template_id: str) -> Template:
        template = self._state.templates.get(template_id)
        if template is None:
            raise OrderError(f"there is no template {template_id}")
        return template


@contextmanager
def _of_metas_shape() -> Iterator[None]:
    """Components may break Meta's rules here, not its shape; raises OrderError."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise OrderError(
            f"the components are not of Meta's shape ({error}): each is an object with its type"
        ) from error


def _one_of(value: str, words: frozenset[str], what: str) -> None:
    if value not in words:
        raise OrderError(f"{what} must be one of {', '.join(sorted(words))}; it is {value!r}")
