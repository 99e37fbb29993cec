"""Money: topped up, adjusted, refunded, stated, priced by rate cards, audited."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from waypost.api.management.accounts import ACCOUNT, minor_of
from waypost.api.management.bodies import GivenAmount
from waypost.api.management.door import Management, values_from_body
from waypost.api.management.shapes import Page, WalletShape, show_wallet
from waypost.api.management.wallet_shapes import (
    Adjustment,
    CardShape,
    MoneyAuditShape,
    RatesBody,
    Refund,
    StatementShape,
    TopUp,
    show_card,
    show_line,
)
from waypost.api.problem import ProblemDetail, ProblemError
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError
from waypost.model.rate import Rate
from waypost.wallet.card_file import check_rate

RATES = "/rates"
AUDIT = "/wallet_audit"
FirstDay = Annotated[
    date | None,
    QueryParameter(name="from", description="The first day (UTC); left out: the month's first."),
]
LastDay = Annotated[
    date | None,
    QueryParameter(name="to", description="The last day (UTC), included; left out: today."),
]


@get(f"{ACCOUNT}/wallet")
async def get_wallet(
    management: NamedDependency[Management], account: NamedDependency[Account]
) -> WalletShape:
    """Show an account's money."""
    return show_wallet(await management.wallet(account))


@post(f"{ACCOUNT}/top_ups", status_code=201)
async def top_up_account(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[TopUp],
) -> WalletShape:
    """Add money to an account's wallet.

    Answers with the wallet after it. Asked twice, it adds twice.
    """
    currency = (await management.wallet(account)).currency
    amount_minor = minor_of(GivenAmount(amount=data.amount, currency=data.currency), currency, "")
    if not amount_minor:
        raise ProblemError(
            "invalid_body",
            "The body has one fault.",
            [ProblemDetail("/amount", "invalid_value", "Nothing is no top-up; give an amount.")],
        )
    money = management.registrar.money
    return show_wallet(await money.top_up(account.sid, amount_minor, data.reason, actor=actor))


@post(f"{ACCOUNT}/adjustments", status_code=201)
async def adjust_account(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[Adjustment],
) -> WalletShape:
    """Correct an account's balance, upwards or downwards.

    Downwards no further than what can be spent. Answers with the wallet after it; asked twice, it
    corrects twice.
    """
    currency = (await management.wallet(account)).currency
    given = GivenAmount(amount=data.amount.removeprefix("-"), currency=data.currency)
    amount_minor = minor_of(given, currency, "") or 0
    if data.amount.startswith("-"):
        amount_minor = -amount_minor
    money = management.registrar.money
    with values_from_body():
        wallet = await money.adjust(account.sid, amount_minor, data.reason, actor=actor)
    return show_wallet(wallet)


@post(f"{ACCOUNT}/refunds", status_code=201)
async def refund_message(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[Refund],
) -> WalletShape:
    """Give back what a message cost, or a part of it, once.

    Answers with the wallet after it.
    """
    currency = (await management.wallet(account)).currency
    given = None
    if data.amount is not None:
        given = GivenAmount(amount=data.amount, currency=data.currency)
    amount_minor = minor_of(given, currency, "")
    money = management.registrar.money
    with values_from_body():
        wallet = await money.refund(
            account.sid, data.message_id, amount_minor, data.reason, actor=actor
        )
    return show_wallet(wallet)


@get(f"{ACCOUNT}/statement")
async def get_statement(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    first: FirstDay = None,
    last: LastDay = None,
) -> Page[StatementShape]:
    """State what moved of an account's money, by day, template and country.

    A day (UTC) is that of the movement: one that is over never changes. At most 366 days.
    """
    try:
        lines = await management.registrar.money.statement(account.sid, first, last)
    except DirectoryError as error:
        fault = ProblemDetail(f"query{error.place}", "invalid_value", str(error))
        raise ProblemError("invalid_parameters", "These days cannot be stated.", [fault]) from None
    currency = (await management.wallet(account)).currency
    return Page([show_line(line, currency) for line in lines])


@get(f"{ACCOUNT}/rates")
async def get_account_rates(
    management: NamedDependency[Management], account: NamedDependency[Account]
) -> CardShape:
    """List the rates of an account's own card."""
    return show_card(await management.registrar.money.card(account.sid))


@post(f"{ACCOUNT}/rates", status_code=201)
async def save_account_rates(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[RatesBody],
) -> CardShape:
    """Add rates to an account's own card.

    One of the same country, category and day is replaced. Answers with the whole card.
    """
    return await _save(management, account.sid, data, actor)


@get(RATES)
async def get_rates(management: NamedDependency[Management]) -> CardShape:
    """List the rates of the deployment's card, which holds for every account without its own."""
    return show_card(await management.registrar.money.card(None))


@post(RATES, status_code=201)
async def save_rates(
    management: NamedDependency[Management],
    actor: NamedDependency[Actor],
    data: JSONBody[RatesBody],
) -> CardShape:
    """Add rates to the deployment's card.

    One of the same country, category and day is replaced. Answers with the whole card.
    """
    return await _save(management, None, data, actor)


@get(AUDIT)
async def audit_money(management: NamedDependency[Management]) -> MoneyAuditShape:
    """Hold every wallet against its ledger, and every entry against its message.

    Reads one moment of everything: it takes seconds for millions of messages.
    """
    return MoneyAuditShape(await management.registrar.money.audit())


HANDLERS: Sequence[Any] = (
    get_wallet,
    top_up_account,
    adjust_account,
    refund_message,
    get_statement,
    get_account_rates,
    save_account_rates,
)
OF_DEPLOYMENT: Sequence[Any] = (get_rates, save_rates, audit_money)


async def _save(
    management: Management, sid: str | None, data: RatesBody, actor: Actor
) -> CardShape:
    rates, faults = [], []
    for index, given in enumerate(data.rates):
        found = check_rate(given.country, given.category, given.price)
        if isinstance(found, list):
            path = f"/rates/{index}"
            faults += [ProblemDetail(path, "invalid_value", told) for told in found]
        else:
            country, category, price_minor = found
            rates.append(Rate(country, category, given.valid_from, price_minor))
    if len({(rate.country, rate.category, rate.valid_from) for rate in rates}) < len(rates):
        told = "Two rates name the same country, category and day."
        faults.append(ProblemDetail("/rates", "invalid_value", told, "Leave one of them out."))
    if faults:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ProblemError("invalid_body", f"The body has {count}.", faults)
    money = management.registrar.money
    currency = await money.currency_of(sid, management.currency)
    await money.save_rates(sid, currency, rates, is_whole=data.is_whole, actor=actor)
    return show_card(await money.card(sid))
