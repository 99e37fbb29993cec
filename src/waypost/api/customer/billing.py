"""`/v2/<SID>/account/billing`: the customer's money (`reference` kaleyra-v2 7)."""

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from waypost.api.customer.door import answer
from waypost.api.customer.hands import CustomerHands
from waypost.model.account import Account
from waypost.wallet.credit import uses
from waypost.wire.billing import render_billing

BILLING = "/{sid:str}/account/billing"
MUCH = 75
"""Percent of a credit limit of which the documents have a customer told."""


@get(BILLING)
async def get_billing(
    hands: NamedDependency[CustomerHands], account: NamedDependency[Account]
) -> Response[bytes]:
    """Get account billing or usage details.

    Of a prepaid account its balance; of a postpaid one its usage, and whether 75 % of its limit is
    used.
    """
    id_ = account.account_id
    wallets = await hands.store.read(lambda transaction: transaction.wallets.load([id_]))
    return answer(render_billing(account, wallets[id_], is_low=uses(wallets[id_], MUCH)))


HANDLERS: Sequence[Any] = (get_billing,)
