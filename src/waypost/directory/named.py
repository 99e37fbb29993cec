"""An account by its name, in the caller's transaction."""

from waypost.model.account import Account
from waypost.model.errors import NotFoundError
from waypost.store.ports import Transaction


async def account_named(transaction: Transaction, sid: str) -> Account:
    """The account of this SID with all that belongs to it. Raises NotFoundError."""
    account = await transaction.directory.account_by_sid(sid)
    if account is None:
        raise NotFoundError(f"There is no account {sid}; `waypost account list` shows them.")
    return account
