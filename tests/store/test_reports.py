"""Reads of what happened: a request's messages, and those of unknown outcome."""

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    SENDER_ID,
    later,
    message_change,
    queue_item,
)
from waypost.model.account import UnknownPolicy
from waypost.model.lifecycle import State
from waypost.model.work import PARKED_AT


def of(stored, named, account_id=ACCOUNT):
    found = stored.ask(lambda t: t.reports.of_request(account_id, named))
    return [one.message_id for one in found]


def unknown(stored, account_id=None, after="", limit=10):
    return stored.ask(lambda t: t.reports.unknown(account_id, after, limit))


def lose(stored, message_id):
    change = message_change(message_id=message_id, state=State.UNKNOWN, wamid=None)
    stored.do(lambda t: t.messages.update_states([change]))


def test_a_message_is_found_by_its_id_within_its_account_alone(furnished):
    furnished.keep_message(MESSAGE_ID)

    assert of(furnished, MESSAGE_ID) == [MESSAGE_ID]
    assert of(furnished, MESSAGE_ID, account_id=2) == []
    assert of(furnished, "A404") == []


def test_a_request_s_messages_are_found_in_order_and_no_others(furnished):
    ids = [f"A1:{number}" for number in range(12)]
    for message_id in (*ids, "A10", "A1;"):
        furnished.keep_message(message_id)

    assert of(furnished, "A1") == ids
    assert of(furnished, "A1:1") == ["A1:1"]


def test_messages_of_unknown_outcome_are_listed_with_when_they_are_looked_at_again(furnished):
    for message_id in ("A1", "A2", "A3", "A4"):
        furnished.keep_message(message_id)
    for message_id in ("A1", "A2", "A3"):
        lose(furnished, message_id)
    items = [
        queue_item(item_id="A1", due_at=later(60)),
        queue_item(item_id="A2", due_at=PARKED_AT),
    ]
    furnished.do(lambda t: t.queue.put(items))

    listed = unknown(furnished)

    assert [(one.message_id, one.due_at) for one in listed] == [
        ("A1", later(60)),
        ("A2", None),
        ("A3", None),
    ]
    assert (listed[0].policy, listed[0].sender_id) == (UnknownPolicy.RESEND, SENDER_ID)
    assert [one.message_id for one in unknown(furnished, ACCOUNT, after="A1", limit=1)] == ["A2"]
    assert unknown(furnished, account_id=2) == []


def test_senders_whose_unknown_messages_nobody_looks_at_soon_are_named(furnished):
    for message_id in ("A1", "A2"):
        furnished.keep_message(message_id)
        lose(furnished, message_id)
    furnished.do(lambda t: t.queue.put([queue_item(item_id="A1", due_at=later(60))]))

    def named():
        return furnished.ask(lambda t: t.reports.senders_with_unknown(ACCOUNT, later(600)))

    assert named() == {SENDER_ID}
    furnished.do(lambda t: t.queue.put([queue_item(item_id="A2", due_at=later(60))]))
    assert named() == set()
