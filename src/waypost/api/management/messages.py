"""What waits for a person: messages to cancel, messages of unknown outcome, alarms."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from waypost.api.management.bodies import ResolutionBody
from waypost.api.management.door import After, Limit, Management
from waypost.api.management.message_shapes import (
    AlarmShape,
    CancellationShape,
    ResolutionShape,
    UnknownShape,
    show_alarm,
    show_cancellation,
    show_resolved,
    show_unknown,
)
from waypost.api.management.shapes import Page
from waypost.model.account import Account
from waypost.model.alarm import Alarm
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError
from waypost.status.canceller import Asked
from waypost.status.resolver import Word
from waypost.store.ports import Transaction

UNKNOWN = "/{sid:str}/unknown"
ALARMS = "/alarms"


@delete("/{sid:str}/messages/{message_id:str}", status_code=200)
async def cancel_message(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    message_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> CancellationShape:
    """Cancel a message that still waits, or all that wait of a request to several recipients.

    What is being given to Meta, or was, is too late.
    """
    cancellation = await management.canceller.cancel(Asked(account.account_id, message_id, actor))
    if cancellation is None:
        raise NotFoundError(
            f"{account.sid} has no message {message_id}; the id is the message_id of the 202 "
            "answer."
        )
    return show_cancellation(cancellation)


@get(UNKNOWN)
async def list_unknown(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    limit: Limit = 100,
    after: After = "",
) -> Page[UnknownShape]:
    """List the messages of an account whose outcome nobody knows.

    They were given to Meta, and the answer was lost. A status of Meta settles them, or the
    account's `unknown_policy` does; what is left needs a person.
    """
    found = await management.store.read(
        lambda transaction: transaction.reports.unknown(account.account_id, after, limit + 1)
    )
    shown = [show_unknown(one) for one in found[:limit]]
    return Page(shown, shown[-1].message_id if len(found) > limit else None)


@post(f"{UNKNOWN}/resolve", status_code=200)
async def resolve_unknown(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[ResolutionBody],
) -> ResolutionShape:
    """Say what became of messages of unknown outcome.

    `resend` gives them to Meta again, `sent` counts them as taken by Meta, `not_sent` counts them
    as failed and gives their money back. What is not unknown is left as it is, and told.
    """
    resolved = await management.resolver.resolve(
        Word(account.account_id, data.message_ids, data.resolution, actor)
    )
    return show_resolved(resolved)


@get(ALARMS)
async def list_alarms(
    management: NamedDependency[Management],
    *,
    account: Annotated[
        str | None, QueryParameter(name="account", description="A SID; all if it is left out.")
    ] = None,
    past: Annotated[
        bool, QueryParameter(description="Those that are over, instead of those that go on.")
    ] = False,
    limit: Limit = 100,
) -> Page[AlarmShape]:
    """List alarms, the newest first: what goes on until a person acts."""
    found = None if account is None else await management.registrar.find(account)
    id_ = None if found is None else found.account_id

    async def read(transaction: Transaction) -> list[Alarm]:
        alarms = transaction.alarms
        return await (alarms.past if past else alarms.open)(id_, limit)

    alarms = await management.store.read(read)
    sids = {one.account_id: one.sid for one, _ in await management.registrar.accounts()}
    return Page([show_alarm(one, sids.get(one.account_id)) for one in alarms])


HANDLERS: Sequence[Any] = (cancel_message, list_unknown, resolve_unknown)
