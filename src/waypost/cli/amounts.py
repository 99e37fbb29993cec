"""Amounts of money as they are typed on a command line."""

from waypost.cli.output import MisusedError
from waypost.model.money import parse_amount


def read_amount(flag: str, text: str) -> int:
    """Minor units, not negative. Raises MisusedError."""
    try:
        amount_minor = parse_amount(text)
    except ValueError as error:
        raise MisusedError(f"{flag}: {error}.") from None
    if amount_minor < 0:
        raise MisusedError(f"{flag}: {text} is below nothing.")
    return amount_minor
