"""Accounts: opened, looked at, changed, suspended."""

from collections.abc import Sequence
from typing import Any

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, UnsetType

from waypost.api.management.bodies import AccountCreation, AccountPatch, GivenAmount
from waypost.api.management.door import After, Limit, Management, values_from_body
from waypost.api.management.shapes import (
    AccountShape,
    Page,
    show_account,
)
from waypost.api.problem import ProblemDetail, ProblemError
from waypost.directory.changes import AccountChange, NewAccount
from waypost.model.account import Account, AccountState
from waypost.model.audit import Actor
from waypost.model.money import parse_amount
from waypost.model.opt_out import OPT_IN_KEYWORDS, OPT_OUT_KEYWORDS

ACCOUNT = "/{sid:str}"


@post("/", status_code=201)
async def open_account(
    management: NamedDependency[Management],
    actor: NamedDependency[Actor],
    data: JSONBody[AccountCreation],
) -> AccountShape:
    """Open an account.

    It begins with an empty wallet; what is left out is as the settings of the gateway say.
    """
    currency = data.currency or management.currency
    new = NewAccount(
        name=data.name,
        kind=data.kind,
        country=data.country,
        currency=currency,
        price_minor=minor_of(data.price, currency, "/price"),
        credit_limit_minor=minor_of(data.credit_limit, currency, "/credit_limit") or 0,
        requests_per_s=data.requests_per_s,
        check_mode=data.check_mode,
        opt_out_keywords=_keywords(data.opt_out_keywords, OPT_OUT_KEYWORDS),
        opt_in_keywords=_keywords(data.opt_in_keywords, OPT_IN_KEYWORDS),
        unknown_policy=data.unknown_policy,
        template_policy=data.template_policy,
        capped_policy=data.capped_policy,
        validity_s=data.validity_s,
        daily_limit=data.daily_limit,
    )
    with values_from_body():
        opened = await management.registrar.open_account(new, actor=actor)
    return await _show(management, opened.sid)


@get("/")
async def list_accounts(
    management: NamedDependency[Management], limit: Limit = 100, after: After = ""
) -> Page[AccountShape]:
    """List accounts, by SID."""
    pairs = sorted(await management.registrar.accounts(), key=lambda pair: pair[0].sid)
    shown = [show_account(*pair) for pair in pairs if pair[0].sid > after]
    page = shown[:limit]
    return Page(page, page[-1].sid if len(shown) > limit else None)


@get(ACCOUNT)
async def get_account(
    management: NamedDependency[Management], account: NamedDependency[Account]
) -> AccountShape:
    """Show an account with its wallet."""
    return show_account(account, await management.wallet(account))


@patch(ACCOUNT)
async def change_account(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[AccountPatch],
) -> AccountShape:
    """Change an account.

    What is left out stays as it is; null takes a price or a limit away, and gives keywords back
    that every account begins with.
    """
    currency = (await management.wallet(account)).currency
    credit = data.credit_limit
    change = AccountChange(
        name=data.name,
        kind=data.kind,
        price_minor=_minor_or_unset(data.price, currency, "/price"),
        requests_per_s=data.requests_per_s,
        check_mode=data.check_mode,
        opt_out_keywords=data.opt_out_keywords,
        opt_in_keywords=data.opt_in_keywords,
        unknown_policy=data.unknown_policy,
        template_policy=data.template_policy,
        capped_policy=data.capped_policy,
        validity_s=data.validity_s,
        daily_limit=data.daily_limit,
        credit_limit_minor=UNSET
        if isinstance(credit, UnsetType)
        else minor_of(credit, currency, "/credit_limit") or 0,
    )
    with values_from_body():
        await management.registrar.change_account(account.sid, change, actor=actor)
    return await _show(management, account.sid)


@post(f"{ACCOUNT}/suspend", status_code=200)
async def suspend_account(
    management: NamedDependency[Management], sid: FromPath[str], actor: NamedDependency[Actor]
) -> AccountShape:
    """Suspend an account.

    Its requests are refused with WA-401 from now on; nothing of it is deleted.
    """
    await management.registrar.set_state(sid, AccountState.SUSPENDED, actor=actor)
    return await _show(management, sid)


@post(f"{ACCOUNT}/resume", status_code=200)
async def resume_account(
    management: NamedDependency[Management], sid: FromPath[str], actor: NamedDependency[Actor]
) -> AccountShape:
    """Let a suspended account go on."""
    await management.registrar.set_state(sid, AccountState.ACTIVE, actor=actor)
    return await _show(management, sid)


HANDLERS: Sequence[Any] = (
    open_account,
    list_accounts,
    get_account,
    change_account,
    suspend_account,
    resume_account,
)


async def _show(management: Management, sid: str) -> AccountShape:
    account = await management.fresh(sid)
    return show_account(account, await management.wallet(account))


def minor_of(given: GivenAmount | None, currency: str, path: str) -> int | None:
    """Minor units. Raises ProblemError for another currency than the account's."""
    if given is None:
        return None
    if given.currency not in (None, currency):
        message = f"The account's currency is {currency}, not {given.currency}."
        fault = ProblemDetail(f"{path}/currency", "wrong_currency", message, "Leave it out.")
        raise ProblemError("invalid_body", "The body has one fault.", [fault])
    return parse_amount(given.amount)


def _minor_or_unset(
    given: GivenAmount | UnsetType | None, currency: str, path: str
) -> int | UnsetType | None:
    return UNSET if isinstance(given, UnsetType) else minor_of(given, currency, path)


def _keywords(given: tuple[str, ...] | None, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if given is None else given
