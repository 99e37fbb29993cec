"""What the audit log tells of a change, beside which it is kept in one commit. Pure.

Law: a detail never holds a secret: no key, no token, no address with a password in it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from waypost.model.audit import Actor
from waypost.model.sender import Sender

OPERATOR = Actor("operator")
"""Whoever holds the data folder and did not say who they are."""


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
        "is_throughput_pinned": sender.is_throughput_pinned,
        "api_version": sender.api_version.value,
        "state": sender.state.value,
        "display_name": sender.display_name,
    }


def bare_url(url: str) -> str:
    """A URL without user, password, query and fragment: any of them may be a secret."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return f"{parts.scheme}://{host}{parts.path}"
