"""Media, opt-outs, the audit log and messages of accounts."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from waypost.api.management.bodies import OptOutBody
from waypost.api.management.door import After, Before, Limit, Management
from waypost.api.management.shapes import (
    AuditShape,
    MediumShape,
    OptOutShape,
    Page,
    show_entry,
    show_medium,
    show_opt_out,
)
from waypost.api.problem import ProblemDetail, ProblemError
from waypost.directory.opt_outs import parse_recipient
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.story import Story, View

Offset = Annotated[
    int, QueryParameter(ge=0, le=10_000_000, description="How many are passed over.")
]
"""Media have no order but their age, so pages of them are counted."""

LOG = "/audit"


@get("/{sid:str}/media")
async def list_media(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    limit: Limit = 100,
    offset: Offset = 0,
) -> Page[MediumShape]:
    """List an account's media, the newest first; `next` is the offset of those that follow."""
    found = await management.media.list(account, limit + 1, offset)
    shown = [show_medium(one) for one in found[:limit]]
    return Page(shown, str(offset + limit) if len(found) > limit else None)


@delete("/{sid:str}/media/{media_id:str}")
async def delete_medium(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    media_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> None:
    """Delete a medium at Meta and here."""
    await management.media.remove(account, media_id, actor)


@get("/{sid:str}/opt_outs")
async def list_opt_outs(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    limit: Limit = 100,
    after: After = "",
) -> Page[OptOutShape]:
    """List the recipients who want no marketing of an account."""
    found = await management.opt_outs.page(account, after=after, limit=limit + 1)
    shown = [show_opt_out(one) for one in found[:limit]]
    return Page(shown, shown[-1].recipient if len(found) > limit else None)


@put("/{sid:str}/opt_outs/{recipient:str}")
async def add_opt_out(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    recipient: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[OptOutBody],
) -> OptOutShape:
    """Note that a recipient wants no marketing.

    The recipient is a phone number with its country code, or a user id.
    """
    _check_recipient(recipient)
    added = await management.opt_outs.add(account, recipient, data.reason, actor=actor)
    return show_opt_out(added)


@delete("/{sid:str}/opt_outs/{recipient:str}")
async def remove_opt_out(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    recipient: FromPath[str],
    actor: NamedDependency[Actor],
) -> None:
    """Note that a recipient wants marketing again."""
    _check_recipient(recipient)
    await management.opt_outs.remove(account, recipient, actor=actor)


@get("/{sid:str}/messages/{message_id:str}/timeline")
async def get_timeline(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    message_id: FromPath[str],
    *,
    reveal: Annotated[
        bool, QueryParameter(description="Show recipients and contents, which are masked else.")
    ] = False,
) -> Story:
    """Tell what happened to a message, and whose turn it is.

    Every check, attempt, status, callback, charge and reply. Of a request to several recipients its
    messages are listed. Meta's id does as well, and the id of an incoming message.
    """
    view = View.REVEALED if reveal else View.OPERATOR
    story = await management.storyteller.find(message_id, view, account.account_id)
    if story is None:
        raise NotFoundError(
            f"{account.sid} has no message {message_id}; the id is the message_id of the 202 "
            "answer, of one of several recipients as `data.messages` lists it, Meta's id of it, or "
            "that of an incoming message."
        )
    return story


@get(LOG)
async def list_audit(
    management: NamedDependency[Management],
    account: Annotated[
        str | None, QueryParameter(name="account", description="A SID; all if it is left out.")
    ] = None,
    limit: Limit = 100,
    before: Before = None,
) -> Page[AuditShape]:
    """List administrative acts, the newest first: who did what, when, and from where."""
    entries = await management.registrar.audit(account, limit, before)
    shown = [show_entry(one) for one in entries]
    return Page(shown, shown[-1].id if len(shown) == limit else None)


HANDLERS: Sequence[Any] = (
    list_media,
    delete_medium,
    list_opt_outs,
    add_opt_out,
    remove_opt_out,
    get_timeline,
)


def _check_recipient(recipient: str) -> None:
    """Raises ProblemError for what is no recipient."""
    try:
        parse_recipient(recipient)
    except DirectoryError as error:
        fault = ProblemDetail("path/recipient", "invalid_value", str(error))
        raise ProblemError("invalid_parameters", "This is no recipient.", [fault]) from None
