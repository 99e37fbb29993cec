"""The gateway's ASGI application: which address is answered by whom.

Plain ASGI, for the send endpoint and Meta's webhook are the hot paths and everything else here
is small. Whatever goes wrong is answered in the customer's envelope (`problems`).
"""

from dataclasses import dataclass

from waypost.api.asgi import Receive, Scope, Send, answer_with
from waypost.api.health import HealthEndpoint
from waypost.api.messages import SendEndpoint
from waypost.api.problems import answer_whatever_happens
from waypost.api.senders import SendersEndpoint
from waypost.api.webhooks import WebhookEndpoint
from waypost.model.refusal import Reason, Refusal
from waypost.wire.envelope import Answer, render_refusal

NOT_FOUND = render_refusal(Refusal(Reason.NOT_FOUND))
WRONG_METHOD = render_refusal(Refusal(Reason.METHOD))


@dataclass(frozen=True, slots=True)
class App:
    """All doors of the gateway."""

    messages: SendEndpoint
    senders: SendersEndpoint
    webhooks: WebhookEndpoint
    health: HealthEndpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Lifespan and other kinds of connection are the server's affair."""
        if scope["type"] != "http":
            return
        answering = self._answer(scope, receive)
        answer = await answer_whatever_happens(answering, scope["path"])
        if answer is not None:
            await answer_with(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method = scope["method"]
        match scope["path"].split("/"):
            case ["", "v2", sid, "whatsapp", phone_number, "messages"]:
                if method == "POST":
                    return await self.messages.post(scope, receive, sid, phone_number)
            case ["", "v2", sid, "whatsapp"]:
                if method == "GET":
                    return await self.senders.get(scope, sid)
            case ["", "webhooks", "meta"]:
                if method == "POST":
                    return await self.webhooks.post(scope, receive)
                if method == "GET":
                    return await self.webhooks.get(scope)
            case _:
                return await self._answer_watcher(scope)
        return WRONG_METHOD

    async def _answer_watcher(self, scope: Scope) -> Answer:
        """Health and metrics; anything else is not found."""
        answers = {
            "/health/live": self.health.live,
            "/health/ready": self.health.ready,
            "/metrics": self.health.show_metrics,
        }
        answer = answers.get(scope["path"])
        if answer is None:
            return NOT_FOUND
        return await answer() if scope["method"] == "GET" else WRONG_METHOD
