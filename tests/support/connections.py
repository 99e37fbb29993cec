"""Connections that a test's own server holds, let go also where its task is ended under way."""

from asyncio import StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def let_go(*writers: StreamWriter) -> Iterator[None]:
    """Leave no connection open, whether the task behind it came to its end or was cancelled.

    What was written is sent before; a writer that is closed already stays as it is.
    """
    try:
        yield
    finally:
        for writer in writers:
            writer.close()
