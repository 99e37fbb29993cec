"""Asks Meta of media that were uploaded past us: while a message waits, and never without end.

Each question is a call of the WABA's hourly number, which its templates and uploads need too. So
a sender's questions are paced, and after one that Meta could not answer there are none for a
moment: nobody waits for the same silence again.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from waypost.directory.media_memory import UNCHECKED_S, Found, Missed
from waypost.meta.graph import GraphClient
from waypost.meta.media import is_media_id, is_unknown, read_shown, show_call
from waypost.model.errors import MetaRefusedError
from waypost.model.media_type import kind_of
from waypost.model.medium import Medium
from waypost.model.sender import Sender
from waypost.model.throughput import Bucket, full_bucket
from waypost.runtime.clock import Clock
from waypost.runtime.http import HttpError
from waypost.runtime.vault_error import VaultError

BELIEVED = timedelta(hours=24)
"""How long Meta's word is taken for a medium that was uploaded past us."""

LOOK_S = 5.0
"""How long the door waits for Meta: a message is waiting."""

MOST_AT_ONCE = 200
"""Questions that a sender may ask before they are paced: some campaign's pictures."""

PER_SECOND = 5.0
"""Questions afterwards. What is not asked counts against nobody."""

Asker = tuple[int, str]
"""An account and one of its senders."""

log = structlog.get_logger("waypost.directory")


@dataclass(slots=True)
class MediaQuestions:
    """Knows what may be asked now. `graph` waits LOOK_S at most."""

    graph: GraphClient
    clock: Clock
    _buckets: dict[Asker, Bucket] = field(default_factory=dict)
    _silent_until: dict[Asker, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Shortens the patience of `graph`."""
        self.graph = replace(self.graph, timeout_s=min(LOOK_S, self.graph.timeout_s))

    async def ask(self, account_id: int, sender: Sender, media_id: str) -> Found:
        """What an id stands for, as far as Meta says so now to this sender."""
        asker = (account_id, sender.sender_id)
        if not is_media_id(media_id):
            return Missed.UNKNOWN
        if not self._may_ask(asker):
            return Missed.UNCHECKED
        call = show_call(media_id, sender.phone_number_id, sender.access_token)
        try:
            shown = read_shown(await self.graph.ask(call))
        except (MetaRefusedError, HttpError, VaultError) as error:
            if isinstance(error, MetaRefusedError) and is_unknown(error.failure):
                return Missed.UNKNOWN
            log.warning("medium.not_checked", media_id=media_id, error=str(error))
            self._silent_until[asker] = self.clock.monotonic() + UNCHECKED_S
            return Missed.UNCHECKED
        if shown is None:
            return Missed.UNKNOWN
        now = self.clock.now()
        return Medium(
            account_id=account_id,
            media_id=media_id,
            sender_id=sender.sender_id,
            kind=kind_of(shown.mime_type),
            mime_type=shown.mime_type,
            size_bytes=shown.size_bytes,
            file_name="",
            digest=None,
            object_key=None,
            meta_id=media_id,
            meta_expires_at=now + BELIEVED,
            created_at=now,
            last_used_at=now,
        )

    def _may_ask(self, asker: Asker) -> bool:
        now = self.clock.monotonic()
        if now < self._silent_until.get(asker, 0.0):
            return False
        bucket = self._buckets.get(asker)
        if bucket is None:
            bucket = self._buckets[asker] = full_bucket(PER_SECOND, MOST_AT_ONCE, now)
        return bucket.wait_s(now) == 0
