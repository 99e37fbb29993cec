"""Holds, captures and releases, appended in the caller's transaction; sums added once per batch."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from waypost.model.ledger import EntryKind, LedgerEntry, changes_of, grant_holds
from waypost.store.ports import Transaction


class HoldRequest(Struct, frozen=True):
    """Money wanted for the messages of one request: all of it, or none.

    price_minor  of each message
    """

    account_id: int
    message_ids: tuple[str, ...]
    price_minor: int


class Bookkeeper:
    """The only hand that writes to ledgers."""

    async def hold(
        self, transaction: Transaction, requests: Sequence[HoldRequest], now: datetime
    ) -> list[bool]:
        """Sets money aside where it suffices; whether it did, for each request in order.

        Requests of one account are granted in order against one reading of its wallet, in the
        transaction that writes the holds: the spendable amount cannot go below its limit.
        """
        wallets = await transaction.wallets.load(list({one.account_id for one in requests}))
        granted = [False] * len(requests)
        entries: list[LedgerEntry] = []
        for account_id, wallet in wallets.items():
            positions = [
                position
                for position, request in enumerate(requests)
                if request.account_id == account_id
            ]
            amounts = [
                requests[position].price_minor * len(requests[position].message_ids)
                for position in positions
            ]
            for position, fits in zip(positions, grant_holds(wallet, amounts).granted, strict=True):
                granted[position] = fits
                if fits and requests[position].price_minor:
                    entries += [
                        LedgerEntry(
                            account_id,
                            message_id,
                            EntryKind.HOLD,
                            requests[position].price_minor,
                            now,
                        )
                        for message_id in requests[position].message_ids
                    ]
        await self.append(transaction, entries)
        return granted

    async def append(self, transaction: Transaction, entries: Sequence[LedgerEntry]) -> None:
        """Appends lines and adds them to the wallets' sums."""
        if entries:
            await transaction.wallets.append(entries)
            await transaction.wallets.add(changes_of(entries))
