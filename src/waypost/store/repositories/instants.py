"""Instants as the database keeps them: milliseconds since 1970 UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    return (instant - EPOCH) // MILLISECOND


def to_ms_or_none(instant: datetime | None) -> int | None:
    """The same, where there may be none."""
    return None if instant is None else to_ms(instant)


def from_ms(milliseconds: int) -> datetime:
    """The aware instant."""
    return EPOCH + MILLISECOND * milliseconds


def from_ms_or_none(milliseconds: int | None) -> datetime | None:
    """The same, where there may be none."""
    return None if milliseconds is None else from_ms(milliseconds)
