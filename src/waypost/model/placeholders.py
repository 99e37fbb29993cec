"""The placeholders of a template's texts: `{{1}}` by place, `{{first_name}}` by name.

Source: reference/meta-cloud-api.md 7.2.
"""

import re

PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
"""The blanks around a name are cut off later: a pattern that skips them here takes cubic time."""


def placeholders(text: str) -> list[str]:
    """The names between the braces, in order, each as often as it stands."""
    return [name.strip() for name in PLACEHOLDER.findall(text)]


def fill_in(text: str, values: dict[str, str]) -> str:
    """The text as its reader sees it; a placeholder without a value stays."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1].strip(), found[0]), text)
