"""The ledger: entries, append-only, and the balance as their sum.

Amounts are integers of minor units. A hold sets money aside at acceptance; capture spends
it when Meta delivered; release gives it back. A message ends with exactly one of the two,
or has its hold still open.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct


class EntryKind(StrEnum):
    """What one line of the ledger does."""

    TOP_UP = "top_up"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"


class Wallet(Struct, frozen=True):
    """The sums of an account's entries.

    balance_minor       top-ups less captures
    held_minor          open holds
    credit_limit_minor  how far below nothing the spendable amount may go: 0 for prepaid
    """

    account_id: int
    currency: str
    balance_minor: int
    held_minor: int
    credit_limit_minor: int

    @property
    def spendable_minor(self) -> int:
        """What a new hold may take at most."""
        return self.balance_minor - self.held_minor + self.credit_limit_minor


class Holding(Struct, frozen=True):
    """What a row of requests for holds came to.

    granted     in the order of the requests
    held_minor  the sum of those granted
    """

    granted: tuple[bool, ...]
    held_minor: int


def grant_holds(wallet: Wallet, amounts_minor: Sequence[int]) -> Holding:
    """Grants each amount, in order, while it fits into what is spendable.

    All or nothing for each amount; a refused one does not stand in the way of a smaller one
    after it.
    """
    spendable = wallet.spendable_minor
    held = 0
    granted = []
    for amount in amounts_minor:
        fits = held + amount <= spendable
        granted.append(fits)
        if fits:
            held += amount
    return Holding(tuple(granted), held)


class LedgerEntry(Struct, frozen=True):
    """One line, never changed.

    reference  the message it is about, or an id of its own for a top-up
    """

    account_id: int
    reference: str
    kind: EntryKind
    amount_minor: int
    created_at: datetime
    reason: str | None = None


class WalletChange(Struct, frozen=True):
    """What a batch of entries adds to the sums of one account."""

    account_id: int
    balance_minor: int
    held_minor: int


def changes_of(entries: Sequence[LedgerEntry]) -> list[WalletChange]:
    """The sums of these entries, one change per account."""
    sums: dict[int, list[int]] = {}
    for entry in entries:
        balance_and_held = sums.setdefault(entry.account_id, [0, 0])
        match entry.kind:
            case EntryKind.TOP_UP:
                balance_and_held[0] += entry.amount_minor
            case EntryKind.HOLD:
                balance_and_held[1] += entry.amount_minor
            case EntryKind.CAPTURE:
                balance_and_held[0] -= entry.amount_minor
                balance_and_held[1] -= entry.amount_minor
            case EntryKind.RELEASE:
                balance_and_held[1] -= entry.amount_minor
            case never:
                assert_never(never)
    return [WalletChange(account, *sums[account]) for account in sums]
