"""Rate cards as files: comma-separated lines, read whole, every fault told with its line. Pure.

    country,category,valid_from,price
    IN,marketing,2026-10-01,0.0107
    *,*,2026-10-01,0.0500

`*`, or nothing, stands for every other country or category. Lines that begin with `#` are left
out. A column `currency` may stand beside them; it must be the card's.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from waypost.model.money import parse_amount
from waypost.model.rate import CATEGORIES, EVERY_OTHER, Rate, plain_category
from waypost.wallet.countries import known_countries

COLUMNS = ("country", "category", "valid_from", "price")
CURRENCY = "currency"
STAR = "*"
MOST_FAULTS = 20
LONGEST_SHOWN = 60


class CardFault(Struct, frozen=True):
    """One thing wrong with a file, by its line from 1, and what would be right."""

    line: int
    message: str


class CardReading(Struct, frozen=True):
    """What a file came to: its rates, or what is wrong with it; at most MOST_FAULTS."""

    rates: tuple[Rate, ...]
    faults: tuple[CardFault, ...] = ()


def read_card(text: str, currency: str) -> CardReading:
    """The rates of a file in this currency; none of them if anything is wrong."""
    lines = [
        (number, line)
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        return CardReading((), (CardFault(1, f"No line is there; begin with {_header()}."),))
    rows = csv.reader(line for _, line in lines)
    names = [name.strip().lower() for name in next(rows)]
    wrong = _check_header(names)
    if wrong is not None:
        return CardReading((), (CardFault(lines[0][0], wrong),))
    faults: list[CardFault] = []
    rates: dict[tuple[str, str, date], tuple[int, Rate]] = {}
    for (number, _), cells in zip(lines[1:], rows, strict=False):
        if len(cells) != len(names):
            told = f"There are {len(cells)} cells; the first line names {len(names)} columns."
            faults.append(CardFault(number, told))
            continue
        rate = _read_rate(dict(zip(names, cells, strict=True)), currency)
        if not isinstance(rate, Rate):
            faults += [CardFault(number, told) for told in rate]
            continue
        first, _ = rates.setdefault((rate.country, rate.category, rate.valid_from), (number, rate))
        if first != number:
            faults.append(
                CardFault(number, f"Line {first} names the same country, category and day.")
            )
    if not faults and not rates:
        faults.append(CardFault(lines[0][0], "There is no rate below the first line."))
    if faults:
        return CardReading((), tuple(faults[:MOST_FAULTS]))
    return CardReading(tuple(rate for _, rate in rates.values()))


def check_rate(country: str, category: str, price: str) -> tuple[str, str, int] | list[str]:
    """What a rate says, in plain words: country, category and minor units; or what is wrong."""
    faults = []
    country, category = _plain(country).upper(), plain_category(_plain(category))
    if country != EVERY_OTHER and country not in known_countries():
        faults.append(
            f"{_shown(country)} is no country; write two letters as ISO 3166 has them, like IN, "
            f"or {STAR} for every other."
        )
    if category != EVERY_OTHER and category not in CATEGORIES:
        faults.append(
            f"{_shown(category)} is no category; write one of {', '.join(CATEGORIES)}, "
            f"or {STAR} for every other."
        )
    price_minor = 0
    try:
        price_minor = parse_amount(price)
    except ValueError as error:
        faults.append(f"price: {error}.")
    if price_minor < 0:
        faults.append(f"price: {_shown(price)} is below nothing.")
    return faults or (country, category, price_minor)


def _check_header(names: Sequence[str]) -> str | None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        return f"The column {missing[0]} is missing; begin with {_header()}."
    for name in names:
        if name not in (*COLUMNS, CURRENCY):
            return f"{_shown(name)} is no column of a rate card; the columns are {_header()}."
        if names.count(name) > 1:
            return f"The column {name} stands twice."
    return None


def _read_rate(cells: Mapping[str, str], currency: str) -> Rate | list[str]:
    found = check_rate(cells["country"], cells["category"], cells["price"])
    faults = found if isinstance(found, list) else []
    told = cells.get(CURRENCY, "").strip().upper()
    if told not in ("", currency):
        faults.append(f"The card is in {currency}, and this line in {_shown(told)}.")
    valid_from = date.min
    try:
        valid_from = date.fromisoformat(cells["valid_from"].strip())
    except ValueError:
        faults.append(
            f"valid_from: {_shown(cells['valid_from'])} is no day; write it like 2026-10-01."
        )
    if isinstance(found, list) or faults:
        return faults
    country, category, price_minor = found
    return Rate(country, category, valid_from, price_minor)


def _plain(cell: str) -> str:
    word = cell.strip()
    return EVERY_OTHER if word == STAR else word


def _header() -> str:
    return ",".join(COLUMNS)


def _shown(text: str) -> str:
    return f'"{text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."}"'
