"""Asks what is known of recipients: who wants no marketing, whose service window is open.

It is asked in the transaction that keeps the messages, once for all requests of a commit: an
opt-out that was told before the answer is honoured.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from waypost.accept.checks import Standing, check_opt_outs, check_windows
from waypost.accept.order import Order
from waypost.model.account import CheckMode
from waypost.model.opt_out import addresses_of
from waypost.model.refusal import Fault
from waypost.store.ports import Transaction


class Screened(Struct, frozen=True):
    """What recipients' standing means for an order.

    refusing  the faults that refuse it
    noted     findings that do not
    """

    refusing: tuple[Fault, ...] = ()
    noted: tuple[Fault, ...] = ()


NOTHING = Screened()


class Screener:
    """Loads and judges the standing of recipients."""

    async def screen(
        self, transaction: Transaction, orders: Sequence[Order], now: datetime
    ) -> list[Screened]:
        """One for each order.

        An opt-out refuses in every check mode: it is the recipient's word, and no slip of the
        sender.
        """
        standing = await self._load(transaction, orders)
        return [_judge(order, standing, now) for order in orders]

    async def _load(self, transaction: Transaction, orders: Sequence[Order]) -> Standing:
        marketing = {
            (order.account.account_id, address)
            for order in orders
            if order.is_marketing
            for recipient in order.submission.recipients
            for address in addresses_of(recipient)
        }
        writing = {
            (order.account.account_id, order.sender.sender_id, address)
            for order in orders
            if order.needs_window
            for recipient in order.submission.recipients
            for address in addresses_of(recipient)
        }
        return Standing(
            frozenset(await transaction.recipients.opted_out(list(marketing)))
            if marketing
            else frozenset(),
            await transaction.recipients.wrote_at(list(writing)) if writing else {},
        )


def _judge(order: Order, standing: Standing, now: datetime) -> Screened:
    account = order.account
    refusing: tuple[Fault, ...] = ()
    if order.is_marketing:
        refusing = check_opt_outs(account.account_id, order.submission, standing)
    if not order.needs_window:
        return Screened(refusing) if refusing else NOTHING
    closed = check_windows(
        account.account_id, order.sender.sender_id, order.submission, standing, now
    )
    if account.check_mode is CheckMode.STRICT:
        return Screened(refusing + closed)
    return Screened(refusing, closed)
