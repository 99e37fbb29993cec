"""`/webhooks/meta`: where Meta verifies the address and tells what happened."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from waypost.api.asgi import (
    BODY_S,
    BodyTooLargeError,
    BodyTooSlowError,
    Receive,
    Scope,
    header,
    plain,
    read_body,
)
from waypost.runtime.clock import Clock
from waypost.runtime.logs import WebhookReceived, is_wanted, log_work
from waypost.runtime.metrics import Metrics
from waypost.webhook.receiver import Received, Receiver
from waypost.wire.envelope import Answer

LARGEST_BYTES = 3 * 1024 * 1024
"""Meta's own bound of a webhook's body (`reference` 4.3)."""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Meta's door, in HTTP."""

    receiver: Receiver
    clock: Clock
    metrics: Metrics

    async def get(self, scope: Scope) -> Answer:
        """The handshake: the challenge, or 403."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        said = {name: values[0] for name, values in query.items()}
        challenge = self.receiver.verify(
            said.get("hub.mode", ""),
            said.get("hub.verify_token", ""),
            said.get("hub.challenge", ""),
        )
        if challenge is None:
            return plain(403, "The verify token is not the one this gateway was given.")
        return plain(200, challenge)

    async def post(self, scope: Scope, receive: Receive) -> Answer:
        """200 once the body is kept; 401 if Meta did not sign it, unread without a signature."""
        signature = header(scope, b"x-hub-signature-256")
        if signature is None:
            self.metrics.webhooks_received[Received.UNSIGNED.value].inc()
            return plain(401, "X-Hub-Signature-256 is missing: Meta signs its webhooks.")
        try:
            body = await read_body(scope, receive, LARGEST_BYTES)
        except BodyTooLargeError:
            self.metrics.webhooks_received["too_large"].inc()
            return plain(413, "Meta's webhooks have 3 MB at most.")
        except BodyTooSlowError:
            self.metrics.webhooks_received["too_slow"].inc()
            return plain(408, f"The body was not whole after {BODY_S:.0f} seconds.")
        started = self.clock.monotonic()
        received = await self.receiver.receive(body, signature)
        self.metrics.webhooks_received[received.value].inc()
        # Unsigned most often means another app's secret: an operator must see it.
        if received is Received.UNSIGNED or is_wanted():
            log_work(
                WebhookReceived(
                    duration_ms=(self.clock.monotonic() - started) * 1000,
                    result=received.value,
                    size_bytes=len(body),
                )
            )
        if received is Received.UNSIGNED:
            return plain(401, "X-Hub-Signature-256 is not the app secret's signature of this body.")
        return plain(200, "")
