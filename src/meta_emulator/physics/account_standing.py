"""What stands against an account before any of its traffic: its number, its recipients, its rights.

Which status gives which code is our choice where Meta lists only the codes (reference 3.3).
"""

from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.objects import Number

LOCKED, BLOCKED_FOR_POLICY, NOT_REGISTERED = 131031, 368, 133010
WRONG_CERTIFICATE = 131045
NOT_ALLOWED, COUNTRY_RESTRICTED = 131030, 130497

STATUSES = {
    "BANNED": LOCKED,
    "RESTRICTED": BLOCKED_FOR_POLICY,
    "PENDING": NOT_REGISTERED,
    "UNVERIFIED": NOT_REGISTERED,
    "DISCONNECTED": NOT_REGISTERED,
    "MIGRATED": NOT_REGISTERED,
    "DELETED": NOT_REGISTERED,
}
"""By the number's `status`; with the others, `FLAGGED` among them, it may send."""

UNCERTIFIED = frozenset({"EXPIRED", "NONE"})
"""Of `name_status`: the display name's certificate is not, or no longer, there."""


class AccountStanding(Law):
    """Asked first: whether the number may send at all, then whether to this country and user."""

    def refusal(self, send: Send) -> int | None:
        """The code of what stands against it."""
        number = send.number
        code = _unsound(number)
        if code is not None:
            return code
        if number.allowed is not None and send.digits not in number.allowed:
            return NOT_ALLOWED
        waba = number.waba
        if waba.restricted_countries and send.user_id is not None:
            country = send.user_id.partition(".")[0]
            return COUNTRY_RESTRICTED if country in waba.restricted_countries else None
        return None


def _unsound(number: Number) -> int | None:
    """The code of a number that may be none to send from."""
    if not number.is_registered:
        return NOT_REGISTERED
    if number.seed.name_status in UNCERTIFIED:
        return WRONG_CERTIFICATE
    return STATUSES.get(number.seed.status)
