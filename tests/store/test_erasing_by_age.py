"""Content older than it is kept is erased, in batches and late; what is not over stays."""

from datetime import timedelta

import pytest

from support.nouns import (
    ACCOUNT,
    NOW,
    SENDER_ID,
    VAULT,
    callback_attempt,
    callback_row,
    inbound_message,
    new_message,
    new_submission,
)
from support.old_messages import HastyClock, ids, keep, moved, top_up
from waypost.model.erasing import Pseudonyms, blank
from waypost.model.message import Payment
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.model.personal import AGED, Kind
from waypost.retention.eraser import BATCH, Erased, Eraser, write_erased

KEPT = timedelta(days=30)
OLD = NOW - KEPT - timedelta(days=1)
DAY = timedelta(days=1)
hide = Pseudonyms(VAULT.hashes).hide


class Bytes:
    """What was asked to go from the media store."""

    def __init__(self):
        self.gone = []

    async def forget(self, key):
        self.gone.append(key)


def eraser(stored, *, now=NOW, kept=KEPT, held=None):
    return Eraser(stored.store, HastyClock(now), kept, hide, (held or Bytes()).forget)


def rows(stored, kind, account_id=ACCOUNT):
    return stored.ask(lambda t: t.erasure.page(kind, account_id, None, 1000))


def recipients(stored):
    return [row.values[0] for row in rows(stored, Kind.MESSAGES)]


def told(stored, event_id, state=CallbackState.DELIVERED):
    settled = CallbackSettlement(ACCOUNT, event_id, state, 1, "HTTP 200", NOW)
    stored.do(lambda t: t.callbacks.settle([settled]))


def test_without_an_end_nothing_is_erased(furnished):
    keep(furnished, next(ids(OLD)), at=OLD)

    assert furnished.run(eraser(furnished, kept=None).erase()) == 0
    assert not recipients(furnished)[0].startswith("erased:")


def test_an_old_message_is_erased_with_all_that_belongs_to_it_and_a_young_one_stays(furnished):
    top_up(furnished)
    old, young = next(ids(OLD)), next(ids(NOW))
    keep(furnished, old, at=OLD)
    keep(furnished, young, at=NOW)
    before = {kind: rows(furnished, kind) for kind in AGED}
    books = furnished.ask(lambda t: t.wallets.entries(ACCOUNT, old))

    assert furnished.run(eraser(furnished).erase()) >= 4

    for kind in (Kind.MESSAGES, Kind.FACTS, Kind.SUBMISSIONS, Kind.CALLBACKS):
        was = {row.key: row for row in before[kind]}
        for row in rows(furnished, kind):
            is_old = str(row.key[0]).startswith(old)
            assert (row.values != was[row.key].values) is is_old, kind
    assert furnished.ask(lambda t: t.wallets.entries(ACCOUNT, old)) == books
    assert furnished.ask(lambda t: t.wallets.audit()) == []
    assert furnished.ask(lambda t: t.history.orphans()) == []
    assert furnished.run(eraser(furnished).erase()) == 0


@pytest.mark.parametrize(
    ("state", "payment"), [("accepted", Payment.HELD), ("unknown", Payment.HELD)]
)
def test_a_message_that_is_not_over_stays_until_it_is(furnished, state, payment):
    message_id = next(ids(OLD))
    keep(furnished, message_id, at=OLD, payment=payment, state=state)

    furnished.run(eraser(furnished).erase())
    assert not recipients(furnished)[0].startswith("erased:")

    async def settle(transaction):
        await transaction.messages.update_states([await moved(transaction, message_id, "failed")])

    furnished.do(settle)
    furnished.run(eraser(furnished, now=NOW + DAY).erase())
    assert recipients(furnished)[0].startswith("erased:")


def test_what_came_late_and_what_was_over_late_is_erased_on_the_next_day(furnished):
    message_id = next(ids(OLD))
    keep(furnished, message_id, at=OLD)
    furnished.run(eraser(furnished).erase())
    event_id = f"{message_id}.read"
    late = callback_row(event_id=event_id, message_id=message_id, body=b'{"mobile":"1"}')
    furnished.do(lambda t: t.callbacks.insert([late]))

    furnished.run(eraser(furnished, now=NOW + DAY).erase())
    assert b'{"mobile":"1"}' in [row.values[0] for row in rows(furnished, Kind.CALLBACKS)]

    told(furnished, event_id)
    attempt = callback_attempt(event_id=event_id, url="https://shop.example.com/?to=919876543210")
    furnished.do(lambda t: t.callbacks.insert_attempts([attempt]))
    furnished.run(eraser(furnished, now=NOW + 2 * DAY).erase())
    assert {row.values[0] for row in rows(furnished, Kind.CALLBACKS)} == {b'{"erased":true}'}
    (kept,) = rows(furnished, Kind.CALLBACK_ATTEMPTS)
    assert kept.values[0] == "https://shop.example.com/erased"


def test_what_was_asked_for_several_stays_until_the_last_of_them_is_over(furnished):
    submission_id = next(ids(OLD))
    named = [f"{submission_id}:{number}" for number in (1, 2)]

    async def change(transaction):
        await transaction.messages.insert_submissions([new_submission(submission_id=submission_id)])
        await transaction.messages.insert(
            [
                new_message(message_id=one, submission_id=submission_id, recipient=f"+{number}")
                for number, one in zip((919876543210, 919876543211), named, strict=True)
            ]
        )
        await transaction.messages.update_states([await moved(transaction, named[0], "read")])

    furnished.do(change)
    furnished.run(eraser(furnished).erase())
    assert [one.startswith("erased:") for one in recipients(furnished)] == [True, False]
    assert rows(furnished, Kind.SUBMISSIONS)[0].values[0] != b'{"erased":true}'

    async def end(transaction):
        await transaction.messages.update_states([await moved(transaction, named[1], "failed")])

    furnished.do(end)
    furnished.run(eraser(furnished, now=NOW + DAY).erase())
    assert rows(furnished, Kind.SUBMISSIONS)[0].values[0] == b'{"erased":true}'


def test_more_than_a_batch_is_erased_and_one_recipient_keeps_one_name(furnished):
    made = ids(OLD)

    async def change(transaction):
        for _ in range(BATCH + 7):
            one = next(made)
            await transaction.messages.insert_submissions([new_submission(submission_id=one)])
            await transaction.messages.insert([new_message(message_id=one, submission_id=one)])
            await transaction.messages.update_states([await moved(transaction, one, "read")])

    furnished.do(change)
    furnished.run(eraser(furnished).erase())

    assert set(recipients(furnished)) == {hide(new_message().recipient)}
    assert len(recipients(furnished)) == BATCH + 7


def test_what_a_recipient_wrote_is_erased_with_its_bytes(furnished):
    inbound_id = next(ids(OLD))
    wrote = inbound_message(inbound_id=inbound_id, received_at=OLD, profile_name="Anna")
    furnished.do(lambda t: t.inbound.insert([wrote]))
    held = Bytes()

    furnished.run(eraser(furnished, held=held).erase())

    (row,) = rows(furnished, Kind.INBOUND_MESSAGES)
    assert row.values[0] == hide(wrote.recipient)
    assert row.values[3:5] == ("", b'{"erased":true}')
    assert SENDER_ID not in str(row.values)


def test_a_webhook_is_erased_when_it_was_worked_off(furnished):
    old = "5f00000000000000a"
    furnished.do(lambda t: t.webhooks.keep([(old, b'{"to":"919876543210"}', OLD)]))

    furnished.run(eraser(furnished).erase())
    assert rows(furnished, Kind.WEBHOOKS, 0)[0].values[0] == b'{"to":"919876543210"}'

    furnished.do(lambda t: t.webhooks.mark([(old, NOW, "{}")]))
    furnished.run(eraser(furnished, now=NOW + DAY).erase())
    assert rows(furnished, Kind.WEBHOOKS, 0)[0].values[0] == b'{"erased":true}'


def test_a_message_that_came_back_since_it_was_read_is_not_erased(furnished):
    message_id = next(ids(OLD))
    keep(furnished, message_id, at=OLD)
    before = rows(furnished, Kind.MESSAGES)
    after = [blank(Kind.MESSAGES, row, lambda text: f"erased:{text[-1]}") for row in before]

    async def come_back(transaction):
        await transaction.messages.update_states([await moved(transaction, message_id, "accepted")])

    furnished.do(come_back)
    furnished.do(lambda t: write_erased(t, [Erased(Kind.MESSAGES, before, after)]))

    assert not recipients(furnished)[0].startswith("erased:"), "it is given to Meta again"
