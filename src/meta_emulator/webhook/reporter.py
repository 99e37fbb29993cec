"""What happens becomes updates, and each goes to the receiver its number has.

The number's override speaks before the WABA's, the WABA's before the app's URL
(reference 4.3). Without any, statuses are kept and nobody is told.
"""

from typing import Any

from meta_emulator.protocol.answers import Version
from meta_emulator.webhook.bodies import Update, heard_of, render_account, render_status
from meta_emulator.webhook.delivery import Deliverer
from meta_emulator.world.message import Inbound, Message, Status, Told
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State


class Reporter:
    """Words statuses and inbound messages and hands them to the deliverer."""

    def __init__(self, state: State, deliverer: Deliverer, version: Version) -> None:
        self.webhook_url: str | None = None
        self._state = state
        self._deliverer = deliverer
        self._version = version

    def url_for(self, number: Number) -> str | None:
        """Where the webhooks of `number` go."""
        if not number.waba.is_subscribed:
            return None
        return number.webhook_url or number.waba.webhook_url or self.webhook_url

    def report(self, due: list[tuple[Message, Status]], is_priced: bool) -> None:  # noqa: FBT001 the scheduler's Emit
        """Tell the receivers of statuses that fell due together."""
        for_url: dict[str, list[Update]] = {}
        for message, status in due:
            self._state.marks.add(message.id)
            url = self.url_for(message.number)
            if url is None:
                continue
            updates = for_url.setdefault(url, [])
            for participant in heard_of(message, status):
                change = render_status(
                    message, status, self._version, participant, is_priced=is_priced
                )
                updates.append(Update(message.number.waba.id, change, status, about=message.id))
        for url, updates in for_url.items():
            self._deliverer.push(url, updates)
        self._state.changes.happened()

    def tell(self, number: Number, change: str, told: Told | None = None) -> None:
        """Tell the receiver of `number` of one worded change, which is about `told`."""
        url = self.url_for(number)
        if url is not None:
            about = str(told.message["id"]) if isinstance(told, Inbound) else None
            self._deliverer.push(url, [Update(number.waba.id, change, told, about=about)])
        self._state.changes.happened()

    def tell_account(self, waba_id: str, field: str, value: dict[str, Any]) -> None:
        """Tell the app of something that happened to a WABA; no override is heeded there."""
        time = int(self._state.clock.now().timestamp())
        self.tell_app(Update(waba_id, render_account(field, value), time=time))

    def tell_app(self, update: Update) -> None:
        """Tell the app: overrides are for messages alone (reference 4.3)."""
        waba = self._state.wabas.get(update.waba_id)
        if self.webhook_url is not None and (waba is None or waba.is_subscribed):
            self._deliverer.push(self.webhook_url, [update])
        self._state.changes.happened()

    def snapshot(self) -> Any:
        """Where webhooks go."""
        return self.webhook_url

    def restore(self, kept: Any) -> None:
        """They go there again."""
        if kept is not None and type(kept) is not str:
            raise TypeError("it must be a URL, or null")
        self.webhook_url = kept
