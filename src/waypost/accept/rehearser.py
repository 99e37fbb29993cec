"""A dry run: everything that accepting would find out, and nothing of what it would change."""

from dataclasses import dataclass

from msgspec import Struct

from waypost.accept.order import Order
from waypost.accept.screener import Screened, Screener
from waypost.model.ledger import Wallet
from waypost.model.money import Money
from waypost.model.rate import day_of
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction


class Rehearsal(Struct, frozen=True):
    """What would be accepted.

    recipients of a read receipt are none
    withheld   how many of them, the last ones, the account's day has no room for: they would be
               accepted, and never sent
    price      of a message, of the dearest if they differ; `total` of all that would be sent
    spendable  what the wallet has left for it now
    findings   what would be noted and not refused
    """

    recipients: tuple[str, ...]
    withheld: int
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

        async def read(transaction: Transaction) -> tuple[Screened, Wallet, int]:
            (screened,) = await self.screener.screen(transaction, [order], now)
            wallets = transaction.wallets
            counted = await wallets.day_count(account_id, day_of(now))
            return screened, (await wallets.load([account_id]))[account_id], counted

        screened, wallet, counted = await self.store.read(read)
        if screened.refusing:
            return Refusal(Reason.PAYLOAD, screened.refusing)
        limit, room = order.account.daily_limit, len(order.estimates)
        if limit is not None:
            room = min(room, max(0, limit - counted))
        total_minor = sum(one.price_minor for one in order.estimates[:room])
        if total_minor and total_minor > wallet.spendable_minor:
            return Refusal(Reason.BALANCE)
        return Rehearsal(
            tuple(one.address for one in order.submission.recipients if one.address),
            len(order.estimates) - room,
            Money(max(one.price_minor for one in order.estimates), wallet.currency),
            Money(total_minor, wallet.currency),
            Money(wallet.spendable_minor, wallet.currency),
            order.findings + screened.noted,
        )
