"""`/v2/<SID>/reports/usage`: what an account's messages came to, counted and summed."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from waypost.api.customer.door import answer
from waypost.api.customer.hands import CustomerHands
from waypost.api.customer.reported import in_csv, read_words, wants_csv
from waypost.model.account import Account
from waypost.wire.usage import render_usage

USAGE = "/{sid:str}/reports/usage"


@get(USAGE)
async def get_own_usage(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Count what became of messages: how many, at what rates, for how much, and why some failed.

    By default the last seven days, by day. Figures are of the hour in which messages were accepted,
    right after every commit, and stay when history is let go; by `ref`, `ref1` and `ref2` messages
    are counted as far as history reaches.
    """
    report = await hands.usage.of_account(account, read_words(request))
    return in_csv(report) if wants_csv(request) else answer(render_usage(report))


HANDLERS: Sequence[Any] = (get_own_usage,)
