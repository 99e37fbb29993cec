"""Messages as old as one likes, each whole: with its timeline, its event, and its money."""

from datetime import timedelta

from support.nouns import ACCOUNT, NOW, callback_row, fact_row, message_change
from waypost.model.ledger import EntryKind, LedgerEntry, changes_of
from waypost.model.lifecycle import State
from waypost.model.message import Payment
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.retention.trimmer import Trimmer
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker

KEPT = timedelta(days=180)
OLD = NOW - KEPT - timedelta(days=1)


class HastyClock(TestClock):
    """Nobody waits for a pause."""

    async def sleep(self, seconds):
        await super().sleep(min(seconds, 0))


def trimmer(stored, *, kept=KEPT, now=NOW):
    return Trimmer(stored.store, HastyClock(now), kept, timedelta(hours=24))


def ids(instant):
    maker = IdMaker(TestClock(instant), SeededEntropy(7))
    while True:
        yield maker.message_id()


def keep(stored, message_id, at=OLD, *, payment=Payment.CAPTURED, state="delivered"):
    """A message with a timeline, an event that was told, and its money: held and paid."""
    stored.keep_message(message_id, payment=payment, accepted_at=at)

    async def change(transaction):
        await transaction.messages.insert_facts([fact_row(message_id=message_id, fact_id=1)])
        event_id = f"{message_id}.sent"
        await transaction.callbacks.insert([callback_row(event_id=event_id, message_id=message_id)])
        await transaction.callbacks.settle(
            [CallbackSettlement(ACCOUNT, event_id, CallbackState.DELIVERED, 1, "HTTP 200", at)]
        )
        await transaction.messages.update_states([await moved(transaction, message_id, state)])
        kinds = [EntryKind.HOLD] + [EntryKind.CAPTURE] * (payment is Payment.CAPTURED)
        entries = [LedgerEntry(ACCOUNT, message_id, kind, 100, at) for kind in kinds]
        await transaction.wallets.append(entries)
        await transaction.wallets.add(changes_of(entries))

    stored.do(change)


async def moved(transaction, message_id, state):
    record = (await transaction.messages.records([(ACCOUNT, message_id)]))[ACCOUNT, message_id]
    return message_change(
        message_id=message_id,
        state=State(state),
        payment=record.payment,
        before=record.standing,
    )


def top_up(stored, amount=1_000_000):
    entries = [LedgerEntry(ACCOUNT, "top-up 1", EntryKind.TOP_UP, amount, NOW)]

    async def change(transaction):
        await transaction.wallets.append(entries)
        await transaction.wallets.add(changes_of(entries))

    stored.do(change)


def kept_messages(stored):
    return [
        one.message_id for one in stored.ask(lambda t: t.history.messages_before("B", "", 1000))
    ]


def wallet(stored):
    return stored.ask(lambda t: t.wallets.load([ACCOUNT]))[ACCOUNT]


async def release(transaction, message_id):
    """Its money comes back: nobody was reached."""
    record = (await transaction.messages.records([(ACCOUNT, message_id)]))[ACCOUNT, message_id]
    change = message_change(
        message_id=message_id,
        state=State.FAILED,
        payment=Payment.RELEASED,
        before=record.standing,
    )
    entries = [LedgerEntry(ACCOUNT, message_id, EntryKind.RELEASE, 100, NOW)]
    await transaction.messages.update_states([change])
    await transaction.wallets.append(entries)
    await transaction.wallets.add(changes_of(entries))
