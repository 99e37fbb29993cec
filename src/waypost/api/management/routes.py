"""The operator's addresses, gathered."""

from typing import Any

from litestar import Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from waypost.api.management import (
    accounts,
    callbacks,
    catalogues,
    exports,
    incoming,
    keys,
    messages,
    recipients,
    records,
    reports,
    search,
    senders,
    templates,
    wabas,
    wallets,
)
from waypost.api.management.door import (
    Management,
    OperatorGuard,
    provide_account,
    provide_actor,
)
from waypost.api.management.reading import Read

TAGS = {
    "accounts": accounts.HANDLERS,
    "keys": keys.HANDLERS,
    "wabas": wabas.HANDLERS,
    "senders": senders.HANDLERS,
    "templates": templates.HANDLERS,
    "catalogues": catalogues.HANDLERS,
    "recipients": recipients.HANDLERS,
    "records": records.HANDLERS,
    "reports": reports.HANDLERS,
    "messages": (*messages.HANDLERS, *search.HANDLERS, *exports.HANDLERS),
    "callbacks": callbacks.HANDLERS,
    "inbound": incoming.HANDLERS,
    "wallets": wallets.HANDLERS,
}


def management_router(management: Management, guard: OperatorGuard) -> Router:
    """`/v1/admin/...`."""

    def provide_management() -> Management:
        return management

    async def admit(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:  # a function, for the framework copies guards, and what this one holds is one
        await guard(connection, handler)

    shared = {
        "management": Provide(provide_management, sync_to_thread=False),
        "actor": Provide(provide_actor),
    }
    of_account = {"account": Provide(provide_account)}
    groups = [
        Router("/accounts", route_handlers=list(handlers), dependencies=of_account, tags=[tag])
        for tag, handlers in TAGS.items()
    ]
    log = Router("/", route_handlers=[records.list_audit], tags=["records"])
    money = Router("/", route_handlers=list(wallets.OF_DEPLOYMENT), tags=["wallets"])
    figures = Router("/", route_handlers=list(reports.OF_DEPLOYMENT), tags=["reports"])
    unowned = Router("/", route_handlers=list(incoming.OF_DEPLOYMENT), tags=["inbound"])
    alarms = Router("/", route_handlers=[messages.list_alarms], tags=["messages"])
    return Router(
        "/v1/admin",
        route_handlers=[*groups, log, alarms, unowned, money, figures],
        dependencies=shared,
        guards=[admit],
        dto=Read,
        return_dto=None,
    )
