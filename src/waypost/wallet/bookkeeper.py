"""Writes the ledger, in the caller's transaction; sums are added once per batch and account.

What takes from a wallet is decided by the statement that takes it: of two processes that want
the last of an account's money, one gets it. Where a whole batch does not fit, it is decided
request by request on a fresh reading, and held against the wallet again; if that has changed in
between, ConflictError sends the step round once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec import Struct
from msgspec.structs import replace

from waypost.model.errors import ConflictError
from waypost.model.ledger import (
    EntryKind,
    LedgerEntry,
    Wallet,
    WalletChange,
    changes_of,
    grant_holds,
)
from waypost.model.money import Money
from waypost.model.rate import NO_CARDS, RateCards
from waypost.store.ports import Transaction
from waypost.wallet.credit import Crossings, find_crossings, wallet_before
from waypost.wallet.rate_keeper import RateKeeper

log = structlog.get_logger("waypost.wallet")


class HoldRequest(Struct, frozen=True):
    """Money wanted for the messages of one request: all of it, or none.

    prices_minor  of each message, in the order of the ids
    """

    account_id: int
    message_ids: tuple[str, ...]
    prices_minor: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        """What all of them cost together."""
        return sum(self.prices_minor)


@dataclass(frozen=True, slots=True)
class Bookkeeper:
    """The only hand that writes to ledgers.

    rates  what messages cost by rate cards; None: nobody has one
    """

    rates: RateKeeper | None = None

    async def cards(self, transaction: Transaction) -> RateCards:
        """All rate cards, to settle a batch by."""
        return NO_CARDS if self.rates is None else await self.rates.within(transaction)

    async def hold(
        self, transaction: Transaction, requests: Sequence[HoldRequest], now: datetime
    ) -> list[bool]:
        """Sets money aside where it suffices; whether it did, for each request in order.

        Raises ConflictError.
        """
        totals = [request.total_minor for request in requests]
        granted = [True] * len(requests)
        of_account: dict[int, list[int]] = {}
        for position, request in enumerate(requests):
            if totals[position]:
                of_account.setdefault(request.account_id, []).append(position)
        wanted = {
            account_id: sum(totals[position] for position in of_account[account_id])
            for account_id in sorted(of_account)
        }
        taken = await self._take(transaction, wanted, now)
        short = [account_id for account_id in wanted if account_id not in taken]
        if short:
            await self._hold_some(transaction, short, of_account, totals, granted, now)
        await transaction.wallets.append(
            [
                LedgerEntry(request.account_id, message_id, EntryKind.HOLD, price, now)
                for request, fits, total in zip(requests, granted, totals, strict=True)
                if fits and total
                for message_id, price in zip(request.message_ids, request.prices_minor, strict=True)
                if price
            ]
        )
        return granted

    async def append(
        self, transaction: Transaction, entries: Sequence[LedgerEntry]
    ) -> list[LedgerEntry]:
        """Appends lines and adds them to the wallets' sums; the lines as they stand now.

        A surcharge is what is wanted: of it is taken what can be spent. Raises ConflictError.
        """
        if not entries:
            return []
        now = entries[0].created_at
        certain = [entry for entry in entries if entry.kind is not EntryKind.SURCHARGE]
        if certain:
            changes = changes_of(certain)
            await transaction.wallets.append(certain)
            await self._watch(transaction, changes, await transaction.wallets.add(changes), now)
        wanted = [entry for entry in entries if entry.kind is EntryKind.SURCHARGE]
        if wanted:
            certain += await self._append_surcharges(transaction, wanted, now)
        return certain

    async def withdraw(self, transaction: Transaction, entry: LedgerEntry) -> Wallet | None:
        """Appends a line that takes from its wallet; the wallet after it, None if it cannot."""
        changes = changes_of([entry])
        taken = await transaction.wallets.take(changes)
        if taken:
            await transaction.wallets.append([entry])
            await self._watch(transaction, changes, taken, entry.created_at)
        return taken.get(entry.account_id)

    async def watch_limit(
        self, transaction: Transaction, before: Wallet, after: Wallet, now: datetime
    ) -> None:
        """Raises and ends alarms after a change of a credit limit."""
        await _tell(transaction, find_crossings(before, after, now), now)

    async def _hold_some(
        self,
        transaction: Transaction,
        short: Sequence[int],
        of_account: Mapping[int, Sequence[int]],
        totals: Sequence[int],
        granted: list[bool],
        now: datetime,
    ) -> None:
        """Decides request by request for accounts whose batch did not fit; notes the refusals."""
        wallets = await transaction.wallets.load(short)
        wanted: dict[int, int] = {}
        for account_id in short:
            positions = of_account[account_id]
            wallet = wallets.get(account_id)
            if wallet is None:
                fits, held = (False,) * len(positions), 0
            else:
                holding = grant_holds(wallet, [totals[position] for position in positions])
                fits, held = holding.granted, holding.held_minor
            for position, is_granted in zip(positions, fits, strict=True):
                granted[position] = is_granted
            if held:
                wanted[account_id] = held
        if len(await self._take(transaction, wanted, now)) != len(wanted):
            raise ConflictError("a wallet changed while holds on it were decided")

    async def _take(
        self, transaction: Transaction, held_minor: Mapping[int, int], now: datetime
    ) -> dict[int, Wallet]:
        changes = [WalletChange(account_id, 0, held) for account_id, held in held_minor.items()]
        taken = await transaction.wallets.take(changes)
        await self._watch(transaction, changes, taken, now)
        return taken

    async def _append_surcharges(
        self, transaction: Transaction, wanted: Sequence[LedgerEntry], now: datetime
    ) -> list[LedgerEntry]:
        changes = changes_of(wanted)
        taken = await transaction.wallets.take(changes)
        await self._watch(transaction, changes, taken, now)
        short = [change.account_id for change in changes if change.account_id not in taken]
        entries = [entry for entry in wanted if entry.account_id in taken]
        if short:
            wallets = await transaction.wallets.load(short)
            capped = cap_surcharges(
                [entry for entry in wanted if entry.account_id not in taken], wallets
            )
            changes = [change for change in changes_of(capped) if change.balance_minor]
            taken = await transaction.wallets.take(changes)
            if len(taken) != len(changes):
                raise ConflictError("a wallet changed while a surcharge on it was decided")
            await self._watch(transaction, changes, taken, now)
            entries += capped
        await transaction.wallets.append(entries)
        return entries

    async def _watch(
        self,
        transaction: Transaction,
        changes: Sequence[WalletChange],
        wallets: Mapping[int, Wallet],
        now: datetime,
    ) -> None:
        """Raises and ends the alarms of credit that these changes crossed the marks of."""
        for change in changes:
            after = wallets.get(change.account_id)
            if after is None or after.credit_limit_minor <= 0:
                continue
            await _tell(transaction, find_crossings(wallet_before(after, change), after, now), now)


async def _tell(transaction: Transaction, crossings: Crossings, now: datetime) -> None:
    """Raises and ends these alarms; what is raised stands in the log too."""
    for account_id, _, mark in await transaction.alarms.raise_all(crossings.raised):
        log.warning("account.credit_low", account_id=account_id, percent=int(mark))
    await transaction.alarms.clear(crossings.cleared, now)


def cap_surcharges(
    wanted: Sequence[LedgerEntry], wallets: Mapping[int, Wallet]
) -> list[LedgerEntry]:
    """Surcharges, each as far as its wallet goes; one that is cut says what was wanted."""
    left = {account_id: max(0, wallet.spendable_minor) for account_id, wallet in wallets.items()}
    capped = []
    for entry in wanted:
        room = left.get(entry.account_id, 0)
        amount = min(entry.amount_minor, room)
        left[entry.account_id] = room - amount
        if amount < entry.amount_minor:
            currency = wallets[entry.account_id].currency if entry.account_id in wallets else ""
            lacking = Money(entry.amount_minor - amount, currency)
            entry = replace(  # noqa: PLW2901 - the one that is kept
                entry, amount_minor=amount, reason=f"{lacking} more could not be spent"
            )
        capped.append(entry)
    return capped
