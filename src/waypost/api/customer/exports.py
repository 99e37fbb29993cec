"""`/v2/<SID>/reports/messages.<format>`: all messages that are as asked, as one file."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler

from waypost.api.customer.asked import provide_filters
from waypost.api.customer.download import Download, asked_of, download
from waypost.api.customer.hands import CustomerHands
from waypost.model.account import Account
from waypost.model.search import MessageFilters
from waypost.report.formats.writer import Format

FILES: Sequence[str] = (
    *(f"messages.{one}" for one in Format),
    f"messages.{Format.CSV}.gz",
    f"messages.{Format.JSONL}.gz",
)
"""The names of exports; Parquet is compressed within."""


def _handler(name: str) -> HTTPRouteHandler:
    async def export(
        request: Request[Any, Any, Any],
        hands: NamedDependency[CustomerHands],
        account: NamedDependency[Account],
        filters: NamedDependency[MessageFilters],
    ) -> Download:
        """Export messages to recipients and from them, the newest first.

        Whatever is left out is left open; `direction` is `outgoing`, `incoming` or `both`. The
        file is made while it is sent: one that breaks off is not whole.
        """
        return download(
            request, hands.exporter, asked_of(request, account.account_id, filters), name
        )

    path = f"/{{sid:str}}/reports/{name}"
    return get(path, dependencies={"filters": Provide(provide_filters)})(named(export, name))


def named(export: Callable[..., Any], name: str, whose: str = "own") -> Callable[..., Any]:
    """The same under the name that its operation has in the document."""
    export.__name__ = f"export_{whose}_{name.replace('.', '_')}"
    return export


HANDLERS: Sequence[Any] = tuple(_handler(name) for name in FILES)
