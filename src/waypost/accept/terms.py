"""When a send goes, before whom, and until when. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from waypost.accept.order import Order
from waypost.model.rate import AUTHENTICATION
from waypost.model.work import Priority

AUTHENTICATION_VALIDITY = timedelta(minutes=10)
"""A one-time code is of no use later; Meta's own default for it (`reference` 11)."""


class Terms(Struct, frozen=True):
    """When the messages of an order go.

    send_at     when they are to be given to Meta; None: at once
    expires_at  when nobody needs them any more
    """

    priority: Priority
    send_at: datetime | None
    expires_at: datetime


def terms_of(order: Order, now: datetime, validity: timedelta) -> Terms:
    """The terms of an order: as it asks, or as its account, or the deployment, has them.

    validity  how long a message may wait, where neither the order nor its account says
    """
    submission, account = order.submission, order.account
    is_authentication = order.category.startswith(AUTHENTICATION)
    priority = submission.priority
    if priority is None:
        if is_authentication:
            priority = Priority.HIGH
        else:
            priority = Priority.NORMAL if len(submission.recipients) == 1 else Priority.BULK
    if submission.validity_s is not None:
        validity = timedelta(seconds=submission.validity_s)
    else:
        if account.validity_s is not None:
            validity = timedelta(seconds=account.validity_s)
        if is_authentication:
            validity = min(validity, AUTHENTICATION_VALIDITY)
    send_at = submission.send_at if (submission.send_at or now) > now else None
    return Terms(priority, send_at, (send_at or now) + validity)
