"""Accounts with their keys, WABAs, senders and templates."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from waypost.model.account import Account, AccountKind, AccountState, ApiKey
from waypost.model.sender import ApiVersion, Sender, SenderState
from waypost.model.template import Template
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none


def sender_of(columns: Sequence[Any]) -> Sender:
    """A sender from its nine columns, as the queries name them."""
    return Sender(
        sender_id=columns[0],
        phone_number_id=columns[1],
        waba_id=columns[2],
        access_token=columns[3],
        throughput=columns[4],
        api_version=ApiVersion(columns[5]),
        state=SenderState(columns[6]),
        callback_url=columns[7],
        display_name=columns[8],
    )


def account_of(columns: Sequence[Any]) -> Account:
    """An account from its eight columns, without what belongs to it."""
    return Account(
        account_id=columns[0],
        sid=columns[1],
        name=columns[2],
        kind=AccountKind(columns[3]),
        state=AccountState(columns[4]),
        price_minor=columns[5],
        requests_per_s=columns[6],
        version=columns[7],
    )


@dataclass(frozen=True, slots=True)
class DirectoryRepository:
    """`ports.Directory` over named queries."""

    driver: Driver

    async def account_by_sid(self, sid: str) -> Account | None:
        """One account with all that belongs to it."""
        rows = await self.driver.fetch("directory.account_by_sid", {"sid": sid})
        if not rows:
            return None
        account = account_of(rows[0])
        of_account = {"account_id": account.account_id}
        keys = await self.driver.fetch("directory.keys", of_account)
        senders = await self.driver.fetch("directory.senders", of_account)
        templates = await self.driver.fetch("directory.templates", of_account)
        return replace(
            account,
            keys={
                key_hash: ApiKey(
                    key_hash=key_hash,
                    prefix=prefix,
                    created_at=from_ms(created_at),
                    expires_at=from_ms_or_none(expires_at),
                    revoked_at=from_ms_or_none(revoked_at),
                    allowed_addresses=tuple(json.loads(allowed)),
                )
                for key_hash, prefix, created_at, expires_at, revoked_at, allowed in keys
            },
            senders={row[0]: sender_of(row) for row in senders},
            templates={
                (waba_id, name, language): Template(
                    name, language, category, status, tuple(json.loads(components))
                )
                for waba_id, name, language, category, status, components in templates
            },
        )

    async def account_version(self, account_id: int) -> int | None:
        """Grows with every change; None if the account is gone."""
        rows = await self.driver.fetch("directory.account_version", {"account_id": account_id})
        return int(rows[0][0]) if rows else None

    async def accounts(self) -> list[Account]:
        """All accounts, without what belongs to them."""
        return [account_of(row) for row in await self.driver.fetch("directory.accounts", {})]

    async def insert_account(self, account: Account, created_at: datetime) -> int:
        """A new account; its id."""
        ((account_id,),) = await self.driver.fetch(
            "directory.insert_account",
            {
                "sid": account.sid,
                "name": account.name,
                "kind": account.kind.value,
                "state": account.state.value,
                "price_minor": account.price_minor,
                "requests_per_s": account.requests_per_s,
                "created_at": to_ms(created_at),
            },
        )
        return int(account_id)

    async def set_account_state(self, account_id: int, state: AccountState) -> None:
        """Suspends an account or lets it go on."""
        await self.driver.execute(
            "directory.set_account_state", {"account_id": account_id, "state": state.value}
        )

    async def touch(self, account_id: int) -> None:
        """Tells every process that something of the account changed."""
        await self.driver.execute("directory.touch", {"account_id": account_id})

    async def insert_key(self, account_id: int, key: ApiKey) -> None:
        """A new key."""
        await self.driver.execute(
            "directory.insert_key",
            {
                "account_id": account_id,
                "key_hash": key.key_hash,
                "prefix": key.prefix,
                "allowed_addresses": json.dumps(key.allowed_addresses),
                "created_at": to_ms(key.created_at),
                "expires_at": to_ms_or_none(key.expires_at),
            },
        )

    async def revoke_keys(self, account_id: int, prefix: str, revoked_at: datetime) -> int:
        """Revokes the keys with this prefix; how many there were."""
        rows = await self.driver.fetch(
            "directory.revoke_keys",
            {"account_id": account_id, "prefix": prefix, "revoked_at": to_ms(revoked_at)},
        )
        return len(rows)

    async def save_waba(
        self, account_id: int, waba_id: str, access_token: str, created_at: datetime
    ) -> None:
        """A WABA, new or with a new token."""
        await self.driver.execute(
            "directory.save_waba",
            {
                "account_id": account_id,
                "waba_id": waba_id,
                "access_token": access_token,
                "created_at": to_ms(created_at),
            },
        )

    async def wabas(self, account_id: int) -> dict[str, str]:
        """Access tokens by WABA id."""
        return dict(await self.driver.fetch("directory.wabas", {"account_id": account_id}))

    async def save_sender(self, account_id: int, sender: Sender, created_at: datetime) -> None:
        """A sender, new or changed."""
        await self.driver.execute(
            "directory.save_sender",
            {
                "account_id": account_id,
                "sender_id": sender.sender_id,
                "phone_number_id": sender.phone_number_id,
                "waba_id": sender.waba_id,
                "display_name": sender.display_name,
                "throughput": sender.throughput,
                "api_version": sender.api_version.value,
                "state": sender.state.value,
                "callback_url": sender.callback_url,
                "created_at": to_ms(created_at),
            },
        )

    async def sender_owners(self, phone_number_id: str) -> list[tuple[int, str]]:
        """Accounts and sender ids of a number at Meta."""
        rows = await self.driver.fetch(
            "directory.sender_owners", {"phone_number_id": phone_number_id}
        )
        return [(account_id, sender_id) for account_id, sender_id in rows]

    async def save_templates(
        self, account_id: int, waba_id: str, templates: Sequence[Template], synced_at: datetime
    ) -> None:
        """All templates of a WABA, as Meta gives them now; those it no longer names go."""
        at = to_ms(synced_at)
        await self.driver.execute_rows(
            "directory.save_templates",
            [
                (
                    account_id,
                    waba_id,
                    template.name,
                    template.language,
                    template.category,
                    template.status,
                    json.dumps(template.components),
                    at,
                )
                for template in templates
            ],
        )
        await self.driver.execute(
            "directory.drop_stale_templates",
            {"account_id": account_id, "waba_id": waba_id, "before": at},
        )
