"""Writes docs/reliability.md from what the fault scenarios reported.

`python -m tools.write_reliability` writes the page from tests/fault/results.json, the last results
of each scenario. With a file of records, one JSON object per line as `make fault` collects them,
these take the place of older ones of the same scenario and database first.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.marked import write_generated

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "tests" / "fault" / "results.json"
PAGE = ROOT / "docs" / "reliability.md"

Record = Mapping[str, Any]

COMMON = ("accepted", "kept", "at_meta", "twice", "unknown", "unsure", "webhooks", "callbacks")
TITLES = (
    *("scenario", "database", "accepted", "at Meta", "lost", "twice", "unknown", "in doubt"),
    *("more", "run"),
)
SHOWN = ("accepted", "at_meta", "twice", "unknown", "unsure")
"""Figures with a column of their own."""


def render(records: Sequence[Record]) -> str:
    """One row per scenario and database, as Markdown."""
    lines = [
        f"| {' | '.join(TITLES)} |",
        "|---" * len(TITLES) + "|",
    ]
    for record in records:
        figures = record["figures"]
        cells = {name: _text(figures[name]) if name in figures else "" for name in SHOWN}
        more = ", ".join(
            f"{name.replace('_', ' ')} {_text(value)}"
            for name, value in figures.items()
            if name not in COMMON and name != "sent"
        )
        accepted = figures.get("accepted", figures.get("sent"))
        lost = "" if accepted is None else _text(_lost(figures))
        length = "full" if record["is_full"] else "short"
        lines.append(
            f"| {record['scenario']} | {record['engine']} "
            f"| {'' if accepted is None else _text(accepted)} | {cells['at_meta']} | {lost} "
            f"| {cells['twice']} | {cells['unknown']} | {cells['unsure']} | {more} "
            f"| {length}, {record['day']} |"
        )
    return "\n".join([*lines, ""])


def merge(known: Sequence[Record], new: Sequence[Record]) -> list[Record]:
    """The latest record of each scenario and database, in the order in which they first came."""
    latest = {(record["scenario"], record["engine"]): record for record in known}
    for record in new:
        latest[record["scenario"], record["engine"]] = record
    return list(latest.values())


def _lost(figures: Mapping[str, Any]) -> int:
    """Messages that were accepted, and that Meta never got although nothing is open."""
    accepted = figures.get("accepted", figures.get("sent", 0))
    return max(0, int(accepted) - int(figures.get("at_meta", accepted)))


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _read(file: Path) -> list[Record]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main(arguments: list[str]) -> int:
    """Write the page."""
    if len(arguments) > 1:
        print("usage: python -m tools.write_reliability [RECORDS]", file=sys.stderr)
        return 2
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    if arguments:
        known = merge(known, _read(Path(arguments[0])))
        RESULTS.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    write_generated(PAGE, render(known))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
