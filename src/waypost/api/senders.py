"""`GET /v2/<SID>/whatsapp`: clients use it to test their credentials."""

from dataclasses import dataclass

from waypost.api.asgi import Scope
from waypost.api.auth import Doorkeeper
from waypost.model.refusal import Refusal
from waypost.wire.envelope import Answer, render_refusal, render_senders


@dataclass(frozen=True, slots=True)
class SendersEndpoint:
    """The account's senders."""

    doorkeeper: Doorkeeper

    async def get(self, scope: Scope, sid: str) -> Answer:
        """200 with the senders, or the refusal of the credentials."""
        account = await self.doorkeeper.admit(scope, sid)
        if isinstance(account, Refusal):
            return render_refusal(account)
        return render_senders(list(account.senders.values()))
