"""`GET /v2/<SID>/whatsapp`: clients use it to test their credentials."""

from dataclasses import dataclass

from waypost.api.asgi import Scope, header
from waypost.api.auth import authenticate
from waypost.api.messages import client_address
from waypost.directory.accounts import Accounts
from waypost.model.refusal import Refusal
from waypost.runtime.clock import Clock
from waypost.wire.envelope import Answer, render_refusal, render_senders


@dataclass(frozen=True, slots=True)
class SendersEndpoint:
    """The account's senders."""

    accounts: Accounts
    clock: Clock

    async def get(self, scope: Scope, sid: str) -> Answer:
        """200 with the senders, or the refusal of the credentials."""
        account = await authenticate(
            self.accounts, self.clock, sid, header(scope, b"api-key"), client_address(scope)
        )
        if isinstance(account, Refusal):
            return render_refusal(account)
        return render_senders(list(account.senders.values()))
