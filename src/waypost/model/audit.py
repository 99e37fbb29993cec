"""The audit log: who changed what in the directory, when, from where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct


class Actor(Struct, frozen=True):
    """Who acts: `operator`, `cli:<user>`, `key:<prefix>` or `gateway`, and from which address."""

    name: str
    address: str = ""


GATEWAY = Actor("gateway")
"""What the gateway does of its own accord, on a timer or because Meta told it."""


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
