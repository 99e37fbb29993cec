"""Figures to ratios, ratios to a table. Pure.

A ratio is taken within each round, between neighbours in time, and the median of the rounds is
told: the machine may drift, but not within a minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import msgspec
from bench.checks import BOUND_US, CHECK
from bench.rounds import Figure

Round = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ratio with the bound it must never pass, and the one we want; without them, for the eye.

    field        of a Figure
    above_field  another of the upper one's; empty: the same
    is_ceiling   the smaller the better
    """

    name: str
    above: str
    below: str
    gate: float | None
    goal: float | None
    field: str = "rate"
    is_ceiling: bool = False
    above_field: str = ""

    def judge(self, value: float) -> str:
        """In one word."""
        if self.goal is None:
            return "for comparison"
        if self._holds(value, self.goal):
            return "goal met"
        is_gate_met = self.gate is not None and self._holds(value, self.gate)
        return "gate met" if is_gate_met else "missed"

    def _holds(self, value: float, bound: float) -> bool:
        return value <= bound if self.is_ceiling else value >= bound


WANTED = (
    Wanted("durable accept ÷ decode-only", "durable accept", "decode-only", 0.50, 0.65),
    Wanted("full path ÷ decode-only", "full path", "decode-only", 0.33, 0.45),
    Wanted(
        "CPU per message, full path ÷ decode-only",
        "full path",
        "decode-only",
        gate=3.0,
        goal=2.2,
        field="cpu_us",
        is_ceiling=True,
    ),
    Wanted(
        "CPU per message, full path ÷ decode-only at the same rate",
        "full path",
        "decode-only, paced",
        gate=None,
        goal=None,
        field="cpu_us",
    ),
    Wanted(
        "PostgreSQL: durable accept ÷ decode-only",
        "durable accept, PostgreSQL",
        "decode-only",
        0.42,
        0.60,
    ),
    Wanted(
        "PostgreSQL: full path ÷ decode-only", "full path, PostgreSQL", "decode-only", None, None
    ),
    Wanted(
        "PostgreSQL: 2 dispatching ÷ 1",
        "PostgreSQL, 2 dispatching",
        "PostgreSQL, 1 dispatching",
        None,
        None,
    ),
    Wanted(
        "PostgreSQL: 4 dispatching ÷ 1",
        "PostgreSQL, 4 dispatching",
        "PostgreSQL, 1 dispatching",
        None,
        None,
    ),
    Wanted("end to end ÷ tuned peer", "full path", "tuned peer", 6, 12),
    *(
        Wanted(
            f"statuses {done}, {size} in a webhook ÷ full path",
            f"webhooks, {size} in each",
            "full path",
            gate=None,
            goal=3.3,
            above_field=field,
        )
        for size in (1, 20)
        for done, field in (("stored before their 200", "accepted_rate"), ("recorded", "rate"))
    ),
    Wanted("emulator alone ÷ full path", "emulator alone", "full path", 2, 2),
    Wanted("emulator alone ÷ durable accept", "emulator alone", "durable accept", 2, 2),
)


class Row(msgspec.Struct):
    """A ratio, measured."""

    name: str
    value: float
    rounds: list[float]
    gate: float | None
    goal: float | None
    verdict: str


class Results(msgspec.Struct):
    """One run, as it is saved. No path and no name of a machine is in it."""

    date: str
    version: str
    machine: dict[str, Any]
    seconds: float
    rounds: list[dict[str, Figure]]
    single_costs_us: dict[str, float]
    ratios: list[Row]


def rows_of(rounds: Sequence[Round]) -> list[Row]:
    rows = []
    for wanted in WANTED:
        values = [
            getattr(one[wanted.above], wanted.above_field or wanted.field)
            / getattr(one[wanted.below], wanted.field)
            for one in rounds
            if wanted.above in one and wanted.below in one
        ]
        if values:
            middle = median(values)
            verdict = wanted.judge(middle)
            rows.append(Row(wanted.name, middle, values, wanted.gate, wanted.goal, verdict))
    return rows


def middle_figures(rounds: Sequence[Round]) -> dict[str, Figure]:
    """Of each contender, the median of each field."""
    names = list(dict.fromkeys(name for one in rounds for name in one))
    return {name: middle([one[name] for one in rounds if name in one]) for name in names}


def middle(figures: Sequence[Figure]) -> Figure:
    taken = {
        name: median(getattr(one, name) for one in figures)
        for name in Figure.__struct_fields__
        if name != "parts"
    }
    parts = {name: median(one.parts.get(name, 0.0) for one in figures) for name in figures[0].parts}
    return Figure(**taken, parts=parts)


def render(results: Results) -> str:
    """The whole as Markdown, that can also be read as it is."""
    bounds = {wanted.name: "≤" if wanted.is_ceiling else "≥" for wanted in WANTED}
    lines = table(
        ("ratio", "measured", "rounds", "gate", "goal", ""),
        [
            (
                row.name,
                f"{row.value:.2f}",
                " ".join(f"{value:.2f}" for value in row.rounds),
                "" if row.gate is None else f"{bounds[row.name]} {row.gate:g}",
                "" if row.goal is None else f"{row.goal:g}",
                row.verdict,
            )
            for row in results.ratios
        ],
    )
    lines += ["", "For orientation, medians of the rounds:", ""]
    lines += table(
        ("contender", "per second", "p50 ms", "p99 ms", "CPU µs each", "memory MiB"),
        [
            (
                name,
                f"{one.rate:,.0f}",
                f"{one.p50_ms:.1f}",
                f"{one.p99_ms:.1f}",
                f"{one.cpu_us:.0f}",
                f"{one.memory_mb:.0f}",
            )
            for name, one in middle_figures(results.rounds).items()
        ],
    )
    lines += ["", *remarks(results), ""]
    lines += table(
        ("single cost", "µs"),
        [(name, f"{value:.0f}") for name, value in results.single_costs_us.items()],
    )
    lines += check_lines(results)
    return "\n".join(lines) + "\n"


def check_lines(results: Results) -> list[str]:
    """The template check's cost beside its bound, and beside a whole request that is only read."""
    checks = {
        name: cost for name, cost in results.single_costs_us.items() if name.startswith(CHECK)
    }
    if not checks:
        return []
    yardstick = middle_figures(results.rounds).get("decode-only")
    rows = [
        (
            name.removeprefix(CHECK),
            f"{cost:.1f}",
            f"≤ {BOUND_US:g}",
            "" if yardstick is None else f"{cost / yardstick.cpu_us:.0%}",
            "met" if cost <= BOUND_US else "missed",
        )
        for name, cost in checks.items()
    ]
    heads = ("template check", "µs", "bound", "of a decode-only request", "")
    return ["", *table(heads, rows)]


def remarks(results: Results) -> list[str]:
    """What the tables have no column for."""
    figures, lines = middle_figures(results.rounds), []
    if "everything on" in figures:
        parts = figures["everything on"].parts
        lines.append(
            f"Everything on: {parts['told_rate']:,.0f} messages a second to the last callback; "
            f"the emulator itself took {parts['emulator_cpu_us']:.0f} µs for each."
        )
    if "tuned peer" in figures:
        spent = figures["tuned peer"].parts["postgresql_cpu_us"]
        lines.append(f"The peer's PostgreSQL took {spent:.0f} µs more for each message.")
    return lines


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if position == 0 else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join((first, *others))} |"

    rule = [
        ("-" * width if position == 0 else "-" * (width - 1) + ":")
        for position, width in enumerate(widths)
    ]
    return [line(heads), line(rule), *(line(row) for row in rows)]
