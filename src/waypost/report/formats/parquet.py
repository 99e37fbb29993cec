"""Apache Parquet: typed columns, moments in UTC to the millisecond, amounts as decimals.

Rows are kept until a row group is full; of groups that are written only their place is kept.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped] # carries no types
import pyarrow.parquet as parquet_files  # type: ignore[import-untyped] # carries no types

from waypost.model.money import DIGITS
from waypost.report.columns import COLUMNS, Cell, Kind, Row

GROUP = 5000
_TYPES: dict[Kind, Any] = {
    Kind.TEXT: pa.string(),
    Kind.ADDRESS: pa.string(),
    Kind.FLAG: pa.bool_(),
    Kind.MOMENT: pa.timestamp("ms", tz="UTC"),
    Kind.AMOUNT: pa.decimal128(18, DIGITS),
}
SCHEMA = pa.schema([(column.name, _TYPES[column.kind]) for column in COLUMNS])


class _Sink:
    """What pyarrow writes into: bytes that are taken out again."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, part: Any) -> int:
        """Keeps some bytes."""
        kept = bytes(part)
        self._parts.append(kept)
        self._size += len(kept)
        return len(kept)

    def tell(self) -> int:
        """How many bytes there were."""
        return self._size

    def flush(self) -> None:
        """There is nothing behind it."""

    def writable(self) -> bool:
        """It is written to alone."""
        return True

    def readable(self) -> bool:
        """Nobody reads from it."""
        return False

    def seekable(self) -> bool:
        """What was taken out is gone."""
        return False

    def close(self) -> None:
        """Nothing is held."""

    def take(self) -> bytes:
        """What came in since the last call."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


class ParquetWriter:
    """Rows as row groups."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._file = parquet_files.ParquetWriter(
            pa.PythonFile(self._sink, mode="w"), SCHEMA, compression="snappy"
        )
        self._rows: list[Row] = []

    def start(self) -> bytes:
        """The mark of the format."""
        return self._sink.take()

    def write(self, rows: Sequence[Row]) -> bytes:
        """Row groups that became full."""
        self._rows += rows
        while len(self._rows) >= GROUP:
            self._flush(self._rows[:GROUP])
            del self._rows[:GROUP]
        return self._sink.take()

    def end(self) -> bytes:
        """What is left, and the index at the end of the file."""
        if self._rows:
            self._flush(self._rows)
            self._rows = []
        self._file.close()
        return self._sink.take()

    def _flush(self, rows: Sequence[Row]) -> None:
        columns = [
            pa.array([_value(cell, column.kind) for cell in cells], type=_TYPES[column.kind])
            for column, cells in zip(COLUMNS, zip(*rows, strict=True), strict=True)
        ]
        self._file.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))


def _value(cell: Cell, kind: Kind) -> Any:
    return Decimal(cell) if kind is Kind.AMOUNT and isinstance(cell, str) else cell
