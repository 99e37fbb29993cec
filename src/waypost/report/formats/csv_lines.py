"""CSV as in RFC 4180: UTF-8, a header, commas, CRLF; nothing in it is a formula.

Spreadsheets run a cell that begins with one of LEADS: text that does gets an apostrophe before it,
which they take for "this is text". Phone numbers keep their plus.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from waypost.report.columns import COLUMNS, Cell, Kind, Row, show_moment

LEADS = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+?\d+", re.ASCII)
_AS_IT_IS = tuple(column.kind is Kind.AMOUNT for column in COLUMNS)
_IS_ADDRESS = tuple(column.kind is Kind.ADDRESS for column in COLUMNS)


class CsvWriter:
    """Rows as lines."""

    def begin(self) -> bytes:
        """The header."""
        return _lines([[column.name for column in COLUMNS]])

    def write(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        return _lines([list(_cells(row)) for row in rows])

    def end(self) -> bytes:
        """Nothing: each line ends by itself."""
        return b""


def defused(text: str) -> str:
    """Text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(LEADS) else text


def _cells(row: Row) -> Iterator[str]:
    for cell, is_address, is_amount in zip(row, _IS_ADDRESS, _AS_IT_IS, strict=True):
        yield _shown(cell, is_plain=is_amount or (is_address and _is_phone(cell)))


def _is_phone(cell: Cell) -> bool:
    return isinstance(cell, str) and _PHONE.fullmatch(cell) is not None


def _shown(cell: Cell, *, is_plain: bool) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return show_moment(cell)
        case _:
            return cell if is_plain else defused(cell)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
