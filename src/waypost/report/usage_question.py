"""What figures are asked for, as a person or a program writes it: words to a question.

The same words in the query of an address and as options of a command. What is kept is whole hours
of UTC; an hour belongs to the day in which it begins.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from waypost.model.usage import HOUR_S, hour_of
from waypost.model.usage_query import OF_HISTORY, Group, UsageFilter
from waypost.report.filters import LONGEST, FilterError

NAMES = (
    "from",
    "to",
    "by",
    "tz",
    "sender",
    "template",
    "country",
    "ref",
    "ref1",
    "ref2",
)
"""The words there are, as they are spelled in a query."""

WORDS: Mapping[str, str] = {
    "from": "Accepted from then on: a day, or a whole hour with its time zone like "
    "2027-01-31T18:00:00Z; left out: six days before `to`'s day.",
    "to": "Accepted before then, in the same forms; left out: now.",
    "by": "What lines are told apart by: day, hour, sender, template, country, category, ref, "
    "ref1, ref2; several with commas between; left out: day.",
    "tz": "Where days begin and end, by its IANA name like Asia/Kolkata; left out: UTC.",
    "sender": "From which number.",
    "template": "A template's name.",
    "country": "Of the recipients: two letters.",
    "ref": "`ref` as it was sent, whole.",
    "ref1": "`ref1` as it was sent, whole.",
    "ref2": "`ref2` as it was sent, whole.",
}
"""What each word of a query is."""

UTC_NAME = "UTC"
DAYS = 7
"""How many days are told of where nobody says."""

LONGEST_SPAN = timedelta(days=367)
LONGEST_HOURS = timedelta(days=32)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})", re.ASCII | re.IGNORECASE
)
_MOMENTS = (
    "it must be a day like 2027-01-31, or a whole hour with its time zone like 2027-01-31T18:00:00Z"
)
_HOUR = timedelta(seconds=HOUR_S)
_NEVER = datetime.min.replace(tzinfo=UTC)
_FIRST = datetime(1970, 1, 2, tzinfo=UTC)
_LAST = datetime(5000, 1, 1, tzinfo=UTC)


class UsageQuestion(Struct, frozen=True):
    """Which figures, told apart by what.

    zone  IANA's name of where days begin
    """

    since: datetime
    until: datetime
    zone: str
    by: tuple[Group, ...]
    wanted: UsageFilter

    @property
    def is_of_history(self) -> bool:
        """Whether only the messages themselves can tell."""
        return self.wanted.has_refs or any(group in OF_HISTORY for group in self.by)


def read_question(given: Mapping[str, str | None], now: datetime) -> UsageQuestion:
    """The question of these words; a word that is None or empty leaves it open.

    Raises FilterError with all that is wrong.
    """
    told = {name: value.strip() for name, value in given.items() if value and value.strip()}
    faults = {name: f"{name} is no word here; there are {', '.join(NAMES)}." for name in told}
    faults = {name: fault for name, fault in faults.items() if name not in NAMES}
    for name, value in told.items():
        if len(value) > LONGEST or "\0" in value:
            faults[name] = f"{name} is longer than {LONGEST} characters, or has a NUL in it."
    zone_name = told.get("tz", UTC_NAME)
    zone = _zone(zone_name, faults)
    by = _groups(told, faults)
    until = _moment("to", told, zone, faults) or _next_hour(now)
    since = _moment("from", told, zone, faults) or _days_before(until, zone)
    if not faults:
        _check_span(since, until, by, faults)
    sender = told.get("sender", "").removeprefix("+")
    if sender and not (sender.isascii() and sender.isdigit()):
        faults["sender"] = (
            f"sender is {told['sender']!r}; it must be the number of a sender, with or without its "
            "plus."
        )
    country = told.get("country", "").upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        faults["country"] = f"country is {told['country']!r}; it must be two letters, like IN."
    if faults:
        raise FilterError(faults)
    wanted = UsageFilter(
        since=hour_of(since),
        until=hour_of(until),
        sender_id=sender,
        template=told.get("template", ""),
        country=country,
        ref=told.get("ref", ""),
        ref1=told.get("ref1", ""),
        ref2=told.get("ref2", ""),
    )
    return UsageQuestion(since, until, zone_name, by, wanted)


def place_of(zone: str) -> tzinfo:
    """The zone of this name; of UTC also where a machine has no time zones.

    Raises ZoneInfoNotFoundError, ValueError, OSError.
    """
    return UTC if zone == UTC_NAME else ZoneInfo(zone)


def _zone(name: str, faults: dict[str, str]) -> tzinfo:
    try:
        return place_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults["tz"] = f"tz is {name!r}; it must be IANA's name of a time zone, like Asia/Kolkata."
        return UTC


def _groups(told: Mapping[str, str], faults: dict[str, str]) -> tuple[Group, ...]:
    words = [word.strip().lower() for word in told.get("by", Group.DAY.value).split(",")]
    known = {group.value: group for group in Group}
    strange = [word for word in words if word not in known]
    if strange:
        faults["by"] = f"by has {strange[0]!r}; it must be of {', '.join(known)}."
        return ()
    by = tuple(dict.fromkeys(known[word] for word in words))
    if Group.DAY in by and Group.HOUR in by:
        faults["by"] = "by has day and hour; an hour names its day, so leave day out."
    return by


def _moment(
    name: str, told: Mapping[str, str], zone: tzinfo, faults: dict[str, str]
) -> datetime | None:
    text = told.get(name)
    if text is None or name in faults:
        return None
    # a plus that the query's encoding took
    text = re.sub(r"(:\d{2}) (?=\d{2}:?\d{2}$)", r"\1+", text)
    try:
        if _DAY.fullmatch(text):
            midnight = datetime.fromisoformat(text).replace(tzinfo=zone)
            instant = _ceiling(midnight.astimezone(UTC))
        elif _MOMENT.fullmatch(text):
            instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
            if instant != _ceiling(instant):
                faults[name] = (
                    f"{name} is {text!r}; figures are kept by the hour (UTC): give a whole hour."
                )
                return None
        else:
            instant = _NEVER
    except (ValueError, OverflowError):
        instant = _NEVER
    if instant is _NEVER:
        faults[name] = f"{name} is {text!r}; {_MOMENTS}."
        return None
    if not _FIRST <= instant <= _LAST:
        faults[name] = f"{name} is {text!r}; no message was accepted then."
        return None
    return instant


def _ceiling(instant: datetime) -> datetime:
    """The same, or the next whole hour."""
    floor = instant.replace(minute=0, second=0, microsecond=0)
    return floor if floor == instant else floor + _HOUR


def _next_hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _HOUR


def _days_before(until: datetime, zone: tzinfo) -> datetime:
    """The first hour of the sixth day before the one that an end is in."""
    last = (until - _HOUR).astimezone(zone)
    midnight = datetime(last.year, last.month, last.day, tzinfo=zone) - timedelta(days=DAYS - 1)
    return _ceiling(midnight.astimezone(UTC))


def _check_span(
    since: datetime, until: datetime, by: tuple[Group, ...], faults: dict[str, str]
) -> None:
    if since >= until:
        faults["to"] = (
            "to is not after from; figures are of messages accepted from the first on and before "
            "the second."
        )
    elif until - since > LONGEST_SPAN:
        faults["from"] = "from and to are more than a year apart; ask for a year at most."
    elif Group.HOUR in by and until - since > LONGEST_HOURS:
        faults["from"] = "from and to are more than a month apart, which by hour is too much."
