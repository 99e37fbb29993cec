"""A dry run: everything that accepting would find out, and nothing of what it would change."""

from dataclasses import dataclass

from msgspec import Struct

from waypost.accept.order import Order
from waypost.accept.screener import Screened, Screener
from waypost.model.ledger import Wallet
from waypost.model.money import Money
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction


class Rehearsal(Struct, frozen=True):
    """What would be accepted.

    recipients of a read receipt are none
    price      of a message, of the dearest if they differ; `total` of all
    spendable  what the wallet has left for it now
    findings   what would be noted and not refused
    """

    recipients: tuple[str, ...]
    price: Money
    total: Money
    spendable: Money
    findings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Rehearser:
    """Answers what would become of an order."""

    store: Store
    screener: Screener
    clock: Clock

    async def rehearse(self, order: Order) -> Rehearsal | Refusal:
        """What accepting it would answer. Raises StoreError."""
        account_id = order.account.account_id
        now = self.clock.now()

        async def read(transaction: Transaction) -> tuple[Screened, Wallet]:
            (screened,) = await self.screener.screen(transaction, [order], now)
            return screened, (await transaction.wallets.load([account_id]))[account_id]

        screened, wallet = await self.store.read(read)
        if screened.refusing:
            return Refusal(Reason.PAYLOAD, screened.refusing)
        if order.total_minor and order.total_minor > wallet.spendable_minor:
            return Refusal(Reason.BALANCE)
        return Rehearsal(
            tuple(one.address for one in order.submission.recipients if one.address),
            Money(max(one.price_minor for one in order.estimates), wallet.currency),
            Money(order.total_minor, wallet.currency),
            Money(wallet.spendable_minor, wallet.currency),
            order.findings + screened.noted,
        )
