"""The customer's money, as "Get Account Billing or Usage Details" tells it.

The documents name what it gives: the kind of account, the currency's symbol, and the balance of a
prepaid account, or of a postpaid one its usage and whether 75 % of the limit is used. They print
neither path nor body (`reference` kaleyra-v2 7); both are ours.
"""

from collections.abc import Mapping
from typing import Any

from waypost.model.account import Account, AccountKind
from waypost.model.ledger import Wallet
from waypost.model.money import Money
from waypost.wire.envelope import Answer, render_processed

SYMBOLS: Mapping[str, str] = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "IDR": "Rp",
    "BRL": "R$",
    "MXN": "MX$",
    "AUD": "A$",
    "SGD": "S$",
    "AED": "AED",
    "SAR": "SAR",
}
"""Currencies in which Meta bills, and some more; every other is told by its code."""


def render_billing(account: Account, wallet: Wallet, *, is_low: bool) -> Answer:
    """The 200: `data` is `{"account_type", "currency", "currency_symbol", ...}`.

    Prepaid, or paying Meta directly: `balance` can be spent, `held` is set aside for messages
    under way. Postpaid: `usage` of `credit_limit`, what is held counted in, and
    `is_75_percent_used`.
    """
    data: dict[str, Any] = {
        "account_type": account.kind.value,
        "currency": wallet.currency,
        "currency_symbol": SYMBOLS.get(wallet.currency, wallet.currency),
    }
    if account.kind is AccountKind.POSTPAID:
        data["usage"] = _amount(wallet.used_minor, wallet.currency)
        data["credit_limit"] = _amount(wallet.credit_limit_minor, wallet.currency)
        data["is_75_percent_used"] = is_low
    else:
        data["balance"] = _amount(wallet.balance_minor - wallet.held_minor, wallet.currency)
        data["held"] = _amount(wallet.held_minor, wallet.currency)
    return render_processed(data)


def _amount(amount_minor: int, currency: str) -> dict[str, str]:
    return {"amount": str(Money(amount_minor, currency)).partition(" ")[0], "currency": currency}
