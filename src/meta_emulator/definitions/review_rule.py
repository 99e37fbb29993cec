"""How reviews end: by words in the texts, by names, by endings of names, and by what is there.

A rule of ours, since nobody publishes Meta's. First the name's ending, then the names, the words,
duplicates, and last the outcome for all others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec

APPROVED, REJECTED, PENDING = "APPROVED", "REJECTED", "PENDING"
OUTCOMES = frozenset({APPROVED, REJECTED, PENDING})
INVALID_FORMAT = "INVALID_FORMAT"
REASONS = frozenset(
    {
        "ABUSIVE_CONTENT",
        "INCORRECT_CATEGORY",
        INVALID_FORMAT,
        "PROMOTIONAL",
        "SCAM",
        "TAG_CONTENT_MISMATCH",
    }
)
CATEGORIES = frozenset({"AUTHENTICATION", "MARKETING", "UTILITY"})
MARK = "_review_"
"""Names that end in this and the outcome, the reason or the category, decide for themselves."""

EXPLANATIONS = {
    INVALID_FORMAT: (
        "The template is written in a way that the emulator was told to reject.",
        "Change the rule at /_emulator/review, or what the rule holds against the template.",
    ),
    "DUPLICATE": (
        "Another template of the account has the same body and footer.",
        "Change the words of the body, or use the template that is there.",
    ),
}

Object = dict[str, Any]


class Review(msgspec.Struct, forbid_unknown_fields=True):
    """How reviews end from now on.

    delay_ms         how long a template is PENDING; None: as the emulator was started
    outcome          `APPROVED`, `REJECTED`, or `PENDING`: it is never decided
    reason           why it was rejected, where nothing else says so
    names            outcomes or reasons by name, before `outcome`; a name may have `*` and `?`
    words            outcomes or reasons by a text that is somewhere in the components, in either
                     case: `{"casino": "ABUSIVE_CONTENT"}`
    endings          whether names that end in `_review_rejected`, `_review_scam`,
                     `_review_marketing` ... decide for themselves
    duplicates       whether a template with body and footer of another one is rejected
    category         what Meta makes the category of a new utility template, whatever was asked
    review_category  the same, found out by the review and told by webhook
    """

    delay_ms: int | None = None
    outcome: str = APPROVED
    reason: str = INVALID_FORMAT
    names: dict[str, str] = {}
    words: dict[str, str] = {}
    endings: bool = True
    duplicates: bool = False
    category: str | None = None
    review_category: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one review ends.

    category     what the category becomes; None: as it is
    explanation  `rejection_info`'s reason and recommendation; None: there is none
    """

    outcome: str
    reason: str = "NONE"
    category: str | None = None
    explanation: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reviewed."""

    name: str
    language: str
    category: str
    components: list[Object]


def rule_fault(rule: Review) -> str | None:
    """What is wrong with a rule, as a sentence; None if nothing is."""
    words = OUTCOMES | REASONS
    for what, given, allowed in (
        ("outcome", [rule.outcome], OUTCOMES),
        ("reason", [rule.reason], REASONS),
        ("names", rule.names.values(), words),
        ("words", rule.words.values(), words),
        ("category", [rule.category or "UTILITY"], CATEGORIES),
        ("review_category", [rule.review_category or "UTILITY"], CATEGORIES),
    ):
        for value in given:
            if value not in allowed:
                return f"{what} must be one of {', '.join(sorted(allowed))}; it is {value!r}"
    if rule.delay_ms is not None and rule.delay_ms < 0:
        return f"delay_ms must not be negative; it is {rule.delay_ms}"
    return None


def judged(rule: Review, subject: Subject, others: Iterable[Subject]) -> Verdict:
    """How the review of `subject` ends, beside `others` of its account."""
    category = None
    if rule.review_category is not None and subject.category == "UTILITY":
        category = rule.review_category
    ending = _ending(subject.name).upper() if rule.endings else ""
    if ending in CATEGORIES:
        category = ending
    elif ending in OUTCOMES | REASONS:
        return _verdict(ending, rule, category)
    for pattern, word in rule.names.items():
        if fnmatchcase(subject.name, pattern):
            return _verdict(word, rule, category)
    if rule.words:
        texts = "\n".join(texts_of(subject.components)).casefold()
        for text, word in rule.words.items():
            if text.casefold() in texts:
                return _verdict(word, rule, category)
    if rule.duplicates and any(_is_duplicate(subject, other) for other in others):
        return Verdict(REJECTED, INVALID_FORMAT, category, EXPLANATIONS["DUPLICATE"])
    return _verdict(rule.outcome, rule, category)


def texts_of(components: Any) -> Iterator[str]:
    """Every text that a recipient may read or open: of components, cards, buttons and offers."""
    if isinstance(components, list):
        for item in components:
            yield from texts_of(item)
    elif isinstance(components, dict):
        for key, value in components.items():
            if key in {"text", "url"} and isinstance(value, str):
                yield value
            elif key != "example":
                yield from texts_of(value)


def wording(components: list[Object]) -> tuple[str, str]:
    """The texts of body and footer, by which two templates are the same."""
    found = {str(one.get("type", "")).upper(): str(one.get("text", "")) for one in components}
    return found.get("BODY", ""), found.get("FOOTER", "")


def _is_duplicate(subject: Subject, other: Subject) -> bool:
    """Of another name: a carousel or an authentication body is told apart by nothing in it."""
    return (
        other.name != subject.name
        and other.language == subject.language
        and subject.category != "AUTHENTICATION"
        and wording(other.components) == wording(subject.components)
    )


def _ending(name: str) -> str:
    _, mark, ending = name.rpartition(MARK)
    return ending if mark else ""


def _verdict(word: str, rule: Review, category: str | None) -> Verdict:
    """The verdict that an outcome or a reason stands for."""
    if word in {APPROVED, PENDING}:
        return Verdict(word, category=category)
    reason = rule.reason if word == REJECTED else word
    return Verdict(REJECTED, reason, category, EXPLANATIONS.get(reason))
