"""Meta's webhooks about what it allows: two fields to typed events (`reference` 4.6). Pure.

A limit is a word there or a number, and since February 2026 some of its older names are gone.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from waypost.meta.limits import ToldLimit, read_limit

QUALITY_FIELD = "phone_number_quality_update"
CAPABILITY_FIELD = "business_capability_update"
FIELDS = frozenset((QUALITY_FIELD, CAPABILITY_FIELD))

LIMIT_KEYS = (
    "max_daily_conversations_per_business",
    "max_daily_conversation_per_phone",
    "current_limit",
)
"""Where the limit may stand: the first that tells one."""

UPGRADE = "THROUGHPUT_UPGRADE"


class LimitEvent(Struct, frozen=True):
    """Something that Meta told of what it allows a WABA's numbers.

    number       digits of the number it is about; empty: all of them
    is_upgraded  its throughput is Meta's highest from now on
    limit        of the portfolio; None: not told
    """

    waba_id: str
    number: str
    is_upgraded: bool
    limit: ToldLimit | None


def read_limit_events(value: Mapping[str, Any], waba_id: str) -> list[LimitEvent | str]:
    """What one change of one of FIELDS tells, or in words why nothing."""
    if not waba_id:
        return ["event: its entry has no `id`"]
    told = (read_limit(value.get(key)) for key in LIMIT_KEYS)
    number = value.get("display_phone_number")
    digits = "".join(filter(str.isdigit, number)) if isinstance(number, str) else ""
    return [
        LimitEvent(
            waba_id,
            digits,
            value.get("event") == UPGRADE,
            next((one for one in told if one is not None), None),
        )
    ]
