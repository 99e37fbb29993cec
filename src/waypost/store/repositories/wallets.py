"""The money of accounts: entries appended, sums kept beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, WalletChange
from waypost.model.rate import EPOCH, Rate, day_number
from waypost.model.statement import StatementLine
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

    async def set_credit_limit(self, account_id: int, credit_limit_minor: int) -> Wallet | None:
        """The wallet with a new credit limit; None if a lower one is passed already."""
        rows = await self.driver.fetch(
            "wallet.set_credit_limit",
            {"account_id": account_id, "credit_limit_minor": credit_limit_minor},
        )
        return Wallet(*rows[0]) if rows else None

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

    async def add(self, changes: Sequence[WalletChange]) -> dict[int, Wallet]:
        """Adds the sums of appended lines; each account at most once. The wallets after it."""
        return await self._change("wallet.add", changes)

    async def take(self, changes: Sequence[WalletChange]) -> dict[int, Wallet]:
        """As `add`, only where what is left is not below the limit; the wallets it was done to.

        One statement decides and does, so that two processes never take the same money.
        """
        return await self._change("wallet.take", changes)

    async def _change(self, query: str, changes: Sequence[WalletChange]) -> dict[int, Wallet]:
        if not changes:
            return {}
        rows = await self.driver.fetch_rows(
            query,
            [(change.account_id, change.balance_minor, change.held_minor) for change in changes],
        )
        return {row[0]: Wallet(*row) for row in rows}

    async def entries(self, account_id: int, reference: str) -> list[LedgerEntry]:
        """The lines of one message."""
        rows = await self.driver.fetch(
            "wallet.entries", {"account_id": account_id, "reference": reference}
        )
        return [
            LedgerEntry(account_id, reference, EntryKind(kind), amount, from_ms(at), reason)
            for kind, amount, at, reason in rows
        ]

    async def rate_versions(self) -> dict[int, int]:
        """The version of every rate card, by account."""
        return {row[0]: row[1] for row in await self.driver.fetch("wallet.rate_versions", {})}

    async def rate_currency(self, account_id: int) -> str | None:
        """In which currency an account's card is; None if there is none."""
        rows = await self.driver.fetch("wallet.rate_currency", {"account_id": account_id})
        return rows[0][0] if rows else None

    async def rates(self, account_ids: Sequence[int]) -> dict[int, list[Rate]]:
        """The cards of these accounts."""
        cards: dict[int, list[Rate]] = {}
        for row in await self.driver.fetch_rows("wallet.rates", [(id_,) for id_ in account_ids]):
            cards.setdefault(row[0], []).append(
                Rate(row[1], row[2], EPOCH + timedelta(days=row[3]), row[4])
            )
        return cards

    async def save_rates(
        self, account_id: int, currency: str, rates: Sequence[Rate], at: datetime
    ) -> None:
        """Adds lines to a card, and tells every process; each country, category and day once."""
        await self.driver.execute_rows(
            "wallet.save_rates",
            [
                (
                    account_id,
                    rate.country,
                    rate.category,
                    day_number(rate.valid_from),
                    rate.price_minor,
                )
                for rate in rates
            ],
        )
        await self.driver.execute(
            "wallet.touch_card",
            {"account_id": account_id, "currency": currency, "changed_at": to_ms(at)},
        )

    async def drop_rates(self, account_id: int) -> None:
        """Empties a card; `save_rates` tells of it."""
        await self.driver.execute("wallet.drop_rates", {"account_id": account_id})

    async def count_day(self, day: int, counts: Mapping[int, int]) -> dict[int, int]:
        """Adds to what accounts had accepted on a day (days since 1970); the sums after it."""
        if not counts:
            return {}
        rows = await self.driver.fetch_rows(
            "wallet.count_day",
            [(account_id, day, counts[account_id]) for account_id in sorted(counts)],
        )
        return {account_id: accepted for account_id, _, accepted in rows}

    async def day_count(self, account_id: int, day: int) -> int:
        """How many messages a day (days since 1970) has counted of an account."""
        rows = await self.driver.fetch("wallet.day_count", {"account_id": account_id, "day": day})
        return rows[0][0] if rows else 0

    async def statement(
        self, account_id: int, since: datetime, until: datetime
    ) -> list[StatementLine]:
        """What moved from an instant to before another, by day, template and country."""
        rows = await self.driver.fetch(
            "wallet.statement",
            {"account_id": account_id, "since": to_ms(since), "until": to_ms(until)},
        )
        return [
            StatementLine(
                EPOCH + timedelta(days=row[0]), row[1], row[2], row[3], *map(int, row[4:])
            )
            for row in rows
        ]

    async def audit(self) -> list[str]:
        """Everything that does not balance, in words; nothing if all does."""
        findings = []
        for row in await self.driver.fetch("wallet.audit", {}):
            account_id, balance, held, credit_limit, ledger_balance, ledger_held = row
            if (balance, held) != (ledger_balance, ledger_held):
                findings.append(
                    f"account {account_id}: the wallet says balance {balance} and held {held}, "
                    f"its ledger {ledger_balance} and {ledger_held}"
                )
            if balance - held + credit_limit < 0:
                findings.append(
                    f"account {account_id}: balance {balance} less held {held} is below the "
                    f"credit limit of {credit_limit}"
                )
        findings += [
            f"account {row[0]}: {row[1]}: {_mismatch(*row[2:])}"
            for row in await self.driver.fetch("wallet.mismatched_entries", {})
        ]
        findings += [
            f"account {account_id}: {message_id}: message without its hold"
            for account_id, message_id in await self.driver.fetch("wallet.unpaid_messages", {})
        ]
        return findings


def _mismatch(payment: str | None, *sums: int) -> str:
    """What is wrong with the entries of one reference: the first thing that is."""
    (
        held,
        captured,
        remainders,
        surcharges,
        released,
        refunded,
        holds,
        captures,
        releases,
        surcharged,
    ) = sums
    endings = captures + releases
    rules = (
        (captures and releases, "captured and released"),
        (endings and not holds, "ended without a hold"),
        (payment is None and not endings + surcharged, "hold without its message"),
        (
            endings and held != captured + remainders + released,
            f"held {held}, and captured {captured}, left {remainders} and released {released}",
        ),
        (not endings and remainders, "a remainder without a capture"),
        (surcharged and (releases or (holds and not captures)), "a surcharge without a capture"),
        (
            refunded > captured + surcharges,
            f"refunded {refunded} of {captured + surcharges}",
        ),
    )
    for is_broken, told in rules:
        if is_broken:
            return told
    return f"the message says {payment}, and its entries do not"
