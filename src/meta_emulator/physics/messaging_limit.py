"""Meta's messaging limit: users whom a portfolio may write to in a moving day (reference 5).

Counted are templates to users who have not written to the number within a day, exactly and by the
second. The documents name no code for who is beyond it, so the code is a setting.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.state import State

DAY = timedelta(hours=24)
UNLIMITED = "TIER_UNLIMITED"
THOUSAND = "K"


class MessagingLimit(Law):
    """Whom each portfolio wrote to, the longest ago first.

    code  what a send beyond the limit is refused with
    """

    def __init__(self, state: State, code: int) -> None:
        self._state = state
        self._code = code
        self._reached: dict[str, OrderedDict[str, datetime]] = {}

    def refusal(self, send: Send) -> int | None:
        """The code if the number may not write to this user now."""
        if not self._counts(send):
            return None
        reached = self._reached_by(send)
        while reached and send.at - next(iter(reached.values())) >= DAY:
            reached.popitem(last=False)
        most = users_of(send.number.seed.messaging_limit)
        if most is not None and send.user_id not in reached and len(reached) >= most:
            return self._code
        return None

    def accept(self, send: Send) -> None:
        """The user counts from now on, for a day."""
        if self._counts(send) and send.user_id is not None:
            reached = self._reached_by(send)
            reached[send.user_id] = send.at
            reached.move_to_end(send.user_id)

    def _counts(self, send: Send) -> bool:
        if send.kind != "template" or send.user_id is None:
            return False
        return not self._state.windows.is_open(send.number.id, send.user_id, send.at)

    def _reached_by(self, send: Send) -> OrderedDict[str, datetime]:
        waba = send.number.waba
        return self._reached.setdefault(waba.portfolio or waba.id, OrderedDict())


def users_of(tier: str) -> int | None:
    """How many users a tier is: 2000 for `TIER_2K`; None for any number."""
    if tier == UNLIMITED:
        return None
    told = tier.removeprefix("TIER_")
    count = int(told.removesuffix(THOUSAND))
    return count * 1000 if told.endswith(THOUSAND) else count
