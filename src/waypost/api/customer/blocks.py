"""`/v2/<SID>/whatsapp/<phone_number>/block_users`, as documented (`reference` kaleyra-v2 1.2)."""

from collections.abc import Sequence
from typing import Any

from litestar import delete, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.response import Response

from waypost.api.customer.door import processed, read_object, refuse
from waypost.api.customer.hands import CustomerHands
from waypost.directory.blocks import BlockedUser, BlockReport
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.failure import Failure
from waypost.model.refusal import Fault
from waypost.model.sender import Sender

BLOCKS = "/{sid:str}/whatsapp/{phone_number:str}/block_users"


@post(BLOCKS, status_code=200)
async def block_users(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    sender: NamedDependency[Sender],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Block users.

    What they write to this sender comes to nobody from now on. Meta takes only users who wrote
    in the last 24 hours.
    """
    users = await _users(request)
    return _answer(await hands.blocks.block(account, sender, users, actor), "added_users")


@delete(BLOCKS, status_code=200)
async def unblock_users(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    sender: NamedDependency[Sender],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Let blocked users write again."""
    users = await _users(request)
    return _answer(await hands.blocks.unblock(account, sender, users, actor), "removed_users")


HANDLERS: Sequence[Any] = (block_users, unblock_users)


async def _users(request: Request[Any, Any, Any]) -> list[str]:
    """The users that a body names. Raises RefusedError with every fault."""
    body = read_object(await request.body(), request.headers.get("content-type", ""))
    named = body.get("block_users")
    if not isinstance(named, list):
        raise refuse(
            Fault("/block_users", "required", 'block_users must be a list of {"user": "..."}.')
        )
    users = [one.get("user") if isinstance(one, dict) else None for one in named]
    faults = [
        Fault(f"/block_users/{index}/user", "user_invalid", "user must be a phone number as text.")
        for index, user in enumerate(users)
        if not isinstance(user, str)
    ]
    if faults:
        raise refuse(*faults[:100])
    return [user for user in users if isinstance(user, str)]


def _answer(report: BlockReport | tuple[Fault, ...], done_key: str) -> Response[bytes]:
    """Meta's words for what was done; a refusal if nothing was."""
    if isinstance(report, tuple):
        raise refuse(*report)
    done = [one for one in report.users if one.failure is None]
    failed = [(one, one.failure) for one in report.users if one.failure is not None]
    if not done:
        raise refuse(*(_fault(one, failure) for one, failure in failed))
    users = {
        done_key: [_named(one) for one in done],
        "failed_users": [
            {**_named(one), "errors": [{"code": failure.code, "message": failure.title}]}
            for one, failure in failed
        ],
    }
    return processed({"messaging_product": "whatsapp", "block_users": users})


def _named(user: BlockedUser) -> dict[str, Any]:
    return {"input": user.user, "wa_id": user.wa_id}


def _fault(user: BlockedUser, failure: Failure) -> Fault:
    code = failure.code
    return Fault(
        "/block_users",
        "meta_refused",
        f"{user.user}: {failure.detail or failure.title}",
        meta_code=int(code) if code.isascii() and code.isdigit() else None,
        mend=failure.next_step or None,
    )
