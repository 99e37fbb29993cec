"""The gateway's ASGI application: which address is answered by whom.

Plain ASGI for the send endpoint and Meta's webhook, the hot paths, and the few small ones beside
them; everything else goes to the framework behind (`framework`), which this file does not know.
Whatever goes wrong here is answered in the customer's envelope (`problems`).
"""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from waypost.api.asgi import Receive, Scope, Send, answer_with, drain
from waypost.api.health import HealthEndpoint
from waypost.api.messages import SendEndpoint
from waypost.api.problems import answer_whatever_happens, serve_whatever_happens
from waypost.api.received_media import ReceivedMedia
from waypost.api.senders import SendersEndpoint
from waypost.api.webhooks import WebhookEndpoint
from waypost.model.refusal import Reason, Refusal
from waypost.wire.envelope import Answer, render_refusal

NOT_FOUND = render_refusal(Refusal(Reason.NOT_FOUND))
READING = ("GET", "HEAD")
MEDIA = "/media/"

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Methods:
    """The methods of an address: what is answered to all others (RFC 9110, 15.5.6 and 9.3.7)."""

    def __init__(self, *allowed: str) -> None:
        refused = render_refusal(Refusal(Reason.METHOD))
        allow = (b"allow", ", ".join((*allowed, "OPTIONS")).encode())
        self._wrong = Answer(refused.status, (*refused.headers, allow), refused.body)
        self._options = Answer(204, (allow,), b"")

    async def answer(self, method: str) -> Answer:
        """204 to OPTIONS, else 405; both with what the address does answer to."""
        return self._options if method == "OPTIONS" else self._wrong


class Body:
    """The `receive` of one request; an answer may be given before anything of it was asked for."""

    __slots__ = ("_receive", "is_untouched")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_untouched = True

    def receive(self) -> Awaitable[MutableMapping[str, Any]]:
        """ASGI's `receive`."""
        self.is_untouched = False
        return self._receive()


POST_ONLY = Methods("POST")
READ_ONLY = Methods(*READING)
READ_AND_POST = Methods(*READING, "POST")


async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands behind the doors of a process that has no others: nothing is found."""
    await answer_with(send, NOT_FOUND, has_body=scope["method"] != "HEAD")
    await drain(scope, receive)


@dataclass(frozen=True, slots=True)
class App:
    """The doors of a process; one that belongs to another role is None, and not found.

    behind  answers everything else below `/v1` and `/v2`
    """

    health: HealthEndpoint
    messages: SendEndpoint | None = None
    senders: SendersEndpoint | None = None
    webhooks: WebhookEndpoint | None = None
    media: ReceivedMedia | None = None
    behind: Application = nobody

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Lifespan and other kinds of connection are the server's affair."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        body = Body(receive)
        answering = self._find(scope, body.receive, path.split("/"))
        if answering is None:
            serving = self.media if path.startswith(MEDIA) and self.media else self.behind
            await serve_whatever_happens(serving, scope, receive, send)
            return
        answer = await answer_whatever_happens(answering, path)
        if answer is not None:
            await answer_with(send, answer, has_body=scope["method"] != "HEAD")
            if body.is_untouched:
                await drain(scope, receive)

    def _find(self, scope: Scope, receive: Receive, parts: list[str]) -> Awaitable[Answer] | None:
        """Who answers; None if it is whoever stands behind."""
        method = scope["method"]
        match parts:
            case ["", "v2", sid, "whatsapp", phone_number, "messages"] if self.messages:
                if method == "POST":
                    return self.messages.post(scope, receive, sid, phone_number)
                return POST_ONLY.answer(method)
            case ["", "webhooks", "meta"] if self.webhooks and method == "POST":
                return self.webhooks.post(scope, receive)
            case ["", "v2", _, "whatsapp"] if self.senders:
                return self._answer_small(scope, parts)
            case ["", "v1" | "v2" | "media", *_]:
                return None
            case _:
                return self._answer_small(scope, parts)

    async def _answer_small(self, scope: Scope, parts: list[str]) -> Answer:
        """Senders, the webhook's handshake, health and metrics; anything else is not found."""
        method, is_reading = scope["method"], scope["method"] in READING
        match parts:
            case ["", "v2", sid, "whatsapp"] if self.senders and is_reading:
                return await self.senders.get(scope, sid)
            case ["", "webhooks", "meta"] if self.webhooks:
                handshake = self.webhooks.get(scope) if is_reading else None
                return await (handshake or READ_AND_POST.answer(method))
            case ["", "health", "live" | "ready"] | ["", "metrics"] if is_reading:
                return await self.health.show(parts[-1])
            case ["", "v2", _, "whatsapp"] | ["", "health", "live" | "ready"] | ["", "metrics"]:
                return await READ_ONLY.answer(method)
            case _:
                return NOT_FOUND
