"""What goes wrong with webhooks by plan: they come late, twice, in another order, or never.

Stands between what is told and who brings it. What is held back waits here, by the clock.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from meta_emulator.faults import Duplicates
from meta_emulator.physics.disorder import Disorder
from meta_emulator.physics.lots import Tallies
from meta_emulator.runtime.agenda import Agenda
from meta_emulator.runtime.clock import Clock
from meta_emulator.webhook.bodies import Update
from meta_emulator.webhook.delivery import Deliverer
from meta_emulator.world.message import Inbound, Status
from meta_emulator.world.state import State

Held = tuple[str, Update]
"""The receiver's URL, and what it gets later."""


class Turbulence:
    """Decides about each update by lot; with no plan for webhooks in force it is not noticed."""

    def __init__(
        self, disorder: Disorder, clock: Clock, deliverer: Deliverer, state: State
    ) -> None:
        self._disorder = disorder
        self._deliverer = deliverer
        self._state = state
        self._tallies = Tallies()
        self._held: Agenda[Held] = Agenda(clock, self._release)
        self.run = self._held.run
        deliverer.unrest = self

    def let_through(self, url: str, updates: list[Update]) -> list[Update]:
        """Those of `updates` that are to be brought to `url` at once."""
        if not self._disorder.faults.disturbs_webhooks:
            return updates
        at_once: list[Update] = []
        for update in updates:
            lot = self._lot_of(update)
            if self._disorder.lots.hits(self._disorder.faults.lose_webhooks, "lose_webhooks", lot):
                continue
            held_s = self._held_s(lot)
            if held_s > 0:
                self._held.add(held_s, (url, update))
            else:
                at_once.append(update)
            self._duplicate(url, update, lot, held_s)
        return at_once

    def most(self, url: str) -> int | None:
        """How many updates the next webhook to `url` has at most; None: as the settings have it."""
        batch = self._disorder.faults.batch
        if batch is None:
            return None
        nth = self._tallies.next(f"batch|{url}")
        return int(self._disorder.lots.between(batch.least, batch.most + 1, "batch", url, nth))

    def taken(self, url: str, updates: Iterable[Update]) -> None:
        """The receiver answered 200; what is to come again all the same is held for that."""
        repeats = self._disorder.faults.repeat_after_200
        if repeats is None:
            return
        for update in updates:
            if update.is_repeat:
                continue
            if self._disorder.lots.hits(repeats.share, "repeat_after_200", self._lot_of(update)):
                self._held.add(repeats.after_ms / 1000, (url, repeated(update)))

    def _duplicate(self, url: str, update: Update, lot: str, held_s: float) -> None:
        duplicates: Duplicates | None = self._disorder.faults.duplicate
        lots = self._disorder.lots
        if duplicates is None or not lots.hits(duplicates.share, "duplicate", lot):
            return
        times = 1 + int(lots.fraction("duplicate times", lot) * duplicates.most)
        for nth in range(times):
            later_s = lots.fraction("duplicate after", nth, lot) * duplicates.within_ms / 1000
            self._held.add(held_s + later_s, (url, repeated(update)))

    def _held_s(self, lot: str) -> float:
        """For how many seconds an update is held back."""
        faults, lots = self._disorder.faults, self._disorder.lots
        held_ms = 0.0
        if faults.reorder is not None and lots.hits(faults.reorder.share, "reorder", lot):
            held_ms += lots.fraction("reorder by", lot) * faults.reorder.within_ms
        delays = faults.delay_webhooks
        if delays is not None and lots.hits(delays.share, "delay_webhooks", lot):
            held_ms += lots.between(delays.min_ms, delays.max_ms, "delay_webhooks by", lot)
        return held_ms / 1000

    def _lot_of(self, update: Update) -> str:
        """What the update's lots are drawn by: of a status its own, else the how-manyth it is.

        Counted are those about one person, as those about others come in any order.
        """
        if update.lot:
            return update.lot
        told = update.status
        message = None if update.about is None else self._state.sent(update.about)
        if message is not None and message.lot and isinstance(told, Status):
            update.lot = f"{message.lot}|{told.status}"
        else:
            key = update.waba_id
            if message is not None and isinstance(told, Status):
                key += f"|{message.number.id}|{message.to}|{told.status}"
            elif isinstance(told, Inbound):
                key += f"|{told.phone_number_id}|{told.sender}"
            elif update.person:
                key += f"|wishes|{update.person}"
            update.lot = f"{key}|{self._tallies.next(key)}"
        return update.lot

    def _release(self, held: Held) -> None:
        url, update = held
        self._deliverer.bring(url, [update])

    def clear(self) -> None:
        """Forget what is held back."""
        self._held.clear()

    def reset(self) -> None:
        """Nothing is held back, and counts begin anew."""
        self._held.hold(())
        self._tallies.clear()

    def snapshot(self) -> Any:
        """What is held back, and how far the counts are."""
        held = [
            {
                "left_s": left_s,
                "url": url,
                "waba_id": update.waba_id,
                "change": update.change,
                "time": update.time,
                "about": update.about,
                "place": self._place_of(update),
                "lot": update.lot,
                "is_repeat": update.is_repeat,
            }
            for left_s, (url, update) in self._held.left()
        ]
        return {"held": held, "tallies": self._tallies.snapshot()}

    def restore(self, kept: Any) -> None:
        """Hold back what a snapshot held back."""
        self._tallies.restore(kept["tallies"])
        self._held.hold([(one["left_s"], (one["url"], self._update(one))) for one in kept["held"]])

    def _place_of(self, update: Update) -> int | None:
        if update.about is None or update.status is None:
            return None
        told = self._state.told_of(update.about)
        return next((place for place, one in enumerate(told) if one is update.status), None)

    def _update(self, kept: Any) -> Update:
        update = Update(kept["waba_id"], kept["change"], time=kept["time"], about=kept["about"])
        update.lot, update.is_repeat = kept["lot"], kept["is_repeat"]
        if update.about is not None and kept["place"] is not None:
            told = self._state.told_of(update.about)
            update.status = told[kept["place"]] if kept["place"] < len(told) else None
        return update


def repeated(update: Update) -> Update:
    """The same once more, in a webhook that begins with it."""
    return replace(update, number=0, is_repeat=True)
