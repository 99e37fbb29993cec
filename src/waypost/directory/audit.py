"""Entries of the audit log, made beside the change they tell of and kept in its commit. Pure.

Law: a detail never holds a secret: no key, no token, no address with a password in it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from waypost.model.audit import Actor, AuditEntry
from waypost.model.sender import Sender

OPERATOR = Actor("operator")
"""Whoever holds the data folder and did not say who they are."""

ROOM = 1024
"""Ids within one microsecond."""

MICROSECOND = timedelta(microseconds=1)


def make_entry(
    account_id: int, acted_at: datetime, chance: int, actor: Actor, act: tuple[str, str]
) -> AuditEntry:
    """An entry without detail; its id grows with time.

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
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """`{"name": {"before": ..., "after": ...}}` for everything that is not the same."""
    return {
        name: {"before": before.get(name), "after": value}
        for name, value in after.items()
        if before.get(name) != value
    }


def show_sender(sender: Sender) -> dict[str, Any]:
    """What the log tells of a sender: all but its token and what a URL may hide."""
    return {
        "phone_number_id": sender.phone_number_id,
        "waba_id": sender.waba_id,
        "throughput": sender.throughput,
        "api_version": sender.api_version.value,
        "state": sender.state.value,
        "display_name": sender.display_name,
        "callback_url": None if sender.callback_url is None else bare_url(sender.callback_url),
    }


def bare_url(url: str) -> str:
    """A URL without user, password, query and fragment: any of them may be a secret."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return f"{parts.scheme}://{host}{parts.path}"
