"""Figures by the hour: added to with every batch, read by any of their keys, counted anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waypost.model.lifecycle import State
from waypost.model.usage import HOUR_S, UsageCounts, UsageDeltas
from waypost.model.usage_query import Group, Recounted, UsageFailures, UsageFilter, UsageTotals
from waypost.runtime.ids import first_message_id
from waypost.store.driver import Driver, Row
from waypost.store.repositories.instants import EPOCH, from_ms, to_ms

DEPLOYMENT = 0
"""The account that has what is no account's."""

ALL_ROWS = 1 << 62
"""More than there are."""

MARGIN = timedelta(hours=1)
"""How far an id may be from the moment of its message."""


@dataclass(frozen=True, slots=True)
class UsageRepository:
    """`ports.Usage` over named queries."""

    driver: Driver

    async def add(self, deltas: UsageDeltas, shard: int) -> None:
        """Adds to the figures, in the rows of this shard."""
        if deltas.counts:
            await self.driver.execute_rows(
                "usage.add",
                [
                    (
                        key.account_id,
                        key.hour,
                        key.sender_id,
                        key.template,
                        key.country,
                        key.category,
                        shard,
                        *one.values(),
                    )
                    for key, one in deltas.counts.items()
                ],
            )
        if deltas.failures:
            await self.driver.execute_rows(
                "usage.add_failures",
                [
                    (
                        key.account_id,
                        key.hour,
                        key.sender_id,
                        key.template,
                        key.country,
                        key.code,
                        shard,
                        number,
                    )
                    for key, number in deltas.failures.items()
                ],
            )

    async def totals(
        self, account_id: int, wanted: UsageFilter, by: Sequence[Group]
    ) -> list[UsageTotals]:
        """The figures, grouped; in the order of the groups' values."""
        rows = await self.driver.fetch(
            "usage.totals",
            {
                **_in_hours(account_id, wanted),
                **_groups(by),
                "is_by_category": Group.CATEGORY in by,
            },
        )
        return [
            UsageTotals(
                int(row[0]), row[1], row[2], row[3], row[4], UsageCounts(*map(int, row[5:]))
            )
            for row in rows
        ]

    async def failures(
        self, account_id: int, wanted: UsageFilter, by: Sequence[Group]
    ) -> list[UsageFailures]:
        """How many failed for each code, grouped; failures know no category."""
        rows = await self.driver.fetch(
            "usage.failures", {**_in_hours(account_id, wanted), **_groups(by)}
        )
        return [
            UsageFailures(int(row[0]), row[1], row[2], row[3], row[4], int(row[5])) for row in rows
        ]

    async def recount(
        self,
        account_id: int,
        wanted: UsageFilter,
        by: Sequence[Group] = (),
        most: int = ALL_ROWS,
    ) -> list[Recounted]:
        """What the messages that history holds add up to; `by` tells which refs are told apart.

        A filter by refs finds messages by them. Of more rows than `most` the first are given.
        """
        since, until = _instant(wanted.since), _instant(wanted.until)
        parameters: dict[str, object] = {
            "account_id": account_id,
            "since": to_ms(since),
            "until": to_ms(until),
            "since_id": first_message_id(since - MARGIN),
            "until_id": first_message_id(until + MARGIN),
            "is_by_ref": Group.REF in by,
            "is_by_ref1": Group.REF1 in by,
            "is_by_ref2": Group.REF2 in by,
            "limit": most,
            **_filters(wanted),
        }
        if wanted.has_refs:
            parameters |= {"ref": wanted.ref, "ref1": wanted.ref1, "ref2": wanted.ref2}
            rows = await self.driver.fetch("usage.recount_of_refs", parameters)
        else:
            rows = await self.driver.fetch("usage.recount", parameters)
        return [_recounted(row) for row in rows]

    async def note_reach(self, whole_from: datetime) -> None:
        """What was accepted before this may be let go from now on."""
        await self.driver.execute(
            "usage.note_reach", {"account_id": DEPLOYMENT, "value": f"{to_ms(whole_from):015}"}
        )

    async def reach(self) -> datetime | None:
        """From when on history is whole; None: nothing was ever let go."""
        rows = await self.driver.fetch("usage.reach", {"account_id": DEPLOYMENT})
        return from_ms(int(rows[0][0])) if rows else None


def _recounted(row: Row) -> Recounted:
    *key, state, code, messages, spent = row
    hour, sender_id, template, country, category, ref, ref1, ref2 = key
    return Recounted(
        hour=int(hour),
        sender_id=sender_id,
        template=template,
        country=country,
        category=category,
        ref=ref,
        ref1=ref1,
        ref2=ref2,
        state=State(state),
        code=code,
        messages=int(messages),
        spend_minor=int(spent),
    )


def _instant(hour: int) -> datetime:
    return EPOCH + timedelta(seconds=hour * HOUR_S)


def _filters(wanted: UsageFilter) -> dict[str, object]:
    return {
        "sender_id": wanted.sender_id,
        "template": wanted.template,
        "country": wanted.country,
    }


def _in_hours(account_id: int, wanted: UsageFilter) -> dict[str, object]:
    return {
        "account_id": account_id,
        "since": wanted.since,
        "until": wanted.until,
        **_filters(wanted),
    }


def _groups(by: Sequence[Group]) -> dict[str, object]:
    return {
        "is_by_hour": Group.HOUR in by,
        "is_by_day": Group.DAY in by,
        "is_by_sender": Group.SENDER in by,
        "is_by_template": Group.TEMPLATE in by,
        "is_by_country": Group.COUNTRY in by,
    }
