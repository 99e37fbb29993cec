"""Whose turn it is among the events of one message for one profile. Pure.

They go out in their sequence where that costs nobody much: a later one waits while an earlier one
is under way here, or has been attempted fewer than three times. Then it goes, and its sequence
tells the receiver.
"""

from collections import OrderedDict

from waypost.store.ports import Key

PATIENCE = 3
"""After how many attempts at an earlier event a later one goes before it."""

GAPS_S = (0.5, 2.0, 10.0)
"""How long a later event waits before it asks again, by the attempts at the earlier one."""

REMEMBERED = 20_000
"""Of how many events it is remembered that they are over: what was read before is older."""


class Turns:
    """The events that are under way in this process, and those that were over last."""

    def __init__(self) -> None:
        self._under_way: set[Key] = set()
        self._over: OrderedDict[Key, None] = OrderedDict()

    def wait_s(self, account_id: int, earlier: tuple[tuple[str, int], ...]) -> float:
        """How long an event waits, by what should go before it; 0: it may go."""
        longest = 0.0
        for event_id, attempts in earlier:
            key = (account_id, event_id)
            if key in self._under_way:
                longest = max(longest, GAPS_S[0])
            elif key not in self._over and attempts < PATIENCE:
                longest = max(longest, GAPS_S[attempts])
        return longest

    def start(self, key: Key) -> None:
        """An attempt at it is under way."""
        self._under_way.add(key)
        self._over.pop(key, None)

    def end(self, key: Key, *, is_over: bool) -> None:
        """The attempt has ended; is_over: there will be no other."""
        self._under_way.discard(key)
        if is_over:
            self._over[key] = None
            if len(self._over) > REMEMBERED:
                self._over.popitem(last=False)
