"""Which templates somebody may have meant who named one that is not there. Pure.

A WABA may have 6,000 templates, and a customer may misname one in every send: all names are
looked through for pieces of the wrong one, which is cheap, and few of them are compared with it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from waypost.model.template import APPROVED, Template

MOST_NAMES = 3
LIKENESS = 0.6
"""How much of a name must agree: below it, nobody would take one for the other."""

LONGEST_NAME = 512
PIECE = 3
"""Characters of a piece: a name that is alike has some of them, wherever it was mistyped."""

MOST_PIECES = 12
MOST_COMPARED = 24


def name_nearest(name: str, templates: Collection[Template]) -> Mapping[str, list[str]]:
    """Names like `name`, the likest first, each with its approved languages."""
    wanted = name[:LONGEST_NAME].lower()
    names = dict.fromkeys(one.name for one in templates if one.status == APPROVED)
    close = get_close_matches(wanted, _promising(wanted, names), n=MOST_NAMES, cutoff=LIKENESS)
    languages: dict[str, list[str]] = {one: [] for one in close}
    for template in templates:
        if template.name in languages and template.status == APPROVED:
            languages[template.name].append(template.language)
    return {one: sorted(found) for one, found in languages.items()}


def spell(nearest: Mapping[str, list[str]]) -> str:
    """The same in words: `order_update (en_US, hi), order_updates (en)`."""
    return ", ".join(f"{name} ({', '.join(languages)})" for name, languages in nearest.items())


def _promising(wanted: str, names: Collection[str]) -> Collection[str]:
    """Those names that have the most pieces of the wanted one."""
    if len(names) <= MOST_COMPARED:
        return names
    step = max(PIECE, len(wanted) // MOST_PIECES)
    pieces = {wanted[at : at + PIECE] for at in range(0, max(1, len(wanted) - PIECE + 1), step)}
    shared: Counter[str] = Counter()
    for piece in pieces:
        shared.update([one for one in names if piece in one])
    return [one for one, _ in shared.most_common(MOST_COMPARED)]
