"""Units of work, as a tracer would be told of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from waypost.runtime.logs import WorkLine, watch_work


@contextmanager
def watched() -> Iterator[list[WorkLine]]:
    """Every unit of work that ends in between, as the list goes on."""
    lines: list[WorkLine] = []
    watch_work(lines.append)
    try:
        yield lines
    finally:
        watch_work(None)
