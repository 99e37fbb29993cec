"""What an attempt at Meta was, as its three columns."""

from collections.abc import Sequence
from typing import Any

from waypost.model.message import Exchange

NONE = (None, None, None)


def exchange_columns(exchange: Exchange | None) -> tuple[int | None, int | None, str | None]:
    """Duration, HTTP status and answer; all NULL of what is no attempt."""
    if exchange is None:
        return NONE
    return exchange.duration_ms, exchange.http_status, exchange.answer or None


def exchange_of(columns: Sequence[Any]) -> Exchange | None:
    """Its exchange; None of what is no attempt, and of attempts of older releases."""
    duration_ms, http_status, answer = columns
    return None if duration_ms is None else Exchange(duration_ms, http_status, answer or "")
