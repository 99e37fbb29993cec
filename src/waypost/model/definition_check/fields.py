"""The fields around the components: name, language, category, parameter format, time to live.

Source: reference/meta-cloud-api.md 7.1, 7.2.
"""

import re
from collections.abc import Mapping

from waypost.model.definition_check.part import META_TEXT_TOO_LONG, Part, described, lowered, quoted
from waypost.model.definition_check.scope import AUTHENTICATION, CATEGORIES, MARKETING, UTILITY
from waypost.model.finding import FindingCode

LONGEST_NAME = 512
PARAMETER_FORMATS = ("positional", "named")
TTL_LIMITS_S = {
    AUTHENTICATION: (30, 900),
    UTILITY: (30, 43_200),
    MARKETING: (43_200, 2_592_000),
}
TTL_KEY = "message_send_ttl_seconds"
THIRTY_DAYS = -1
"""A time to live that authentication and utility templates may name."""

_NAME = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_([A-Z][A-Za-z]{1,3}|[0-9]{3}))?")
_LONGEST_LANGUAGE = 8
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9_]+")


def check_name(definition: Part) -> None:
    """At most 512 characters of `a-z`, `0-9` and the underscore."""
    name = definition.string("name", 'Give it a "name" of lower-case letters, digits and _.')
    if name is None:
        return
    if len(name) > LONGEST_NAME:
        definition.add(
            "name",
            FindingCode.TOO_LONG,
            f"The name has {len(name)} characters; at most {LONGEST_NAME} are allowed.",
            "Choose a shorter name.",
            META_TEXT_TOO_LONG,
        )
    elif not _NAME.fullmatch(name):
        mended = _NOT_OF_A_NAME.sub("_", name.lower()).strip("_")
        definition.add(
            "name",
            FindingCode.WRONG_VALUE,
            f"The name is {quoted(name)}; it may have lower-case letters, digits and _ only.",
            f"Call it {quoted(mended)}." if mended else "Use the letters a to z, digits and _.",
        )


def check_language(definition: Part) -> None:
    """A code like `en` or `en_US`; whether Meta has the language is Meta's to say."""
    mend = 'Give its code, like "en" or "en_US".'
    language = definition.value.get("language")
    if isinstance(language, Mapping):
        code = language.get("code")
        code = code if isinstance(code, str) and _LANGUAGE.fullmatch(code) else "en_US"
        definition.add(
            "language",
            FindingCode.WRONG_TYPE,
            f"The language is {described(language)}; a definition has the code alone.",
            f'Write "language": "{code}". The object with a code belongs to a send.',
        )
        return
    language = definition.string("language", mend)
    if language is not None and not _LANGUAGE.fullmatch(language):
        first, _, region = language[:_LONGEST_LANGUAGE].replace("-", "_").partition("_")
        mended = f"{first.lower()}_{region.upper()}" if region else first.lower()
        better = mended if _LANGUAGE.fullmatch(mended) else "en_US"
        definition.add(
            "language",
            FindingCode.WRONG_VALUE,
            f"The language is {quoted(language)}, which is no language code.",
            f'Write two or three small letters, and the region after an underscore: "{better}".',
        )


def check_category(definition: Part) -> str:
    """The category in lower case; empty if it is none."""
    return definition.word("category", CATEGORIES, "Use MARKETING, UTILITY or AUTHENTICATION.")


def check_parameter_format(definition: Part) -> bool:
    """Whether the placeholders have names."""
    if definition.value.get("parameter_format") is None:
        return False
    mend = 'Use "NAMED" or "POSITIONAL", or leave it out for POSITIONAL.'
    return definition.word("parameter_format", PARAMETER_FORMATS, mend) == "named"


def check_ttl(definition: Part, category: str) -> None:
    """Seconds; which depends on the category, so nothing is said without one."""
    ttl = definition.value.get(TTL_KEY)
    if category not in TTL_LIMITS_S or (ttl == THIRTY_DAYS and category != MARKETING):
        return
    least, most = TTL_LIMITS_S[category]
    mend = f"Give {least} to {most} seconds for the category {category.upper()}"
    mend += "." if category == MARKETING else ", or -1 for 30 days."
    definition.integer(TTL_KEY, least, most, mend)


def current_word(current: Part, key: str) -> str:
    """A word of the template as it is now, in lower case; empty if it is not known."""
    return lowered(current.value.get(key))
