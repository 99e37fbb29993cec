"""A template's definition, or a change of it, to all that Meta would not take.

What Meta alone can know is not asked: whether the name is taken, the language exists, a handle is
good, or a body and footer are those of another template. Components, buttons and cards of kinds
that are not known here have no findings: Meta adds kinds.

Source: reference/meta-cloud-api.md 7.1 to 7.5, 1.6 to 1.9; kaleyra-v2 6.
"""

from collections.abc import Mapping
from typing import Any

from waypost.model.definition_check.fields import (
    TTL_KEY,
    check_category,
    check_language,
    check_name,
    check_parameter_format,
    check_ttl,
    current_word,
)
from waypost.model.definition_check.part import Part, described, quoted
from waypost.model.definition_check.scope import CATEGORIES
from waypost.model.definition_check.whole import check_components
from waypost.model.finding import FindingCode, Findings
from waypost.model.refusal import Fault

EDITABLE = ("approved", "rejected", "paused")
_CHANGES = ("category", "components", TTL_KEY)
_FIXED = ("name", "language")


def check_definition(definition: Mapping[str, Any], path: str = "") -> tuple[Fault, ...]:
    """All findings about the body of a creation; none if Meta should take it.

    definition  {name, language, category, parameter_format?, components,
                message_send_ttl_seconds?}; other fields are Meta's to judge
    path        a JSON pointer to the definition, which every finding's path begins with
    """
    findings = Findings()
    whole = _whole(definition, path, findings, "The template")
    if whole is None:
        return findings.listed()
    check_name(whole)
    check_language(whole)
    category = check_category(whole)
    named = check_parameter_format(whole)
    check_ttl(whole, category)
    if not isinstance(whole.value.get("library_template_name"), str):
        # A template made from Meta's library has its components there.
        _check_components(whole, category, named=named)
    return findings.listed()


def check_edit(
    change: Mapping[str, Any], current: Mapping[str, Any], path: str = ""
) -> tuple[Fault, ...]:
    """All findings about a change of a template; none if Meta should take it.

    change   {category} or {components, parameter_format?}, or {message_send_ttl_seconds} with
             either; components are replaced whole
    current  {status, category, name, language, parameter_format, components} as known here
    path     a JSON pointer to the change, which every finding's path begins with

    How often a template was edited is not known here: Meta allows an approved one 10 edits in 30
    days and one in 24 hours (reference 7.1).
    """
    findings = Findings()
    whole = _whole(change, path, findings, "The change")
    if whole is None:
        return findings.listed()
    known: Any = current
    before = Part(known if isinstance(known, Mapping) else {}, "", Findings(), "The template")
    _check_may_edit(whole, before)
    category = current_word(before, "category")
    if "category" in whole.value:
        category = _check_new_category(whole, before) or category
    has_format = "parameter_format" in whole.value
    named = check_parameter_format(whole) if has_format else False
    if not has_format:
        named = current_word(before, "parameter_format") == "named"
    check_ttl(whole, category)
    if "components" in whole.value:
        _check_components(whole, category if category in CATEGORIES else "", named=named)
    return findings.listed()


def _whole(value: Any, path: str, findings: Findings, name: str) -> Part | None:
    if isinstance(value, Mapping):
        return Part(value, path, findings, name)
    Part({}, path, findings, name).add(
        "",
        FindingCode.WRONG_TYPE,
        f"{name} is {described(value)}; it must be an object.",
        "Send a JSON object.",
    )
    return None


def _check_components(whole: Part, category: str, *, named: bool) -> None:
    values = whole.array("components", 'Give it components, at least {"type": "body", ...}.')
    if values is not None:
        check_components(whole, values, category, named=named)


def _check_may_edit(change: Part, before: Part) -> None:
    """What may be changed at all, and what in one call."""
    status = current_word(before, "status")
    if status not in EDITABLE:
        change.add(
            "",
            FindingCode.EDIT_NOT_ALLOWED,
            f"The template is {quoted(status.upper())}; "
            "only APPROVED, REJECTED and PAUSED ones may be edited.",
            "Wait until Meta has reviewed it, or create it under another name.",
        )
    if not any(key in change.value for key in _CHANGES):
        change.add(
            "",
            FindingCode.EDIT_EMPTY,
            "The change changes nothing.",
            f"Give category, components or {TTL_KEY}.",
        )
    if "category" in change.value and "components" in change.value:
        change.add(
            "category",
            FindingCode.EDIT_MIXED,
            "The change has a category and components.",
            "Change them in two calls, one after the other.",
        )
    for key in _FIXED:
        if key in change.value and change.value[key] != before.value.get(key):
            change.add(
                key,
                FindingCode.EDIT_FIXED_FIELD,
                f"The {key} of a template cannot change.",
                f"Leave {key} out, or create another template.",
            )


def _check_new_category(change: Part, before: Part) -> str:
    """The category after the change; an approved template keeps the one it has."""
    category = check_category(change)
    is_other = category not in ("", current_word(before, "category"))
    if is_other and current_word(before, "status") == "approved":
        change.add(
            "category",
            FindingCode.EDIT_FIXED_FIELD,
            "The category of an approved template cannot change.",
            "Leave category out, or create another template in that category.",
        )
    return category
