"""Reads Meta's product feeds: CSV or TSV in UTF-8 or UTF-16, a piece at a time. Pure.

Of the columns of a feed (`reference` 8) those are read that a send is checked against; all
others may be there. A row that cannot be used is named and left out, and the rest goes on: one
slip in a hundred thousand rows must not hold up the catalogue.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping
from io import IncrementalNewlineDecoder

from msgspec import Struct

from waypost.model.catalogue import HIDDEN, Product, plain_words
from waypost.model.errors import DirectoryError

REQUIRED = ("id", "title", "availability")
AVAILABILITIES = ("in stock", "out of stock", "preorder", "available for order", "discontinued")
SPELLINGS: Mapping[str, str] = {"pre order": "preorder", "pre-order": "preorder"}
SHOWN = frozenset({"", "published", "visible"})
QUANTITIES = ("quantity_to_sell_on_facebook", "quantity", "inventory")
"""Columns by which Meta takes a product that is `in stock` as sold out: when they say 0."""

LONGEST_ID = 100
LONGEST_NAME = 200
LONGEST_LINE = 1 << 20
MOST_FAULTS = 100
MOST_PRODUCTS = 200_000
"""In one feed; what stands behind them is left out and named."""

BATCH = 500
"""Lines that are read together; more if a quoted text runs over the last of them."""

MOST_QUOTED = 1000
"""Lines that one quoted text may run over; then its quote was never closed."""

MOST_CHARACTERS = 4 * LONGEST_LINE
"""Of lines that are read together."""

MOST_OPEN = 20
"""Quotes that are never closed, among lines that are read together."""

BEHIND_BOM: Mapping[bytes, str] = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
DAMAGE = "\ufffd"


class FeedError(DirectoryError):
    """The feed as a whole cannot be used; nothing behind that place was read."""


class FeedFault(Struct, frozen=True):
    """One thing wrong with a row.

    line    where the row begins in the file, from 1
    column  its heading; empty if it is about the whole row
    """

    line: int
    column: str
    message: str


class FeedParser:
    """Reads one feed.

    products  how many different ids were read
    skipped   rows left out
    faults    the first hundred of what was wrong, in order; a repeated id is named, and the
              last row of it counts
    """

    def __init__(self) -> None:
        self.skipped = 0
        self.faults: list[FeedFault] = []
        self._decoder: IncrementalNewlineDecoder | None = None
        self._head = b""
        self._rest = ""
        self._lines: list[str] = []
        self._quotes = 0
        self._characters = 0
        self._line = 0
        self._columns: dict[str, int] = {}
        self._delimiter = ","
        self._seen: dict[str, int] = {}

    @property
    def products(self) -> int:
        """How many different ids were read."""
        return len(self._seen)

    def read(self, data: bytes) -> list[Product]:
        """The products that these bytes completed. Raises FeedError."""
        return self._take(self._decode(data, is_last=False), is_last=False)

    def close(self) -> list[Product]:
        """The last products. Raises FeedError, also for a feed without a heading."""
        found = self._take(self._decode(b"", is_last=True), is_last=True)
        if not self._columns:
            raise FeedError(
                "The feed is empty: its first line must name the columns, at least "
                f"{', '.join(REQUIRED)}."
            )
        return found

    def _decode(self, data: bytes, *, is_last: bool) -> str:
        """Text; whatever ended its lines is a line feed."""
        if self._decoder is None:
            self._head += data
            if len(self._head) < len(codecs.BOM_UTF8) and not is_last:
                return ""
            data, self._head = self._head, b""
            name = BEHIND_BOM.get(data[:2])
            data = data.removeprefix(codecs.BOM_UTF8) if name is None else data[2:]
            decoder = codecs.getincrementaldecoder(name or "utf-8")("replace")
            self._decoder = IncrementalNewlineDecoder(decoder, translate=True)
        return self._decoder.decode(data, final=is_last)

    def _take(self, text: str, *, is_last: bool) -> list[Product]:
        found: list[Product] = []
        *lines, self._rest = (self._rest + text).split("\n")
        if is_last and self._rest:
            lines.append(self._rest)
            self._rest = ""
        if len(self._rest) > LONGEST_LINE or any(len(line) > LONGEST_LINE for line in lines):
            raise FeedError(
                f"Line {self._line + len(self._lines) + len(lines) + 1} or one before it has more "
                f"than {LONGEST_LINE} characters: this is no CSV or TSV feed."
            )
        for line in lines:
            if not self._columns:
                self._read_heading(line)
                continue
            self._lines.append(line + "\n")
            self._characters += len(line)
            self._quotes += line.count('"')
            if self._is_full():
                found += self._read_lines()
        if is_last:
            found += self._read_lines()
        return found

    def _read_heading(self, line: str) -> None:
        """The first line that is neither empty nor a comment. Raises FeedError."""
        self._line += 1
        if not line.strip() or line.lstrip(' "').startswith("#"):
            return
        self._delimiter = "\t" if line.count("\t") > line.count(",") else ","
        try:
            (names,) = csv.reader([line], delimiter=self._delimiter)
        except (csv.Error, ValueError):
            names = []
        columns: dict[str, int] = {}
        for place, name in enumerate(names):
            columns.setdefault(name.strip().casefold(), place)
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise FeedError(
                f"Line {self._line} must name the columns of the feed, and does not name "
                f"{', '.join(missing)}. Columns stand between commas or tabs, in Meta's words."
            )
        self._columns = columns

    def _is_full(self) -> bool:
        """Whether enough lines are gathered, and no quoted text seems to run on behind them."""
        count = len(self._lines)
        if count >= BATCH + MOST_QUOTED or self._characters >= MOST_CHARACTERS:
            return True
        return count >= BATCH and self._quotes % 2 == 0

    def _read_lines(self) -> list[Product]:
        """The products of the lines that were gathered."""
        lines, self._lines, self._quotes, self._characters = self._lines, [], 0, 0
        found: list[Product] = []
        for _ in range(MOST_OPEN):
            lines = self._read_rows(lines, found)
            if not lines:
                return found
        self._line += len(lines)
        self.skipped += 1
        self._complain(self._line, "", "too many quotes are open; the lines before this were lost")
        return found

    def _read_rows(self, lines: list[str], found: list[Product]) -> list[str]:
        """Reads rows to the end, or to a quote that is never closed: then the lines behind it."""
        # An empty line behind the last one: a row that swallows it has a quote open.
        reader = csv.reader([*lines, "\n"], delimiter=self._delimiter)
        begin, done = self._line, 0
        while done <= len(lines):
            number = begin + done + 1
            try:
                row = next(reader)
            except csv.Error as error:
                row = []
                self.skipped += 1
                self._complain(number, "", f"the row cannot be read: {error}")
            first, done = done, reader.line_num
            if done > len(lines) > first:
                self.skipped += 1
                self._complain(number, "", "a quote is opened in this row and never closed")
                self._line = number
                return lines[first + 1 :]
            self._line = begin + min(done, len(lines))
            self._keep(row, number, found)
        return []

    def _keep(self, row: list[str], number: int, found: list[Product]) -> None:
        """The row's product, if it is one."""
        if not any(cell.strip() for cell in row):
            return
        product = self._read_row(row, number)
        if product is None:
            self.skipped += 1
        else:
            found.append(product)

    def _read_row(self, row: list[str], line: int) -> Product | None:
        """The product of a row, or None after its faults were named."""
        cells = {
            name: row[place].strip() if place < len(row) else ""
            for name, place in self._columns.items()
        }
        problems = list(_problems(cells))
        for column, message in problems:
            self._complain(line, column, message)
        if problems:
            return None
        retailer_id = cells["id"]
        before = self._seen.get(retailer_id)
        if before is None and len(self._seen) >= MOST_PRODUCTS:
            message = f"a catalogue holds {MOST_PRODUCTS} products here; this one is left out"
            self._complain(line, "id", message)
            return None
        if before is not None:
            message = f"{_shown(retailer_id)} stands on line {before} too; this row counts"
            self._complain(line, "id", message)
        self._seen[retailer_id] = line
        return Product(
            retailer_id=retailer_id,
            name=cells["title"][:LONGEST_NAME],
            availability=_availability(cells),
            is_hidden=_is_hidden(cells),
            price=cells.get("price", "")[:LONGEST_NAME],
        )

    def _complain(self, line: int, column: str, message: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(FeedFault(line, column, message))


def _problems(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Why a row is no product: column and sentence."""
    for column in REQUIRED:
        if not cells[column]:
            yield column, f"{column} is empty; every product needs one"
    retailer_id = cells["id"]
    if len(retailer_id) > LONGEST_ID:
        yield "id", f"{_shown(retailer_id)} has more than {LONGEST_ID} characters"
    if DAMAGE in retailer_id:
        yield "id", f"{_shown(retailer_id)} is damaged: save the feed as UTF-8"
    if cells["availability"] and _plain(cells["availability"]) not in AVAILABILITIES:
        yield (
            "availability",
            f"{_shown(cells['availability'])} is none of Meta's words: {', '.join(AVAILABILITIES)}",
        )
    visibility = plain_words(cells.get("visibility", ""))
    if visibility not in SHOWN | HIDDEN:
        yield "visibility", f"{_shown(visibility)} is neither published nor hidden"


def _plain(availability: str) -> str:
    word = plain_words(availability)
    return SPELLINGS.get(word, word)


def _availability(cells: Mapping[str, str]) -> str:
    word = _plain(cells["availability"])
    sold_out = any(cells.get(column) == "0" for column in QUANTITIES)
    return "out of stock" if sold_out and word == "in stock" else word


def _is_hidden(cells: Mapping[str, str]) -> bool:
    """By `visibility`, or by `status`: archived products are shown to nobody."""
    is_archived = plain_words(cells.get("status", "")) == "archived"
    return is_archived or plain_words(cells.get("visibility", "")) in HIDDEN


def _shown(text: str) -> str:
    """What a sentence shows of a cell."""
    return f'"{text[:40]}..."' if len(text) > LONGEST_ID // 2 else f'"{text}"'
