"""What is typed on a command line beside names: durations, moments, lists of words, JSON files."""

import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from waypost.cli.output import MisusedError

UNITS: Mapping[str, timedelta] = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
LONGEST_DURATION = timedelta(days=36_500)


def read_duration(flag: str, text: str) -> timedelta:
    """`30m`, `24h`, `7d`, `0`. Raises MisusedError."""
    found = re.fullmatch(r"(\d{1,9})([smhd])|0", text.strip().lower(), re.ASCII)
    if found is None:
        raise MisusedError(f"{flag}: {text} is no duration; write it like 30m, 24h or 7d.")
    if found[1] is None:
        return timedelta(0)
    return min(int(found[1]) * UNITS[found[2]], LONGEST_DURATION)


def read_end(flag: str, text: str) -> datetime | None:
    """A moment, or None for `never`. Raises MisusedError."""
    if text.strip().lower() == "never":
        return None
    return read_moment(flag, text, "2027-01-31, 2027-01-31T18:00Z or never")


def read_moment(flag: str, text: str, ways: str = "2027-01-31 or 2027-01-31T18:00Z") -> datetime:
    """`2027-01-31`, the beginning of that day in UTC; `2027-01-31T18:00Z`.

    ways  how it may be written, for whoever wrote it otherwise

    Raises MisusedError.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MisusedError(f"{flag}: {text} is no moment; write {ways}.") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_words(text: str) -> tuple[str, ...] | None:
    """Words with commas between them; none for an empty text, None for `default`."""
    if text.strip().lower() == "default":
        return None
    return tuple(word.strip() for word in text.split(",")) if text.strip() else ()


def read_count(flag: str, text: str) -> int | None:
    """A whole number from 1; None for `unlimited`. Raises MisusedError."""
    if text.strip().lower() == "unlimited":
        return None
    if not re.fullmatch(r"[1-9]\d{0,8}", text.strip(), re.ASCII):
        raise MisusedError(f"{flag}: {text} must be a whole number from 1, or unlimited.")
    return int(text)


def read_bytes(file: str) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises MisusedError."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise MisusedError(f"{file} cannot be read: {error.strerror}.") from None


def read_object(file: str) -> dict[str, Any]:
    """The JSON object of a file, or of standard input for `-`. Raises MisusedError."""
    try:
        value = msgspec.json.decode(read_bytes(file))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MisusedError(f"{file} is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise MisusedError(f"{file} must hold a JSON object, {{...}}.")
    return value
