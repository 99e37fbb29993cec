"""The customers' addresses beside sending, gathered."""

from typing import Any

from litestar import Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from waypost.api.customer import (
    billing,
    blocks,
    callbacks,
    exports,
    incoming,
    media,
    messages,
    recipients,
    reports,
    templates,
    timelines,
)
from waypost.api.customer.door import (
    CustomerGuard,
    provide_account,
    provide_actor,
    provide_sender,
)
from waypost.api.customer.hands import CustomerHands


def customer_router(hands: CustomerHands, guard: CustomerGuard) -> Router:
    """`/v2/<SID>/whatsapp/...` and `/v2/<SID>/account/...`."""

    def provide_hands() -> CustomerHands:
        return hands

    async def admit(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:  # a function, for the framework copies guards, and what this one holds is one
        await guard(connection, handler)

    return Router(
        "/v2",
        route_handlers=[
            *templates.HANDLERS,
            *media.HANDLERS,
            *blocks.HANDLERS,
            *messages.HANDLERS,
            *incoming.HANDLERS,
            *timelines.HANDLERS,
            *recipients.HANDLERS,
            *billing.HANDLERS,
            *callbacks.HANDLERS,
            *exports.HANDLERS,
            *reports.HANDLERS,
        ],
        dependencies={
            "hands": Provide(provide_hands, sync_to_thread=False),
            "account": Provide(provide_account),
            "sender": Provide(provide_sender),
            "actor": Provide(provide_actor),
        },
        guards=[admit],
        tags=["customer"],
    )
