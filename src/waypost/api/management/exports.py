"""Exports of an account's messages, for the operator."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler

from waypost.api.customer.asked import provide_filters
from waypost.api.customer.download import Download, asked_of, download
from waypost.api.customer.exports import FILES, named
from waypost.api.management.door import Management
from waypost.model.account import Account
from waypost.model.search import MessageFilters


def _handler(name: str) -> HTTPRouteHandler:
    async def export(
        request: Request[Any, Any, Any],
        management: NamedDependency[Management],
        account: NamedDependency[Account],
        filters: NamedDependency[MessageFilters],
    ) -> Download:
        """Export an account's messages to recipients and from them, the newest first.

        Whatever is left out is left open; `direction` is `outgoing`, `incoming` or `both`. The
        file is made while it is sent: one that breaks off is not whole.
        """
        asked = asked_of(request, account.account_id, filters)
        return download(request, management.exporter, asked, name)

    path = f"/{{sid:str}}/reports/{name}"
    return get(path, dependencies={"filters": Provide(provide_filters)})(
        named(export, name, "account")
    )


HANDLERS: Sequence[Any] = tuple(_handler(name) for name in FILES)
