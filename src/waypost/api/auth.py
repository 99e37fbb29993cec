"""Who asks: SID and api-key to an account, and the sender that the path names.

The order of the checks is the contract's: credentials, account, sender, version. Nothing of
the body is looked at here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from waypost.api.asgi import Network, Scope, client_address, header
from waypost.api.slowdown import Slowdown
from waypost.directory.accounts import Accounts
from waypost.directory.credentials import find_key
from waypost.model.account import Account, AccountState
from waypost.model.refusal import Reason, Refusal
from waypost.model.sender import ApiVersion, Sender
from waypost.runtime.clock import Clock
from waypost.wire.numbers import parse_sender_number


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets accounts in by SID and api-key, and holds up those who keep failing.

    proxies  whose word on a client's address is believed
    """

    accounts: Accounts
    clock: Clock
    slowdown: Slowdown
    proxies: Sequence[Network] = ()

    async def admit(self, scope: Scope, sid: str) -> Account | Refusal:
        """The account that asks, or the refusal; one of the credentials may take its time."""
        address = client_address(scope, self.proxies)
        key = header(scope, b"api-key")
        account = await authenticate(self.accounts, self.clock, sid, key, address)
        if isinstance(account, Refusal) and account.reason is Reason.CREDENTIALS:
            return await self.slowdown.failed(address) or account
        self.slowdown.succeeded(address)
        return account


async def authenticate(
    accounts: Accounts, clock: Clock, sid: str, key: str | None, address: str
) -> Account | Refusal:
    """The account that this SID and this key, from this address, together name."""
    account = await accounts.find(sid) if key else None
    if account is None or find_key(account, key or "", clock.now(), address) is None:
        return Refusal(Reason.CREDENTIALS)
    if account.state is not AccountState.ACTIVE:
        return Refusal(Reason.ACCOUNT)
    return account


def find_sender(account: Account, named: str) -> Sender | Refusal:
    """The account's sender of this number, with or without its plus sign."""
    number = parse_sender_number(named)
    sender = account.senders.get(number) if number is not None else None
    if sender is None:
        return Refusal(Reason.SENDER)
    if sender.api_version is not ApiVersion.V2:
        return Refusal(Reason.SENDER_VERSION)
    return sender
