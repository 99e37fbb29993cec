"""Does this send fit this template? All that is wrong with it, at once.

A pure function of the compiled definition and the send. It takes the `template` object as the
wire leaves it (types in lower case, indexes as integers, parameters as arrays); whatever has
another shape is passed over, for that is told elsewhere. It never raises.
Source: reference/meta-cloud-api.md 1.3 to 1.9, 7.2.
"""

from collections.abc import Mapping
from typing import Any

from waypost.model.finding import Findings
from waypost.model.refusal import Fault
from waypost.model.template_check.carousel import check_carousel, tell_missing_carousel
from waypost.model.template_check.form import TemplateForm
from waypost.model.template_check.offers import check_offer, check_tap_target, tell_missing_offer
from waypost.model.template_check.parts import (
    Positioned,
    check_parts,
    tell_foreign,
    tell_repeated,
)
from waypost.model.template_check.place import Place

_ONCE = frozenset({"carousel", "limited_time_offer", "tap_target_configuration"})
_ORDER_STATUS = "order_status"
"""Of payments in India; what it holds is documented by an example alone."""


def check_template(form: TemplateForm, template: Mapping[str, Any], path: str) -> tuple[Fault, ...]:
    """What is wrong with a send's `template` object, which stands at the JSON pointer `path`."""
    findings = Findings()
    components = template.get("components")
    place = Place(findings, path, type(components) is list)
    others = check_parts(form.parts, components, place)
    if others or form.cards is not None or form.parts.needs_expiration:
        _check_others(form, others, place)
    return findings.listed()


def _check_others(form: TemplateForm, others: list[Positioned], place: Place) -> None:
    """Components that are neither header nor body nor button."""
    seen: set[str] = set()
    for position, component in others:
        kind = component.get("type")
        if not isinstance(kind, str):
            continue
        if kind in seen and kind in _ONCE:
            tell_repeated(kind, position, place)
            continue
        seen.add(kind)
        if kind == "carousel":
            check_carousel(form, component, position, place)
        elif kind == "limited_time_offer":
            check_offer(form.parts, component, position, place)
        elif kind == "tap_target_configuration":
            check_tap_target(form.parts, component, position, place)
        elif kind != _ORDER_STATUS:
            tell_foreign(kind, position, place)
    if form.cards is not None and "carousel" not in seen:
        tell_missing_carousel(form, place)
    if form.parts.needs_expiration and "limited_time_offer" not in seen:
        tell_missing_offer(place)
