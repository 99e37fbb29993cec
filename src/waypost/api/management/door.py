"""Who the operator is, what they work with, and how an address is told apart."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, PathParameter, QueryParameter

from waypost.api.asgi import Network, client_address
from waypost.api.parameters import parameter_details
from waypost.api.problem import ProblemDetail, ProblemError
from waypost.api.slowdown import Slowdown
from waypost.directory.accounts import Accounts
from waypost.directory.catalogues import CatalogueKeeper
from waypost.directory.event_desk import EventDesk
from waypost.directory.media import MediaLibrary
from waypost.directory.opt_outs import OptOutList
from waypost.directory.profile_desk import ProfileDesk
from waypost.directory.registrar import Registrar
from waypost.directory.sender_switch import SenderSwitch
from waypost.directory.synchronizer import Synchronizer
from waypost.directory.templates import TemplateManager
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.ledger import Wallet
from waypost.report.export import Exporter
from waypost.report.storyteller import Storyteller
from waypost.report.usage_reporter import UsageReporter
from waypost.retention.forgetter import Forgetter
from waypost.status.canceller import Canceller
from waypost.status.resolver import Resolver
from waypost.store.ports import Store

BEARER = "bearer"
MOST_PAGE = 500
Limit = Annotated[
    int, QueryParameter(ge=1, le=MOST_PAGE, description="How many are listed at most.")
]
After = Annotated[
    str, QueryParameter(max_length=300, description="`next` of the page before; empty at first.")
]
Before = Annotated[
    int | None,
    QueryParameter(ge=0, le=2**63 - 1, description="`next` of the page before; left out at first."),
]
MetaIdInPath = Annotated[str, PathParameter(pattern="^[0-9]{5,25}$")]


@dataclass(frozen=True, slots=True)
class Management:
    """Everything that the operator's API works with.

    currency    of new accounts
    throughput  of senders that name none, in messages per second
    """

    store: Store
    accounts: Accounts
    registrar: Registrar
    synchronizer: Synchronizer
    templates: TemplateManager
    media: MediaLibrary
    catalogues: CatalogueKeeper
    opt_outs: OptOutList
    canceller: Canceller
    forgetter: Forgetter
    resolver: Resolver
    switch: SenderSwitch
    storyteller: Storyteller
    profiles: ProfileDesk
    events: EventDesk
    exporter: Exporter
    usage: UsageReporter
    currency: str
    throughput: int

    async def fresh(self, sid: str) -> Account:
        """The account as it is now, for the doors too: something of it was just changed."""
        await self.accounts.find_anew(sid)
        return await self.registrar.find(sid)

    async def wallet(self, account: Account) -> Wallet:
        """The account's money."""
        id_ = account.account_id
        return (await self.store.read(lambda transaction: transaction.wallets.load([id_])))[id_]


@dataclass(frozen=True, slots=True)
class OperatorGuard:
    """Lets in who has the operator's token; nothing of the body is read before.

    token    empty lets nobody in
    proxies  whose word on a client's address is believed
    """

    token: str
    slowdown: Slowdown
    proxies: Sequence[Network]

    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """Raises ProblemError."""
        address = client_address(connection.scope, self.proxies)  # type: ignore[arg-type] # ASGI's scope
        if not self.token:
            raise ProblemError(
                "operator_token_unset", "The setting operator_token is empty: all are refused."
            )
        told = connection.headers.get("authorization", "")
        scheme, _, token = told.partition(" ")
        is_right = hmac.compare_digest(token.strip().encode(), self.token.encode())
        if not is_right or scheme.lower() != BEARER:
            refusal = await self.slowdown.failed(address)
            if refusal is not None:
                raise ProblemError(
                    "too_many_requests",
                    "This address keeps failing to prove that it is the operator.",
                    (),
                    refusal.retry_after_s,
                )
            raise ProblemError("operator_token_wrong", "The bearer token is not operator_token.")
        self.slowdown.succeeded(address)
        connection.state.actor = Actor("operator", address)
        connection.state.body.allow(handler.opt)


@contextmanager
def values_from_body() -> Iterator[None]:
    """What the directory cannot take in here is a value of the body."""
    try:
        yield
    except NotFoundError:
        raise
    except DirectoryError as error:
        fault = ProblemDetail(error.place, "invalid_value", str(error))
        raise ProblemError("invalid_body", "The body has one fault.", [fault]) from None


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who was let in."""
    actor: Actor = request.state.actor
    return actor


async def provide_account(management: NamedDependency[Management], sid: FromPath[str]) -> Account:
    """The account that the path names, as it is now. Raises NotFoundError."""
    return await management.registrar.find(sid)


def parameter_faults(error: ValidationException) -> ProblemError:
    """What is wrong with the path and the query, each by itself."""
    extra = error.extra if isinstance(error.extra, list) else []
    if any(isinstance(one, Mapping) and one.get("key") == "data" for one in extra):
        missing = ProblemDetail("", "required", "The body is missing; send a JSON object.")
        return ProblemError("invalid_body", "The body is missing.", [missing])
    faults = list(parameter_details(error.extra))
    return ProblemError("invalid_parameters", "A parameter is not as it should be.", faults)
