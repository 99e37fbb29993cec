"""Waiting until webhooks that are on their way have landed, without waiting for ever.

A receiver that never answers holds a POST for its whole time-out, in the machine's time. Who
moves the clock waits for it a moment, once, and goes on without it.
"""

import asyncio

from meta_emulator.runtime.clock import let_go_on
from meta_emulator.webhook.delivery import Deliverer

PATIENCE_S = 1.0
"""How long a POST is waited for, by the machine's time."""


class Settling:
    """Knows which POSTs nobody waits for any more, by their number."""

    def __init__(self, deliverer: Deliverer) -> None:
        self._deliverer = deliverer
        self._given_up_on = 0

    async def settle(self) -> None:
        """Let everything go on that can without time passing, webhooks on their way included."""
        await let_go_on()
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._is_waited_for():
                    await self._deliverer.landed()
                    await let_go_on()
        except TimeoutError:
            self._given_up_on = self._deliverer.in_flight

    def _is_waited_for(self) -> bool:
        under_way = self._deliverer.in_flight
        self._given_up_on = min(self._given_up_on, under_way)
        return under_way > self._given_up_on
