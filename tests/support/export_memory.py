"""A process of its own that exports a folder and says what memory it took at most.

Called as `python -m support.export_memory FOLDER FORMAT [gzip] [untraced]`. Prints the rows, the
bytes, the most that Python held and that the process had, both in KiB, and the seconds it took.
"""

import asyncio
import resource
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

from waypost.model.search import MessageFilters
from waypost.report.export import Asked, Exporter
from waypost.report.formats.writer import Format, open_writer
from waypost.runtime.clock import SystemClock
from waypost.store.sqlite.store import SqliteStore


async def export(folder: Path, format_: Format, *, is_gzipped: bool) -> tuple[int, int]:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    store = SqliteStore(folder, now=now, is_gateway=False)
    try:
        writer = open_writer(format_, is_gzipped=is_gzipped)
        rows, size = 0, len(writer.start())
        asked = Asked(1, MessageFilters(until=now))
        async for batch in Exporter(store, SystemClock()).rows(asked):
            rows += len(batch)
            size += len(writer.write(batch))
        return rows, size + len(writer.end())
    finally:
        await store.close()


if __name__ == "__main__":
    folder, format_, *rest = sys.argv[1:]
    if "untraced" not in rest:
        tracemalloc.start()
    began = time.perf_counter()
    rows, size = asyncio.run(export(Path(folder), Format(format_), is_gzipped="gzip" in rest))
    took = time.perf_counter() - began
    held = tracemalloc.get_traced_memory()[1] // 1024 if tracemalloc.is_tracing() else 0
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(rows, size, held, whole, round(took, 1))
