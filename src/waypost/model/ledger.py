"""The ledger: double entry, append-only, and the balance as the sum of its entries.

Amounts are integers of minor units. Each entry moves one amount from one book to another; what
one book loses another has, so the four books together are always nothing. A hold sets money
aside at acceptance; capture spends it when Meta delivered; release gives it back. A message ends
with exactly one of the two, or has its hold still open.

Law: only HOLD, SURCHARGE and an ADJUSTMENT downwards take from what is spendable, and each of
them is written only together with a statement that found it there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Book(StrEnum):
    """Where an account's money can be."""

    OUTSIDE = "outside"
    """Not with us: it came from there, or is owed to there."""
    AVAILABLE = "available"
    HELD = "held"
    SPENT = "spent"


class EntryKind(StrEnum):
    """What one line of the ledger does; the books that it joins stand in MOVES."""

    TOP_UP = "top_up"
    ADJUSTMENT = "adjustment"
    """A correction by the operator, up or down: the one kind whose amount may be negative."""
    HOLD = "hold"
    CAPTURE = "capture"
    """What the message cost, as far as its hold went."""
    REMAINDER = "remainder"
    """What a capture left of its hold."""
    SURCHARGE = "surcharge"
    """What the message cost beyond its hold, as far as it could be spent."""
    RELEASE = "release"
    REFUND = "refund"
    """Money given back by the operator for a message that was paid."""
    CARRIED = "carried"
    """What messages that history let go had cost, in one line: theirs went with them."""


MOVES: Mapping[EntryKind, tuple[Book, Book]] = {
    EntryKind.TOP_UP: (Book.OUTSIDE, Book.AVAILABLE),
    EntryKind.ADJUSTMENT: (Book.OUTSIDE, Book.AVAILABLE),
    EntryKind.HOLD: (Book.AVAILABLE, Book.HELD),
    EntryKind.CAPTURE: (Book.HELD, Book.SPENT),
    EntryKind.REMAINDER: (Book.HELD, Book.AVAILABLE),
    EntryKind.SURCHARGE: (Book.AVAILABLE, Book.SPENT),
    EntryKind.RELEASE: (Book.HELD, Book.AVAILABLE),
    EntryKind.REFUND: (Book.SPENT, Book.AVAILABLE),
    EntryKind.CARRIED: (Book.AVAILABLE, Book.SPENT),
}

OWN = (Book.AVAILABLE, Book.HELD)
"""The books that a balance is the sum of."""


class Wallet(Struct, frozen=True):
    """The sums of an account's entries.

    balance_minor       what is available and what is held, together
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

    @property
    def used_minor(self) -> int:
        """How much of its credit is used, by what was spent and what is held."""
        return max(0, self.held_minor - self.balance_minor)


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
    after it, and what costs nothing is granted always.
    """
    spendable = wallet.spendable_minor
    held = 0
    granted = []
    for amount in amounts_minor:
        fits = not amount or held + amount <= spendable
        granted.append(fits)
        if fits:
            held += amount
    return Holding(tuple(granted), held)


class LedgerEntry(Struct, frozen=True):
    """One line, never changed.

    reference  the message it is about, or an id of its own for what is about none
    reason     in words, where a person or a rule gave one
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
    """The sums of these entries, one change per account, in the order of their ids."""
    sums: dict[int, list[int]] = {}
    for entry in entries:
        balance_and_held = sums.setdefault(entry.account_id, [0, 0])
        source, target = MOVES[entry.kind]
        amount = entry.amount_minor
        balance_and_held[0] += amount * ((target in OWN) - (source in OWN))
        balance_and_held[1] += amount * ((target is Book.HELD) - (source is Book.HELD))
    return [WalletChange(account, *sums[account]) for account in sorted(sums)]


class Charge(Struct, frozen=True):
    """What a message that was billed comes to; the entries that say so are made of it.

    captured_minor   of its hold
    remainder_minor  of its hold, given back
    surcharge_minor  beyond its hold, wanted
    """

    captured_minor: int
    remainder_minor: int
    surcharge_minor: int


def charge(held_minor: int, price_minor: int) -> Charge:
    """Splits a price into what its hold covers and what it does not."""
    captured = min(held_minor, price_minor)
    return Charge(captured, held_minor - captured, price_minor - captured)


def spent_on(entries: Sequence[LedgerEntry]) -> int:
    """What these entries left spent, in minor units."""
    moved = 0
    for entry in entries:
        source, target = MOVES[entry.kind]
        moved += entry.amount_minor * ((target is Book.SPENT) - (source is Book.SPENT))
    return moved
