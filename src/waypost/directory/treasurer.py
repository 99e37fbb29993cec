"""The operator's hand on money: top-ups, adjustments, refunds, rate cards, statements.

Every act is an entry of the ledger and one of the audit log, in one commit. An account's sums
change in the database alone: nothing of it is held in memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Struct

from waypost.directory.audit import OPERATOR, differences
from waypost.directory.named import account_named
from waypost.directory.scribe import Scribe, write_alone
from waypost.model.account import Account
from waypost.model.alarm import AlarmKind
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, spent_on
from waypost.model.money import Money
from waypost.model.rate import DEPLOYMENT, Rate
from waypost.model.statement import StatementLine
from waypost.model.usage import SHARED, count_changes
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store, Transaction
from waypost.wallet.bookkeeper import Bookkeeper

ALARMS_OF_ACCOUNT = 100
LONGEST_REASON = 500
LONGEST_STATEMENT = timedelta(days=366)


class HeldCard(Struct, frozen=True):
    """A rate card as it is kept: the account's own, or the deployment's.

    currency  None: there is no card
    """

    currency: str | None
    rates: Sequence[Rate]


@dataclass(frozen=True, slots=True)
class Treasurer:
    """Moves money by hand, and shows where it is.

    Every method raises NotFoundError for an unknown SID, and DirectoryError for what cannot be.
    """

    store: Store
    clock: Clock
    entropy: Entropy

    async def top_up(
        self, sid: str, amount_minor: int, reason: str, *, actor: Actor = OPERATOR
    ) -> Wallet:
        """Adds money that came in; the wallet after it."""
        if amount_minor <= 0:
            raise DirectoryError(
                f"A wallet cannot be topped up by {amount_minor}; give 1 or more.", "/amount"
            )
        return await self._book(sid, EntryKind.TOP_UP, amount_minor, reason, actor)

    async def adjust(
        self, sid: str, amount_minor: int, reason: str, *, actor: Actor = OPERATOR
    ) -> Wallet:
        """Corrects a balance, upwards or downwards; the wallet after it.

        Downwards no further than what can be spent: what is held, or beyond the credit limit, is
        not there to be taken.
        """
        if not amount_minor:
            raise DirectoryError("An adjustment by nothing changes nothing.", "/amount")
        if not reason.strip():
            raise DirectoryError("An adjustment needs a reason.", "/reason")
        return await self._book(sid, EntryKind.ADJUSTMENT, amount_minor, reason, actor)

    async def refund(
        self,
        sid: str,
        message_id: str,
        amount_minor: int | None,
        reason: str,
        *,
        actor: Actor = OPERATOR,
    ) -> Wallet:
        """Gives back what a message cost, or a part of it, once; the wallet after it.

        amount_minor  None: all of it
        """
        if not reason.strip():
            raise DirectoryError("A refund needs a reason.", "/reason")
        _check_reason(reason)

        async def write(transaction: Transaction) -> Wallet:
            account = await account_named(transaction, sid)
            entries = await transaction.wallets.entries(account.account_id, message_id)
            wallet = await _wallet(transaction, account.account_id)
            amount = _refundable(entries, message_id, amount_minor, wallet.currency)
            entry = LedgerEntry(
                account.account_id, message_id, EntryKind.REFUND, amount, self.clock.now(), reason
            )
            records = await transaction.messages.records([(account.account_id, message_id)])
            after = await self._append(transaction, entry, ("wallet.refunded", message_id), actor)
            await transaction.usage.add(count_changes(records, (), [entry]), SHARED)
            return after

        return await write_alone(self.store, write)

    async def set_credit_limit(
        self, transaction: Transaction, account_id: int, limit_minor: int
    ) -> dict[str, Any]:
        """Sets how far below nothing an account may go; what changed, for the audit log.

        Raises DirectoryError for a limit that is passed already.
        """
        before = await _wallet(transaction, account_id)
        after = await transaction.wallets.set_credit_limit(account_id, limit_minor)
        if after is None:
            used = Money(before.used_minor, before.currency)
            raise DirectoryError(
                f"{used} of the account's credit is used already; give that or more, or suspend "
                "the account.",
                "/credit_limit",
            )
        await Bookkeeper().watch_limit(transaction, before, after, self.clock.now())
        return differences(
            {"credit_limit_minor": before.credit_limit_minor},
            {"credit_limit_minor": after.credit_limit_minor},
        )

    async def end_daily_alarms(
        self, transaction: Transaction, before: Account, after: Account
    ) -> None:
        """Ends the alarms of the day's number of an account that may have more messages now."""
        had, has = before.daily_limit, after.daily_limit
        if had is None or (has is not None and has <= had):
            return
        over = [
            (one.account_id, one.kind, one.subject)
            for one in await transaction.alarms.open(before.account_id, ALARMS_OF_ACCOUNT)
            if one.kind is AlarmKind.DAILY_LIMIT
        ]
        await transaction.alarms.clear(over, self.clock.now())

    async def wallet(self, sid: str) -> Wallet:
        """The account's money."""

        async def read(transaction: Transaction) -> Wallet:
            account = await account_named(transaction, sid)
            return await _wallet(transaction, account.account_id)

        return await self.store.read(read)

    async def statement(
        self, sid: str, first: date | None = None, last: date | None = None
    ) -> list[StatementLine]:
        """What moved from one day (UTC) to another, both included, by day, template and country.

        first  None: the first of the last day's month
        last   None: today
        """
        last = last or max(self.clock.now().date(), first or date.min)
        first = first or last.replace(day=1)
        if last < first:
            raise DirectoryError(f"The last day, {last}, is before the first, {first}.", "/to")
        if last - first > LONGEST_STATEMENT:
            raise DirectoryError(
                f"A statement has {LONGEST_STATEMENT.days} days at most; ask for fewer.", "/from"
            )
        since, until = _midnight(first), _midnight(last + timedelta(days=1))

        async def read(transaction: Transaction) -> list[StatementLine]:
            account = await account_named(transaction, sid)
            return await transaction.wallets.statement(account.account_id, since, until)

        return await self.store.study(read)

    async def audit(self) -> list[str]:
        """Everything about money that does not add up, in words, as of one moment."""
        return await self.store.study(lambda transaction: transaction.wallets.audit())

    async def currency_of(self, sid: str | None, deployment: str) -> str:
        """In which currency the card of an account is to be; None: the deployment's, as given."""
        return deployment if sid is None else (await self.wallet(sid)).currency

    async def card(self, sid: str | None) -> HeldCard:
        """An account's own card; None: the deployment's."""

        async def read(transaction: Transaction) -> HeldCard:
            owner = await _owner(transaction, sid)
            currency = await transaction.wallets.rate_currency(owner)
            return HeldCard(currency, (await transaction.wallets.rates([owner])).get(owner, ()))

        return await self.store.read(read)

    async def save_rates(
        self,
        sid: str | None,
        currency: str,
        rates: Sequence[Rate],
        *,
        is_whole: bool = False,
        actor: Actor = OPERATOR,
    ) -> None:
        """Adds rates to an account's card, or to the deployment's.

        Running gateways know within a second.

        is_whole  what else the card said is gone
        """

        async def write(transaction: Transaction) -> None:
            owner = await _owner(transaction, sid)
            if is_whole:
                await transaction.wallets.drop_rates(owner)
            await transaction.wallets.save_rates(owner, currency, rates, self.clock.now())
            detail = {"rates": len(rates), "currency": currency, "is_whole": is_whole}
            await self._tell(transaction, owner, actor, ("rates.imported", sid or ""), detail)

        await write_alone(self.store, write)

    async def _book(
        self, sid: str, kind: EntryKind, amount_minor: int, reason: str, actor: Actor
    ) -> Wallet:
        """An entry that is about no message."""
        _check_reason(reason)
        word, act = _ACTS[kind]
        reference = f"{word} {self.entropy.uuid()}"

        async def write(transaction: Transaction) -> Wallet:
            account = await account_named(transaction, sid)
            entry = LedgerEntry(
                account.account_id, reference, kind, amount_minor, self.clock.now(), reason
            )
            return await self._append(transaction, entry, (act, sid), actor)

        return await write_alone(self.store, write)

    async def _append(
        self, transaction: Transaction, entry: LedgerEntry, act: tuple[str, str], actor: Actor
    ) -> Wallet:
        bookkeeper = Bookkeeper()
        if entry.amount_minor < 0:
            if await bookkeeper.withdraw(transaction, entry) is None:
                wallet = await _wallet(transaction, entry.account_id)
                spendable = Money(wallet.spendable_minor, wallet.currency)
                raise DirectoryError(
                    f"Only {spendable} can be spent, and so taken; the rest is held for messages, "
                    "or is not there.",
                    "/amount",
                )
        else:
            await bookkeeper.append(transaction, [entry])
        detail = {
            "amount_minor": entry.amount_minor,
            "reason": entry.reason,
            "reference": entry.reference,
        }
        await self._tell(transaction, entry.account_id, actor, act, detail)
        return await _wallet(transaction, entry.account_id)

    async def _tell(
        self,
        transaction: Transaction,
        account_id: int,
        actor: Actor,
        act: tuple[str, str],
        detail: Mapping[str, Any],
    ) -> None:
        entry = Scribe(self.clock, self.entropy).entry(account_id, actor, act, detail)
        await transaction.audit.append([entry])


_ACTS: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.TOP_UP: ("top-up", "wallet.topped_up"),
    EntryKind.ADJUSTMENT: ("adjustment", "wallet.adjusted"),
}
"""How a reference begins, and what the audit log calls it."""


async def _owner(transaction: Transaction, sid: str | None) -> int:
    return DEPLOYMENT if sid is None else (await account_named(transaction, sid)).account_id


async def _wallet(transaction: Transaction, account_id: int) -> Wallet:
    return (await transaction.wallets.load([account_id]))[account_id]


def _refundable(
    entries: Sequence[LedgerEntry], message_id: str, wanted: int | None, currency: str
) -> int:
    """How much is given back. Raises DirectoryError for more than was spent, or once more."""
    if not entries:
        raise NotFoundError(f"The account paid for no message {message_id}.")
    if any(entry.kind is EntryKind.REFUND for entry in entries):
        raise DirectoryError(f"{message_id} is refunded already; adjust the balance instead.")
    spent = spent_on(entries)
    amount = spent if wanted is None else wanted
    if not 0 < amount <= spent:
        raise DirectoryError(
            f"{message_id} cost {Money(spent, currency)}; give back more than nothing of it, and "
            "no more than that.",
            "/amount",
        )
    return amount


def _check_reason(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise DirectoryError(f"A reason has {LONGEST_REASON} characters at most.", "/reason")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
