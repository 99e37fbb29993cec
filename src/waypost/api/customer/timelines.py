"""`/v2/<SID>/whatsapp/messages/<message_id>/timeline`: what happened to a message, and why.

The documents print no such answer: `data` is the story (`model.story`) that the operator is told,
with the customer's own contents in it.
"""

from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from waypost.api.customer.door import answer
from waypost.api.customer.hands import CustomerHands
from waypost.model.account import Account
from waypost.model.errors import NotFoundError
from waypost.model.story import View
from waypost.wire.envelope import render_processed


@get("/{sid:str}/whatsapp/messages/{message_id:str}/timeline")
async def get_own_timeline(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    message_id: FromPath[str],
) -> Response[bytes]:
    """Tell what happened to a message, and whose turn it is.

    Every check, attempt, status, callback, charge and reply; recipients are masked. Of a request to
    several recipients its messages are listed. Meta's id does as well, and the id of an incoming
    message.
    """
    story = await hands.storyteller.find(message_id, View.CUSTOMER, account.account_id)
    if story is None:
        raise NotFoundError(
            f"There is no message {message_id}; the id is the message_id of the 202 answer, Meta's "
            "id of the message, or that of an incoming message."
        )
    return answer(render_processed(story))


HANDLERS: Sequence[Any] = (get_own_timeline,)
