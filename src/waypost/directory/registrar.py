"""Writes the directory: accounts, keys, WABAs, senders, templates, and money that comes in.

Every change raises the account's version, so that every process reads it anew within a second.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, TypeVar

from msgspec.structs import replace

from waypost.directory.credentials import PREFIX_LENGTH, hash_key, make_key, make_sid
from waypost.meta.graph import GraphCall, GraphClient
from waypost.model.account import Account, AccountKind, AccountState, ApiKey, CheckMode
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.ledger import EntryKind, LedgerEntry, Wallet, changes_of
from waypost.model.sender import Sender
from waypost.model.template import Template
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.vault import Vault, is_sealed
from waypost.store.ports import Store, Transaction

Result = TypeVar("Result")

TEMPLATE_QUERY = {
    "fields": "id,name,language,category,status,components,parameter_format,quality_score,"
    "rejected_reason",
    "limit": "100",
}


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
    check_mode: CheckMode = CheckMode.STRICT


@dataclass(frozen=True, slots=True)
class Registrar:
    """The operator's hand in the directory."""

    store: Store
    clock: Clock
    entropy: Entropy
    pod: str
    vault: Vault

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
            check_mode=new.check_mode,
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
            await transaction.directory.update_account(replace(account, state=state))
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
            revoked = [
                key
                for key in account.keys.values()
                if key.prefix == prefix and key.revoked_at is None
            ]
            if not revoked:
                raise NotFoundError(f"{sid} has no valid key that begins with {prefix}.")
            for key in revoked:
                await transaction.directory.update_key(
                    account.account_id, replace(key, revoked_at=self.clock.now())
                )
            await transaction.directory.touch(account.account_id)
            return len(revoked)

        return await self._write(write)

    async def save_waba(self, sid: str, waba_id: str, access_token: str) -> None:
        """A WABA and its token, which is kept sealed. Raises NotFoundError for an unknown SID."""
        sealed = self.vault.seal(access_token)

        async def write(transaction: Transaction) -> None:
            account = await _account(transaction, sid)
            await transaction.directory.save_waba(
                Waba(account.account_id, waba_id, sealed), self.clock.now()
            )
            await transaction.directory.touch(account.account_id)

        await self._write(write)

    async def save_sender(self, sid: str, sender: Sender) -> None:
        """A sender, new or changed; its WABA must stand, its access token is the WABA's.

        Raises DirectoryError for an unknown SID, an unknown WABA, or a number of another account.
        """

        async def write(transaction: Transaction) -> None:
            account = await _account(transaction, sid)
            if sender.waba_id not in account.wabas:
                raise DirectoryError(f"{sid} has no WABA {sender.waba_id}; add it first.")
            owners = await transaction.directory.sender_owners(sender.phone_number_id)
            if any(owner != account.account_id for owner, _ in owners):
                raise DirectoryError(
                    f"The number {sender.phone_number_id} belongs to another account."
                )
            await transaction.directory.save_sender(account.account_id, sender, self.clock.now())
            await transaction.directory.touch(account.account_id)

        await self._write(write)

    async def seal_tokens(self) -> int:
        """Seals the tokens that an older version kept as they are; how many there were."""

        async def write(transaction: Transaction) -> int:
            bare = [
                waba
                for waba in await transaction.directory.all_wabas()
                if not is_sealed(waba.access_token)
            ]
            for waba in bare:
                sealed = self.vault.seal(waba.access_token)
                await transaction.directory.replace_token(replace(waba, access_token=sealed))
                await transaction.directory.touch(waba.account_id)
            return len(bare)

        return await self._write(write)

    async def sync_templates(self, sid: str, graph: GraphClient) -> list[Template]:
        """Reads all templates of the account's WABAs from Meta and keeps them.

        Raises NotFoundError for an unknown SID, MetaRefusedError, and HttpError when Meta
        cannot be reached.
        """
        account = await self.find(sid)
        found: dict[str, list[Template]] = {}
        for waba in account.wabas.values():
            call = GraphCall(
                "GET", f"{waba.waba_id}/message_templates", waba.access_token, TEMPLATE_QUERY
            )
            found[waba.waba_id] = [
                read_template(one) async for page in graph.pages(call) for one in page
            ]

        async def write(transaction: Transaction) -> None:
            for waba_id, templates in found.items():
                await transaction.templates.save(
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
        raise NotFoundError(f"There is no account {sid}; `waypost account list` shows them.")
    return account


def read_template(one: Mapping[str, Any]) -> Template:
    """A template as Meta lists it (`reference` 7.1)."""
    quality = one.get("quality_score")
    return Template(
        name=one["name"],
        language=one["language"],
        category=one.get("category", ""),
        status=one.get("status", ""),
        components=tuple(one.get("components", ())),
        template_id=str(one.get("id", "")),
        parameter_format=one.get("parameter_format", "POSITIONAL"),
        quality=quality.get("score", "") if isinstance(quality, dict) else "",
        rejected_reason=one.get("rejected_reason") or "",
    )
