"""Callback events as people look at them: listed, shown with every attempt, told once more."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from waypost.directory.scribe import Scribe, write_alone
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.callback import EventKind
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.outbox import CallbackAttempt, CallbackRow, CallbackState, CallbackSummary
from waypost.model.personal import NOTHING
from waypost.model.work import QueueItem, QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.ids import first_message_id
from waypost.store.ports import Store, Transaction

BATCH = 500
LOOKED_THROUGH = 10_000
"""Events that one page looks through at most; then it ends early, and names where it goes on."""

LAST = "~"
"""Behind every event's id."""

EVER = timedelta(days=365)
"""Behind whatever a clock of another process says."""

NEXT = "\x01"
"""Makes of an id the first that is behind it: no id holds it."""


class EventFilter(Struct, frozen=True):
    """Which events: None and an empty text are all.

    since, until  of events about messages, when the message was accepted; of others, when they
                  happened
    """

    profile_id: str = ""
    state: CallbackState | None = None
    kind: EventKind | None = None
    message_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


class EventPage(Struct, frozen=True):
    """Some events, the newest first; after: what the next page begins behind, None at the end."""

    events: list[CallbackSummary]
    after: str | None


class Told(Struct, frozen=True):
    """One event whole."""

    summary: CallbackSummary
    row: CallbackRow
    attempts: list[CallbackAttempt]


class Replay(Struct, frozen=True):
    """What is told once more: one event, or of one profile or all what was ...

    given_up_since             ... given up from then on
    attempted_from, _until     ... attempted between the two, whatever came of it
    """

    event_id: str = ""
    profile_id: str = ""
    given_up_since: datetime | None = None
    attempted_from: datetime | None = None
    attempted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventDesk:
    """Does what accounts ask of their events."""

    store: Store
    clock: Clock
    entropy: Entropy

    async def page(
        self, account: Account, wanted: EventFilter, after: str, limit: int
    ) -> EventPage:
        """So many events at most; a page may hold fewer and still name where it goes on."""
        check_profile(account, wanted.profile_id)
        since_id = "" if wanted.since is None else first_message_id(wanted.since)
        before = LAST if wanted.until is None else first_message_id(wanted.until)
        if after:
            before = min(before, after)
        if wanted.message_id:
            return await self._of_message(account, wanted, (since_id, before), limit)
        found: list[CallbackSummary] = []
        for _ in range(LOOKED_THROUGH // BATCH):
            seen = await self._seen(account, since_id, before)
            for one in seen:
                if len(found) == limit:
                    return EventPage(found, found[-1].event_id)
                if matches(one, wanted):
                    found.append(one)
            if len(seen) < BATCH:
                return EventPage(found, None)
            before = seen[-1].event_id
        return EventPage(found, before)

    async def show(self, account: Account, event_id: str) -> Told:
        """One event with its body and every attempt. Raises NotFoundError."""

        async def read(transaction: Transaction) -> Told | None:
            id_ = account.account_id
            found = await transaction.event_log.page(id_, event_id, f"{event_id}{NEXT}", 1)
            loaded = await transaction.callbacks.load([(id_, event_id)])
            if not found or (id_, event_id) not in loaded:
                return None
            attempts = await transaction.callbacks.attempts_of(id_, event_id)
            return Told(found[0], loaded[id_, event_id].row, attempts)

        told = None if "\0" in event_id else await self.store.read(read)
        if told is None:
            raise _unknown(account, event_id)
        return told

    async def replay(self, account: Account, wanted: Replay, actor: Actor) -> int:
        """Tells events once more, to where their profiles point now; how many.

        What waits already is left as it is. Raises NotFoundError for an event or profile that is
        not there, DirectoryError for what names nothing to tell.
        """
        check_profile(account, wanted.profile_id)
        profiles = [wanted.profile_id] if wanted.profile_id else list(account.callback_profiles)
        if wanted.event_id:
            told = await self.show(account, wanted.event_id)
            if told.row.profile_id not in account.callback_profiles:
                raise DirectoryError(
                    f"{told.row.profile_id}, which {wanted.event_id} was for, was removed: "
                    "there is nowhere to tell it."
                )
            count = await self._restart(account, [wanted.event_id])
        elif wanted.given_up_since is not None:
            since = wanted.given_up_since
            count = sum([await self._given_up(account, one, since) for one in profiles])
        elif wanted.attempted_from is not None:
            # What is told once more is attempted anew: a span that ends later would find that too.
            now = self.clock.now()
            until = min(wanted.attempted_until or now, now)
            span = (microseconds(wanted.attempted_from), microseconds(until))
            count = sum([await self._attempted(account, one, span) for one in profiles])
        else:
            raise DirectoryError(
                "Say what is to be told once more: event_id, given_up_since or attempted_from."
            )
        detail = {"events": count, "profile_id": wanted.profile_id or "all"}
        entry = Scribe(self.clock, self.entropy).entry(
            account.account_id, actor, ("callback.replayed", wanted.event_id), detail
        )
        await write_alone(self.store, lambda transaction: transaction.audit.append([entry]))
        self.store.hint(QueueName.CALLBACK)
        return count

    async def _of_message(
        self, account: Account, wanted: EventFilter, span: tuple[str, str], limit: int
    ) -> EventPage:
        """The same of one message, which has few."""
        since_id, before = span
        events = await self.store.read(
            lambda transaction: transaction.callbacks.of_message(
                account.account_id, wanted.message_id
            )
        )
        found = sorted(
            (one for one in events if since_id <= one.event_id < before and matches(one, wanted)),
            key=lambda one: one.event_id,
            reverse=True,
        )
        after = found[limit - 1].event_id if len(found) > limit else None
        return EventPage(found[:limit], after)

    async def _seen(self, account: Account, since_id: str, before: str) -> list[CallbackSummary]:
        return await self.store.read(
            lambda transaction: transaction.event_log.page(
                account.account_id, since_id, before, BATCH
            )
        )

    async def _given_up(self, account: Account, profile_id: str, since: datetime) -> int:
        """What a profile was told in vain, from an instant on."""
        count, after = 0, (datetime.fromtimestamp(0, since.tzinfo), "")

        def look(
            transaction: Transaction,
        ) -> Coroutine[Any, Any, list[CallbackSummary]]:
            return transaction.event_log.given_up(account.account_id, profile_id, after, BATCH)

        while found := await self.store.read(look):
            after = (found[-1].created_at, found[-1].event_id)
            count += await self._restart(
                account,
                [one.event_id for one in found if one.settled_at and one.settled_at >= since],
            )
        return count

    async def _attempted(self, account: Account, profile_id: str, span: tuple[int, int]) -> int:
        """What a profile was told between two instants, in microseconds since 1970."""
        count, (first, until) = 0, span
        after, began = first - 1, self.clock.now()

        def look(transaction: Transaction) -> Coroutine[Any, Any, list[tuple[int, str]]]:
            id_ = account.account_id
            return transaction.event_log.attempted(id_, profile_id, after, until, BATCH)

        while found := await self.store.read(look):
            after = found[-1][0]
            event_ids = list(dict.fromkeys(one for _, one in found))
            # One that was told anew since stands here again, with its earlier attempts.
            count += await self._restart(account, event_ids, began)
        return count

    async def _restart(
        self, account: Account, event_ids: Sequence[str], until: datetime | None = None
    ) -> int:
        """Puts settled events into their profiles' lanes anew; how many there were.

        until  only those that were settled by then; None: whenever
        """
        id_, now = account.account_id, self.clock.now()
        settled_until = now + EVER if until is None else until

        async def write(transaction: Transaction) -> int:
            loaded = await transaction.callbacks.load([(id_, one) for one in event_ids])
            # Of an erased event there is nothing left to tell.
            whole = [key[1] for key, due in loaded.items() if due.row.body != NOTHING]
            restarted = await transaction.event_log.restart(id_, whole, settled_until)
            await transaction.queue.put(
                [
                    QueueItem(id_, QueueName.CALLBACK, profile_id, event_id, now, attempt=0)
                    for event_id, profile_id in sorted(restarted.items())
                ]
            )
            return len(restarted)

        return await write_alone(self.store, write) if event_ids else 0


def matches(one: CallbackSummary, wanted: EventFilter) -> bool:
    """Whether an event is one of those that are looked for."""
    return (
        wanted.profile_id in ("", one.profile_id)
        and wanted.state in (None, one.state)
        and wanted.kind in (None, one.kind)
    )


def check_profile(account: Account, profile_id: str) -> None:
    """Raises NotFoundError for a profile that is none of the account's; an empty one is all."""
    if profile_id and profile_id not in account.callback_profiles:
        has = ", ".join(account.callback_profiles) or "none"
        raise NotFoundError(
            f"{account.sid} has no callback profile {profile_id[:100]}; it has {has}."
        )


def microseconds(at: datetime) -> int:
    """Since 1970, as attempts are numbered."""
    return int(at.timestamp() * 1_000_000)


def _unknown(account: Account, event_id: str) -> NotFoundError:
    return NotFoundError(
        f"{account.sid} has no callback event {event_id[:200]}; its id is the webhook-id of the "
        "callback, and lists name it."
    )
