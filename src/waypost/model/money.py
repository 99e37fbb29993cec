"""Money: integers of minor units and a currency. Never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

DIGITS = 4
"""Minor units are ten-thousandths: a message costs fractions of a cent."""

LARGEST = Decimal("999999999.9999")
"""A sum of a million such amounts still fits the database's integers."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in ten-thousandths of a currency's unit, for example 785 is 0.0785 USD."""

    amount_minor: int
    currency: str

    def __str__(self) -> str:
        """As a person writes it: `0.0785 USD`."""
        return f"{Decimal(self.amount_minor).scaleb(-DIGITS):f} {self.currency}"


def parse_amount(text: str) -> int:
    """Minor units of a decimal amount, `"0.0785"` is 785.

    Raises ValueError, in words, for what is no amount or finer than a minor unit.
    """
    try:
        amount = Decimal(text.strip())
        scaled = amount.scaleb(DIGITS)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount; write it like 12.50") from None
    if not amount.is_finite():
        raise ValueError(f"{text!r} is not an amount; write it like 12.50")
    if abs(amount) > LARGEST:
        raise ValueError(f"{text!r} is more than {LARGEST}, the most that is taken at once")
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} has more than {DIGITS} decimal places")
    return int(scaled)
