"""Asks Meta of media that were uploaded past us, while a message waits: within bounds."""

from dataclasses import replace
from datetime import timedelta

import structlog

from waypost.directory.media_memory import Found, Missed
from waypost.directory.pace import Pace
from waypost.meta.graph import GraphClient
from waypost.meta.media import is_media_id, is_unknown, read_shown, show_call
from waypost.model.errors import MetaRefusedError
from waypost.model.media_type import kind_of
from waypost.model.medium import Medium
from waypost.model.sender import Sender
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
"""Questions afterwards."""

log = structlog.get_logger("waypost.directory")


class MediaQuestions:
    """Knows what may be asked now."""

    def __init__(self, graph: GraphClient, clock: Clock) -> None:
        self._graph = replace(graph, timeout_s=min(LOOK_S, graph.timeout_s))
        self._clock = clock
        self._pace = Pace(clock.monotonic, MOST_AT_ONCE, PER_SECOND)

    async def ask(self, account_id: int, sender: Sender, media_id: str) -> Found:
        """What an id stands for, as far as Meta says so now to this sender."""
        asker = (account_id, sender.sender_id)
        if not is_media_id(media_id):
            return Missed.UNKNOWN
        if not self._pace.may_ask(asker):
            return Missed.UNCHECKED
        call = show_call(media_id, sender.phone_number_id, sender.access_token)
        try:
            shown = read_shown(await self._graph.ask(call))
        except (MetaRefusedError, HttpError, VaultError) as error:
            if isinstance(error, MetaRefusedError) and is_unknown(error.failure):
                return Missed.UNKNOWN
            log.warning("medium.not_checked", media_id=media_id, error=str(error))
            self._pace.fall_silent(asker)
            return Missed.UNCHECKED
        if shown is None:
            return Missed.UNKNOWN
        now = self._clock.now()
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
