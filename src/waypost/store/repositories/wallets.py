"""The money of accounts: entries appended, sums kept beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, WalletChange
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class WalletsRepository:
    """`ports.Wallets` over named queries."""

    driver: Driver

    async def load(self, account_ids: Sequence[int]) -> dict[int, Wallet]:
        """The wallets of these accounts."""
        rows = await self.driver.fetch_rows("wallet.load", [(id_,) for id_ in account_ids])
        return {row[0]: Wallet(*row) for row in rows}

    async def open(self, account_id: int, currency: str, credit_limit_minor: int) -> None:
        """A wallet for a new account."""
        await self.driver.execute(
            "wallet.open",
            {
                "account_id": account_id,
                "currency": currency,
                "credit_limit_minor": credit_limit_minor,
            },
        )

    async def set_credit_limit(self, account_id: int, credit_limit_minor: int) -> None:
        """How far below nothing the spendable amount may go."""
        await self.driver.execute(
            "wallet.set_credit_limit",
            {"account_id": account_id, "credit_limit_minor": credit_limit_minor},
        )

    async def append(self, entries: Sequence[LedgerEntry]) -> None:
        """Appends lines; the sums follow by `add`, in the same transaction."""
        await self.driver.execute_rows(
            "wallet.append",
            [
                (
                    entry.account_id,
                    entry.reference,
                    entry.kind.value,
                    entry.amount_minor,
                    entry.reason,
                    to_ms(entry.created_at),
                )
                for entry in entries
            ],
        )

    async def add(self, changes: Sequence[WalletChange]) -> None:
        """Adds the sums of appended lines; each account at most once."""
        await self.driver.execute_rows(
            "wallet.add",
            [(change.account_id, change.balance_minor, change.held_minor) for change in changes],
        )

    async def entries(self, account_id: int, reference: str) -> list[LedgerEntry]:
        """The lines of one message."""
        rows = await self.driver.fetch(
            "wallet.entries", {"account_id": account_id, "reference": reference}
        )
        return [
            LedgerEntry(account_id, reference, EntryKind(kind), amount, from_ms(at), reason)
            for kind, amount, at, reason in rows
        ]

    async def audit(self) -> list[str]:
        """Everything that does not balance, in words; nothing if all does."""
        findings = [
            f"account {account_id}: the wallet says balance {balance} and held {held}, "
            f"its ledger {ledger_balance} and {ledger_held}"
            for account_id, balance, held, ledger_balance, ledger_held in await self.driver.fetch(
                "wallet.audit", {}
            )
            if (balance, held) != (ledger_balance, ledger_held)
        ]
        findings += [
            f"account {account_id}: {reference}: {what}"
            for account_id, reference, what in await self.driver.fetch(
                "wallet.mismatched_messages", {}
            )
        ]
        return findings
