"""Once an hour: media that Meta is about to forget are given to it again, and old ones let go.

Renewed is what was named in a send, or uploaded, within `kept`. What nobody uses any more ends
with Meta's thirty days; its row stays for as long again, so that a send that names it is told
that it has expired rather than that it never was.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from waypost.directory.media import MediaLibrary
from waypost.directory.samples import SampleLibrary
from waypost.model.account import Account
from waypost.model.errors import MetaRefusedError, StoreError
from waypost.model.medium import Medium
from waypost.model.sender import Sender
from waypost.runtime.clock import Clock
from waypost.runtime.http import HttpError
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Store, Transaction

EVERY_S = 3600.0
LOOK_S = 60.0
"""How often a process that does not lead looks whether it does by now."""

AHEAD = timedelta(days=3)
SHOWN_EXPIRED = timedelta(days=30)
PAGE = 100
OF_ONE_FILE = frozenset({"100", "131053"})
"""Meta's codes for what is wrong with one medium; others keep all of a sender's from going."""

log = structlog.get_logger("waypost.directory")


@dataclass(slots=True)
class MediaRenewer:
    """Runs beside the gateway.

    kept  for how long after its last use a medium is kept good at Meta
    """

    store: Store
    clock: Clock
    library: MediaLibrary
    samples: SampleLibrary
    kept: timedelta
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _pause: "asyncio.Task[None] | None" = None

    async def run(self, leads: Callable[[], bool] = lambda: True) -> None:
        """Does its round every hour, until it is stopped; then what was in use is written down.

        A gateway that is started anew more often than that would never know what is in use.

        leads  whether it is for this process, of several, to renew and to let go; every one writes
               down what was in use in it
        """
        while not self._stopping.is_set():
            is_leading = leads()
            try:
                await (self.tidy() if is_leading else self.library.note_uses())
            except StoreError as error:  # the disk is full, say: it can wait for another round
                log.warning("media.not_tidied", error=str(error))
            async with asyncio.TaskGroup() as tasks:
                self._pause = tasks.create_task(self.clock.sleep(EVERY_S if is_leading else LOOK_S))
                if self._stopping.is_set():
                    self._pause.cancel()
        try:
            await self.library.note_uses()
        except StoreError as error:
            log.warning("media.uses_not_noted", error=str(error))

    def stop(self) -> None:
        """Begins no more; `run` returns when the medium at hand is done."""
        self._stopping.set()
        if self._pause is not None:
            self._pause.cancel()

    async def tidy(self) -> None:
        """One round. Raises StoreError."""
        await self.library.note_uses()
        await self.renew()
        await self.forget()
        await self.samples.forget()

    async def renew(self) -> int:
        """Gives media to Meta again that it is about to forget; how many. Raises StoreError.

        A refusal is logged, and tried again in the next round; so is everything, when Meta
        cannot be reached.
        """
        due = (self.clock.now() + AHEAD, self.clock.now() - self.kept)
        round_ = _Round()
        page: list[Medium] = []
        while not self._stopping.is_set():
            page = await self.store.read(_page_behind(due, page))
            for medium in page:
                sender = await self._sender(round_, medium)
                if sender is None or self._stopping.is_set():
                    continue
                if not await self._renew(round_, sender, medium):
                    return round_.renewed
            if len(page) < PAGE:
                break
        return round_.renewed

    async def forget(self) -> None:
        """Lets go of media that have long expired. Raises StoreError."""
        before = self.clock.now() - SHOWN_EXPIRED
        while lapsed := await self.store.read(
            lambda transaction: transaction.media.lapsed(before, PAGE)
        ):
            for medium in lapsed:
                await self.library.lapse(medium, before)

    async def _renew(self, round_: "_Round", sender: Sender, medium: Medium) -> bool:
        """Renews one; whether it makes sense to go on."""
        about = {"account_id": medium.account_id, "media_id": medium.media_id}
        try:
            if await self.library.upload_again(sender, medium) is not None:
                round_.renewed += 1
        except HttpError as error:
            log.warning("media.not_renewed", error=str(error), **about)
            return False
        except (MetaRefusedError, VaultError, StoreError) as error:
            log.warning("medium.not_renewed", error=str(error), **about)
            if isinstance(error, VaultError) or (
                isinstance(error, MetaRefusedError) and error.failure.code not in OF_ONE_FILE
            ):
                round_.refused.add((medium.account_id, medium.sender_id))
        return True

    async def _sender(self, round_: "_Round", medium: Medium) -> Sender | None:
        if (medium.account_id, medium.sender_id) in round_.refused:
            return None
        if medium.account_id not in round_.accounts:
            round_.accounts[medium.account_id] = await self.store.read(
                lambda transaction: _account(transaction, medium.account_id)
            )
        account = round_.accounts[medium.account_id]
        return None if account is None else account.senders.get(medium.sender_id)


@dataclass(slots=True)
class _Round:
    """What one round has seen so far."""

    accounts: dict[int, Account | None] = field(default_factory=dict)
    refused: set[tuple[int, str]] = field(default_factory=set)
    renewed: int = 0


def _page_behind(
    due: tuple[datetime, datetime], page: list[Medium]
) -> Callable[[Transaction], Coroutine[Any, Any, list[Medium]]]:
    """A question for the media due behind this page."""
    after = page[-1] if page else None
    return lambda transaction: transaction.media.expiring(*due, after, PAGE)


async def _account(transaction: Transaction, account_id: int) -> Account | None:
    for account in await transaction.directory.accounts():
        if account.account_id == account_id:
            return await transaction.directory.account_by_sid(account.sid)
    return None
