"""One JSON object a line, in UTF-8, with the columns' names; what is not there is null."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from waypost.report.columns import COLUMNS, Cell, Row, show_moment

_NAMES = tuple(column.name for column in COLUMNS)
_encode = msgspec.json.Encoder().encode


class JsonLinesWriter:
    """Rows as lines of JSON."""

    def start(self) -> bytes:
        """Nothing: every line tells its own names."""
        return b""

    def write(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        return b"".join(
            _encode(dict(zip(_NAMES, map(_shown, row), strict=True))) + b"\n" for row in rows
        )

    def end(self) -> bytes:
        """Nothing."""
        return b""


def _shown(cell: Cell) -> Any:
    return show_moment(cell) if isinstance(cell, datetime) else cell
