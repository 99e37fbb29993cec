"""Customer service windows: who is written to freely outside one never gets it (131047).

And what a message costs by the window it falls in, by the rule in force on the clock's date
(reference 9).
"""

from datetime import UTC, datetime
from typing import Any

from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.kept_limits import WINDOWS
from meta_emulator.world.message import Message
from meta_emulator.world.state import State
from meta_emulator.world.windows import Windows

CLOSED = 131047
CHARGED_SINCE = datetime(2026, 10, 1, tzinfo=UTC)
"""From then on messages inside a customer service window are charged (reference 9)."""

IN_WINDOW, ENTRY_POINT = "free_customer_service", "free_entry_point"
FREE_IN_WINDOW = frozenset({"service", "utility"})
ENTERED = "referral_conversion"


class ServiceWindows(Law):
    """Asks the windows of the state; an answer to a referral opens a free entry point there."""

    def __init__(self, state: State) -> None:
        self._state = state

    def failure(self, send: Send) -> int | None:
        """131047 for what is no template, outside a window; groups have none."""
        if send.kind == "template" or send.user_id is None:
            return None
        if WINDOWS not in self._state.limits.names:
            return None
        is_open = self._state.windows.is_open(send.number.id, send.address, send.at)
        return None if is_open else CLOSED

    def accept(self, send: Send) -> None:
        """An answer that arrives opens a free entry point window, where one was offered."""
        windows = self._state.windows
        if windows.referred_at and send.failure is None and send.user_id is not None:
            windows.answer(send.number.id, (send.address, send.user_id), send.at)

    def snapshot(self) -> Any:
        """All windows."""
        return self._state.windows.snapshot()

    def restore(self, kept: Any) -> None:
        """The windows of a snapshot."""
        self._state.windows.restore(kept)


def price(message: Message, send: Send, windows: Windows) -> None:
    """Tell the message how it is priced: regular, or free by the window it falls in."""
    number_id = send.number.id
    if windows.entered_at:
        ends_at = windows.entry_ends_at(number_id, send.address, send.at)
        if ends_at is not None:
            message.pricing_type, message.category = ENTRY_POINT, ENTERED
            message.entry_ends_at = ends_at
            return
    if (
        send.at < CHARGED_SINCE
        and send.category in FREE_IN_WINDOW
        and windows.is_open(number_id, send.address, send.at)
    ):
        message.pricing_type = IN_WINDOW
