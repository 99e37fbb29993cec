"""`waypost serve` with a clock that a test may step: seconds are read from a file as they are told.

Started as a program of its own. The time of day is what steps; the monotonic clock does not, as on
a machine whose clock is set.
"""

import os
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import waypost.runtime.clock
from waypost.cli.main import main

OFFSET_FILE = "TEST_CLOCK_OFFSET"


class Stepped(datetime):
    """The time of day and the seconds that the file holds."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        offset = Path(os.environ[OFFSET_FILE]).read_text(encoding="ascii")
        return datetime.now(tz or UTC) + timedelta(seconds=float(offset))


if __name__ == "__main__":
    waypost.runtime.clock.datetime = Stepped  # type: ignore[misc]  # that is what a step is
    sys.argv[0] = "waypost"
    main()
