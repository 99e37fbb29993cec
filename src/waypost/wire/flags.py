"""Booleans that some clients send as the strings `"true"` and `"false"`.

Source: design contract, "Body": `preview_url`.
"""

from collections.abc import Mapping

BOOLEAN = 'true or false, or one of the strings "true" and "false"'
"""What would be right, for a fault."""

_WORDS: Mapping[str, bool] = {"true": True, "false": False}


def parse_flag(value: object) -> bool | None:
    """The boolean that `value` stands for; None if it stands for none."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _WORDS.get(value.lower())
    return None
