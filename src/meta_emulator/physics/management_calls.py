"""Meta's limit on management calls: so many an hour for a WABA, on the edges that Meta lists.

5,000 for a WABA with a registered number, 200 for another; sends are not among them. Beyond it the
template edge answers 80008, the others 80007. A call that is refused does not count, and an hour
is the one that ends now; both are our choice (reference 3.3, 5).
"""

import math
from collections import deque
from typing import Any

from meta_emulator.protocol.answers import Header, encode
from meta_emulator.runtime.snapshot import second_of, told_at
from meta_emulator.world.kept_limits import MANAGEMENT
from meta_emulator.world.objects import Waba
from meta_emulator.world.state import State

HOUR_S = 3600.0
ACTIVE, INACTIVE = 5_000, 200
EDGES = frozenset({"", "assigned_users", "phone_numbers", "message_templates", "subscribed_apps"})
OF_TEMPLATES = "message_templates"
TOO_MANY, TOO_MANY_OF_TEMPLATES = 80007, 80008
USAGE = b"x-business-use-case-usage"
CONNECTED = "CONNECTED"


class ManagementCalls:
    """When each WABA's calls of the last hour were."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._clock = state.clock
        self._calls: dict[str, deque[float]] = {}

    def waba(self, object_id: str, edge: str) -> Waba | None:
        """The WABA whose limit a call counts for; None of a call without one."""
        if edge.partition("/")[0] not in EDGES:
            return None
        return self._state.wabas.get(object_id)

    def count(self, waba: Waba, edge: str) -> int | None:
        """Count a call; or the code that it is refused with."""
        calls = self._of(waba)
        if MANAGEMENT in self._state.limits.names and len(calls) >= most_of(waba):
            is_of_templates = edge.partition("/")[0] == OF_TEMPLATES
            return TOO_MANY_OF_TEMPLATES if is_of_templates else TOO_MANY
        if len(calls) < ACTIVE:
            calls.append(self._clock.monotonic())
        return None

    def left(self, waba: Waba) -> int:
        """How many calls may still be made now."""
        return max(0, most_of(waba) - len(self._of(waba)))

    def regained_in_min(self, waba: Waba) -> int:
        """In how many minutes a call may be made again; 0 if one may now."""
        calls, most = self._of(waba), most_of(waba)
        if len(calls) < most:
            return 0
        return math.ceil((calls[len(calls) - most] + HOUR_S - self._clock.monotonic()) / 60)

    def usage(self, waba: Waba) -> Header:
        """What an answer tells of it: per cent, and minutes. No other cost is modelled."""
        told = {
            "type": "whatsapp_business_management",
            "call_count": min(100, math.ceil(100 * len(self._of(waba)) / most_of(waba))),
            "total_cputime": 1,
            "total_time": 1,
            "estimated_time_to_regain_access": self.regained_in_min(waba),
        }
        return USAGE, encode({waba.id: [told]})

    def _of(self, waba: Waba) -> deque[float]:
        calls = self._calls.get(waba.id)
        if calls is None:
            calls = self._calls[waba.id] = deque()
        since = self._clock.monotonic() - HOUR_S
        while calls and calls[0] <= since:
            calls.popleft()
        return calls

    def snapshot(self) -> Any:
        """Of each WABA when its calls were."""
        return {
            waba_id: [told_at(self._clock, second) for second in calls]
            for waba_id, calls in self._calls.items()
        }

    def restore(self, kept: Any) -> None:
        """The calls of a snapshot."""
        self._calls = {
            waba_id: deque(second_of(self._clock, told) for told in calls)
            for waba_id, calls in kept.items()
        }


def most_of(waba: Waba) -> int:
    """Calls an hour: more for a WABA with a number that is registered."""
    is_active = any(one.is_registered and one.seed.status == CONNECTED for one in waba.numbers)
    return ACTIVE if is_active else INACTIVE
