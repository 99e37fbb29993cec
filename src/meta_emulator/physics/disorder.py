"""What goes wrong by a plan: the faults in force, asked for every send."""

from meta_emulator.physics.faults import Faults
from meta_emulator.physics.laws import Law, Send
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.clock import Clock


class Disorder(Law):
    """The faults in force; another plan takes the place of the last."""

    def __init__(self, chance: Chance, clock: Clock) -> None:
        self.faults = Faults()
        self._chance = chance
        self._clock = clock

    def refusal(self, send: Send) -> int | None:  # noqa: ARG002 all sends are alike to a fault
        """The code of a planned refusal; counts down."""
        return self.faults.refusal(self._chance, self._clock.monotonic())

    def failure(self, send: Send) -> int | None:  # noqa: ARG002 all sends are alike to a fault
        """The code of a planned failure; counts down."""
        return self.faults.failure(self._chance)

    def loses_answer(self) -> bool:
        """Whether the answer to an accepted send is lost."""
        return self.faults.loses_answer(self._chance)

    def drops(self) -> bool:
        """Whether a send is dropped before anybody has looked at it."""
        return self.faults.drops(self._chance)

    def lateness_ms(self) -> int:
        """How late the answer to an accepted send is."""
        return self.faults.lateness_ms(self._chance)
