"""What Meta told is kept as it came; what customers are told is written once."""

from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    CALLBACK_URL,
    MESSAGE_ID,
    NOW,
    PROFILE_ID,
    callback_profile,
    callback_row,
    later,
)
from waypost.model.outbox import CallbackSettlement, CallbackState, CallbackSummary, DueCallback

SENT, READ = f"{MESSAGE_ID}.sent", f"{MESSAGE_ID}.read"


def test_a_webhook_is_kept_byte_for_byte(stored):
    body = b'{"a":"\\u00e9\xff\x00"}'

    stored.do(lambda t: t.webhooks.keep([("w1", body, NOW), ("w2", b"", NOW)]))
    stored.do(lambda t: t.webhooks.mark([("w1", later(1), '{"recorded": 1}')]))

    assert stored.ask(lambda t: t.webhooks.load(["w1", "w2", "w3"])) == {"w1": body, "w2": b""}


def test_an_event_is_read_as_it_was_written_with_its_profile(stored):
    row, orphan = (
        callback_row(body=b'{"x":"\xc3\xa9"}'),
        callback_row(event_id="o", profile_id="IN_2"),
    )
    stored.do(lambda t: t.profiles.save(callback_profile()))

    stored.do(lambda t: t.callbacks.insert([row, orphan]))

    keys = [(ACCOUNT, SENT), (ACCOUNT, "o"), (2, SENT)]
    assert stored.ask(lambda t: t.callbacks.load(keys)) == {
        (ACCOUNT, SENT): DueCallback(row, callback_profile()),
        (ACCOUNT, "o"): DueCallback(orphan, None),
    }


def test_what_goes_before_an_event_is_told_of_its_own_message_and_profile(stored):
    sent, delivered = callback_row(sequence=2), callback_row(event_id="d", sequence=3)
    read = callback_row(event_id=READ, sequence=4)
    others = [
        callback_row(event_id="x", message_id="A2", sequence=1),
        callback_row(event_id="y", profile_id="IN_2", sequence=1),
    ]
    stored.do(lambda t: t.callbacks.insert([read, delivered, sent, *others]))
    failed = CallbackSettlement(ACCOUNT, SENT, CallbackState.PENDING, 2, "HTTP 503", None)
    taken = CallbackSettlement(ACCOUNT, "d", CallbackState.DELIVERED, 1, "HTTP 200", NOW)

    stored.do(lambda t: t.callbacks.settle([failed, taken]))

    (due,) = stored.ask(lambda t: t.callbacks.load([(ACCOUNT, READ)])).values()
    assert due.earlier == ((SENT, 2),)


def test_the_same_event_again_changes_nothing(stored):
    stored.do(lambda t: t.callbacks.insert([callback_row()]))

    stored.do(lambda t: t.callbacks.insert([callback_row(body=b"other", profile_id="IN_2")]))

    (due,) = stored.ask(lambda t: t.callbacks.load([(ACCOUNT, SENT)])).values()
    assert due.row == callback_row()


def test_the_events_of_a_message_are_listed_with_what_became_of_them(stored):
    read = callback_row(event_id=READ, status="read", created_at=later(2), sequence=3)
    other = callback_row(event_id="A2.sent", message_id="A2")
    stored.do(lambda t: t.profiles.save(callback_profile()))
    stored.do(lambda t: t.callbacks.insert([read, callback_row(), other]))
    pending = CallbackSettlement(ACCOUNT, READ, CallbackState.PENDING, 1, "HTTP 503", None)
    done = CallbackSettlement(ACCOUNT, SENT, CallbackState.DELIVERED, 2, "HTTP 200", later(9))

    stored.do(lambda t: t.callbacks.settle([pending, done]))

    assert stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID)) == [
        summary(done, "sent", NOW, 0),
        summary(pending, "read", later(2), 3),
    ]


def summary(settled, status, created_at, sequence):
    return CallbackSummary(
        event_id=settled.event_id,
        profile_id=PROFILE_ID,
        kind=callback_row().kind,
        message_id=MESSAGE_ID,
        status=status,
        state=settled.state,
        attempts=settled.attempts,
        last_answer=settled.last_answer,
        created_at=created_at,
        settled_at=settled.settled_at,
        sequence=sequence,
        url=CALLBACK_URL,
    )


def test_many_events_are_settled_in_one_call(stored):
    rows = [callback_row(event_id=f"{number}.sent") for number in range(70)]
    settlements = [
        CallbackSettlement(ACCOUNT, row.event_id, CallbackState.DELIVERED, 1, "HTTP 200", NOW)
        for row in rows
    ]
    stored.do(lambda t: t.callbacks.insert(rows))

    stored.do(lambda t: t.callbacks.settle(settlements))

    listed = stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID))
    assert len(listed) == 70
    assert {one.state for one in listed} == {CallbackState.DELIVERED}
    assert replace(listed[0], event_id="") == replace(listed[69], event_id="")


def test_what_was_taken_is_not_made_to_wait_by_whoever_lost_its_lease(stored):
    stored.do(lambda t: t.callbacks.insert([callback_row(), callback_row(event_id=READ)]))
    taken = CallbackSettlement(ACCOUNT, SENT, CallbackState.DELIVERED, 2, "HTTP 200", NOW)
    given_up = CallbackSettlement(ACCOUNT, READ, CallbackState.GIVEN_UP, 2, "HTTP 500", NOW)
    late = [
        CallbackSettlement(ACCOUNT, one, CallbackState.PENDING, 1, "timed out", None)
        for one in (SENT, READ)
    ]

    stored.do(lambda t: t.callbacks.settle([taken, given_up]))
    stored.do(lambda t: t.callbacks.settle(late))

    assert states(stored) == {SENT: "delivered", READ: "given_up"}
    stored.do(lambda t: t.callbacks.settle([replace(given_up, event_id=SENT)]))
    stored.do(lambda t: t.callbacks.settle([replace(taken, event_id=READ)]))
    assert states(stored) == {SENT: "delivered", READ: "delivered"}


def states(stored):
    events = stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID))
    return {one.event_id: one.state.value for one in events}
