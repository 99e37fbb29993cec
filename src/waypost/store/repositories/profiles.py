"""Callback profiles, and whose events go to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from waypost.model.callback import Attachment, CallbackProfile, EventKind, ProfileState, Route
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none

_decode_events = msgspec.json.Decoder(tuple[EventKind, ...]).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class ProfilesRepository:
    """`ports.Profiles` over named queries."""

    driver: Driver

    async def routes(self, targets: Sequence[Key]) -> dict[Key, list[Route]]:
        """The profiles of each account and target."""
        found: dict[Key, list[Route]] = {}
        for account_id, target, profile_id, events in await self.driver.fetch_rows(
            "profiles.routes", targets
        ):
            route = Route(profile_id, frozenset(_decode_events(events)))
            found.setdefault((account_id, target), []).append(route)
        return found

    async def load(self, keys: Sequence[Key]) -> dict[Key, CallbackProfile]:
        """Profiles by account and id; what is not there is left out."""
        rows = await self.driver.fetch_rows("profiles.load", keys)
        return {(columns[0], columns[1]): profile_of(columns) for columns in rows}

    async def of_account(self, account_id: int) -> list[CallbackProfile]:
        """All profiles of an account, oldest first."""
        rows = await self.driver.fetch("profiles.of_account", {"account_id": account_id})
        return [profile_of(columns) for columns in rows]

    async def hold(self, key: Key) -> CallbackProfile | None:
        """A profile that nobody else changes before the commit; None: it is not there."""
        of_profile = {"account_id": key[0], "profile_id": key[1]}
        rows = await self.driver.fetch("profiles.hold", of_profile)
        return profile_of(rows[0]) if rows else None

    async def save(self, profile: CallbackProfile) -> None:
        """A profile, new or changed."""
        await self.driver.execute(
            "profiles.save",
            {
                "account_id": profile.account_id,
                "profile_id": profile.profile_id,
                "title": profile.title,
                "events": _encode(profile.events).decode(),
                "method": profile.method,
                "url": profile.url,
                "body": profile.body,
                "content_type": profile.content_type,
                "secrets": profile.secrets,
                "state": profile.state.value,
                "state_reason": profile.state_reason,
                "failing_since": to_ms_or_none(profile.failing_since),
                "warned_at": to_ms_or_none(profile.warned_at),
                "probe_at": to_ms_or_none(profile.probe_at),
                "probes": profile.probes,
                "created_at": to_ms(profile.created_at),
                "changed_at": to_ms(profile.changed_at),
            },
        )

    async def attach(self, attachments: Sequence[Attachment]) -> None:
        """Events of targets go to profiles from now on."""
        await self.driver.execute_rows("profiles.attach", _keys(attachments))

    async def detach(self, attachments: Sequence[Attachment]) -> None:
        """They do no more."""
        await self.driver.execute_rows("profiles.detach", _keys(attachments))

    async def attachments(self, account_id: int) -> list[Attachment]:
        """Whose events go to the profiles of an account."""
        rows = await self.driver.fetch("profiles.attachments", {"account_id": account_id})
        return [Attachment(*columns) for columns in rows]

    async def remove(self, account_id: int, profile_id: str) -> None:
        """A profile and whose events went to it; what it was told is kept."""
        of_profile = {"account_id": account_id, "profile_id": profile_id}
        await self.driver.execute("profiles.detach_all", of_profile)
        await self.driver.execute("profiles.remove", of_profile)


def profile_of(columns: Sequence[Any]) -> CallbackProfile:
    """A profile of its columns, as `profiles.load` names them."""
    return CallbackProfile(
        account_id=columns[0],
        profile_id=columns[1],
        title=columns[2],
        events=_decode_events(columns[3]),
        method=columns[4],
        url=columns[5],
        body=columns[6],
        content_type=columns[7],
        secrets=columns[8],
        state=ProfileState(columns[9]),
        state_reason=columns[10],
        failing_since=from_ms_or_none(columns[11]),
        warned_at=from_ms_or_none(columns[12]),
        probe_at=from_ms_or_none(columns[13]),
        probes=columns[14],
        created_at=from_ms(columns[15]),
        changed_at=from_ms(columns[16]),
    )


def _keys(attachments: Sequence[Attachment]) -> list[tuple[int, str, str]]:
    return [(one.account_id, one.target, one.profile_id) for one in attachments]
