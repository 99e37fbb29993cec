"""What a scenario of the fault tests reports: one line to read, and one record for the page."""

import json
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from support.checker import Figures

FULL = bool(os.environ.get("FULL"))
"""Whether the long scenarios run at their full length."""

RESULTS = "WAYPOST_FAULT_RESULTS"
"""The variable with the file that records are added to, one JSON object per line."""


def at_full(full: int, short: int) -> int:
    """How many, in a full run and in all others."""
    return full if FULL else short


def report(engine: str, scenario: str, figures: Figures | None = None, **more: object) -> None:
    """One line of what a scenario came to.

    scenario  what was done to the gateway, in words: it is the row's title
    more      figures of this scenario alone
    """
    counted = {} if figures is None else asdict(figures)
    told = {**counted, **more}
    shown = ", ".join(f"{name.replace('_', ' ')} {_text(value)}" for name, value in told.items())
    print(f"\n{scenario} [{engine}]: {shown}")
    if place := os.environ.get(RESULTS):
        record = {
            "scenario": scenario,
            "engine": engine,
            "figures": told,
            "is_full": FULL,
            "day": datetime.now(UTC).date().isoformat(),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        }
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
