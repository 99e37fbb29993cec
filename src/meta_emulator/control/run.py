"""The run itself: whether it is well, what goes wrong in it, where webhooks go."""

from collections.abc import Sequence

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.faults import Faults
from meta_emulator.physics.disorder import Disorder
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.http import Http
from meta_emulator.settings import Settings
from meta_emulator.webhook.delivery import shake_hands
from meta_emulator.webhook.reporter import Reporter


class Handshake(msgspec.Struct, forbid_unknown_fields=True):
    """Where webhooks shall go; left out: the address they go to now."""

    url: str | None = None


class Shaken(msgspec.Struct):
    """How the handshake ended. `reason`: why it did not pass."""

    url: str
    verified: bool
    reason: str | None


class Health(msgspec.Struct):
    """It answers."""

    status: str = "ok"


class Run:
    """Orders about the emulator as a whole."""

    def __init__(
        self,
        settings: Settings,
        disorder: Disorder,
        reporter: Reporter,
        http_and_chance: tuple[Http, Chance],
    ) -> None:
        self._settings = settings
        self._disorder = disorder
        self._reporter = reporter
        self._http, self._chance = http_and_chance

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        verify = "Verify the webhook's address as Meta does; a new one that passes is then used."
        return (
            Route("GET", "health", "Whether it answers.", self._health, gives=Health),
            Route("GET", "faults", "The faults in force.", self._shown_faults, gives=Faults),
            Route(
                "POST",
                "faults",
                "Put faults in force, in place of those before; `{}` lifts all.",
                self._faults,
                Faults,
                Faults,
                example={"refuse": {"code": 130429, "count": 3}, "lose_answers": 0.05},
            ),
            Route(
                "POST",
                "handshake",
                verify,
                self._handshake,
                Handshake,
                Shaken,
                example={"url": "http://127.0.0.1:8080/webhooks/meta"},
            ),
        )

    def _health(self, _call: Call) -> Health:
        return Health()

    def _shown_faults(self, _call: Call) -> Faults:
        return self._disorder.faults

    def _faults(self, call: Call) -> Faults:
        faults: Faults = call.order
        self._disorder.faults = faults
        return faults

    async def _handshake(self, call: Call) -> Shaken:
        url = call.order.url or self._reporter.webhook_url
        if url is None:
            raise OrderError('there is no webhook URL; give one as {"url": ...}')
        wrong = await shake_hands(url, self._settings, self._http, self._chance)
        if wrong is None:
            self._reporter.webhook_url = url
        return Shaken(url, wrong is None, wrong)
