"""What messages of accounts came to, counted and summed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response
from msgspec import UNSET, Struct, UnsetType

from waypost.api.customer.reported import in_csv, read_words, wants_csv
from waypost.api.management.door import Management
from waypost.api.management.shapes import Amount
from waypost.model.account import Account
from waypost.model.meta_error import Party
from waypost.model.usage_report import UsageReport, show_report

USAGE = "/reports/usage"


class UsageLineShape(Struct, frozen=True, omit_defaults=True):
    """Figures of one group; of the groups only those that were asked for are there."""

    accepted: int
    submitted: int
    sent: int
    delivered: int
    read: int
    failed: int
    not_sent: int
    delivery_rate: float | None
    read_rate: float | None
    spend: Amount
    account: str | UnsetType = UNSET
    day: str | UnsetType = UNSET
    hour: str | UnsetType = UNSET
    sender: str | UnsetType = UNSET
    template: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    category: str | UnsetType | None = UNSET
    ref: str | UnsetType | None = UNSET
    ref1: str | UnsetType | None = UNSET
    ref2: str | UnsetType | None = UNSET


class FailureLineShape(Struct, frozen=True):
    """How many messages ended for one reason, and whose turn it is."""

    code: str | None
    title: str
    turn: Party
    next_step: str
    messages: int


class UsageShape(Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Figures of messages accepted from one hour to before another.

    totals        one for each currency
    source        `figures`: kept by the hour; `history`: counted over the messages that are held
    history_from  from when on history is whole, where it was counted over; null: all there is
    """

    since: datetime
    until: datetime
    timezone: str
    by: list[str]
    lines: list[UsageLineShape]
    totals: list[UsageLineShape]
    failures: list[FailureLineShape]
    source: str
    history_from: datetime | None
    notes: list[str]


@get("/{sid:str}/reports/usage")
async def get_usage(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    request: Request[Any, Any, Any],
) -> Response[UsageShape]:
    """Count what became of an account's messages, as its customer may.

    By default the last seven days, by day.
    """
    return _answer(await management.usage.of_account(account, read_words(request)), request)


@get(USAGE)
async def get_usage_of_all(
    management: NamedDependency[Management], request: Request[Any, Any, Any]
) -> Response[UsageShape]:
    """Count what became of the messages of all accounts, told apart by account first."""
    return _answer(await management.usage.of_all(read_words(request)), request)


HANDLERS: Sequence[Any] = (get_usage,)
OF_DEPLOYMENT: Sequence[Any] = (get_usage_of_all,)


def _answer(report: UsageReport, request: Request[Any, Any, Any]) -> Response[UsageShape]:
    if wants_csv(request):
        return in_csv(report)
    return Response(msgspec.convert(show_report(report), UsageShape))
