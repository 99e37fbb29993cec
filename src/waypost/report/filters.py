"""What messages are looked for by, as a person or a program writes it: words to filters.

The same words in the query of an address and as options of a command.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from waypost.model.errors import DirectoryError
from waypost.model.lifecycle import State
from waypost.model.search import MessageFilters
from waypost.model.submission import References

NAMES = (
    "recipient",
    "ref",
    "ref1",
    "ref2",
    "template",
    "state",
    "error",
    "sender",
    "from",
    "to",
)
"""The words there are, as they are spelled in a query."""

STATES: Mapping[str, State] = {state.value.replace("_", " "): state for state in State}
LONGEST = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})",
    re.ASCII | re.IGNORECASE,
)
_MOMENTS = (
    "a day like 2027-01-31 (from its midnight in UTC), a moment with its time zone like "
    "2027-01-31T18:00:00Z, or whole Unix seconds"
)


class FilterError(DirectoryError):
    """What messages were to be looked for by cannot be.

    faults  by the name of each word: what is wrong with it, and how to mend it
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def read_filters(given: Mapping[str, str | None]) -> MessageFilters:
    """The filters of these words; a word that is None or empty leaves it open.

    Raises FilterError with all that is wrong.
    """
    faults: dict[str, str] = {}
    told = {name: value.strip() for name, value in given.items() if value and value.strip()}
    for name, value in told.items():
        if len(value) > LONGEST or "\0" in value:
            faults[name] = f"{name} is longer than {LONGEST} characters, or has a NUL in it."
    read: dict[str, Any] = {}
    for name, reader in _READERS.items():
        if name in told and name not in faults:
            try:
                read[name] = reader(told[name])
            except ValueError as error:
                faults[name] = f"{name} is {told[name]!r}; {error}."
    since, until = read.get("from"), read.get("to")
    if since is not None and until is not None and since >= until:
        faults["to"] = "to is not after from; messages from the first on and before the second."
    if faults:
        raise FilterError(faults)
    return MessageFilters(
        recipient=read.get("recipient"),
        references=References(told.get("ref"), told.get("ref1"), told.get("ref2")),
        template=told.get("template"),
        states=read.get("state", ()),
        failure_code=told.get("error"),
        sender_id=read.get("sender"),
        since=since,
        until=until,
    )


def _recipient(text: str) -> str:
    """As messages have it: a plus that the query's encoding took is given back."""
    digits = re.sub(r"[\s().-]", "", text).removeprefix("+")
    return f"+{digits}" if digits.isascii() and digits.isdigit() else text


def _sender(text: str) -> str:
    digits = text.strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("it must be the number of a sender, with or without its plus")
    return digits


def _states(text: str) -> tuple[State, ...]:
    states = []
    for word in text.split(","):
        state = STATES.get(word.strip().lower().replace("_", " "))
        if state is None:
            raise ValueError(f"it must be of {', '.join(STATES)}, several with commas between")
        states.append(state)
    return tuple(dict.fromkeys(states))


def _moment(text: str) -> datetime:
    text = text.replace("Z ", "Z")
    if text.isascii() and text.isdigit() and int(text) <= _LAST_SECOND:
        return _EPOCH + timedelta(seconds=int(text))
    if _MOMENT.fullmatch(spaced := re.sub(r"(:\d{2}(?:\.\d+)?) (?=\d{2}:?\d{2}$)", r"\1+", text)):
        text = spaced  # a plus that the query's encoding took
    elif _DAY.fullmatch(text):
        text += "T00:00Z"
    else:
        raise ValueError(f"it must be {_MOMENTS}")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"it must be {_MOMENTS}") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "recipient": _recipient,
    "state": _states,
    "sender": _sender,
    "from": _moment,
    "to": _moment,
}
"""What a word is read by; all others are taken as they are."""
