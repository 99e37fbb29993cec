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


def wrong_method(*allowed: str) -> Answer:
    """405, with what the address does answer to (RFC 9110, 15.5.6)."""
    answer = render_refusal(Refusal(Reason.METHOD))
    allow = (b"allow", ", ".join(allowed).encode())
    return Answer(answer.status, (*answer.headers, allow), answer.body)


POST_ONLY = wrong_method("POST")
GET_ONLY = wrong_method("GET")
GET_AND_POST = wrong_method("GET", "POST")


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
                return POST_ONLY
            case ["", "v2", sid, "whatsapp"]:
                return await self.senders.get(scope, sid) if method == "GET" else GET_ONLY
            case ["", "webhooks", "meta"]:
                if method == "POST":
                    return await self.webhooks.post(scope, receive)
                return await self.webhooks.get(scope) if method == "GET" else GET_AND_POST
            case _:
                return await self._answer_watcher(scope)

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
        return await answer() if scope["method"] == "GET" else GET_ONLY
