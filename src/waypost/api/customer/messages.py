"""`/v2/<SID>/whatsapp/messages`: messages found, where they stand, cancelling those that wait.

The documents print none of it; all is in the shape of what they print. The id of a message is the
`message_id` of the 202: of several recipients it names all of the request's messages, and
`data.messages` of that answer has the id of each.
"""

from collections.abc import Sequence
from typing import Any

from litestar import delete, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Response

from waypost.api.customer.asked import Cursor, Limit, provide_filters
from waypost.api.customer.door import answer
from waypost.api.customer.hands import CustomerHands
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError
from waypost.model.lifecycle import State
from waypost.model.report import TimelineFact
from waypost.model.search import FoundMessage, MessageFilters
from waypost.report.search import find_page
from waypost.status.canceller import Asked
from waypost.store.ports import Transaction
from waypost.wire.found import render_found
from waypost.wire.standing import Standing, render_cancellation, render_standing

MESSAGES = "/{sid:str}/whatsapp/messages"
MESSAGE = f"{MESSAGES}/{{message_id:str}}"
MOST_REPLIES = 100
ON_A_PHONE = (State.DELIVERED, State.READ)


@get(MESSAGES, dependencies={"filters": Provide(provide_filters)})
async def list_own_messages(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    filters: NamedDependency[MessageFilters],
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Response[bytes]:
    """Find messages, the newest first.

    Whatever is left out is left open. A page looks at 20,000 messages at most: one that ends for
    it may hold few or none, says in `scanned_to` how far it came, and has a `next`.
    """
    found = await hands.store.study(
        lambda transaction: find_page(transaction, account.account_id, filters, limit, cursor)
    )
    return answer(render_found(found.messages, found.currency, found.next, found.scanned_to))


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
    standing = await hands.store.read(
        lambda transaction: _read(transaction, account.account_id, message_id)
    )
    if not standing.messages:
        raise _unknown(message_id)
    return answer(render_standing(message_id, standing))


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


HANDLERS: Sequence[Any] = (list_own_messages, get_own_message, cancel_own_message)


async def _read(transaction: Transaction, account_id: int, named: str) -> Standing:
    """The messages of an id; of a single one also its facts, and what was answered to it."""
    summaries = await transaction.reports.of_request(account_id, named)
    ids = [one.message_id for one in summaries]
    found = await transaction.search.messages([(account_id, one) for one in ids])
    messages: list[FoundMessage] = [found[one] for one in ids if one in found]
    facts: list[TimelineFact] = []
    replies: list[str] = []
    if len(messages) == 1:
        message = messages[0]
        facts = await transaction.reports.facts(account_id, message.message_id)
        if message.state in ON_A_PHONE:
            replies = await transaction.search.replies(account_id, message.message_id, MOST_REPLIES)
    wallets = await transaction.wallets.load([account_id])
    return Standing(messages, wallets[account_id].currency, facts, replies)


def _unknown(message_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no message {message_id}; the id is the message_id of the 202 answer, and for "
        "one of several recipients the one that its data.messages lists."
    )
