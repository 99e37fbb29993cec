"""Uploaded media, and samples for templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waypost.model.medium import Medium, MediumKind, ResumableMedium, ResumableState
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, to_ms

Key = tuple[int, str]


def medium_of(columns: Sequence[Any]) -> Medium:
    """A medium from its thirteen columns."""
    return Medium(
        account_id=columns[0],
        media_id=columns[1],
        sender_id=columns[2],
        kind=MediumKind(columns[3]),
        mime_type=columns[4],
        size_bytes=columns[5],
        file_name=columns[6],
        digest=columns[7],
        object_key=columns[8],
        meta_id=columns[9],
        meta_expires_at=from_ms(columns[10]),
        created_at=from_ms(columns[11]),
        last_used_at=from_ms(columns[12]),
    )


def resumable_of(columns: Sequence[Any]) -> ResumableMedium:
    """A sample from its twelve columns."""
    return ResumableMedium(
        account_id=columns[0],
        resumable_media_id=columns[1],
        waba_id=columns[2],
        file_name=columns[3],
        mime_type=columns[4],
        size_bytes=columns[5],
        state=ResumableState(columns[6]),
        handle=columns[7],
        object_key=columns[8],
        failure=columns[9],
        created_at=from_ms(columns[10]),
        expires_at=from_ms(columns[11]),
    )


@dataclass(frozen=True, slots=True)
class MediaRepository:
    """`ports.Media` over named queries."""

    driver: Driver

    async def find(self, keys: Sequence[Key]) -> dict[Key, Medium]:
        """Media by the ids that customers name."""
        rows = await self.driver.fetch_rows("media.find", keys)
        return {(row[0], row[1]): medium_of(row) for row in rows}

    async def by_digest(self, account_id: int, sender_id: str, digest: bytes) -> list[Medium]:
        """What a sender has uploaded with these bytes, the oldest first."""
        rows = await self.driver.fetch(
            "media.by_digest",
            {"account_id": account_id, "sender_id": sender_id, "digest": digest},
        )
        return [medium_of(row) for row in rows]

    async def save(self, media: Sequence[Medium]) -> None:
        """Media, new or with another id at Meta."""
        await self.driver.execute_rows(
            "media.save",
            [
                (
                    one.account_id,
                    one.media_id,
                    one.sender_id,
                    one.kind.value,
                    one.mime_type,
                    one.size_bytes,
                    one.file_name,
                    one.digest,
                    one.object_key,
                    one.meta_id,
                    to_ms(one.meta_expires_at),
                    to_ms(one.created_at),
                    to_ms(one.last_used_at),
                )
                for one in media
            ],
        )

    async def expiring(
        self, before: datetime, used_since: datetime, after: Medium | None, limit: int
    ) -> list[Medium]:
        """Media in use with bytes of ours that expire by then; those behind `after`."""
        rows = await self.driver.fetch(
            "media.expiring",
            {
                "before": to_ms(before),
                "used_since": to_ms(used_since),
                "after_expires_at": -1 if after is None else to_ms(after.meta_expires_at),
                "after_account_id": 0 if after is None else after.account_id,
                "after_media_id": "" if after is None else after.media_id,
                "limit": limit,
            },
        )
        return [medium_of(row) for row in rows]

    async def mark_used(self, keys: Sequence[Key], used_at: datetime) -> None:
        """Media that were named in a send."""
        at = to_ms(used_at)
        await self.driver.execute_rows("media.mark_used", [(*key, at) for key in keys])

    async def of_account(self, account_id: int, limit: int, offset: int) -> list[Medium]:
        """The newest media first."""
        rows = await self.driver.fetch(
            "media.of_account", {"account_id": account_id, "limit": limit, "offset": offset}
        )
        return [medium_of(row) for row in rows]

    async def lapsed(self, before: datetime, limit: int) -> list[Medium]:
        """Media that Meta forgot before this."""
        rows = await self.driver.fetch("media.lapsed", {"before": to_ms(before), "limit": limit})
        return [medium_of(row) for row in rows]

    async def remove(self, account_id: int, media_id: str) -> None:
        """Forgets a medium; its bytes are another's affair."""
        await self.driver.execute("media.remove", {"account_id": account_id, "media_id": media_id})

    async def needs_object(self, account_id: int, digest: bytes, object_key: str) -> bool:
        """Whether a medium, a sample or an inbound message still needs these bytes."""
        ((found,),) = await self.driver.fetch(
            "media.needs_object",
            {"account_id": account_id, "digest": digest, "object_key": object_key},
        )
        return bool(found)

    async def save_resumable(self, media: Sequence[ResumableMedium]) -> None:
        """Samples, new or further than they were."""
        await self.driver.execute_rows(
            "media.save_resumable",
            [
                (
                    one.account_id,
                    one.resumable_media_id,
                    one.waba_id,
                    one.file_name,
                    one.mime_type,
                    one.size_bytes,
                    one.state.value,
                    one.handle,
                    one.object_key,
                    one.failure,
                    to_ms(one.created_at),
                    to_ms(one.expires_at),
                )
                for one in media
            ],
        )

    async def resumable(
        self, account_id: int, waba_id: str, limit: int, offset: int
    ) -> list[ResumableMedium]:
        """The newest samples of a WABA first."""
        rows = await self.driver.fetch(
            "media.resumable",
            {"account_id": account_id, "waba_id": waba_id, "limit": limit, "offset": offset},
        )
        return [resumable_of(row) for row in rows]

    async def find_resumable(self, keys: Sequence[Key]) -> dict[Key, ResumableMedium]:
        """Samples by their ids."""
        rows = await self.driver.fetch_rows("media.find_resumable", keys)
        return {(row[0], row[1]): resumable_of(row) for row in rows}

    async def resumable_since(
        self, account_id: int, waba_id: str, since: datetime
    ) -> list[datetime]:
        """When a WABA's samples after `since` were sent in, the oldest first."""
        rows = await self.driver.fetch(
            "media.resumable_since",
            {"account_id": account_id, "waba_id": waba_id, "since": to_ms(since)},
        )
        return [from_ms(created_at) for (created_at,) in rows]

    async def lapsed_resumable(self, before: datetime, limit: int) -> list[ResumableMedium]:
        """Samples sent in before this."""
        rows = await self.driver.fetch(
            "media.lapsed_resumable", {"before": to_ms(before), "limit": limit}
        )
        return [resumable_of(row) for row in rows]

    async def fail_pending(self, before: datetime, failure: str) -> list[ResumableMedium]:
        """Samples sent in before this whose upload never ended have failed: these."""
        rows = await self.driver.fetch(
            "media.fail_pending", {"before": to_ms(before), "failure": failure}
        )
        return [resumable_of(row) for row in rows]

    async def remove_resumable(self, account_id: int, resumable_media_id: str) -> None:
        """Forgets a sample; its bytes are another's affair."""
        await self.driver.execute(
            "media.remove_resumable",
            {"account_id": account_id, "resumable_media_id": resumable_media_id},
        )
