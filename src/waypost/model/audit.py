"""The audit log: who changed what in the directory, when, from where."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct


class Actor(Struct, frozen=True):
    """Who acts: `operator`, `cli:<user>`, `key:<prefix>` or `gateway`, and from which address."""

    name: str
    address: str = ""


GATEWAY = Actor("gateway")
"""What the gateway does of its own accord, on a timer or because Meta told it."""


ROOM = 1024
"""Ids within one microsecond."""

MICROSECOND = timedelta(microseconds=1)


class AuditEntry(Struct, frozen=True):
    """One administrative act, kept in the same commit as the change itself.

    account_id  the account it concerns; 0 for the deployment
    act         `noun.past_tense`: `key.made`, `account.suspended`, `template.deleted`
    target      what was acted upon: a prefix, a WABA id, a template's name
    detail      what else matters; never a secret
    """

    account_id: int
    audit_id: int
    acted_at: datetime
    actor: Actor
    act: str
    target: str = ""
    detail: Mapping[str, Any] = {}


def make_entry(
    account_id: int,
    acted_at: datetime,
    chance: int,
    actor: Actor,
    act: tuple[str, str],
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """An entry; its id grows with time.

    chance  any whole number: two processes that act in the same microsecond differ by it, and
            the store raises an id that is not the largest yet
    act     what was done and to what: `("key.made", "A1b2c3")`
    """
    microseconds = (acted_at - datetime.fromtimestamp(0, acted_at.tzinfo)) // MICROSECOND
    return AuditEntry(
        account_id=account_id,
        audit_id=microseconds * ROOM + chance % ROOM,
        acted_at=acted_at,
        actor=actor,
        act=act[0],
        target=act[1],
        detail=detail or {},
    )
