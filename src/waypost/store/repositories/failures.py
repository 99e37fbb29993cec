"""Failures as the database keeps them: four columns, all null if there is none."""

from collections.abc import Sequence

from waypost.model.failure import Failure

NO_FAILURE = (None, None, None, None)


def failure_columns(failure: Failure | None) -> tuple[str | None, ...]:
    """A failure as four columns."""
    if failure is None:
        return NO_FAILURE
    return (failure.code, failure.title, failure.detail, failure.next_step)


def failure_of(columns: Sequence[str | None]) -> Failure | None:
    """A failure from its four columns."""
    code, title, detail, next_step = columns
    return None if code is None else Failure(code, title or "", detail or "", next_step or "")
