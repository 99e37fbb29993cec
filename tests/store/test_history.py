"""What has been over for long enough goes, whole and in small batches; what is not over stays."""

from datetime import timedelta

import pytest

from support.nouns import (
    ACCOUNT,
    NOW,
    SENDER_ID,
    WAMID,
    account_event,
    callback_attempt,
    callback_row,
    inbound_message,
    later,
    message_change,
    new_message,
    parked_status,
)
from support.old_messages import KEPT, OLD, ids, keep, kept_messages, moved, top_up, trimmer, wallet
from waypost.callback.publisher import Publisher
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.callback import EventKind
from waypost.model.history import SERVED, Passing
from waypost.model.inbound import InboundMedium
from waypost.model.ledger import EntryKind, Wallet
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment, RememberedAnswer, Standing
from waypost.model.opt_out import OptIn, OptOut, OptOutSource, Wrote
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.retention.trimmer import BATCH
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker, first_message_id, first_webhook_id
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.webhook.matcher import Matcher


def test_ids_stand_in_the_order_of_their_time():
    before, after = next(ids(NOW)), next(ids(later(0.001)))

    assert before < first_message_id(later(0.001)) <= after
    assert first_webhook_id(NOW) <= IdMaker(TestClock(NOW), SeededEntropy(1)).webhook_id()
    assert first_webhook_id(later(-1)) < first_webhook_id(NOW)


def test_old_messages_go_with_all_that_belongs_to_them_and_the_books_balance(furnished):
    top_up(furnished)
    old, young = next(ids(OLD)), next(ids(NOW))
    keep(furnished, old)
    keep(furnished, young, at=NOW)
    before = wallet(furnished)

    assert furnished.run(trimmer(furnished).trim_messages(NOW - KEPT)) == 1

    assert kept_messages(furnished) == [young]
    assert furnished.ask(lambda t: t.reports.facts(ACCOUNT, old)) == []
    assert furnished.ask(lambda t: t.callbacks.of_message(ACCOUNT, old)) == []
    assert furnished.ask(lambda t: t.wallets.entries(ACCOUNT, old)) == []
    assert furnished.ask(lambda t: t.history.orphans()) == []
    assert wallet(furnished) == before == Wallet(ACCOUNT, "USD", 999_800, 0, 0)
    assert furnished.ask(lambda t: t.wallets.audit()) == []
    (carried,) = furnished.ask(lambda t: t.wallets.entries(ACCOUNT, "carried.2026-11-20"))
    assert (carried.kind, carried.amount_minor) == (EntryKind.CARRIED, 100)


def test_what_is_carried_forward_on_one_day_stands_in_one_line(furnished):
    top_up(furnished)
    made = ids(OLD)
    for _ in range(2):
        keep(furnished, next(made))
        furnished.run(trimmer(furnished).trim_messages(NOW - KEPT))

    (carried,) = furnished.ask(lambda t: t.wallets.entries(ACCOUNT, "carried.2026-11-20"))
    assert carried.amount_minor == 200
    assert furnished.ask(lambda t: t.wallets.audit()) == []


@pytest.mark.parametrize(
    ("state", "payment"),
    [
        ("accepted", Payment.CAPTURED),
        ("unknown", Payment.CAPTURED),
        ("sent", Payment.HELD),
    ],
)
def test_what_is_not_over_stays_however_old(furnished, state, payment):
    top_up(furnished)
    made = ids(OLD)
    stays, goes = next(made), next(made)
    keep(furnished, stays, state=state, payment=payment)
    keep(furnished, goes)

    assert furnished.run(trimmer(furnished).trim_messages(NOW - KEPT)) == 1

    assert kept_messages(furnished) == [stays]
    assert len(furnished.ask(lambda t: t.reports.facts(ACCOUNT, stays))) == 1
    assert furnished.ask(lambda t: t.wallets.audit()) == []


def test_a_message_whose_customer_is_still_to_be_told_stays(furnished):
    top_up(furnished)
    message_id = next(ids(OLD))
    keep(furnished, message_id)
    untold = callback_row(event_id=f"{message_id}.read", message_id=message_id)
    furnished.do(lambda t: t.callbacks.insert([untold]))

    assert furnished.run(trimmer(furnished).trim_messages(NOW - KEPT)) == 0
    assert kept_messages(furnished) == [message_id]


def test_a_request_stays_until_the_last_of_its_messages_goes(furnished):
    top_up(furnished)
    submission_id = next(ids(OLD))
    keep(furnished, submission_id)
    second = f"{submission_id}:2"

    async def change(transaction):
        await transaction.messages.insert(
            [
                new_message(
                    message_id=second,
                    submission_id=submission_id,
                    payment=Payment.FREE,
                    accepted_at=OLD,
                )
            ]
        )

    furnished.do(change)
    furnished.run(trimmer(furnished).trim_messages(NOW - KEPT))
    assert kept_messages(furnished) == [second]
    assert furnished.ask(lambda t: t.reports.find_message(second)) is not None

    async def settle(transaction):
        await transaction.messages.update_states([await moved(transaction, second, "read")])

    furnished.do(settle)
    furnished.run(trimmer(furnished).trim_messages(NOW - KEPT))
    assert kept_messages(furnished) == []


def test_a_long_history_goes_in_batches_of_their_own_commit(furnished):
    top_up(furnished)
    made = ids(OLD)
    for _ in range(BATCH + 5):
        furnished.keep_message(next(made), payment=Payment.FREE, accepted_at=OLD)

    async def settle(transaction):
        for one in await transaction.history.messages_before("B", "", 1000):
            await transaction.messages.update_states(
                [await moved(transaction, one.message_id, "read")]
            )

    furnished.do(settle)
    before = len(furnished.commits)

    assert furnished.run(trimmer(furnished).trim_messages(NOW - KEPT)) == BATCH + 5
    assert len(furnished.commits) - before == 2


def test_a_gateway_that_keeps_history_for_ever_lets_no_message_go(furnished):
    top_up(furnished)
    message_id = next(ids(OLD))
    keep(furnished, message_id)
    furnished.do(lambda t: t.webhooks.keep([(first_webhook_id(OLD), b"{}", OLD)]))
    furnished.do(lambda t: t.webhooks.mark([(first_webhook_id(OLD), OLD, "{}")]))

    furnished.run(trimmer(furnished, kept=None).tidy())

    assert kept_messages(furnished) == [message_id]
    assert furnished.ask(lambda t: t.webhooks.load([first_webhook_id(OLD)]))


def test_webhooks_go_once_they_are_old_and_understood(furnished):
    understood, waiting, young = map(first_webhook_id, (OLD, later(-200 * 86400), NOW))
    for webhook_id in (understood, waiting, young):
        furnished.do(lambda t, id_=webhook_id: t.webhooks.keep([(id_, b"{}", NOW)]))
    for webhook_id in (understood, young):
        furnished.do(lambda t, id_=webhook_id: t.webhooks.mark([(id_, NOW, "{}")]))

    assert furnished.run(trimmer(furnished).trim(Passing.WEBHOOKS, NOW)) == 1
    assert set(furnished.ask(lambda t: t.webhooks.load([understood, waiting, young]))) == {
        waiting,
        young,
    }


def ago(kind, days=0.0):
    return NOW - SERVED.get(kind, KEPT) - timedelta(days=days)


async def _rows(transaction):
    """Of each kind one row that has served its time, and one that serves still."""
    old, young = (lambda kind: ago(kind, 2)), (lambda kind: ago(kind, -1))
    for number, when in enumerate((old, young)):
        await transaction.messages.park_statuses(
            [
                parked_status(
                    wamid=f"w{number}", parked_id=number, recorded_at=when(Passing.PARKED_STATUSES)
                )
            ]
        )
        await transaction.recipients.note_writing(
            [Wrote(ACCOUNT, SENDER_ID, f"+9{number}", when(Passing.SERVICE_WINDOWS))]
        )
        await transaction.recipients.save_opt_outs(
            [
                OptOut(
                    ACCOUNT,
                    f"+9{number}",
                    OptOutSource.OPERATOR,
                    "",
                    when(Passing.OPT_OUTS) - timedelta(1),
                )
            ]
        )
        await transaction.recipients.end_opt_outs(
            [OptIn(ACCOUNT, f"+9{number}", when(Passing.OPT_OUTS))]
        )
        alarm = Alarm(ACCOUNT, AlarmKind.SENDER_HELD, f"s{number}", "", "", when(Passing.ALARMS))
        await transaction.alarms.raise_all([alarm])
        await transaction.alarms.clear([(ACCOUNT, alarm.kind, alarm.subject)], alarm.raised_at)
        await transaction.inbound.insert(
            [
                inbound_message(
                    inbound_id=f"in{number}",
                    wamid=f"w{number}",
                    received_at=when(Passing.INBOUND_MESSAGES),
                )
            ]
        )
        await transaction.inbound.insert_events(
            [
                account_event(
                    account_event_id=f"e{number}",
                    digest=f"d{number}",
                    received_at=when(Passing.ACCOUNT_EVENTS),
                )
            ]
        )
        await transaction.callbacks.insert(
            [
                callback_row(
                    event_id=f"e{number}.told.profile",
                    kind=EventKind.ACCOUNT,
                    message_id="",
                    created_at=when(Passing.CALLBACKS),
                )
            ]
        )
        await transaction.callbacks.settle([told(f"e{number}.told.profile")])
    await transaction.recipients.save_opt_outs(
        [OptOut(ACCOUNT, "+99", OptOutSource.OPERATOR, "", ago(Passing.OPT_OUTS, 100))]
    )
    await transaction.messages.remember_answers(
        [
            RememberedAnswer(ACCOUNT, "old", b"1", "", NOW - timedelta(hours=25)),
            RememberedAnswer(ACCOUNT, "young", b"1", "", NOW - timedelta(hours=23)),
        ]
    )


@pytest.mark.parametrize(
    "kind",
    [
        Passing.PARKED_STATUSES,
        Passing.SERVICE_WINDOWS,
        Passing.OPT_OUTS,
        Passing.ALARMS,
        Passing.IDEMPOTENCY_KEYS,
        Passing.INBOUND_MESSAGES,
        Passing.ACCOUNT_EVENTS,
        Passing.CALLBACKS,
    ],
)
def test_of_each_kind_what_served_its_time_goes_and_the_rest_stays(furnished, kind):
    furnished.do(_rows)

    assert furnished.run(trimmer(furnished).trim(kind, NOW)) == 1
    assert furnished.run(trimmer(furnished).trim(kind, NOW)) == 0
    assert furnished.run(trimmer(furnished).trim(kind, NOW + timedelta(days=400))) == 1


def told(event_id):
    return CallbackSettlement(ACCOUNT, event_id, CallbackState.DELIVERED, 1, "HTTP 200", NOW)


def test_attempts_go_with_the_message_whose_customer_they_told(furnished):
    top_up(furnished)
    message_id = next(ids(OLD))
    keep(furnished, message_id)
    event_id = f"{message_id}.sent"
    attempt = callback_attempt(event_id=event_id)
    furnished.do(lambda t: t.callbacks.insert_attempts([attempt]))

    assert furnished.run(trimmer(furnished).trim_messages(NOW - KEPT)) == 1

    assert furnished.ask(lambda t: t.callbacks.attempts_of(ACCOUNT, event_id)) == []
    assert furnished.ask(lambda t: t.history.orphans()) == []


def test_an_event_of_no_message_goes_with_its_attempts_once_it_was_told(furnished):
    event_id = f"{next(ids(OLD))}.incoming.profile"
    row = callback_row(
        event_id=event_id,
        kind=EventKind.INCOMING_MESSAGE,
        message_id=event_id.partition(".")[0],
        created_at=OLD,
    )
    furnished.do(lambda t: t.callbacks.insert([row]))
    furnished.do(lambda t: t.callbacks.insert_attempts([callback_attempt(event_id=event_id)]))
    assert furnished.run(trimmer(furnished).trim(Passing.CALLBACKS, NOW)) == 0, "still to be told"

    furnished.do(lambda t: t.callbacks.settle([told(event_id)]))

    assert furnished.run(trimmer(furnished).trim(Passing.CALLBACKS, NOW)) == 1
    assert furnished.ask(lambda t: t.callbacks.attempts_of(ACCOUNT, event_id)) == []
    assert furnished.ask(lambda t: t.callbacks.load([(ACCOUNT, event_id)])) == {}


def test_what_somebody_wrote_stays_while_its_medium_is_on_its_way(furnished):
    medium = InboundMedium("meta-1", "image/jpeg")
    message = inbound_message(received_at=OLD, medium=medium)
    furnished.do(lambda t: t.inbound.insert([message]))

    assert furnished.run(trimmer(furnished).trim(Passing.INBOUND_MESSAGES, NOW)) == 0
    (orphan,) = furnished.ask(lambda t: t.history.orphans())
    assert "a medium on its way that no work waits for" in orphan


def test_an_opt_out_in_force_is_never_let_go(furnished):
    furnished.do(_rows)

    furnished.run(trimmer(furnished, now=NOW + timedelta(days=4000)).tidy())

    assert furnished.ask(lambda t: t.recipients.opted_out([(ACCOUNT, "+99")]))


def test_a_row_that_changed_since_it_was_found_stays(furnished):
    furnished.do(_rows)
    past = furnished.ask(
        lambda t: t.history.past(Passing.SERVICE_WINDOWS, ago(Passing.SERVICE_WINDOWS), 10)
    )
    furnished.do(lambda t: t.recipients.note_writing([Wrote(ACCOUNT, SENDER_ID, "+90", NOW)]))

    furnished.do(lambda t: t.history.drop(Passing.SERVICE_WINDOWS, past))

    key = (ACCOUNT, SENDER_ID, "+90")
    assert furnished.ask(lambda t: t.recipients.wrote_at([key])) == {key: NOW}


@pytest.mark.parametrize("kind", Passing)
def test_every_kind_is_looked_for(stored, kind):
    assert stored.run(trimmer(stored).trim(kind, NOW)) == 0


def test_a_status_that_was_parked_while_its_message_became_known_is_matched(furnished):
    message_id = next(ids(NOW))
    furnished.keep_message(message_id, payment=Payment.FREE)
    parked = parked_status(fact=Fact.DELIVERED, recorded_at=NOW)
    furnished.do(lambda t: t.messages.park_statuses([parked]))
    woken = []
    recorder = Recorder(
        furnished.store,
        TestClock(later(5)),
        Publisher(),
        Bookkeeper(),
        IdMaker(TestClock(NOW), SeededEntropy(1)).number,
        woken.append,
    )
    matcher = Matcher(furnished.store, recorder, TestClock(later(5)))
    assert furnished.run(matcher.match()) == 0, "nobody knows its message yet"

    stands = Standing(State.ACCEPTED, 0, Payment.FREE, None)
    taken = message_change(message_id=message_id, wamid=WAMID, payment=Payment.FREE, before=stands)
    furnished.do(lambda t: t.messages.update_states([taken]))
    assert furnished.run(matcher.match()) == 1

    found = furnished.ask(lambda t: t.reports.find_message(message_id))
    assert found.state is State.DELIVERED
    assert woken, "the customer is told at once"
    assert furnished.run(matcher.match()) == 0
