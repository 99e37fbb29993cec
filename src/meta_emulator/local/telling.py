"""What was sent and refused, in lines for a person: under a failed assertion, and on a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from meta_emulator.control.shapes import MessageShape, RefusalShape
from meta_emulator.world.wanted import Wanted

MOST = 20
"""Lines of each kind."""

WORDS = 60
"""Characters of a message's words that are shown."""


def tell_all(messages: Sequence[MessageShape], refusals: Sequence[RefusalShape]) -> str:
    """What was sent, and what was refused."""
    lines = [counted(len(messages), "message was", "messages were") + " sent" + _end(messages)]
    lines += _latest([f"  {line}" for line in map(tell_message, messages)])
    if refusals:
        lines.append(counted(len(refusals), "request was", "requests were") + " refused:")
        lines += _latest([f"  {line}" for line in map(tell_refusal, refusals)])
    return "\n".join(lines)


def tell_message(message: MessageShape) -> str:
    """One line: whom it went to, what it was, what it says, and what became of it."""
    kind = f"template {message.template}" if message.template else message.type
    told = [f"{message.position}.", f"to {message.to}", kind]
    if message.words:
        told.append(f'"{_short(message.words)}"')
    statuses = [_told_status(one.status, one.code, one.time, message) for one in message.statuses]
    told.append(f"[{', '.join(['accepted', *statuses])}]")
    return "  ".join(told)


def tell_refusal(refusal: RefusalShape) -> str:
    """One line: what was asked, and Meta's answer."""
    error: Mapping[str, Any] = refusal.error if isinstance(refusal.error, dict) else {}
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    sentence = details or error.get("message", "")
    asked = f"{refusal.method} {refusal.path}"
    return f"{refusal.position}.  {error.get('code', refusal.status)}  {asked}  {sentence}"


def tell_wanted(wanted: Wanted) -> str:
    """` to +91…, template order_update`: what somebody looked for; empty for anything."""
    parts = [
        f"{word} {value}"
        for word, value in (
            ("id", wanted.id),
            ("to", wanted.to),
            ("template", wanted.template),
            ("of type", wanted.type),
            ("with the words", repr(wanted.contains) if wanted.contains is not None else None),
        )
        if value is not None
    ]
    return " " + ", ".join(parts) if parts else ""


def counted(number: int, one: str, more: str) -> str:
    """`1 message was`, `2 messages were`, `No messages were`."""
    return f"{number or 'No'} {one if number == 1 else more}"


def came_to(wanted: Wanted, number: int) -> str:
    """`came to "read"`, or `was sent` where no status was asked for."""
    if wanted.status is not None:
        return f'came to "{wanted.status}"'
    return "was sent" if number == 1 else "were sent"


def told_seconds(seconds: float) -> str:
    """`1.5 s`, `3 min`, `24 h`, `7 d`: a duration in the largest unit it has twice."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size, 1):g} {unit}"
    return f"{round(seconds, 2):g} s"


def _told_status(status: str, code: int | None, time: datetime, message: MessageShape) -> str:
    after = told_seconds((time - message.time).total_seconds())
    return f"{status}{f' with {code}' if code is not None else ''} after {after}"


def _short(words: str) -> str:
    line = " / ".join(words.splitlines())
    return line if len(line) <= WORDS else line[: WORDS - 1] + "…"


def _latest(lines: Sequence[str]) -> Iterator[str]:
    if len(lines) > MOST:
        yield f"  … {len(lines) - MOST} before these"
    yield from lines[-MOST:]


def _end(messages: Sequence[object]) -> str:
    return ":" if messages else "."
