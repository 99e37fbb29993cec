"""`/v2/<SID>/whatsapp/messages/incoming`: what recipients wrote.

The documents know only the callback; this answers who missed one.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from litestar import get
from litestar.connection import Request
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Response

from waypost.api.customer.asked import Cursor, Limit
from waypost.api.customer.door import answer
from waypost.api.customer.hands import CustomerHands
from waypost.model.account import Account
from waypost.model.errors import NotFoundError
from waypost.report.filters import LONGEST, FilterError
from waypost.report.incoming import NAMES, find_incoming, read_question
from waypost.wire.received import render_received

INCOMING = "/{sid:str}/whatsapp/messages/incoming"
OTHERS = ("limit", "cursor")
"""What else may stand in such a query."""

WORDS: Mapping[str, str] = {
    "sender": "To which number of the account.",
    "recipient": "From whom: a phone number with its country code, or a user id.",
    "kind": "Meta's type, like text, button, order or image.",
    "from": "Received from then on: a day, ISO 8601 with a time zone, or Unix seconds.",
    "to": "Received before then, in the same forms.",
}


def describe_incoming_words() -> list[dict[str, Any]]:
    """The words as OpenAPI's parameters."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": WORDS[name],
            "schema": {"type": "string", "maxLength": LONGEST},
        }
        for name in NAMES
    ]


async def provide_words(request: Request[Any, Any, Any]) -> dict[str, str | None]:
    """The words of a query. Raises FilterError for a word that is none, or stands twice."""
    query = request.query_params
    faults = {
        name: f"{name} is no parameter here; there are {', '.join((*NAMES, *OTHERS))}."
        for name in query
        if name not in NAMES and name not in OTHERS
    }
    for name in query:
        if len(query.getall(name)) > 1:
            faults[name] = f"{name} stands more than once."
    if faults:
        raise FilterError(faults)
    return {name: query.get(name) for name in NAMES}


@get(INCOMING, dependencies={"words": Provide(provide_words)})
async def list_incoming_messages(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    words: NamedDependency[dict[str, str | None]],
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Response[bytes]:
    """List what recipients wrote, the newest first.

    Callbacks tell the same as it happens; ask when one seems to be missing.
    """
    asked = read_question(account.account_id, words, cursor, limit)
    page = await hands.store.study(lambda transaction: find_incoming(transaction, asked))
    link = partial(hands.media_url, account.sid)
    return answer(render_received(page.messages, page.next, link))


@get(f"{INCOMING}/{{inbound_id:str}}")
async def get_incoming_message(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    inbound_id: FromPath[str],
) -> Response[bytes]:
    """Show one message that a recipient wrote."""
    key = account.account_id, inbound_id
    found = await hands.store.read(lambda transaction: transaction.inbound.load([key]))
    if key not in found:
        raise NotFoundError(
            f"There is no incoming message {inbound_id}; GET …/messages/incoming lists them."
        )
    return answer(render_received([found[key]], None, partial(hands.media_url, account.sid)))


HANDLERS: Sequence[Any] = (list_incoming_messages, get_incoming_message)
