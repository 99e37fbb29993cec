"""Who waits for a commit, and what became of it: what both writers speak of."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from waypost.store.ports import Step


class Waiting(NamedTuple):
    """One item, and who waits for it."""

    step: Step[Any, Any]
    item: Any
    answer: "asyncio.Future[Any]"


class Settled(NamedTuple):
    """What became of one item: a result, or the error to raise."""

    result: Any
    error: BaseException | None


def settle(waiting: Sequence[Waiting], settled_all: Sequence[Settled]) -> None:
    """On the event loop: wakes all who waited, but those who have gone."""
    for entry, settled in zip(waiting, settled_all, strict=True):
        if entry.answer.done():
            continue
        if settled.error is None:
            entry.answer.set_result(settled.result)
        else:
            entry.answer.set_exception(settled.error)
