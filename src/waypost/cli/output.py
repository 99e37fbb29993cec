"""How commands answer: exit codes, tables, JSON, and sentences for what went wrong.

Law: what was asked for goes to standard output, everything else to standard error; nothing is
ever asked back.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

DONE = 0
REFUSED = 1
MISUSED = 2
UNREACHABLE = 3

WIDE = 1000
"""Columns of a pipe or file: no line of a table is ever broken there."""


class CommandError(Exception):
    """A command that cannot do what it was told; the text is a sentence for the operator."""

    exit_code = REFUSED


class MisusedError(CommandError):
    """What was typed makes no sense."""

    exit_code = MISUSED


class UnreachableError(CommandError):
    """Somebody who is needed does not answer."""

    exit_code = UNREACHABLE


def console() -> Console:
    """Standard output, for this call: wide where nobody looks at it."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Any of our values as indented JSON; times are ISO 8601, bytes base64."""
    encoded = msgspec.json.encode(value)
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")
    sys.stdout.flush()


def print_lines(*lines: str) -> None:
    """Lines as they are: never broken, never coloured, fit to be copied."""
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table; a cell of None is empty. On a screen too narrow for it, a block for each row."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    out = console()
    if out.is_terminal and not is_narrow(columns, texts, out):
        out.print(_table(columns, texts))
    elif out.is_terminal:
        print_lines(*_blocks(columns, texts))
    else:
        with out.capture() as captured:
            out.print(_table(columns, texts))
        print_lines(*(line.rstrip() for line in captured.get().splitlines()))


def is_narrow(columns: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> bool:
    """Whether a table would have to break words, or leave some out: ids are copied from it."""
    unbounded = out.options.update(width=WIDE)
    return Measurement.get(out, unbounded, _table(columns, rows)).minimum > out.width


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(*columns, box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each row as lines of a name and a value, without what is empty; between rows a blank line.

    Without names of columns the first cell is the name.
    """
    if not any(columns):
        width = max((cell_len(row[0]) for row in rows), default=0)
        yield from (f"{row[0]:<{width}}  {'  '.join(row[1:])}".rstrip() for row in rows)
        return
    width = max(cell_len(column) for column in columns)
    for number, row in enumerate(rows):
        if number:
            yield ""
        for column, cell in zip(columns, row, strict=True):
            if cell:
                yield f"{column:<{width}}  {cell}"


def program() -> str:
    """How this program is called from here: what is printed to be pasted begins with it."""
    called = Path(sys.argv[0])
    if called.name != "waypost":
        return f"{Path(sys.executable).name} -m waypost"
    found = shutil.which("waypost")
    if found is not None and Path(found).absolute() == called.absolute():
        return "waypost"
    return os.path.relpath(called)


def show_time(at: datetime | None) -> str:
    """A time of day in UTC, to the second; empty for None."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z"
