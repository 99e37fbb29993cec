"""Writes the directory: accounts, keys, WABAs, senders, templates, and money that comes in.

Every change raises the account's version, so that every process reads it anew within a second.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, TypeVar

from msgspec.structs import replace

from waypost.directory.credentials import PREFIX_LENGTH, hash_key, make_key, make_sid
from waypost.meta.client import MetaClient
from waypost.model.account import Account, AccountKind, AccountState, ApiKey
from waypost.model.errors import DirectoryError
from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, changes_of
from waypost.model.sender import Sender
from waypost.model.template import Template
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store, Transaction

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is said of a new account; amounts in minor units, None for the deployment's price."""

    name: str
    kind: AccountKind
    country: str = "IN"
    currency: str = "USD"
    price_minor: int | None = None
    credit_limit_minor: int = 0
    requests_per_s: int | None = None


@dataclass(frozen=True, slots=True)
class Registrar:
    """The operator's hand in the directory."""

    store: Store
    clock: Clock
    entropy: Entropy
    pod: str

    async def open_account(self, new: NewAccount) -> Account:
        """A new account with an empty wallet."""
        account = Account(
            account_id=0,
            sid=make_sid(self.pod, str(int(self.entropy.token_hex(8), 16))[-10:], new.country),
            name=new.name,
            kind=new.kind,
            state=AccountState.ACTIVE,
            price_minor=new.price_minor,
            requests_per_s=new.requests_per_s,
            version=1,
        )

        async def write(transaction: Transaction) -> Account:
            id_ = await transaction.directory.insert_account(account, self.clock.now())
            await transaction.wallets.open(id_, new.currency, new.credit_limit_minor)
            return replace(account, account_id=id_)

        return await self._write(write)

    async def set_state(self, sid: str, state: AccountState) -> None:
        """Suspends an account, or lets it go on. Raises DirectoryError for an unknown SID."""

        async def write(transaction: Transaction) -> None:
            account = await _account(transaction, sid)
            await transaction.directory.set_account_state(account.account_id, state)
            await transaction.directory.touch(account.account_id)

        await self._write(write)

    async def top_up(self, sid: str, amount_minor: int, reason: str) -> Wallet:
        """Adds money; the wallet after it. Raises DirectoryError for an unknown SID."""

        async def write(transaction: Transaction) -> Wallet:
            account = await _account(transaction, sid)
            entry = LedgerEntry(
                account.account_id,
                f"top-up {self.entropy.uuid()}",
                EntryKind.TOP_UP,
                amount_minor,
                self.clock.now(),
                reason,
            )
            await transaction.wallets.append([entry])
            await transaction.wallets.add(changes_of([entry]))
            return (await transaction.wallets.load([account.account_id]))[account.account_id]

        return await self._write(write)

    async def make_key(
        self, sid: str, allowed_addresses: Sequence[str] = (), days: int | None = None
    ) -> str:
        """A new key, shown this once: only its hash is kept.

        Raises DirectoryError for an unknown SID or an address that is none.
        """
        for allowed in allowed_addresses:
            try:
                ip_network(allowed)
            except ValueError:
                raise DirectoryError(
                    f"{allowed} is no address or network; write 203.0.113.7 or 203.0.113.0/24."
                ) from None
        key = make_key(self.entropy.token_hex(16))
        now = self.clock.now()
        kept = ApiKey(
            key_hash=hash_key(key),
            prefix=key[:PREFIX_LENGTH],
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
            allowed_addresses=tuple(allowed_addresses),
        )

        async def write(transaction: Transaction) -> None:
            account = await _account(transaction, sid)
            await transaction.directory.insert_key(account.account_id, kept)
            await transaction.directory.touch(account.account_id)

        await self._write(write)
        return key

    async def revoke_key(self, sid: str, prefix: str) -> int:
        """Refuses a key from now on; how many keys had the prefix.

        Raises DirectoryError for an unknown SID or prefix.
        """

        async def write(transaction: Transaction) -> int:
            account = await _account(transaction, sid)
            revoked = await transaction.directory.revoke_keys(
                account.account_id, prefix, self.clock.now()
            )
            if not revoked:
                raise DirectoryError(f"{sid} has no valid key that begins with {prefix}.")
            await transaction.directory.touch(account.account_id)
            return revoked

        return await self._write(write)

    async def save_waba(self, sid: str, waba_id: str, access_token: str) -> None:
        """A WABA and its token. Raises DirectoryError for an unknown SID."""

        async def write(transaction: Transaction) -> None:
            account = await _account(transaction, sid)
            await transaction.directory.save_waba(
                account.account_id, waba_id, access_token, self.clock.now()
            )
            await transaction.directory.touch(account.account_id)

        await self._write(write)

    async def save_sender(self, sid: str, sender: Sender) -> None:
        """A sender, new or changed; its WABA must stand, its access token is the WABA's.

        Raises DirectoryError for an unknown SID, an unknown WABA, or a number of another account.
        """

        async def write(transaction: Transaction) -> None:
            account = await _account(transaction, sid)
            if sender.waba_id not in await transaction.directory.wabas(account.account_id):
                raise DirectoryError(f"{sid} has no WABA {sender.waba_id}; add it first.")
            owners = await transaction.directory.sender_owners(sender.phone_number_id)
            if any(owner != account.account_id for owner, _ in owners):
                raise DirectoryError(
                    f"The number {sender.phone_number_id} belongs to another account."
                )
            await transaction.directory.save_sender(account.account_id, sender, self.clock.now())
            await transaction.directory.touch(account.account_id)

        await self._write(write)

    async def sync_templates(self, sid: str, meta: MetaClient) -> list[Template]:
        """Reads all templates of the account's WABAs from Meta and keeps them.

        Raises DirectoryError for an unknown SID or when Meta refuses, HttpError when Meta
        cannot be reached.
        """
        account = await self.store.read(lambda transaction: _account(transaction, sid))
        wabas = await self.store.read(
            lambda transaction: transaction.directory.wabas(account.account_id)
        )
        found: dict[str, list[Template]] = {}
        for waba_id, token in wabas.items():
            try:
                defined = await meta.list_templates(waba_id, token)
            except PermissionError as error:
                raise DirectoryError(f"Meta refused to list {waba_id}: {error}") from error
            found[waba_id] = [
                Template(
                    name=one["name"],
                    language=one["language"],
                    category=one.get("category", ""),
                    status=one.get("status", ""),
                    components=tuple(one.get("components", ())),
                )
                for one in defined
            ]

        async def write(transaction: Transaction) -> None:
            for waba_id, templates in found.items():
                await transaction.directory.save_templates(
                    account.account_id, waba_id, templates, self.clock.now()
                )
            await transaction.directory.touch(account.account_id)

        await self._write(write)
        return [template for templates in found.values() for template in templates]

    async def find(self, sid: str) -> Account:
        """The account with all that belongs to it. Raises DirectoryError for an unknown SID."""
        return await self.store.read(lambda transaction: _account(transaction, sid))

    async def accounts(self) -> list[tuple[Account, Wallet]]:
        """All accounts with their wallets."""

        async def read(transaction: Transaction) -> list[tuple[Account, Wallet]]:
            accounts = await transaction.directory.accounts()
            wallets = await transaction.wallets.load([one.account_id for one in accounts])
            return [(one, wallets[one.account_id]) for one in accounts]

        return await self.store.read(read)

    async def _write(self, change: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[Result]:
            return [await change(transaction) for _ in items]

        return await self.store.write(step, None)


async def _account(transaction: Transaction, sid: str) -> Account:
    account = await transaction.directory.account_by_sid(sid)
    if account is None:
        raise DirectoryError(f"There is no account {sid}; `waypost account list` shows them.")
    return account
