"""Who asks: SID and api-key to an account, and the sender that the path names.

The order of the checks is the contract's: credentials, account, sender, version. Nothing of
the body is looked at here.
"""

from waypost.directory.accounts import Accounts
from waypost.directory.credentials import find_key
from waypost.model.account import Account, AccountState
from waypost.model.refusal import Reason, Refusal
from waypost.model.sender import ApiVersion, Sender
from waypost.runtime.clock import Clock
from waypost.wire.numbers import parse_sender_number


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
