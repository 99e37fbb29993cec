"""Events to callback rows, in the caller's transaction: what is recorded is also told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from waypost.model.callback import (
    CallbackEvent,
    Route,
    StatusEvent,
    TestEvent,
    kind_of,
    targets_of,
)
from waypost.model.outbox import CallbackRow
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.store.ports import Key, Transaction
from waypost.wire.events import Rendered, render

TAIL = 12
"""How many of the last characters of a profile's id tell it from the account's others."""


class Publisher:
    """Writes the outbox."""

    async def publish(
        self, transaction: Transaction, events: Sequence[CallbackEvent], now: datetime
    ) -> set[LaneKey]:
        """Keeps these events for each profile that wants them; the lanes that have work now.

        An event's id names what it is about, what happened and to whom it goes, so the same event
        is never told as two, nor anew after it was taken.
        """
        if not events:
            return set()
        targets = {(event.account_id, target) for event in events for target in targets_of(event)}
        routes = await transaction.profiles.routes(sorted(targets)) if targets else {}
        rows: dict[Key, CallbackRow] = {}
        for event in events:
            chosen = profiles_for(event, routes)
            rendered = render(event) if chosen else None
            for profile_id in chosen:
                assert rendered is not None
                row = make_row(event, rendered, profile_id, now)
                rows[row.account_id, row.event_id] = row
        # In one order everywhere: two processes that tell the same do not wait for each other.
        new = await transaction.callbacks.insert([rows[key] for key in sorted(rows)])
        told = [row for key, row in rows.items() if key in new]
        await transaction.queue.put(
            [
                QueueItem(
                    row.account_id,
                    QueueName.CALLBACK,
                    row.profile_id,
                    row.event_id,
                    now,
                    attempt=0,
                )
                for row in told
            ]
        )
        return {LaneKey(row.account_id, row.profile_id) for row in told}


def profiles_for(event: CallbackEvent, routes: Mapping[Key, Sequence[Route]]) -> list[str]:
    """The profiles that are told of an event, each once."""
    if isinstance(event, (StatusEvent, TestEvent)) and event.profile_id:
        return [event.profile_id]
    kind = kind_of(event)
    return list(
        dict.fromkeys(
            route.profile_id
            for target in targets_of(event)
            for route in routes.get((event.account_id, target), ())
            if kind in route.events
        )
    )


def make_row(
    event: CallbackEvent, rendered: Rendered, profile_id: str, now: datetime
) -> CallbackRow:
    """One event for one profile."""
    return CallbackRow(
        account_id=event.account_id,
        event_id=f"{rendered.subject}.{rendered.name}.{profile_id[-TAIL:]}",
        profile_id=profile_id,
        kind=kind_of(event),
        message_id=rendered.message_id,
        status=rendered.status,
        body=rendered.body,
        created_at=now,
        variables=rendered.variables,
        sequence=rendered.sequence,
    )
