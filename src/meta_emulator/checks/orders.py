"""Payments: an order's details and its later status, as message and as part of a template.

Shapes: reference 1.5, and Meta's own examples of `order_details` and `order_status`.
"""

from meta_emulator.checks.values import (
    Object,
    object_at,
    objects_at,
    text_at,
    whole_at,
    word_at,
)
from meta_emulator.protocol.errors import RefusedError, refused

REFERENCE_LIMIT = 60
NAME_LIMIT = 1024
MOST_ITEMS = 999
GOODS = ("digital-goods", "physical-goods")
STATUSES = ("pending", "processing", "partially_shipped", "shipped", "completed", "canceled")


def check_details(details: Object, where: str) -> None:
    """An order to be paid; raises RefusedError."""
    text_at(details, "reference_id", where, REFERENCE_LIMIT)
    word_at(details, "type", where, GOODS)
    currency = text_at(details, "currency", where, 3)
    if not (currency.isupper() and currency.isalpha()):
        raise RefusedError(refused(131009, f"{where}['currency'] must be a currency's code"))
    _amount(details, "total_amount", where)
    order = object_at(details, "order", where)
    where = f"{where}['order']"
    word_at(order, "status", where, ("pending",))
    for number, item in enumerate(objects_at(order, "items", where, 1, MOST_ITEMS)):
        at = f"{where}['items'][{number}]"
        text_at(item, "name", at, NAME_LIMIT)
        whole_at(item, "quantity", at, 1)
        _amount(item, "amount", at)
    _amount(order, "subtotal", where)


def check_status(given: Object, where: str) -> None:
    """The status of an order; raises RefusedError."""
    text_at(given, "reference_id", where, REFERENCE_LIMIT)
    order = object_at(given, "order", where)
    word_at(order, "status", f"{where}['order']", STATUSES)


def _amount(holder: Object, key: str, where: str) -> None:
    amount = object_at(holder, key, where)
    whole_at(amount, "value", f"{where}['{key}']")
    if whole_at(amount, "offset", f"{where}['{key}']", 1) != 100:  # noqa: PLR2004 the one offset there is
        raise RefusedError(refused(131009, f"{where}['{key}']['offset'] must be 100"))
