"""Senders of an account: saved, looked at, changed, paused."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter
from msgspec import UNSET
from msgspec.structs import asdict, replace

from waypost.api.management.bodies import SenderBody, SenderPatch
from waypost.api.management.door import Management
from waypost.api.management.shapes import Page, SenderShape, show_sender
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError
from waypost.model.sender import Sender

SENDERS = "/{sid:str}/senders"
SENDER = f"{SENDERS}/{{phone_number:str}}"
NumberInPath = Annotated[
    str,
    PathParameter(
        pattern=r"^\+?[0-9]{7,15}$", description="With its country code; the plus may be left out."
    ),
]


@put(SENDER)
async def save_sender(
    management: NamedDependency[Management],
    sid: FromPath[str],
    phone_number: NumberInPath,
    actor: NamedDependency[Actor],
    data: JSONBody[SenderBody],
) -> SenderShape:
    """Add a sender, or put another in its place.

    Its WABA must be there first. What is left out is as at the beginning.
    """
    sender_id = phone_number.removeprefix("+")
    given = asdict(data)
    callback_url = given.pop("callback_url")
    given["throughput"] = data.throughput or management.throughput
    given["is_throughput_pinned"] = data.throughput is not None
    sender = Sender(sender_id=sender_id, access_token="", **given)
    await management.registrar.save_sender(sid, sender, callback_url, actor=actor)
    fresh = await management.fresh(sid)
    return show_sender(fresh, _sender(fresh, sender_id))


@get(SENDERS)
async def list_senders(account: NamedDependency[Account]) -> Page[SenderShape]:
    """List an account's senders."""
    return Page([show_sender(account, sender) for sender in account.senders.values()])


@get(SENDER)
async def get_sender(account: NamedDependency[Account], phone_number: FromPath[str]) -> SenderShape:
    """Show a sender."""
    return show_sender(account, _sender(account, phone_number))


@patch(SENDER)
async def change_sender(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    phone_number: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[SenderPatch],
) -> SenderShape:
    """Change a sender; what is left out stays."""
    given = {name: value for name, value in asdict(data).items() if value is not UNSET}
    if data.throughput is not UNSET:
        given["is_throughput_pinned"] = data.throughput is not None
        given["throughput"] = data.throughput or management.throughput
    return await _change(management, account, phone_number, actor, given)


@post(f"{SENDER}/pause", status_code=200)
async def pause_sender(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    phone_number: FromPath[str],
    actor: NamedDependency[Actor],
) -> SenderShape:
    """Let no message leave from a sender; what is accepted waits."""
    sender_id = _sender(account, phone_number).sender_id
    await management.switch.pause(account, sender_id, actor=actor)
    fresh = await management.fresh(account.sid)
    return show_sender(fresh, _sender(fresh, sender_id))


@post(f"{SENDER}/resume", status_code=200)
async def resume_sender(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    phone_number: FromPath[str],
    actor: NamedDependency[Actor],
) -> SenderShape:
    """Let messages leave from a sender again.

    Of a sender that is held because Meta refused it, the hold and its alarm end too: it is tried
    at once.
    """
    sender_id = _sender(account, phone_number).sender_id
    await management.switch.resume(account, sender_id, actor=actor)
    fresh = await management.fresh(account.sid)
    return show_sender(fresh, _sender(fresh, sender_id))


HANDLERS: Sequence[Any] = (
    save_sender,
    list_senders,
    get_sender,
    change_sender,
    pause_sender,
    resume_sender,
)


async def _change(
    management: Management, account: Account, named: str, actor: Actor, given: dict[str, Any]
) -> SenderShape:
    callback_url = given.pop("callback_url", UNSET)
    changed = replace(_sender(account, named), **given)
    await management.registrar.save_sender(account.sid, changed, callback_url, actor=actor)
    fresh = await management.fresh(account.sid)
    return show_sender(fresh, _sender(fresh, changed.sender_id))


def _sender(account: Account, named: str) -> Sender:
    """The account's sender of this number. Raises NotFoundError."""
    sender = account.senders.get(named.removeprefix("+"))
    if sender is None:
        has = ", ".join(f"+{one}" for one in account.senders) or "none"
        raise NotFoundError(f"{account.sid} has no sender {named}; it has {has}.")
    return sender
