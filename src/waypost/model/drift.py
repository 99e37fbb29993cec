"""Drift: what became of a template since it was last looked at. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from waypost.model.template import Template, TemplateChangeKind

UNRATED = "UNKNOWN"
"""The quality of a template that Meta has not rated; to say nothing of it means the same."""


class Difference(Struct, frozen=True):
    """One thing that differs; `before` and `after` as in `TemplateChange`."""

    what: TemplateChangeKind
    before: str | None
    after: str | None
    reason: str = ""


def differences(before: Template | None, after: Template | None) -> Iterator[Difference]:
    """What a customer should know of it; None for a template that is not there."""
    if before is None or after is None:
        if after is not None:
            reason = after.rejected_reason
            yield Difference(TemplateChangeKind.APPEARED, None, after.status, reason)
        elif before is not None:
            yield Difference(TemplateChangeKind.VANISHED, before.status, None)
        return
    if before.status != after.status:
        reason = after.rejected_reason
        yield Difference(TemplateChangeKind.STATUS, before.status, after.status, reason)
    if before.category != after.category:
        yield Difference(TemplateChangeKind.CATEGORY, before.category, after.category)
    if (before.quality or UNRATED) != (after.quality or UNRATED):
        yield Difference(TemplateChangeKind.QUALITY, before.quality or None, after.quality or None)
    if before.parameter_format != after.parameter_format:
        old, new = before.parameter_format, after.parameter_format
        yield Difference(TemplateChangeKind.COMPONENTS, old, new, "parameter_format")
    which = "" if before.components == after.components else _which(before, after)
    if which:
        yield Difference(TemplateChangeKind.COMPONENTS, None, None, which)


def _which(before: Template, after: Template) -> str:
    """The types of the components that were changed, added or taken away."""
    old, new = _by_type(before), _by_type(after)
    return ", ".join(kind for kind in {**old, **new} if old.get(kind) != new.get(kind))


def _by_type(template: Template) -> dict[str, object]:
    return {str(part.get("type", "?")).lower(): _spelled(part) for part in template.components}


def _spelled(part: Any) -> Any:
    """A part of a definition in one spelling, without its examples.

    Meta gives back in capitals what it took small, and a sample's handle as an address that is
    another one at each reading.
    """
    if isinstance(part, Mapping):
        return {
            key: value.lower()
            if key in ("type", "format") and isinstance(value, str)
            else _spelled(value)
            for key, value in part.items()
            if key != "example"
        }
    return [_spelled(one) for one in part] if isinstance(part, list) else part
