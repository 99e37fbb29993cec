"""Figures told: by day, hour, sender, template, country, category, or the customer's own words.

Figures are kept by the hour and for ever. By `ref`, `ref1` and `ref2` there are none: those are
counted over the messages that history holds, and the report says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from waypost.model.account import Account
from waypost.model.usage import HOUR_S, NOTHING, OF_STATES, UsageCounts
from waypost.model.usage_query import Group, Recounted, UsageFailures, UsageTotals
from waypost.model.usage_report import FailureLine, UsageLine, UsageReport, failure_line
from waypost.report.filters import FilterError
from waypost.report.usage_question import UTC_NAME, UsageQuestion, place_of
from waypost.store.ports import Transaction

ACCOUNT = "account"
"""What lines over many accounts are told apart by first."""

MOST_LINES = 10_000
TOO_MANY = (
    f"The report would have more than {MOST_LINES} lines; ask for fewer days or groups, or for one "
    "sender, template or country."
)
MOST_COUNTED = 250_000
"""How many rows are read from history at most: all are held at once, each may be one message."""

TOO_VARIED = (
    f"History has more than {MOST_COUNTED:,} kinds of messages to be counted for it; ask for fewer "
    "days, or for one sender, template, country or ref."
)

TIMES = (Group.DAY, Group.HOUR)


class _Counted(Struct, frozen=True):
    """Figures of one source, and the failures within them."""

    figures: Sequence[UsageTotals | Recounted]
    failures: Sequence[UsageFailures | Recounted]


async def tell_usage(
    transaction: Transaction,
    accounts: Sequence[Account],
    question: UsageQuestion,
    *,
    is_of_many: bool = False,
    failures_by: tuple[Group, ...] = (),
) -> UsageReport:
    """The figures of accounts.

    is_of_many   lines are told apart by account, too
    failures_by  what failures are told apart by, beside their code

    Raises FilterError for more lines than anyone reads.
    """
    name = _namer(question.zone)
    wallets = await transaction.wallets.load([one.account_id for one in accounts])
    whole_from = await transaction.usage.reach() if question.is_of_history else None
    lines: list[UsageLine] = []
    sums: dict[str, UsageCounts] = {}
    failed: dict[tuple[tuple[str, ...], str], int] = {}
    for account in accounts:
        currency = wallets[account.account_id].currency
        head = (account.sid,) if is_of_many else ()
        counted = await _count(transaction, account.account_id, question, failures_by)
        found: dict[tuple[str, ...], UsageCounts] = {}
        for row in counted.figures:
            key = (*head, *(_value(row, group, name) for group in question.by))
            found[key] = found.get(key, NOTHING) + _counts(row)
            sums[currency] = sums.get(currency, NOTHING) + _counts(row)
            if len(lines) + len(found) > MOST_LINES:
                raise FilterError({"by": TOO_MANY})
        for one in counted.failures:
            reason = ((*head, *(_value(one, group, name) for group in failures_by)), one.code)
            failed[reason] = failed.get(reason, 0) + _messages(one)
        if not is_of_many:
            sums.setdefault(currency, NOTHING)
            found = _filled(found, question, name)
        lines += [UsageLine(key, found[key], currency) for key in _ordered(found, question)]
    head_names = (ACCOUNT,) if is_of_many else ()
    return UsageReport(
        since=question.since,
        until=question.until,
        zone=question.zone,
        by=(*head_names, *(group.value for group in question.by)),
        lines=tuple(lines),
        totals=tuple(UsageLine((), sums[one], one) for one in sorted(sums)),
        failures=tuple(_most_first(failed)),
        is_of_history=question.is_of_history,
        whole_from=whole_from,
        notes=tuple(_notes(question, whole_from)),
    )


async def _count(
    transaction: Transaction,
    account_id: int,
    question: UsageQuestion,
    failures_by: tuple[Group, ...],
) -> _Counted:
    wanted = question.wanted
    if question.is_of_history:
        by = (*question.by, *failures_by)
        rows = await transaction.usage.recount(account_id, wanted, by, MOST_COUNTED + 1)
        if len(rows) > MOST_COUNTED:
            raise FilterError({"from": TOO_VARIED})
        return _Counted(rows, [row for row in rows if row.state in _WITH_REASON])
    return _Counted(
        await transaction.usage.totals(account_id, wanted, _asked(question.by, question.zone)),
        await transaction.usage.failures(account_id, wanted, _asked(failures_by, question.zone)),
    )


_WITH_REASON = tuple(
    state for state, counts in OF_STATES.items() if counts.failed or counts.not_sent
)


def _asked(by: Sequence[Group], zone: str) -> list[Group]:
    """What the store is asked for: days of other zones are made of hours here."""
    return [Group.HOUR if group is Group.DAY and zone != UTC_NAME else group for group in by]


def _counts(row: UsageTotals | Recounted) -> UsageCounts:
    if isinstance(row, UsageTotals):
        return row.counts
    return OF_STATES[row.state].times(row.messages) + UsageCounts(spend_minor=row.spend_minor)


def _messages(row: UsageFailures | Recounted) -> int:
    return row.failures if isinstance(row, UsageFailures) else row.messages


def _namer(zone: str) -> Callable[[Group, int], str]:
    """How an hour, or the day it begins in, is written."""
    place = place_of(zone)
    remembered: dict[tuple[Group, int], str] = {}

    def name(group: Group, hour: int) -> str:
        found = remembered.get((group, hour))
        if found is None:
            at = datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(place)
            found = at.date().isoformat() if group is Group.DAY else _written(at)
            remembered[group, hour] = found
        return found

    return name


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _value(
    row: UsageTotals | UsageFailures | Recounted, group: Group, name: Callable[[Group, int], str]
) -> str:
    if group in TIMES:
        return name(group, row.hour)
    if group is Group.SENDER:
        return f"+{row.sender_id}"
    return str(getattr(row, group.value, ""))


def _ordered(
    found: Mapping[tuple[str, ...], UsageCounts], question: UsageQuestion
) -> list[tuple[str, ...]]:
    """In time where they have one; else those with most messages first."""
    if any(group in TIMES for group in question.by):
        return sorted(found, key=lambda key: _place(key, question.by))
    return sorted(found, key=lambda key: (-found[key].accepted, key))


def _place(key: tuple[str, ...], by: Sequence[Group]) -> tuple[object, ...]:
    """Where a line stands: an hour by its instant, for a clock that is set back has one twice."""
    head = len(key) - len(by)
    told = (
        datetime.fromisoformat(part) if group is Group.HOUR else part
        for part, group in zip(key[head:], by, strict=True)
    )
    return (*key[:head], *told)


def _filled(
    found: dict[tuple[str, ...], UsageCounts],
    question: UsageQuestion,
    name: Callable[[Group, int], str],
) -> dict[tuple[str, ...], UsageCounts]:
    """A series by time alone with nothing where nothing was: a gap would be read as a neighbour."""
    if len(question.by) != 1 or question.by[0] not in TIMES:
        return found
    group = question.by[0]
    keys = ((name(group, hour),) for hour in range(question.wanted.since, question.wanted.until))
    return {**dict.fromkeys(keys, NOTHING), **found}


def _most_first(failed: Mapping[tuple[tuple[str, ...], str], int]) -> Iterable[FailureLine]:
    for key, code in sorted(failed, key=lambda one: (one[0], -failed[one], one[1])):
        if failed[key, code]:
            yield failure_line(key, code, failed[key, code])


def _notes(question: UsageQuestion, whole_from: datetime | None) -> Iterable[str]:
    if question.is_of_history:
        told = (
            "all that were ever accepted"
            if whole_from is None
            else f"of those accepted before {_written(whole_from)} some may have been let go"
        )
        yield f"By ref the messages that history still holds are counted: {told}."
    offset = question.since.astimezone(place_of(question.zone)).utcoffset() or timedelta()
    if offset % timedelta(hours=1) and Group.DAY in question.by:
        yield (
            f"Figures are kept by the hour of UTC: a day of {question.zone} has the hours that "
            "begin in it."
        )
