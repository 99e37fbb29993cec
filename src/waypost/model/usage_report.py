"""What is told of figures: lines by whatever was asked for, sums, and why messages failed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.meta_error import Party
from waypost.model.meta_error_table import classify
from waypost.model.money import Money
from waypost.model.turn import turn_of, when_over
from waypost.model.usage import UsageCounts
from waypost.model.withheld import WithheldCode, withheld

RATE_DIGITS = 4
_REFUSED = 400
UNTOLD = "0"
"""The code of a failure of which Meta told none."""


class UsageLine(Struct, frozen=True):
    """Figures of one group.

    key       the value of each group, in the order in which they were asked for
    currency  of what was spent
    """

    key: tuple[str, ...]
    counts: UsageCounts
    currency: str

    @property
    def delivery_rate(self) -> float | None:
        """How many of the accepted were delivered, 0 to 1; None of none."""
        return rate(self.counts.delivered, self.counts.accepted)

    @property
    def read_rate(self) -> float | None:
        """How many of the delivered were read, 0 to 1; None of none."""
        return rate(self.counts.read, self.counts.delivered)


class FailureLine(Struct, frozen=True):
    """How many messages of one group ended for one reason.

    code   Meta's, or ours; empty: none was told
    turn   whose turn it is
    """

    key: tuple[str, ...]
    code: str
    title: str
    turn: Party
    next_step: str
    messages: int


class UsageReport(Struct, frozen=True):
    """The answer to one question.

    since, until  of acceptance: from the one to before the other, whole hours
    zone          in which days begin
    by            what lines are told apart by
    totals        one for each currency
    whole_from    from when on history is whole, of what was counted over it; None: all there is,
                  or it was not counted over history
    notes         what a reader must know, in sentences
    """

    since: datetime
    until: datetime
    zone: str
    by: tuple[str, ...]
    lines: tuple[UsageLine, ...]
    totals: tuple[UsageLine, ...]
    failures: tuple[FailureLine, ...]
    is_of_history: bool = False
    whole_from: datetime | None = None
    notes: tuple[str, ...] = ()


def rate(part: int, whole: int) -> float | None:
    """A share, to four digits; None of nothing."""
    return round(part / whole, RATE_DIGITS) if whole else None


def failure_of_code(code: str) -> Failure:
    """What a code means of messages that it ended, apart from any one of them."""
    if code in _OURS:
        return withheld(_OURS[code])
    if code == UNTOLD:
        return Failure(
            code,
            "Meta's answers were lost, or it gave no reason",
            "",
            "Operator: see whether Meta's webhooks arrive; `waypost why` tells of each message.",
        )
    if not (code.isascii() and code.isdigit()):
        return Failure(code, "No reason was told" if not code else f"Failed with {code}", "", "")
    row = classify(int(code), _REFUSED)
    return when_over(Failure(code, row.title, "", row.next_step))


def failure_line(key: tuple[str, ...], code: str, messages: int) -> FailureLine:
    """A line of failures, with the code's meaning."""
    failure = failure_of_code(code)
    return FailureLine(key, code, failure.title, turn_of(failure), failure.next_step, messages)


def show_report(report: UsageReport) -> dict[str, Any]:
    """A report as JSON has it; what no message had, such as a template, is null."""
    return {
        "from": report.since,
        "to": report.until,
        "timezone": report.zone,
        "by": list(report.by),
        "lines": [show_line(line, report.by) for line in report.lines],
        "totals": [show_line(line, ()) for line in report.totals],
        "failures": [show_failure(line, ()) for line in report.failures],
        "source": "history" if report.is_of_history else "figures",
        "history_from": report.whole_from,
        "notes": list(report.notes),
    }


def show_line(line: UsageLine, by: Sequence[str]) -> dict[str, Any]:
    """A line as JSON has it."""
    counts = line.counts
    return {
        **{name: value or None for name, value in zip(by, line.key, strict=True)},
        "accepted": counts.accepted,
        "submitted": counts.submitted,
        "sent": counts.sent,
        "delivered": counts.delivered,
        "read": counts.read,
        "failed": counts.failed,
        "not_sent": counts.not_sent,
        "delivery_rate": line.delivery_rate,
        "read_rate": line.read_rate,
        "spend": {
            "amount": str(Money(counts.spend_minor, "")).strip(),
            "currency": line.currency,
        },
    }


def show_failure(line: FailureLine, by: Sequence[str]) -> dict[str, Any]:
    """A line of failures as JSON has it; the groups are named where they are known."""
    return {
        **dict(zip(by, line.key, strict=False)),
        "code": line.code or None,
        "title": line.title,
        "turn": line.turn.value,
        "next_step": line.next_step,
        "messages": line.messages,
    }


_OURS: Mapping[str, WithheldCode] = {code.value: code for code in WithheldCode}
