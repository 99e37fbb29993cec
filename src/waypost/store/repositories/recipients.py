"""What recipients told: that they want no marketing, and when they last wrote."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.opt_out import (
    OPT_IN_KEYWORDS,
    OPT_OUT_KEYWORDS,
    Keywords,
    OptIn,
    OptOut,
    OptOutSource,
    Wrote,
)
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class RecipientsRepository:
    """`ports.Recipients` over named queries.

    An insert names no row twice: of several words about one recipient only the latest goes in.
    """

    driver: Driver

    async def opted_out(self, keys: Sequence[Key]) -> set[Key]:
        """Those of these recipients who want no marketing."""
        rows = await self.driver.fetch_rows("recipients.opted_out", keys)
        return {(account_id, recipient) for account_id, recipient in rows}

    async def save_opt_outs(self, opt_outs: Sequence[OptOut]) -> None:
        """Recipients want no marketing, unless they came back since."""
        latest = {
            (one.account_id, one.recipient): one
            for one in sorted(opt_outs, key=lambda one: one.opted_out_at)
        }
        await self.driver.execute_rows(
            "recipients.save_opt_outs",
            [
                (
                    one.account_id,
                    one.recipient,
                    one.source.value,
                    one.detail,
                    to_ms(one.opted_out_at),
                )
                for one in latest.values()
            ],
        )

    async def end_opt_outs(self, opt_ins: Sequence[OptIn]) -> None:
        """Recipients want marketing again, unless they opted out since, or at that very time."""
        latest = {
            (one.account_id, one.recipient): one.opted_in_at
            for one in sorted(opt_ins, key=lambda one: one.opted_in_at)
        }
        await self.driver.execute_rows(
            "recipients.end_opt_outs", [(*key, to_ms(at)) for key, at in latest.items()]
        )

    async def opt_outs(self, account_id: int, after: str, limit: int) -> list[OptOut]:
        """The opt-outs in force, by address, after this one; the empty text is before all."""
        rows = await self.driver.fetch(
            "recipients.opt_outs", {"account_id": account_id, "after": after, "limit": limit}
        )
        return [
            OptOut(row[0], row[1], OptOutSource(row[2]), row[3], from_ms(row[4])) for row in rows
        ]

    async def note_writing(self, wrote: Sequence[Wrote]) -> None:
        """Recipients wrote; what is known of a later time stays."""
        latest = {
            (one.account_id, one.sender_id, one.recipient): one.wrote_at
            for one in sorted(wrote, key=lambda one: one.wrote_at)
        }
        await self.driver.execute_rows(
            "recipients.note_writing", [(*key, to_ms(at)) for key, at in latest.items()]
        )

    async def wrote_at(
        self, keys: Sequence[tuple[int, str, str]]
    ) -> dict[tuple[int, str, str], datetime]:
        """When recipients last wrote, by account, sender and recipient; none if they never did."""
        rows = await self.driver.fetch_rows("recipients.wrote_at", keys)
        return {(row[0], row[1], row[2]): from_ms(row[3]) for row in rows}

    async def keywords(self, account_id: int) -> Keywords:
        """The words an account listens for; the usual ones for an account that is not there."""
        rows = await self.driver.fetch("recipients.keywords", {"account_id": account_id})
        leave, come_back = rows[0] if rows else (None, None)
        return Keywords(
            OPT_OUT_KEYWORDS if leave is None else tuple(json.loads(leave)),
            OPT_IN_KEYWORDS if come_back is None else tuple(json.loads(come_back)),
        )
