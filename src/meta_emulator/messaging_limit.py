"""Meta's messaging limit: users whom a portfolio may write to in a moving day (reference 5).

Counted are templates to users who have not written to the number within a day, exactly and by the
second. The documents name no code for who is beyond it, so the code is a setting.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from meta_emulator.recipients import user_id_of
from meta_emulator.state import Number, State

DAY = timedelta(hours=24)
UNLIMITED = "TIER_UNLIMITED"
THOUSAND = "K"


class MessagingLimit:
    """Whom each portfolio wrote to, the longest ago first.

    code  what a send beyond the limit is refused with
    """

    def __init__(self, state: State, code: int) -> None:
        self._state = state
        self._code = code
        self._reached: dict[str, OrderedDict[str, datetime]] = {}

    def breach(self, number: Number, digits: str | None, user_id: str | None) -> int | None:
        """Meta's code if `number` may not write to this user now; else the user counts."""
        user = user_id_of(digits) if digits is not None else str(user_id)
        now = self._state.clock.now()
        heard_at = self._state.heard_at.get((number.id, user))
        if heard_at is not None and now - heard_at < DAY:
            return None
        reached = self._reached.setdefault(number.waba.portfolio or number.waba.id, OrderedDict())
        while reached and now - next(iter(reached.values())) >= DAY:
            reached.popitem(last=False)
        most = users_of(number.seed.messaging_limit)
        if most is not None and user not in reached and len(reached) >= most:
            return self._code
        reached[user] = now
        reached.move_to_end(user)
        return None


def users_of(tier: str) -> int | None:
    """How many users a tier is: 2000 for `TIER_2K`; None for any number."""
    if tier == UNLIMITED:
        return None
    told = tier.removeprefix("TIER_")
    count = int(told.removesuffix(THOUSAND))
    return count * 1000 if told.endswith(THOUSAND) else count
