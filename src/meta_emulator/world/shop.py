"""Which products of a WABA's catalogue a send may name now (reference 8)."""

from meta_emulator.runtime.clock import Clock
from meta_emulator.world.objects import Waba


class Shop:
    """The retailer ids that can be sent: published, usable by now, of a connected catalogue."""

    def __init__(self, waba: Waba, clock: Clock) -> None:
        self._waba = waba
        self._clock = clock

    def __contains__(self, retailer_id: object) -> bool:
        waba = self._waba
        if not waba.is_catalogue_connected or retailer_id not in waba.catalogue:
            return False
        usable_at = waba.usable_at.get(str(retailer_id)) if waba.usable_at else None
        return usable_at is None or usable_at <= self._clock.now()
