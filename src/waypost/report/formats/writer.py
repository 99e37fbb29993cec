"""What a format is to those who send or keep an export: rows in, bytes out, nothing else kept."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from waypost.report.columns import Row
from waypost.report.formats.csv_lines import CsvWriter
from waypost.report.formats.json_lines import JsonLinesWriter

GZIP_BITS = 31
LEVEL = 6


class Writer(Protocol):
    """One file that is being written; its three calls give what the file goes on with."""

    def start(self) -> bytes:
        """What the file begins with."""
        ...

    def write(self, rows: Sequence[Row]) -> bytes:
        """Rows; may be empty until there are enough."""
        ...

    def end(self) -> bytes:
        """What is left, and the end: without it the file is not whole."""
        ...


class Format(StrEnum):
    """The formats there are, by the ends of their files' names."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSONL: "application/jsonl",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def open_writer(format_: Format, *, is_gzipped: bool = False) -> Writer:
    """A writer of a new file."""
    writer = _MAKERS[format_]()
    return Gzipped(writer, zlib.compressobj(LEVEL, wbits=GZIP_BITS)) if is_gzipped else writer


@dataclass(frozen=True, slots=True)
class Gzipped:
    """Another writer's bytes in gzip (RFC 1952)."""

    inner: Writer
    compressor: "zlib._Compress"

    def start(self) -> bytes:
        """See Writer."""
        return self.compressor.compress(self.inner.start())

    def write(self, rows: Sequence[Row]) -> bytes:
        """See Writer."""
        return self.compressor.compress(self.inner.write(rows))

    def end(self) -> bytes:
        """See Writer."""
        return self.compressor.compress(self.inner.end()) + self.compressor.flush()


def _parquet() -> Writer:
    # A fifth of a second and some ten megabytes, for those who ask for it alone.
    from waypost.report.formats.parquet import ParquetWriter  # noqa: PLC0415

    return ParquetWriter()


_MAKERS: Mapping[Format, Callable[[], Writer]] = {
    Format.CSV: CsvWriter,
    Format.JSONL: JsonLinesWriter,
    Format.PARQUET: _parquet,
}
