"""Pauses senders and lets them go on; the operator's word ends what Meta's refusals began.

A paused sender's messages wait, and so do those of a sender that is held because Meta refused the
number as a whole. Whoever resumes a sender has mended what was wrong: the hold ends with the
pause, and its alarm is over.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from waypost.directory.audit import differences, show_sender
from waypost.directory.scribe import Scribe, write_alone
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError
from waypost.model.sender import Sender, SenderState
from waypost.model.work import QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.status.stopper import release_sender
from waypost.store.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class SenderSwitch:
    """The hand on a sender's state. Both methods raise NotFoundError for one that is not there."""

    store: Store
    clock: Clock
    entropy: Entropy

    async def pause(self, account: Account, sender_id: str, *, actor: Actor) -> Sender:
        """Lets nothing leave; the sender after it. What Meta has it has."""

        async def write(transaction: Transaction) -> Sender:
            known = await _find(transaction, account, sender_id)
            paused = replace(known, state=SenderState.PAUSED)
            if known != paused:
                now = self.clock.now()
                await transaction.directory.save_sender(account.account_id, paused, now)
                await self._tell(transaction, account, actor, (known, paused))
            return paused

        return await write_alone(self.store, write)

    async def resume(self, account: Account, sender_id: str, *, actor: Actor) -> Sender:
        """Lets messages leave again, whoever stopped them; the sender after it."""

        async def write(transaction: Transaction) -> Sender:
            known = await _find(transaction, account, sender_id)
            resumed = replace(known, state=SenderState.ACTIVE, held_until=None, held_for=None)
            if known != resumed:
                now = self.clock.now()
                await transaction.directory.save_sender(account.account_id, resumed, now)
                await release_sender(
                    transaction, account.account_id, sender_id, now, is_mended=True
                )
                await self._tell(transaction, account, actor, (known, resumed))
            return resumed

        resumed = await write_alone(self.store, write)
        self.store.hint(QueueName.DISPATCH)
        return resumed

    async def _tell(
        self,
        transaction: Transaction,
        account: Account,
        actor: Actor,
        change: tuple[Sender, Sender],
    ) -> None:
        """Every process that the account changed, and the audit log how."""
        before, after = change
        detail = differences(show_sender(before), show_sender(after))
        if before.held_until is not None and after.held_until is None:
            detail["held_until"] = {"before": before.held_until.isoformat(), "after": None}
        act = ("sender.changed", after.sender_id)
        entry = Scribe(self.clock, self.entropy).entry(account.account_id, actor, act, detail)
        await transaction.directory.touch(account.account_id)
        await transaction.audit.append([entry])


async def _find(transaction: Transaction, account: Account, sender_id: str) -> Sender:
    """The sender as it is now."""
    current = await transaction.directory.account_by_sid(account.sid)
    sender = None if current is None else current.senders.get(sender_id)
    if sender is None:
        has = ", ".join(f"+{one}" for one in account.senders) or "none"
        raise NotFoundError(f"{account.sid} has no sender +{sender_id}; it has {has}.")
    return sender
