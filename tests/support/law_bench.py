"""One law of the emulator without the rest of it: a state, a clock in whole milliseconds, sends."""

from datetime import UTC, datetime, timedelta
from typing import Any

from meta_emulator.physics.laws import Law, Laws, Send
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.seed import Seed, default_seed
from meta_emulator.world.kept_limits import KeptLimits
from meta_emulator.world.recipients import user_id_of
from meta_emulator.world.state import State

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OK = 200


class Milliseconds:
    """A clock that is where it was set, for code that does not sleep."""

    def __init__(self) -> None:
        self.ms = 0

    def now(self) -> datetime:
        return START + timedelta(milliseconds=self.ms)

    def monotonic(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing here sleeps, not for {seconds} s")


class LawBench:
    """A state that keeps some limits, and sends held against laws."""

    def __init__(self, *names: str, seed: Seed | None = None, cap: int = 2) -> None:
        self.clock = Milliseconds()
        self.state = State(seed or default_seed(), 1000, self.clock, SeededChance(1))
        self.state.limits = KeptLimits(frozenset(names), cap)
        self.number = self.state.first_number

    def send(self, to: str = "919876543210", **more: Any) -> Send:
        """A marketing template, unless `more` says otherwise."""
        given: dict[str, Any] = {"kind": "template", "category": "marketing", **more}
        return Send(
            number=given.pop("number", self.number),
            digits=to,
            user_id=user_id_of(to),
            address=to,
            body={},
            template=None,
            at=self.clock.now(),
            **given,
        )

    def outcome(self, law: Law, to: str = "919876543210", **more: Any) -> int:
        """What becomes of a send: 200, or the code of the refusal or of the failure."""
        laws, send = Laws([law]), self.send(to, **more)
        code = laws.refusal(send)
        if code is None:
            code, _ = laws.accept(send)
        return OK if code is None else code

    def after(self, **span: float) -> None:
        """Time passes."""
        self.clock.ms += round(timedelta(**span).total_seconds() * 1000)
