"""A setting: what one field of the configuration accepts, and how it is shown.

Law: the words that describe a kind of value are the words of the refusal and of the
manual page; they are written once, here. A reader of a kind takes text (flags, environment)
and TOML's own values alike, and raises ValueError for everything else.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from waypost.runtime.roles import read_roles, render_roles

T = TypeVar("T")

PRICE_DIGITS = 4
"""Prices are kept in ten-thousandths of a currency's unit, as `model/money.py` has them."""

_WHOLE = re.compile(r"-?[0-9]+")
_SWITCH = {"true": True, "yes": True, "on": True, "1": True}
_SWITCH |= {"false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of value.

    words   completes the sentence "it must be ..."
    parse   from text or a TOML value; raises ValueError
    render  to the text that `parse` would read again
    """

    words: str
    parse: Callable[[object], T]
    render: Callable[[T], str] = str


@dataclass(frozen=True, slots=True)
class Setting:
    """The declaration of one field: its manual, its kind, its default and its secrecy."""

    about: str
    kind: Kind[Any]
    default: object
    is_secret: bool = False


def text(words: str = "text", pattern: str = r".*") -> Kind[str]:
    """Text that matches `pattern` as a whole."""
    expression = re.compile(pattern, re.DOTALL)

    def parse(value: object) -> str:
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise ValueError(words)
        return value

    return Kind(words, parse)


def choice(*options: str) -> Kind[str]:
    """One of a few words."""
    return text(f"one of {', '.join(options)}", "|".join(map(re.escape, options)))


def url(*, may_be_empty: bool = False) -> Kind[str]:
    """An http or https address without query and fragment; kept without its last slash."""
    words = "an http:// or https:// address" + (" or empty" if may_be_empty else "")

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(words)
        if value == "" and may_be_empty:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(words)
        if parts.query or parts.fragment or re.search(r"\s", value) or parts.port == 0:
            raise ValueError(words)  # reading the port raises for one that is none
        return value.rstrip("/")

    return Kind(words, parse)


def integer(least: int, most: int | None = None) -> Kind[int]:
    """A whole number from `least` to `most`, both included."""
    words = f"a whole number from {least}" + ("" if most is None else f" to {most}")

    def parse(value: object) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(words)
        if value < least or (most is not None and value > most):
            raise ValueError(words)
        return value

    return Kind(words, parse)


def number(least: float, most: float = math.inf) -> Kind[float]:
    """A finite number, `least` or more, `most` or less."""
    words = f"a number of {least:g} or more"
    if most < math.inf:
        words = f"a number from {least:g} to {most:g}"

    def parse(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise TypeError(words)
        parsed = float(value)
        if not math.isfinite(parsed) or not least <= parsed <= most:
            raise ValueError(words)
        return parsed

    return Kind(words, parse, lambda value: f"{value:g}")


def switch() -> Kind[bool]:
    """True or false; as text also yes/no, on/off, 1/0."""
    words = "true or false"

    def parse(value: object) -> bool:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or value.strip().lower() not in _SWITCH:
            raise ValueError(words)
        return _SWITCH[value.strip().lower()]

    return Kind(words, parse, lambda value: "true" if value else "false")


def folder() -> Kind[Path]:
    """A path; relative ones are seen from the working directory."""
    words = "a path"

    def parse(value: object) -> Path:
        if not isinstance(value, str | Path) or not str(value).strip():
            raise ValueError(words)
        return Path(value)

    return Kind(words, parse)


def networks() -> Kind[str]:
    """Addresses and networks with commas between; `read_networks` reads them."""
    words = "addresses or networks with commas between, like 10.0.0.0/8,192.0.2.7"

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(words)
        read_networks(value)
        return value

    return Kind(words, parse)


def roles() -> Kind[str]:
    """Roles with commas between, or all; `read_roles` reads them."""
    words = "all, or some of api, dispatch, webhook and callback with commas between"

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(words)
        try:
            return render_roles(read_roles(value))
        except ValueError:
            raise ValueError(words) from None

    return Kind(words, parse)


def read_networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a setting. Raises ValueError."""
    return tuple(ip_network(one.strip()) for one in value.split(",") if one.strip())


def price() -> Kind[int]:
    """A decimal amount as text, kept in minor units: "0.0785" is 785.

    A TOML float is refused: money is never a float, not even on its way in.
    """
    words = f'an amount as text, like "0.0100", with at most {PRICE_DIGITS} decimal places'

    def parse(value: object) -> int:
        if not isinstance(value, str):
            raise TypeError(words)
        try:
            scaled = Decimal(value.strip()).scaleb(PRICE_DIGITS)
        except InvalidOperation:
            raise ValueError(words) from None
        if not scaled.is_finite() or scaled < 0 or scaled != scaled.to_integral_value():
            raise ValueError(words)
        return int(scaled)

    return Kind(words, parse, lambda value: f"{Decimal(value).scaleb(-PRICE_DIGITS):f}")
