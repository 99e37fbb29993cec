"""Who is out of a number's reach: users it has blocked, and users who stopped its marketing."""

from meta_emulator.checks.content import media_mismatch
from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.state import State

BLOCKED = 130403
STOPPED = 131050
MEDIA_REFUSED = 131053


class Blocks(Law):
    """The list of `block_users` (reference 3.3)."""

    def refusal(self, send: Send) -> int | None:
        """130403 if the number has blocked the recipient."""
        blocked = send.number.blocked
        if not blocked:
            return None
        is_blocked = send.address in blocked or send.user_id in blocked
        return BLOCKED if is_blocked else None


class Preferences(Law):
    """Users who stopped marketing of a number (reference 4.6)."""

    def __init__(self, state: State) -> None:
        self._state = state

    def failure(self, send: Send) -> int | None:
        """131050 for marketing to who stopped it."""
        if send.category != "marketing" or not self._state.stopped:
            return None
        return STOPPED if (send.number.id, send.digits) in self._state.stopped else None


class MediaKinds(Law):
    """Media of another kind than the message is taken, and fails when it is fetched."""

    def failure(self, send: Send) -> int | None:
        """131053 for media of the wrong kind."""
        is_wrong = media_mismatch(send.kind, send.body, send.number.waba.holdings)
        return MEDIA_REFUSED if is_wrong else None
