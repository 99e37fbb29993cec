"""`waypost report`: what messages came to, counted and summed, and why some failed."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from waypost.cli.opening import work_on
from waypost.cli.output import (
    MisusedError,
    console,
    is_narrow,
    print_json,
    print_lines,
    print_rows,
)
from waypost.cli.report_messages import messages
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.usage_query import OF_HISTORY, Group
from waypost.model.usage_report import (
    FailureLine,
    UsageLine,
    UsageReport,
    show_failure,
    show_report,
)
from waypost.report.filters import FilterError
from waypost.report.usage_reporter import UsageReporter
from waypost.report.usage_table import (
    amount,
    failures_csv,
    usage_csv,
)
from waypost.runtime.clock import SystemClock
from waypost.runtime.config import Config

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="What messages came to.")
application.command("messages")(messages)

BLOCKS = "▁▂▃▄▅▆▇█"
BAR = "█"
BAR_WIDTH = 24
GAP = 2
"""Blanks between the columns of a table."""

Account = Annotated[
    str | None, typer.Option("--account", metavar="SID", help="Of one account; else of all.")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="WHEN", help="A day or a whole hour; else six days before."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="WHEN", help="Accepted before then; else now.")
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="GROUPS",
        help="Of day, hour, sender, template, country, category, ref, ref1, ref2; with commas.",
    ),
]
Zone = Annotated[
    str | None, typer.Option("--tz", metavar="ZONE", help="Where days begin, like Asia/Kolkata.")
]
FromSender = Annotated[str | None, typer.Option("--sender", metavar="NUMBER")]
OfTemplate = Annotated[str | None, typer.Option("--template", metavar="NAME")]
OfCountry = Annotated[str | None, typer.Option("--country", metavar="CODE", help="Like IN.")]
Ref = Annotated[str | None, typer.Option("--ref", help="As it was sent, whole.")]
Ref1 = Annotated[str | None, typer.Option("--ref1", help="As it was sent, whole.")]
Ref2 = Annotated[str | None, typer.Option("--ref2", help="As it was sent, whole.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Answer in CSV.")]


@application.command("usage")
def usage(
    account: Account = None,
    since: From = None,
    until: To = None,
    by: By = None,
    zone: Zone = None,
    sender: FromSender = None,
    template: OfTemplate = None,
    country: OfCountry = None,
    ref: Ref = None,
    ref1: Ref1 = None,
    ref2: Ref2 = None,
    as_csv: CsvOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count what became of messages; by default the last seven days, by day.

    Example: waypost report usage --by template --from 2026-11-01
    """
    words = {
        "from": since,
        "to": until,
        "by": by,
        "tz": zone,
        "sender": sender,
        "template": template,
        "country": country,
        "ref": ref,
        "ref1": ref1,
        "ref2": ref2,
    }
    report = _ask(load_for(data, config), account, words)
    if as_json:
        print_json(show_report(report))
    elif as_csv:
        sys.stdout.write(usage_csv(report))
    else:
        print_usage(report)


@application.command("failures")
def failures(
    account: Account = None,
    since: From = None,
    until: To = None,
    by: By = None,
    zone: Zone = None,
    sender: FromSender = None,
    template: OfTemplate = None,
    country: OfCountry = None,
    ref: Ref = None,
    ref1: Ref1 = None,
    ref2: Ref2 = None,
    as_csv: CsvOption = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count why messages failed, and tell whose turn it is; by default of the last seven days.

    Example: waypost report failures --by template --country IN
    """
    words = {
        "from": since,
        "to": until,
        "tz": zone,
        "sender": sender,
        "template": template,
        "country": country,
        "ref": ref,
        "ref1": ref1,
        "ref2": ref2,
    }
    groups = _failure_groups(by)
    report = _ask(load_for(data, config), account, words, groups)
    head = ("account",) if account is None else ()
    names = (*head, *(group.value for group in groups))
    if as_json:
        print_json([show_failure(line, names) for line in report.failures])
    elif as_csv:
        sys.stdout.write(failures_csv(report, names))
    else:
        print_failures(report, names)


def print_usage(report: UsageReport) -> None:
    """A table with a bar for each line, the sums, a line of marks, and what went wrong."""
    print_lines(f"Messages accepted from {_span(report)}.")
    most = max((line.counts.accepted for line in report.lines), default=0)
    columns = (*report.by, *_FIGURES, "")
    rows = [(*line.key, *_figures(line), bar(line.counts.accepted, most)) for line in report.lines]
    blank = ("",) * max(0, len(report.by) - 1)
    rows += [("total", *blank, *_figures(total), "") for total in report.totals]
    _print_table(columns, rows, len(report.totals))
    if _is_series(report):
        print_lines(
            f"accepted {sparkline([line.counts.accepted for line in report.lines])}  "
            f"delivered {sparkline([line.counts.delivered for line in report.lines])}  "
            f"read {sparkline([line.counts.read for line in report.lines])}"
        )
    if report.failures:
        print_lines("", "Why messages failed:")
        head = ("account",) if report.by[:1] == ("account",) else ()
        _print_reasons(report.failures, head)
    print_lines(*report.notes)


def print_failures(report: UsageReport, names: Sequence[str]) -> None:
    """A table of reasons, the most frequent first."""
    if not report.failures:
        print_lines(f"No message failed of those accepted from {_span(report)}.")
        return
    print_lines(f"Why messages failed that were accepted from {_span(report)}:")
    _print_reasons(report.failures, names)
    print_lines(*report.notes)


def bar(value: int, most: int, width: int = BAR_WIDTH) -> str:
    """A bar as long as the value's share of the most; something for anything that is not 0."""
    return BAR * max(1, round(width * value / most)) if value and most else ""


def sparkline(values: Sequence[int]) -> str:
    """One mark for each value, as high as its share of the most."""
    most = max(values, default=0)
    if not most:
        return BLOCKS[0] * len(values)
    return "".join(BLOCKS[round((len(BLOCKS) - 1) * value / most)] for value in values)


_FIGURES = (
    "accepted",
    "sent",
    "delivered",
    "read",
    "failed",
    "not sent",
    "delivered %",
    "read %",
    "spend",
)


BARS = ""
"""The name of the column of bars."""

LESSER = (BARS, "sent", "not sent", "read", "delivered")
"""What is left out of a table on a narrow screen, the first first: rates tell the most of it."""


def fitting_columns(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> tuple[str, ...]:
    """Those that a screen has room for, in their order; none: not even without all LESSER."""
    widths = {
        column: max(cell_len(text) for text in (column, *(row[number] for row in rows)))
        for number, column in enumerate(columns)
    }
    fitting = list(columns)
    for lesser in (None, *LESSER):
        if lesser in fitting:
            fitting.remove(lesser)
        if sum(widths[column] for column in fitting) + GAP * (len(fitting) - 1) <= width:
            return tuple(fitting)
    return ()


def _figures(line: UsageLine) -> tuple[str, ...]:
    counts = line.counts
    numbers = (
        counts.accepted,
        counts.sent,
        counts.delivered,
        counts.read,
        counts.failed,
        counts.not_sent,
    )
    return (
        *(f"{number:,}" for number in numbers),
        _percent(line.delivery_rate),
        _percent(line.read_rate),
        f"{amount(counts.spend_minor)} {line.currency}",
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], totals: int) -> None:
    """Figures stand to the right; colours and bars only where a person looks at it."""
    out = console()
    if not out.is_terminal:
        print_rows(columns[:-1], [row[:-1] for row in rows])
        return
    fitting = fitting_columns(columns, rows, out.width)
    if not fitting:
        print_rows(columns[:-1], [row[:-1] for row in rows])
        return
    left_out = [column for column in columns if column and column not in fitting]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in fitting:
        is_figure = column in _FIGURES
        table.add_column(column, justify="right" if is_figure else "left", no_wrap=True)
    for number, row in enumerate(rows):
        is_total = number >= len(rows) - totals
        named = dict(zip(columns, map(Text, row), strict=True))
        named[BARS].stylize("cyan")
        table.add_row(*(named[column] for column in fitting), style="bold" if is_total else None)
    out.print(table)
    if left_out:
        print_lines(f"No room here for {', '.join(left_out)}; --csv and --json have all.")


def _print_reasons(lines: Sequence[FailureLine], names: Sequence[str]) -> None:
    """A bar for each where a person looks at it and there is room for them."""
    most = max(line.messages for line in lines)
    columns = (*names, "code", "messages", "whose turn", "what", "next")
    rows = [
        (*line.key, line.code, f"{line.messages:,}", line.turn.value, line.title, line.next_step)
        for line in lines
    ]
    place = len(names) + 2
    with_bars = [
        (*row[:place], bar(line.messages, most, BAR_WIDTH // 2), *row[place:])
        for row, line in zip(rows, lines, strict=True)
    ]
    names_with = (*columns[:place], BARS, *columns[place:])
    out = console()
    if out.is_terminal and not is_narrow(names_with, with_bars, out):
        print_rows(names_with, with_bars)
    else:
        print_rows(columns, rows)


def _is_series(report: UsageReport) -> bool:
    return report.by in ((Group.DAY.value,), (Group.HOUR.value,)) and console().is_terminal


def _span(report: UsageReport) -> str:
    return f"{report.since:%Y-%m-%d %H:%M}Z to {report.until:%Y-%m-%d %H:%M}Z"


def _failure_groups(by: str | None) -> tuple[Group, ...]:
    """Raises MisusedError: of failures no category is kept."""
    known = {group.value: group for group in Group if group is not Group.CATEGORY}
    words = [word.strip().lower() for word in (by or "").split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise MisusedError(f"--by: {word} is none of {', '.join(known)}.")
    return tuple(dict.fromkeys(known[word] for word in words))


def _ask(
    config: Config,
    sid: str | None,
    words: dict[str, str | None],
    failures_by: tuple[Group, ...] = (),
) -> UsageReport:
    """The report. Raises MisusedError for words that make no sense."""
    if any(group in OF_HISTORY for group in failures_by):
        words = {**words, "by": ",".join(group.value for group in failures_by)}

    async def work(tools: "OperatorTools") -> UsageReport:
        reporter = UsageReporter(tools.store, SystemClock())
        if sid is None:
            return await reporter.of_all(words, failures_by)
        account = await tools.registrar.find(sid)
        return await reporter.of_account(account, words, failures_by)

    try:
        return work_on(config, work)
    except FilterError as error:
        raise MisusedError(
            "\n".join(f"--{name}: {fault}" for name, fault in error.faults.items())
        ) from None
