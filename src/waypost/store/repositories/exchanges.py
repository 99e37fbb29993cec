"""What an attempt at Meta was, or what a status said beside its fact, as three columns."""

from collections.abc import Sequence
from typing import Any

from waypost.model.message import Exchange

NONE = (None, None, None)


def exchange_columns(exchange: Exchange | None) -> tuple[int | None, int | None, str | None]:
    """Duration, HTTP status and answer; all NULL of a fact that has none."""
    if exchange is None:
        return NONE
    return exchange.duration_ms, exchange.http_status, exchange.answer or None


def exchange_of(columns: Sequence[Any]) -> Exchange | None:
    """Its exchange; None of a fact that has none, as those of older releases."""
    duration_ms, http_status, answer = columns
    if duration_ms is None and answer is None:
        return None
    return Exchange(duration_ms, http_status, answer or "")
