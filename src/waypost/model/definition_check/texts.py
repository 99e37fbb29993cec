"""The placeholders in a text of a definition, and its length.

Source: reference/meta-cloud-api.md 7.2.
"""

import re
from collections import Counter

from msgspec import Struct

from waypost.model.definition_check.part import (
    META_TOO_MANY_VARIABLES,
    META_VARIABLE_AT_EDGE,
    Part,
    quoted,
)
from waypost.model.definition_check.scope import Scope
from waypost.model.finding import FindingCode
from waypost.model.placeholders import PLACEHOLDER

_POSITION = re.compile(r"[1-9][0-9]{0,3}")
_NAME = re.compile(r"[a-z_]+")
_WORD = re.compile(r"\w+")
_MOST_SHOWN = 5


class TextRule(Struct, frozen=True):
    """What is asked of one text.

    longest         in characters, the placeholders as they stand in the definition
    most_variables  None: any number
    is_prose        a placeholder may not begin or end it, nor outnumber its words
    """

    longest: int
    most_variables: int | None = None
    is_prose: bool = False


class Reading(Struct, frozen=True):
    """A text taken apart.

    pieces  what stands around the placeholders: one more than there are names
    names   between the braces, in order
    """

    pieces: list[str]
    names: list[str]


def read(text: str) -> Reading:
    """The text, taken apart at its placeholders."""
    parts = PLACEHOLDER.split(text)
    return Reading(parts[::2], [name.strip() for name in parts[1::2]])


def check_text(part: Part, key: str, text: str, rule: TextRule, scope: Scope) -> list[str]:
    """A text of the definition; the names of its placeholders, each once, if all are sound."""
    part.check_length(key, rule.longest, len(text))
    reading = read(text)
    if rule.most_variables == 0:
        _check_without(part, key, reading)
        return []
    names = _sound_names(part, key, reading, scope)
    if rule.most_variables is not None and len(names) > rule.most_variables:
        part.add(
            key,
            FindingCode.PLACEHOLDER_TOO_MANY,
            f"{part.name} has {len(names)} placeholders; {rule.most_variables} is allowed.",
            "Keep one placeholder and write the others out.",
        )
        return []
    if reading.names:
        _check_neighbours(part, key, reading)
    if reading.names and rule.is_prose:
        _check_prose(part, key, reading)
    return names


def _check_without(part: Part, key: str, reading: Reading) -> None:
    if reading.names:
        part.add(
            key,
            FindingCode.PLACEHOLDER_MISPLACED,
            f"{part.name} has a placeholder in its {key}; nothing can be filled in there.",
            "Write the words out, or move the placeholder to the body.",
        )


def _sound_names(part: Part, key: str, reading: Reading, scope: Scope) -> list[str]:
    """The names, each once; none if one of them is malformed."""
    counted = Counter(reading.names)
    pattern = _NAME if scope.is_named else _POSITION
    malformed = [name for name in counted if not pattern.fullmatch(name)]
    if any("{{" in piece or "}}" in piece for piece in reading.pieces):
        part.add(
            key,
            FindingCode.PLACEHOLDER_MALFORMED,
            f"{part.name} has double braces without their counterpart.",
            "Write every placeholder with two braces on each side, like {{1}}.",
        )
    if malformed:
        _add_malformed(part, key, malformed, scope)
        return []
    names = list(counted)
    if scope.is_named:
        _check_unique(part, key, counted)
    else:
        _check_order(part, key, names)
    return names


def _add_malformed(part: Part, key: str, malformed: list[str], scope: Scope) -> None:
    shown = ", ".join(quoted(name) for name in malformed[:_MOST_SHOWN])
    if scope.is_named:
        message = (
            f"{part.name} has placeholders that are no names: {shown}. "
            "With parameter_format NAMED they have lower-case letters and underscores only."
        )
        mend = "Write each like {{first_name}}, without capitals, digits, blanks, #, $ or %."
    elif all(_NAME.fullmatch(name) for name in malformed):
        message = (
            f"{part.name} has placeholders with names: {shown}. "
            "Without parameter_format NAMED they are numbers."
        )
        mend = 'Set "parameter_format" to "NAMED", or number them {{1}}, {{2}}.'
    else:
        message = f"{part.name} has placeholders that are no numbers: {shown}."
        mend = "Write a number alone between the braces, like {{1}}, without #, $ or %."
    part.add(key, FindingCode.PLACEHOLDER_MALFORMED, message, mend)


def _check_unique(part: Part, key: str, counted: Counter[str]) -> None:
    repeated = [name for name, count in counted.items() if count > 1]
    if repeated:
        part.add(
            key,
            FindingCode.PLACEHOLDER_REPEATED,
            f"{part.name} has the placeholder {quoted(repeated[0])} more than once; "
            "names are unique.",
            "Give the second one a name of its own.",
        )


def _check_order(part: Part, key: str, names: list[str]) -> None:
    """Numbers from 1 without gaps.

    That they also stand in ascending order is not asked: Meta's list of reasons for a rejection
    names gaps alone.
    """
    numbers = {int(name) for name in names}
    gaps = [number for number in range(1, len(numbers) + 1) if number not in numbers]
    if gaps:
        part.add(
            key,
            FindingCode.PLACEHOLDER_GAP,
            f"{part.name} has {len(numbers)} placeholders, and none of them is "
            f"{{{{{gaps[0]}}}}}; they are numbered from 1 without gaps.",
            f"Number them {{{{1}}}} to {{{{{len(numbers)}}}}}."
            if len(numbers) > 1
            else "Write it {{1}}.",
        )


def _check_neighbours(part: Part, key: str, reading: Reading) -> None:
    """Placeholders that touch; those with a blank between them are common and are left alone."""
    for position, piece in enumerate(reading.pieces[1:-1]):
        if not piece:
            first, second = reading.names[position : position + 2]
            part.add(
                key,
                FindingCode.PLACEHOLDER_ADJACENT,
                f"{part.name} has the placeholders {quoted(first)} and {quoted(second)} "
                "side by side.",
                "Put words between them, or make one placeholder of the two.",
            )
            return


def _check_prose(part: Part, key: str, reading: Reading) -> None:
    ends = [
        where
        for where, piece in (("begins", reading.pieces[0]), ("ends", reading.pieces[-1]))
        if not piece.strip()
    ]
    if ends:
        part.add(
            key,
            FindingCode.PLACEHOLDER_AT_EDGE,
            f"{part.name} {' and '.join(ends)} with a placeholder.",
            "Put words before a placeholder that begins the text, and after one that ends it.",
            META_VARIABLE_AT_EDGE,
        )
    words = sum(1 for piece in reading.pieces for _ in _WORD.finditer(piece))
    if words < len(reading.names):
        # Meta publishes no formula. Integrators report 2n + 1 words for n variables; only what
        # fails every reading of the rule is a finding.
        part.add(
            key,
            FindingCode.PLACEHOLDER_TOO_MANY,
            f"{part.name} has {len(reading.names)} placeholders and fewer words; "
            "that is too many placeholders for its length.",
            "Add fixed words, two for each placeholder and one more, or use fewer placeholders.",
            META_TOO_MANY_VARIABLES,
        )
