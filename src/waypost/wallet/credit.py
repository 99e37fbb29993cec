"""When so much of an account's credit is used that somebody must hear of it. Pure.

A mark is told when it is crossed upwards, and is over when usage is well below it again: what
hovers about a mark is told once. Every change of a wallet is one statement that locks it, so each
crossing is seen by exactly one commit, whoever else commits too.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.ledger import Wallet, WalletChange
from waypost.model.money import Money

MARKS = (70, 75)
"""Percent of the credit limit (`reference` kaleyra-v2 7)."""

SLACK = 5
"""Percent below a mark at which it is over."""

AlarmKey = tuple[int, AlarmKind, str]


class Crossings(Struct, frozen=True):
    """What a change of a wallet means for its alarms."""

    raised: tuple[Alarm, ...] = ()
    cleared: tuple[AlarmKey, ...] = ()


NOTHING = Crossings()


def uses(wallet: Wallet, percent: int) -> bool:
    """Whether so much of its credit is used; never of a wallet without credit."""
    limit = wallet.credit_limit_minor
    return limit > 0 and wallet.used_minor * 100 >= percent * limit


def find_crossings(before: Wallet, after: Wallet, now: datetime) -> Crossings:
    """Alarms that a change raises, and those that it ends."""
    if before.credit_limit_minor <= 0 and after.credit_limit_minor <= 0:
        return NOTHING
    return Crossings(
        tuple(
            _alarm(after, mark, now)
            for mark in MARKS
            if uses(after, mark) and not uses(before, mark)
        ),
        tuple(_ended(before, after)),
    )


def wallet_before(after: Wallet, change: WalletChange) -> Wallet:
    """The wallet as it was before a change of its sums."""
    return Wallet(
        after.account_id,
        after.currency,
        after.balance_minor - change.balance_minor,
        after.held_minor - change.held_minor,
        after.credit_limit_minor,
    )


def _ended(before: Wallet, after: Wallet) -> Iterator[AlarmKey]:
    for mark in MARKS:
        if uses(before, mark - SLACK) and not uses(after, mark - SLACK):
            yield after.account_id, AlarmKind.CREDIT_LOW, str(mark)


def _alarm(wallet: Wallet, mark: int, now: datetime) -> Alarm:
    used = Money(wallet.used_minor, wallet.currency)
    limit = Money(wallet.credit_limit_minor, wallet.currency)
    return Alarm(
        account_id=wallet.account_id,
        kind=AlarmKind.CREDIT_LOW,
        subject=str(mark),
        detail=f"{mark} % of the account's credit is used: {used} of {limit}.",
        next_step="Have the account paid, or raise its credit limit; at 100 % its sends are "
        "refused with E110.",
        raised_at=now,
    )
