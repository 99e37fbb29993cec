"""Accounts with their keys, WABAs, senders and templates."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from waypost.model.account import (
    Account,
    AccountKind,
    AccountState,
    ApiKey,
    CappedPolicy,
    CheckMode,
    TemplatePolicy,
    UnknownPolicy,
)
from waypost.model.opt_out import OPT_IN_KEYWORDS, OPT_OUT_KEYWORDS
from waypost.model.sender import ApiVersion, ClosedSender, Sender, SenderHold, SenderState
from waypost.model.waba import Waba
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.failures import failure_columns, failure_of
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from waypost.store.repositories.templates import template_of


def sender_of(columns: Sequence[Any]) -> Sender:
    """A sender from its fifteen columns, as the queries name them."""
    return Sender(
        sender_id=columns[0],
        phone_number_id=columns[1],
        waba_id=columns[2],
        access_token=columns[3],
        throughput=columns[4],
        api_version=ApiVersion(columns[5]),
        state=SenderState(columns[6]),
        display_name=columns[7],
        held_until=from_ms_or_none(columns[8]),
        held_for=failure_of(columns[9:13]),
        heard_at=from_ms(columns[13]) if columns[13] else None,
        is_throughput_pinned=bool(columns[14]),
    )


def words_of(column: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
    """Keywords from their column, where null stands for those every account begins with."""
    return default if column is None else tuple(json.loads(column))


def column_of(words: tuple[str, ...], default: tuple[str, ...]) -> str | None:
    """Keywords as their column has them; an account that has the usual ones follows them."""
    return None if words == default else json.dumps(words)


def waba_of(columns: Sequence[Any]) -> Waba:
    """A WABA from its eight columns."""
    return Waba(
        account_id=columns[0],
        waba_id=columns[1],
        access_token=columns[2],
        name=columns[3],
        catalogue_id=columns[4],
        synced_at=from_ms_or_none(columns[5]),
        sync_failure=columns[6],
        portfolio_id=columns[7],
    )


def account_of(columns: Sequence[Any]) -> Account:
    """An account from its sixteen columns, without what belongs to it."""
    return Account(
        account_id=columns[0],
        sid=columns[1],
        name=columns[2],
        kind=AccountKind(columns[3]),
        state=AccountState(columns[4]),
        price_minor=columns[5],
        requests_per_s=columns[6],
        version=columns[7],
        check_mode=CheckMode(columns[8]),
        opt_out_keywords=words_of(columns[9], OPT_OUT_KEYWORDS),
        opt_in_keywords=words_of(columns[10], OPT_IN_KEYWORDS),
        unknown_policy=UnknownPolicy(columns[11]),
        template_policy=TemplatePolicy(columns[12]),
        capped_policy=CappedPolicy(columns[13]),
        validity_s=columns[14],
        daily_limit=columns[15],
    )


def policies(account: Account) -> dict[str, str | int | None]:
    """The columns of what an account wants done."""
    return {
        "unknown_policy": account.unknown_policy.value,
        "template_policy": account.template_policy.value,
        "capped_policy": account.capped_policy.value,
        "validity_s": account.validity_s,
        "daily_limit": account.daily_limit,
    }


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
        profiles = await self.driver.fetch("directory.callback_profiles", of_account)
        attached = await self.driver.fetch("profiles.attachments", of_account)
        wabas = await self.wabas(account.account_id)
        return replace(
            account,
            wabas={waba.waba_id: waba for waba in wabas},
            keys={
                key_hash: ApiKey(
                    key_hash=key_hash,
                    prefix=prefix,
                    created_at=from_ms(created_at),
                    expires_at=from_ms_or_none(expires_at),
                    revoked_at=from_ms_or_none(revoked_at),
                    allowed_addresses=tuple(json.loads(allowed)),
                    label=label,
                )
                for key_hash, prefix, created_at, expires_at, revoked_at, allowed, label in keys
            },
            senders={row[0]: sender_of(row) for row in senders},
            templates={(row[0], row[1], row[2]): template_of(row[1:]) for row in templates},
            callback_profiles={
                profile_id: tuple(target for _, target, to in attached if to == profile_id)
                for (profile_id,) in profiles
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
                "check_mode": account.check_mode.value,
                **policies(account),
                "created_at": to_ms(created_at),
            },
        )
        return int(account_id)

    async def update_account(self, account: Account) -> None:
        """Everything of an account's own row that may change."""
        await self.driver.execute(
            "directory.update_account",
            {
                "account_id": account.account_id,
                "name": account.name,
                "kind": account.kind.value,
                "state": account.state.value,
                "price_minor": account.price_minor,
                "requests_per_s": account.requests_per_s,
                "check_mode": account.check_mode.value,
                "opt_out_keywords": column_of(account.opt_out_keywords, OPT_OUT_KEYWORDS),
                "opt_in_keywords": column_of(account.opt_in_keywords, OPT_IN_KEYWORDS),
                **policies(account),
            },
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
                "label": key.label,
            },
        )

    async def update_key(self, account_id: int, key: ApiKey) -> None:
        """When a key ends, and from where it may be used."""
        await self.driver.execute(
            "directory.update_key",
            {
                "account_id": account_id,
                "key_hash": key.key_hash,
                "expires_at": to_ms_or_none(key.expires_at),
                "revoked_at": to_ms_or_none(key.revoked_at),
                "allowed_addresses": json.dumps(key.allowed_addresses),
                "label": key.label,
            },
        )

    async def save_waba(self, waba: Waba, created_at: datetime) -> None:
        """A WABA, new or with a new token or name; it is due to be read from Meta at once."""
        await self.driver.execute(
            "directory.save_waba",
            {
                "account_id": waba.account_id,
                "waba_id": waba.waba_id,
                "access_token": waba.access_token,
                "name": waba.name,
                "created_at": to_ms(created_at),
            },
        )

    async def replace_token(self, waba: Waba) -> None:
        """The WABA's access token, sealed anew."""
        await self.driver.execute(
            "directory.replace_token",
            {
                "account_id": waba.account_id,
                "waba_id": waba.waba_id,
                "access_token": waba.access_token,
            },
        )

    async def wabas(self, account_id: int) -> list[Waba]:
        """The WABAs of an account."""
        rows = await self.driver.fetch("directory.wabas", {"account_id": account_id})
        return [waba_of(row) for row in rows]

    async def all_wabas(self) -> list[Waba]:
        """The WABAs of every account."""
        return [waba_of(row) for row in await self.driver.fetch("directory.all_wabas", {})]

    async def wabas_due(self, now: datetime) -> list[Waba]:
        """WABAs whose templates and catalogue are to be read from Meta by now."""
        rows = await self.driver.fetch("directory.wabas_due", {"now": to_ms(now)})
        return [waba_of(row) for row in rows]

    async def waba_owners(self, waba_id: str) -> list[int]:
        """Which accounts have this WABA."""
        rows = await self.driver.fetch("directory.waba_owners", {"waba_id": waba_id})
        return [account_id for (account_id,) in rows]

    async def set_sync_due(self, waba_id: str, due_at: datetime) -> None:
        """A WABA is to be read from Meta at this time."""
        await self.driver.execute(
            "directory.set_sync_due", {"waba_id": waba_id, "due_at": to_ms(due_at)}
        )

    async def record_sync(
        self, waba: Waba, began_at: datetime, ended_at: datetime, due_at: datetime
    ) -> None:
        """What reading a WABA from Meta came to, and when it is to be read again.

        A WABA that was made due while it was read, from `began_at` to `ended_at`, stays due.
        """
        await self.driver.execute(
            "directory.record_sync",
            {
                "account_id": waba.account_id,
                "waba_id": waba.waba_id,
                "catalogue_id": waba.catalogue_id,
                "synced_at": to_ms_or_none(waba.synced_at),
                "sync_failure": waba.sync_failure,
                "began_at": to_ms(began_at),
                "ended_at": to_ms(ended_at),
                "due_at": to_ms(due_at),
            },
        )

    async def record_catalogue(self, waba: Waba) -> None:
        """Which catalogue a WABA has, and why it could not be read."""
        await self.driver.execute(
            "directory.record_catalogue",
            {
                "account_id": waba.account_id,
                "waba_id": waba.waba_id,
                "catalogue_id": waba.catalogue_id,
                "sync_failure": waba.sync_failure,
            },
        )

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
                "is_throughput_pinned": sender.is_throughput_pinned,
                "created_at": to_ms(created_at),
            },
        )

    async def heard_at(self, account_id: int, sender_id: str) -> datetime | None:
        """When Meta's last webhook about a sender came; None: never yet."""
        rows = await self.driver.fetch(
            "directory.heard_at", {"account_id": account_id, "sender_id": sender_id}
        )
        return from_ms(rows[0][0]) if rows and rows[0][0] else None

    async def last_hold(self, account_id: int, sender_id: str) -> tuple[int, datetime]:
        """How long the newest hold of a sender was to last, in seconds, and until when."""
        rows = await self.driver.fetch(
            "directory.last_hold", {"account_id": account_id, "sender_id": sender_id}
        )
        return (rows[0][0], from_ms(rows[0][1])) if rows else (0, from_ms(0))

    async def hold_sender(
        self, account_id: int, sender_id: str, hold: SenderHold, now: datetime
    ) -> bool:
        """Holds a sender; False if it is held already."""
        code, title, detail, step = failure_columns(hold.failure)
        rows = await self.driver.fetch(
            "directory.hold_sender",
            {
                "account_id": account_id,
                "sender_id": sender_id,
                "held_until": to_ms(hold.until),
                "hold_s": hold.length_s,
                "code": code,
                "title": title,
                "detail": detail,
                "step": step,
                "now": to_ms(now),
            },
        )
        return bool(rows)

    async def release_sender(self, account_id: int, sender_id: str, *, is_mended: bool) -> bool:
        """Lets a sender go again; False if it was not held.

        is_mended  somebody mended what was wrong: the next hold is a first one
        """
        rows = await self.driver.fetch(
            "directory.release_sender",
            {"account_id": account_id, "sender_id": sender_id, "is_mended": is_mended},
        )
        return bool(rows)

    async def held_of_waba(self, account_id: int, waba_id: str) -> list[str]:
        """The senders of a WABA that are held."""
        rows = await self.driver.fetch(
            "directory.held_of_waba", {"account_id": account_id, "waba_id": waba_id}
        )
        return [sender_id for (sender_id,) in rows]

    async def closed_senders(self) -> list[ClosedSender]:
        """Senders that are paused, held, or tried again after a hold."""
        return [
            ClosedSender(
                account_id=account_id,
                sender_id=sender_id,
                state=SenderState(state),
                held_until=from_ms_or_none(held_until),
            )
            for account_id, sender_id, state, held_until in await self.driver.fetch(
                "directory.closed_senders", {}
            )
        ]

    async def sender_owners(self, phone_number_id: str) -> list[tuple[int, str]]:
        """Accounts and sender ids of a number at Meta."""
        rows = await self.driver.fetch(
            "directory.sender_owners", {"phone_number_id": phone_number_id}
        )
        return [(account_id, sender_id) for account_id, sender_id in rows]

    async def set_portfolio(self, waba: Waba) -> None:
        """Which portfolio a WABA belongs to; it is due to be read from Meta at once."""
        await self.driver.execute(
            "directory.set_portfolio",
            {
                "account_id": waba.account_id,
                "waba_id": waba.waba_id,
                "portfolio_id": waba.portfolio_id,
            },
        )

    async def learn_throughputs(self, told: Sequence[tuple[int, str, int]]) -> set[Key]:
        """What Meta allows numbers, by account and `phone_number_id`; the senders that changed."""
        rows = await self.driver.fetch_rows("directory.learn_throughputs", told)
        return {(account_id, sender_id) for account_id, sender_id in rows}

    async def learn_throughput_of(self, account_id: int, sender_id: str, throughput: int) -> bool:
        """What Meta allows one sender; whether that changed anything."""
        rows = await self.driver.fetch(
            "directory.learn_throughput_of",
            {"account_id": account_id, "sender_id": sender_id, "throughput": throughput},
        )
        return bool(rows)

    async def note_heard(self, heard: Mapping[Key, datetime], least: timedelta) -> None:
        """When Meta told of numbers, by account and `phone_number_id`.

        It is not written down again until it is later by `least`.
        """
        await self.driver.execute_rows(
            "directory.note_heard",
            [(*key, to_ms(at), to_ms(at - least)) for key, at in heard.items()],
        )
