"""`/v2/<SID>/whatsapp/messages/<message_id>`: where messages stand, and cancelling those that wait.

The documents print neither; both are in the shape of those that they print. The id is the
`message_id` of the 202: of several recipients it names all of the request's messages, and
`data.messages` of that answer has the id of each.
"""

from collections.abc import Sequence
from typing import Any

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from waypost.api.customer.door import answer
from waypost.api.customer.hands import CustomerHands
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError
from waypost.model.report import MessageSummary, TimelineFact
from waypost.status.canceller import Asked
from waypost.store.ports import Transaction
from waypost.wire.standing import render_cancellation, render_standing

MESSAGE = "/{sid:str}/whatsapp/messages/{message_id:str}"


@get(MESSAGE)
async def get_own_message(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    message_id: FromPath[str],
) -> Response[bytes]:
    """Tell where a message stands.

    Of a request to several recipients every message is told. Callbacks tell the same as it
    happens; ask when one seems to be missing.
    """
    found, facts = await hands.store.read(
        lambda transaction: _read(transaction, account.account_id, message_id)
    )
    if not found:
        raise _unknown(message_id)
    return answer(render_standing(message_id, found, facts))


@delete(MESSAGE, status_code=200)
async def cancel_own_message(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    message_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[bytes]:
    """Cancel a message that still waits.

    Of a request to several recipients every message that still waits is cancelled. What is
    cancelled is never given to Meta, costs nothing, and is told as `not sent` with the code
    WAV2103. What is being given to Meta, or was, is too late.
    """
    cancellation = await hands.canceller.cancel(Asked(account.account_id, message_id, actor))
    if cancellation is None:
        raise _unknown(message_id)
    return answer(render_cancellation(message_id, cancellation.cancelled, cancellation.too_late))


HANDLERS: Sequence[Any] = (get_own_message, cancel_own_message)


async def _read(
    transaction: Transaction, account_id: int, named: str
) -> tuple[list[MessageSummary], list[TimelineFact]]:
    """The messages of an id; of a single one also its facts."""
    found = await transaction.reports.of_request(account_id, named)
    if len(found) != 1:
        return found, []
    return found, await transaction.reports.facts(account_id, found[0].message_id)


def _unknown(message_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no message {message_id}; the id is the message_id of the 202 answer, and for "
        "one of several recipients the one that its data.messages lists."
    )
