"""API keys of an account: made, listed, rotated, changed, revoked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from waypost.api.management.bodies import KeyCreation, KeyPatch, KeyRotation
from waypost.api.management.door import Management, values_from_body
from waypost.api.management.shapes import KeyShape, NewKeyShape, Page, show_key
from waypost.directory.credentials import PREFIX_LENGTH
from waypost.directory.keys import KeyChange
from waypost.model.account import Account
from waypost.model.audit import Actor

KEYS = "/{sid:str}/keys"
KEY = f"{KEYS}/{{prefix:str}}"


@post(KEYS, status_code=201)
async def make_key(
    management: NamedDependency[Management],
    sid: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[KeyCreation],
) -> NewKeyShape:
    """Make a key.

    The key is shown in this answer and never again: only its hash is kept.
    """
    with values_from_body():
        key = await management.registrar.make_key(
            sid, data.allowed_addresses, data.days, label=data.label, actor=actor
        )
    await management.fresh(sid)
    return NewKeyShape(key, key[:PREFIX_LENGTH])


@get(KEYS)
async def list_keys(account: NamedDependency[Account]) -> Page[KeyShape]:
    """List an account's keys, by prefix; those that were revoked too."""
    keys = sorted(account.keys.values(), key=lambda key: (key.created_at, key.prefix))
    return Page([show_key(key) for key in keys])


@post(f"{KEY}/rotate", status_code=201)
async def rotate_key(
    management: NamedDependency[Management],
    sid: FromPath[str],
    prefix: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[KeyRotation],
) -> NewKeyShape:
    """Make a key that takes another's place.

    The new key has the old one's label, addresses and end, and is shown this once. Both are
    valid for `overlap_hours`; then the old one expires.
    """
    overlap = timedelta(hours=data.overlap_hours)
    key = await management.registrar.rotate_key(sid, prefix, overlap, actor=actor)
    await management.fresh(sid)
    return NewKeyShape(key, key[:PREFIX_LENGTH])


@patch(KEY)
async def change_key(
    management: NamedDependency[Management],
    sid: FromPath[str],
    prefix: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[KeyPatch],
) -> KeyShape:
    """Change a key's label, addresses or end; what is left out stays."""
    change = KeyChange(data.label, data.allowed_addresses, data.expires_at)
    with values_from_body():
        key = await management.registrar.change_key(sid, prefix, change, actor=actor)
    await management.fresh(sid)
    return show_key(key)


@delete(KEY)
async def revoke_key(
    management: NamedDependency[Management],
    sid: FromPath[str],
    prefix: FromPath[str],
    actor: NamedDependency[Actor],
) -> None:
    """Revoke a key: it is refused from now on."""
    await management.registrar.revoke_key(sid, prefix, actor=actor)
    await management.fresh(sid)


HANDLERS: Sequence[Any] = (make_key, list_keys, rotate_key, change_key, revoke_key)
