"""What Meta dropped in silence is paid by nobody: its money goes back once, whatever comes."""

import asyncio
from datetime import timedelta

import pytest

from support.nouns import ACCOUNT, NOW, later, message_change, queue_item
from support.old_messages import HastyClock, ids, kept_messages, moved, top_up, trimmer, wallet
from waypost.callback.publisher import Publisher
from waypost.model.ledger import EntryKind, LedgerEntry, changes_of
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Observation, Payment
from waypost.model.work import PARKED_AT
from waypost.report.timeline import tell
from waypost.retention.releaser import AT_ONCE, SILENT_FOR, Releaser
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper

LONG_AGO = NOW - SILENT_FOR - timedelta(minutes=1)


def recorder(store, clock):
    number = IdMaker(clock, SeededEntropy(3)).number
    return Recorder(store, clock, Publisher(), Bookkeeper(), number, lambda _: None)


def releaser(stored):
    clock = HastyClock(NOW)
    return Releaser(stored.store, recorder(stored.store, clock), clock)


def keep(stored, message_id, state="sent", *, heard_at=LONG_AGO, payment=Payment.HELD):
    """A message that Meta was given, of which this was the last that was heard."""
    stored.keep_message(message_id, payment=payment, accepted_at=LONG_AGO)

    async def change(transaction):
        moving = await moved(transaction, message_id, state)
        heard = message_change(
            message_id=message_id,
            state=moving.state,
            payment=payment,
            changed_at=heard_at,
            before=moving.before,
        )
        await transaction.messages.update_states([heard])
        if payment is Payment.HELD:
            entries = [LedgerEntry(ACCOUNT, message_id, EntryKind.HOLD, 100, LONG_AGO)]
            await transaction.wallets.append(entries)
            await transaction.wallets.add(changes_of(entries))

    stored.do(change)


def payment_of(stored, message_id):
    records = stored.ask(lambda t: t.messages.records([(ACCOUNT, message_id)]))
    return records[ACCOUNT, message_id].payment


@pytest.mark.parametrize("state", ["submitted", "sent", "unknown"])
def test_what_meta_took_and_was_silent_about_costs_nothing(furnished, state):
    top_up(furnished)
    message_id = next(ids(LONG_AGO))
    keep(furnished, message_id, state)

    assert furnished.run(releaser(furnished).release()) == 1

    assert payment_of(furnished, message_id) is Payment.RELEASED
    assert wallet(furnished).spendable_minor == 1_000_000
    assert furnished.ask(lambda t: t.wallets.audit()) == []
    timeline = furnished.ask(lambda t: tell(t, message_id))
    assert timeline.state is State(state), "nobody knows more of it than before"
    assert [line.text for line in timeline.lines if line.at == NOW] == [
        "silent: Meta has told nothing more, and tries no longer to deliver it",
        "0.0100 USD given back",
    ]


@pytest.mark.parametrize(
    ("state", "payment", "heard_at"),
    [
        ("sent", Payment.HELD, NOW - SILENT_FOR),
        ("accepted", Payment.HELD, LONG_AGO),
        ("sent", Payment.FREE, LONG_AGO),
        ("delivered", Payment.CAPTURED, LONG_AGO),
    ],
)
def test_what_may_still_be_heard_of_or_has_no_open_hold_is_left(
    furnished, state, payment, heard_at
):
    top_up(furnished)
    message_id = next(ids(LONG_AGO))
    keep(furnished, message_id, state, heard_at=heard_at, payment=payment)

    assert furnished.run(releaser(furnished).release()) == 0
    assert payment_of(furnished, message_id) is payment


@pytest.mark.parametrize(("due_at", "count"), [(later(3600), 0), (PARKED_AT, 1)])
def test_an_unknown_outcome_is_over_when_nobody_looks_at_it_again(furnished, due_at, count):
    top_up(furnished)
    message_id = next(ids(LONG_AGO))
    keep(furnished, message_id, "unknown")
    furnished.do(lambda t: t.queue.put([queue_item(message_id, due_at=due_at)]))

    assert furnished.run(releaser(furnished).release()) == count


def test_a_delivery_that_is_told_after_all_moves_the_message_and_no_money(furnished):
    top_up(furnished)
    message_id = next(ids(LONG_AGO))
    keep(furnished, message_id)
    furnished.run(releaser(furnished).release())

    delivered = Observation(ACCOUNT, message_id, Fact.DELIVERED, later(1))
    furnished.run(recorder(furnished.store, HastyClock(later(1))).record(delivered))

    records = furnished.ask(lambda t: t.messages.records([(ACCOUNT, message_id)]))
    record = records[ACCOUNT, message_id]
    assert (record.state, record.payment) == (State.DELIVERED, Payment.RELEASED)
    assert wallet(furnished).spendable_minor == 1_000_000
    assert furnished.ask(lambda t: t.wallets.audit()) == []


def test_many_are_released_in_batches_and_none_is_left(furnished):
    top_up(furnished)
    made = ids(LONG_AGO)
    for _ in range(AT_ONCE + 1):
        keep(furnished, next(made))

    assert furnished.run(releaser(furnished).release()) == AT_ONCE + 1
    assert wallet(furnished).held_minor == 0


def test_two_processes_and_a_status_at_the_same_moment_settle_a_message_once(
    furnished, engine, tmp_path
):
    top_up(furnished)
    made = ids(LONG_AGO)
    message_ids = [next(made) for _ in range(40)]
    for message_id in message_ids:
        keep(furnished, message_id)
    other = furnished.run(engine.open(tmp_path, is_gateway=False))
    told = recorder(furnished.store, HastyClock(NOW))

    async def at_once():
        await asyncio.gather(
            releaser(furnished).release(),
            Releaser(other, recorder(other, HastyClock(NOW)), HastyClock(NOW)).release(),
            *(
                told.record(Observation(ACCOUNT, message_id, Fact.DELIVERED, NOW))
                for message_id in message_ids[:20]
            ),
        )

    try:
        furnished.run(at_once())
    finally:
        furnished.run(other.close())

    assert {payment_of(furnished, one) for one in message_ids[20:]} == {Payment.RELEASED}
    assert Payment.HELD not in {payment_of(furnished, one) for one in message_ids[:20]}
    assert wallet(furnished).held_minor == 0
    assert furnished.ask(lambda t: t.wallets.audit()) == []


def test_history_lets_go_of_what_was_released(furnished):
    top_up(furnished)
    message_id = next(ids(LONG_AGO))
    keep(furnished, message_id)
    assert furnished.run(trimmer(furnished).trim_messages(NOW)) == 0

    furnished.run(releaser(furnished).release())

    assert furnished.run(trimmer(furnished).trim_messages(NOW)) == 1
    assert kept_messages(furnished) == []
    assert furnished.ask(lambda t: t.wallets.audit()) == []
