"""Messaging limits and throughput as Meta words them (`reference` 4.6, 5). Pure.

What has an odd shape tells nothing, and raises nothing.
"""

import re
from typing import Any

from msgspec import Struct

COEXISTING = 20
"""Messages a second of a number that is in use by the WhatsApp Business app as well."""

LEVELS = {"STANDARD": 80, "HIGH": 1000, "NOT_APPLICABLE": COEXISTING}
UPGRADED = LEVELS["HIGH"]

TIER = re.compile(r"(?:TIER_)?(\d{1,9})(K|M)?", re.ASCII)
THOUSANDS = {None: 1, "K": 1000, "M": 1_000_000}
UNLIMITED = ("TIER_UNLIMITED", "UNLIMITED", "-1")


class ToldLimit(Struct, frozen=True):
    """A messaging limit that Meta told: users in 24 hours; None: any number."""

    users: int | None


def read_limit(told: Any) -> ToldLimit | None:
    """A tier such as `TIER_2K`, or a number; -1 is any number. None: it tells nothing."""
    if isinstance(told, bool) or not isinstance(told, str | int):
        return None
    word = str(told).upper()
    if word in UNLIMITED:
        return ToldLimit(None)
    found = TIER.fullmatch(word)
    return None if found is None else ToldLimit(int(found[1]) * THOUSANDS[found[2]])
