"""CSV as in RFC 4180: UTF-8, a header, commas, CRLF; nothing in it is a formula.

Spreadsheets run a cell that begins with one of LEADS: text that does gets an apostrophe before it,
which they take for "this is text". Phone numbers keep their plus.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from waypost.report.columns import COLUMNS, Kind, Row, show_moment

LEADS = frozenset("=+-@\t\r")


class CsvWriter:
    """Rows as lines."""

    def start(self) -> bytes:
        """The header."""
        return _lines([[column.name for column in COLUMNS]])

    def write(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        return _lines(
            [
                ["" if cell is None else show(cell) for show, cell in zip(_SHOW, row, strict=True)]
                for row in rows
            ]
        )

    def end(self) -> bytes:
        """Nothing: each line ends by itself."""
        return b""


def defused(text: str) -> str:
    """Text that no spreadsheet runs."""
    return f"'{text}" if text[:1] in LEADS else text


def safe_address(text: str) -> str:
    """The same of what may be a phone number, which keeps its plus."""
    digits = text[1:]
    is_phone = text[:1] == "+" and digits.isascii() and digits.isdigit()
    return text if is_phone else defused(text)


_BY_KIND: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: defused,
    Kind.ADDRESS: safe_address,
    Kind.FLAG: lambda flag: "true" if flag else "false",
    Kind.MOMENT: show_moment,
    Kind.AMOUNT: str,
}
_SHOW = tuple(_BY_KIND[column.kind] for column in COLUMNS)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
