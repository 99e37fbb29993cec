"""Writes the directory: accounts, keys, WABAs, senders.

Every change raises the account's version, so that every process reads it anew within a second,
and is told to the audit log in the same commit. What changes nothing writes nothing.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from waypost.directory.audit import OPERATOR, differences, show_sender
from waypost.directory.changes import (
    AccountChange,
    NewAccount,
    as_learnt,
    change_of,
    changed_account,
    check_meta_id,
    check_token,
    clean_name,
    show_account,
)
from waypost.directory.credentials import PREFIX_LENGTH, make_key, make_sid
from waypost.directory.keys import (
    KeyChange,
    changed_key,
    end_after,
    key_named,
    keys_named,
    new_key,
    rotated_key,
    show_key,
)
from waypost.directory.named import account_named
from waypost.directory.portfolio_keeper import PortfolioKeeper
from waypost.directory.profiles import ProfileKeeper
from waypost.directory.scribe import Scribe, write_alone
from waypost.directory.token_keeper import TokenKeeper
from waypost.directory.treasurer import Treasurer
from waypost.model.account import Account, AccountState, ApiKey
from waypost.model.audit import Actor, AuditEntry
from waypost.model.errors import DirectoryError
from waypost.model.ledger import Wallet
from waypost.model.sender import Sender
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.vault import Vault
from waypost.runtime.vault_error import VaultError
from waypost.status.stopper import release_waba
from waypost.store.ports import Store, Transaction

MOST_ENTRIES = 1000
"""How many entries of the audit log are read at once, at most."""


@dataclass(frozen=True, slots=True)
class Registrar:
    """The operator's hand in the directory.

    `actor` is whoever acts, for the audit log. Every method raises NotFoundError for an unknown
    SID, and DirectoryError for what cannot be.
    """

    store: Store
    clock: Clock
    entropy: Entropy
    pod: str
    vault: Vault

    async def open_account(self, new: NewAccount, *, actor: Actor = OPERATOR) -> Account:
        """A new account with an empty wallet."""
        bare = Account(
            account_id=0,
            sid=make_sid(self.pod, str(int(self.entropy.token_hex(8), 16))[-10:], new.country),
            name=new.name,
            kind=new.kind,
            state=AccountState.ACTIVE,
            price_minor=None,
            requests_per_s=None,
            version=1,
            check_mode=new.check_mode,
        )
        account = changed_account(bare, change_of(new))

        async def write(transaction: Transaction) -> Account:
            id_ = await transaction.directory.insert_account(account, self.clock.now())
            opened = replace(account, account_id=id_)
            await transaction.directory.update_account(opened)
            await transaction.wallets.open(id_, new.currency, new.credit_limit_minor)
            detail = {
                **show_account(opened),
                "currency": new.currency,
                "credit_limit_minor": new.credit_limit_minor,
            }
            await self._tell(transaction, id_, actor, ("account.opened", opened.sid), detail)
            return opened

        return await write_alone(self.store, write)

    async def change_account(
        self, sid: str, change: AccountChange, *, actor: Actor = OPERATOR
    ) -> Account:
        """Changes what is given of an account; the account after it."""

        async def write(transaction: Transaction) -> Account:
            account = await account_named(transaction, sid)
            changed = changed_account(account, change)
            detail = differences(show_account(account), show_account(changed))
            if change.credit_limit_minor is not UNSET:
                detail |= await self.money.set_credit_limit(
                    transaction, account.account_id, change.credit_limit_minor
                )
            if detail:
                await transaction.directory.update_account(changed)
                await self.money.end_daily_alarms(transaction, account, changed)
                await self._commit(transaction, changed, actor, ("account.changed", sid), detail)
            return changed

        return await write_alone(self.store, write)

    async def set_state(self, sid: str, state: AccountState, *, actor: Actor = OPERATOR) -> None:
        """Suspends an account, or lets it go on."""
        act = "account.suspended" if state is AccountState.SUSPENDED else "account.resumed"

        async def write(transaction: Transaction) -> None:
            account = await account_named(transaction, sid)
            if account.state is not state:
                await transaction.directory.update_account(replace(account, state=state))
                await self._commit(transaction, account, actor, (act, sid), {})

        await write_alone(self.store, write)

    async def make_key(
        self,
        sid: str,
        allowed_addresses: Sequence[str] = (),
        days: int | None = None,
        *,
        label: str = "",
        actor: Actor = OPERATOR,
    ) -> str:
        """A new key, shown this once: only its hash is kept.

        Raises DirectoryError for an address that is none, or a life that is none.
        """
        now = self.clock.now()
        change = KeyChange(label, tuple(allowed_addresses), end_after(now, days))

        async def write(transaction: Transaction) -> str:
            account = await account_named(transaction, sid)
            key = self._unlike_others(account)
            kept = new_key(key, now, change)
            await transaction.directory.insert_key(account.account_id, kept)
            act = ("key.made", kept.prefix)
            await self._commit(transaction, account, actor, act, show_key(kept))
            return key

        return await write_alone(self.store, write)

    async def rotate_key(
        self, sid: str, prefix: str, overlap: timedelta, *, actor: Actor = OPERATOR
    ) -> str:
        """A new key with the label, limits and end of an old one; shown this once.

        prefix   of the old key, or the whole of it
        overlap  how long the old one stays valid, if it does not end earlier anyway

        Raises NotFoundError for an unknown prefix; DirectoryError for one of several keys, an
        overlap that is none, or an old key that has expired.
        """
        now = self.clock.now()

        async def write(transaction: Transaction) -> str:
            account = await account_named(transaction, sid)
            old, key = key_named(account, prefix), self._unlike_others(account)
            ended, kept = rotated_key(old, key, now, overlap)
            await transaction.directory.update_key(account.account_id, ended)
            await transaction.directory.insert_key(account.account_id, kept)
            detail = {"new": kept.prefix, "old_expires_at": show_key(ended)["expires_at"]}
            act = ("key.rotated", old.prefix)
            await self._commit(transaction, account, actor, act, detail)
            return key

        return await write_alone(self.store, write)

    async def change_key(
        self, sid: str, prefix: str, change: KeyChange, *, actor: Actor = OPERATOR
    ) -> ApiKey:
        """Changes a key's label, addresses or end; the key after it. Raises as `rotate_key`."""
        now = self.clock.now()

        async def write(transaction: Transaction) -> ApiKey:
            account = await account_named(transaction, sid)
            key = key_named(account, prefix)
            changed = changed_key(key, now, change)
            detail = differences(show_key(key), show_key(changed))
            if detail:
                await transaction.directory.update_key(account.account_id, changed)
                act = ("key.changed", key.prefix)
                await self._commit(transaction, account, actor, act, detail)
            return changed

        return await write_alone(self.store, write)

    async def revoke_key(self, sid: str, prefix: str, *, actor: Actor = OPERATOR) -> int:
        """Refuses every key of this prefix from now on, or the one named in full; how many.

        Raises NotFoundError for an unknown prefix.
        """

        async def write(transaction: Transaction) -> int:
            account = await account_named(transaction, sid)
            revoked = keys_named(account, prefix)
            for key in revoked:
                await transaction.directory.update_key(
                    account.account_id, replace(key, revoked_at=self.clock.now())
                )
                await self._commit(transaction, account, actor, ("key.revoked", key.prefix), {})
            return len(revoked)

        return await write_alone(self.store, write)

    async def save_waba(
        self,
        sid: str,
        waba_id: str,
        access_token: str,
        name: str | None = None,
        *,
        actor: Actor = OPERATOR,
    ) -> None:
        """A WABA and its token, which is kept sealed; a name of None leaves it its name.

        Its senders that Meta refused are tried again, also with the token they had: what was wrong
        with it may have been mended at Meta.
        """
        check_meta_id("WABA id", waba_id)
        check_token(access_token)
        sealed = self.vault.seal(access_token)
        cleaned = None if name is None else clean_name(name) if name else ""

        async def write(transaction: Transaction) -> None:
            account = await account_named(transaction, sid)
            known = account.wabas.get(waba_id)
            kept = known or Waba(account.account_id, waba_id, sealed)
            if cleaned is not None:
                kept = replace(kept, name=cleaned)
            is_new_token = known is None or not self._is_token(known, access_token)
            if is_new_token:
                kept = replace(kept, access_token=sealed)
            released = await release_waba(
                transaction, account.account_id, waba_id, self.clock.now()
            )
            if kept == known and not released:
                return
            await transaction.directory.save_waba(kept, self.clock.now())
            act = ("waba.added" if known is None else "waba.changed", waba_id)
            detail: dict[str, Any] = {"name": kept.name, "has_new_token": is_new_token}
            if released:
                detail["released"] = released
            await self._commit(transaction, account, actor, act, detail)

        await write_alone(self.store, write)

    async def save_sender(
        self,
        sid: str,
        sender: Sender,
        callback_url: str | UnsetType | None = UNSET,
        *,
        actor: Actor = OPERATOR,
    ) -> None:
        """A sender, new or changed; its WABA must stand, its access token is the WABA's.

        callback_url  where all that is told of it goes; None: nowhere. See `ProfileKeeper.point`

        Raises DirectoryError for an unknown WABA, a number of another account, or ids that are
        none.
        """
        check_meta_id("phone number of digits alone", sender.sender_id)
        check_meta_id("phone_number_id", sender.phone_number_id)

        async def write(transaction: Transaction) -> None:
            account = await account_named(transaction, sid)
            if sender.waba_id not in account.wabas:
                raise DirectoryError(f"{sid} has no WABA {sender.waba_id}; add it first.")
            owners = await transaction.directory.sender_owners(sender.phone_number_id)
            if any(owner != account.account_id for owner, _ in owners):
                raise DirectoryError(
                    f"The number {sender.phone_number_id} belongs to another account."
                )
            known, now = account.senders.get(sender.sender_id), self.clock.now()
            kept = sender if known is None else as_learnt(sender, known)
            detail: dict[str, Any] = {}
            if callback_url is not UNSET:
                detail = await self.profiles.point(
                    transaction, account, kept.sender_id, callback_url
                )
            if kept == known and not detail:
                return
            await transaction.directory.save_sender(account.account_id, kept, now)
            if not kept.is_throughput_pinned:
                await transaction.directory.set_sync_due(kept.waba_id, now)
            shown = show_sender(kept)
            if known is None:
                act, detail = "sender.added", {**shown, **detail}
            else:
                act, detail = "sender.changed", {**differences(show_sender(known), shown), **detail}
            await self._commit(transaction, account, actor, (act, sender.sender_id), detail)

        await write_alone(self.store, write)

    @property
    def money(self) -> Treasurer:
        """The hand on the money of all accounts."""
        return Treasurer(self.store, self.clock, self.entropy)

    @property
    def profiles(self) -> ProfileKeeper:
        """The hand on the callback profiles of all accounts."""
        return ProfileKeeper(self.store, self.clock, self.entropy, self.pod, self.vault)

    @property
    def portfolios(self) -> PortfolioKeeper:
        """The hand on the portfolios of all WABAs."""
        return PortfolioKeeper(self.store, self.clock, self._scribe)

    @property
    def tokens(self) -> TokenKeeper:
        """The hand on the tokens of all WABAs."""
        return TokenKeeper(self.store, self.vault, self._scribe)

    async def find(self, sid: str) -> Account:
        """The account with all that belongs to it. Raises DirectoryError for an unknown SID."""
        return await self.store.read(lambda transaction: account_named(transaction, sid))

    async def accounts(self) -> list[tuple[Account, Wallet]]:
        """All accounts with their wallets."""

        async def read(transaction: Transaction) -> list[tuple[Account, Wallet]]:
            accounts = await transaction.directory.accounts()
            wallets = await transaction.wallets.load([one.account_id for one in accounts])
            return [(one, wallets[one.account_id]) for one in accounts]

        return await self.store.read(read)

    async def audit(
        self, sid: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[AuditEntry]:
        """The newest acts first, of one account or of all.

        before  the id of an entry: only older ones
        """
        if not 1 <= limit <= MOST_ENTRIES:
            raise DirectoryError(f"limit must be 1 to {MOST_ENTRIES}, not {limit}.")

        async def read(transaction: Transaction) -> list[AuditEntry]:
            id_ = None if sid is None else (await account_named(transaction, sid)).account_id
            return await transaction.audit.entries(id_, limit, before)

        return await self.store.read(read)

    def _unlike_others(self, account: Account) -> str:
        """A key whose prefix no other key of the account has."""
        taken = {key.prefix for key in account.keys.values()}
        while True:
            key = make_key(self.entropy.token_hex(16))
            if key[:PREFIX_LENGTH] not in taken:
                return key

    def _is_token(self, waba: Waba, access_token: str) -> bool:
        """Whether a WABA has this token already; one that cannot be opened is another."""
        with suppress(VaultError):
            return self.vault.open(waba.access_token) == access_token
        return False

    async def _commit(
        self,
        transaction: Transaction,
        account: Account,
        actor: Actor,
        act: tuple[str, str],
        detail: Mapping[str, Any],
    ) -> None:
        """Tells every process that the account changed, and the audit log how."""
        await transaction.directory.touch(account.account_id)
        await self._tell(transaction, account.account_id, actor, act, detail)

    async def _tell(
        self,
        transaction: Transaction,
        account_id: int,
        actor: Actor,
        act: tuple[str, str],
        detail: Mapping[str, Any],
    ) -> None:
        entry = self._scribe.entry(account_id, actor, act, detail)
        await transaction.audit.append([entry])

    @property
    def _scribe(self) -> Scribe:
        return Scribe(self.clock, self.entropy)
