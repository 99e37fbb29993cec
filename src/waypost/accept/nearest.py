"""Which templates somebody may have meant who named one that is not there. Pure."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from waypost.model.template import APPROVED, Template

MOST_NAMES = 3
LIKENESS = 0.6
"""How much of a name must agree: below it, nobody would take one for the other."""


def name_nearest(name: str, templates: Iterable[Template]) -> Mapping[str, list[str]]:
    """Names like `name`, the likest first, each with its approved languages."""
    languages: dict[str, list[str]] = {}
    for template in templates:
        if template.status == APPROVED:
            languages.setdefault(template.name, []).append(template.language)
    close = get_close_matches(name, languages, n=MOST_NAMES, cutoff=LIKENESS)
    return {one: sorted(languages[one]) for one in close}


def spell(nearest: Mapping[str, list[str]]) -> str:
    """The same in words: `order_update (en_US, hi), order_updates (en)`."""
    return ", ".join(f"{name} ({', '.join(languages)})" for name, languages in nearest.items())
