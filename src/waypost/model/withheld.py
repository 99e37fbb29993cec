"""Why a message is never given to Meta, or given no more: reasons of our own, each with a code.

Law: a code, once published, never changes; titles are what customers read as `reason` of the
`not sent` callback. WAV2101 and its title are the documents' own (reference/kaleyra-v2.md 2.3);
the others are spelt after it. `docs/api.md` has a line for each.
"""

from collections.abc import Mapping
from enum import StrEnum

from waypost.model.failure import Failure


class WithheldCode(StrEnum):
    """Every reason of ours."""

    DAILY_LIMIT = "WAV2101"
    """The account had its number of messages for the day."""
    EXPIRED = "WAV2102"
    """Its validity ended before Meta took it."""
    CANCELLED = "WAV2103"
    """The customer, or the operator, cancelled it while it waited."""
    TEMPLATE_STOPPED = "WAV2104"
    """Meta stopped its template, and the account wants such messages ended."""
    RESOLVED = "WAV2105"
    """Its outcome was unknown, and the operator ended it: it is told as failed, not as not sent."""


_WORDS: Mapping[WithheldCode, tuple[str, str]] = {
    WithheldCode.DAILY_LIMIT: (
        "Account daily limit reached",
        "Customer: send it tomorrow (UTC), or ask the operator for a higher limit.",
    ),
    WithheldCode.EXPIRED: (
        "Validity period ended",
        "Customer: send it again if it is still of use; a longer validity_period waits longer.",
    ),
    WithheldCode.CANCELLED: ("Cancelled", "Nobody: it was cancelled before it was given to Meta."),
    WithheldCode.TEMPLATE_STOPPED: (
        "Template stopped by Meta",
        "Customer: wait until Meta lifts it, or send another template.",
    ),
    WithheldCode.RESOLVED: (
        "Outcome unknown, ended by the operator",
        "Customer: it may have arrived all the same; send it again only if that does no harm.",
    ),
}


def withheld(code: WithheldCode, detail: str = "") -> Failure:
    """The reason as a failure.

    detail  what is to be said of this one case; empty if nothing
    """
    title, next_step = _WORDS[code]
    return Failure(code.value, title, detail, next_step)
