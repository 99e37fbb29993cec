"""A usage report as columns and rows, for CSV and for people.

What customers named, such as a template or a `ref`, is no formula in CSV.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from waypost.model.money import Money
from waypost.model.usage_report import FailureLine, UsageLine, UsageReport
from waypost.report.formats.csv_lines import safe_address

FIGURES = (
    "accepted",
    "submitted",
    "sent",
    "delivered",
    "read",
    "failed",
    "not_sent",
    "delivery_rate",
    "read_rate",
    "spend",
    "currency",
)
REASONS = ("code", "messages", "turn", "title", "next_step")


def usage_columns(report: UsageReport) -> tuple[str, ...]:
    """The names of a line's columns."""
    return (*report.by, *FIGURES)


def figures_of(line: UsageLine) -> tuple[object, ...]:
    """The values of FIGURES; None of a rate of nothing."""
    counts = line.counts
    return (
        *counts.values()[:-1],
        line.delivery_rate,
        line.read_rate,
        amount(counts.spend_minor),
        line.currency,
    )


def amount(amount_minor: int) -> str:
    """A decimal number with four places."""
    return str(Money(amount_minor, "")).strip()


def reasons_of(line: FailureLine) -> tuple[object, ...]:
    """The values of REASONS."""
    return (line.code, line.messages, line.turn.value, line.title, line.next_step)


def usage_csv(report: UsageReport) -> str:
    """All lines, without the sums, which a spreadsheet makes of them."""
    return write_csv(
        usage_columns(report),
        ((*map(safe_address, line.key), *figures_of(line)) for line in report.lines),
    )


def failures_csv(report: UsageReport, by: Sequence[str]) -> str:
    """All failures; `by` are the names of what they are told apart by."""
    return write_csv(
        (*by, *REASONS),
        ((*map(safe_address, line.key), *reasons_of(line)) for line in report.failures),
    )


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 with bare line ends; what is None is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue()
