"""What Meta told is kept as it came; what customers are told is written once."""

from msgspec.structs import replace

from support.nouns import ACCOUNT, CALLBACK_URL, MESSAGE_ID, NOW, callback_row, later
from waypost.model.outbox import CallbackSettlement, CallbackState

SENT, READ = f"{MESSAGE_ID}.sent", f"{MESSAGE_ID}.read"


def test_a_webhook_is_kept_byte_for_byte(stored):
    body = b'{"a":"\\u00e9\xff\x00"}'

    stored.do(lambda t: t.webhooks.keep([("w1", body, NOW), ("w2", b"", NOW)]))
    stored.do(lambda t: t.webhooks.mark([("w1", later(1), '{"recorded": 1}')]))

    assert stored.ask(lambda t: t.webhooks.load(["w1", "w2", "w3"])) == {"w1": body, "w2": b""}


def test_an_event_is_read_as_it_was_written(stored):
    row = callback_row(body=b'{"x":"\xc3\xa9"}')

    stored.do(lambda t: t.callbacks.insert([row]))

    assert stored.ask(lambda t: t.callbacks.load([(ACCOUNT, SENT), (2, SENT)])) == {
        (ACCOUNT, SENT): row
    }


def test_the_same_event_again_changes_nothing(stored):
    stored.do(lambda t: t.callbacks.insert([callback_row()]))

    stored.do(lambda t: t.callbacks.insert([callback_row(body=b"other", url="https://other")]))

    assert stored.ask(lambda t: t.callbacks.load([(ACCOUNT, SENT)])) == {
        (ACCOUNT, SENT): callback_row()
    }


def test_the_events_of_a_message_are_listed_with_what_became_of_them(stored):
    read = callback_row(event_id=READ, status="read", created_at=later(2))
    other = callback_row(event_id="A2.sent", message_id="A2")
    stored.do(lambda t: t.callbacks.insert([read, callback_row(), other]))
    pending = CallbackSettlement(
        ACCOUNT, READ, CallbackState.PENDING, 1, "HTTP 503", None, "read", CALLBACK_URL, later(2)
    )
    done = CallbackSettlement(
        ACCOUNT, SENT, CallbackState.DELIVERED, 2, "HTTP 200", later(9), "sent", CALLBACK_URL, NOW
    )

    stored.do(lambda t: t.callbacks.settle([pending, done]))

    assert stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, MESSAGE_ID)) == [done, pending]


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
