"""WABAs of an account: saved with their tokens, looked at, read anew from Meta."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec.structs import asdict

from waypost.api.management.bodies import WabaBody
from waypost.api.management.door import Management, MetaIdInPath, values_from_body
from waypost.api.management.shapes import (
    MessagingLimitShape,
    Page,
    SyncShape,
    WabaShape,
    show_forecast,
    show_waba,
)
from waypost.directory.templates import waba_of
from waypost.model.account import Account
from waypost.model.audit import Actor

WABAS = "/{sid:str}/wabas"
WABA = f"{WABAS}/{{waba_id:str}}"


@put(WABA)
async def save_waba(
    management: NamedDependency[Management],
    sid: FromPath[str],
    waba_id: MetaIdInPath,
    actor: NamedDependency[Actor],
    data: JSONBody[WabaBody],
) -> WabaShape:
    """Add a WABA, or change its token or name.

    The token is sealed and never shown again. The next reading from Meta tells whether it is
    good: ask for one with `sync`.
    """
    with values_from_body():
        await management.registrar.save_waba(
            sid, waba_id, data.access_token, data.name, actor=actor
        )
        if data.portfolio_id is not None:
            portfolios = management.registrar.portfolios
            await portfolios.assign(sid, waba_id, data.portfolio_id, actor=actor)
    return show_waba(waba_of(await management.fresh(sid), waba_id))


@get(WABAS)
async def list_wabas(account: NamedDependency[Account]) -> Page[WabaShape]:
    """List an account's WABAs, and how reading them from Meta went."""
    return Page([show_waba(waba) for waba in account.wabas.values()])


@get(WABA)
async def get_waba(account: NamedDependency[Account], waba_id: FromPath[str]) -> WabaShape:
    """Show a WABA, and how reading it from Meta went."""
    return show_waba(waba_of(account, waba_id))


@post(f"{WABA}/sync", status_code=200)
async def sync_waba(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> SyncShape:
    """Read a WABA's templates and catalogue from Meta now."""
    report = await management.synchronizer.sync_waba(waba_of(account, waba_id), actor)
    await management.fresh(account.sid)
    return SyncShape(**asdict(report))


@get(f"{WABA}/messaging-limit")
async def get_messaging_limit(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
) -> MessagingLimitShape:
    """Show how many users the WABA's portfolio may write to, and when those who wait will go."""
    return show_forecast(await management.registrar.portfolios.forecast(account, waba_id))


HANDLERS: Sequence[Any] = (save_waba, list_wabas, get_waba, get_messaging_limit, sync_waba)
