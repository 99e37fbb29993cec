"""Callbacks that wait in a database of an older release go on to where they were going."""

import pytest

from support import older
from support.nouns import ACCOUNT, NOW, SENDER_ID, callback_row, later
from waypost.callback.deliverer import load_callbacks
from waypost.model.work import LaneKey, Priority, QueueName
from waypost.store.repositories.instants import to_ms

NEW, FORMER = "https://shop.example/new", "https://shop.example/former"
WAITING = {"A1.sent": NEW, "A2.sent": FORMER}
ORPHAN, FORGOTTEN = "A0.sent", "https://shop.example/forgotten"


def statements():
    """An account whose sender has another URL since; an item whose event has been removed."""
    at = to_ms(NOW)
    yield (
        "INSERT INTO accounts (account_id, sid, name, kind, state, created_at) "
        f"VALUES ({ACCOUNT}, 'HXIN1234567890IN', 'Shop', 'prepaid', 'active', {at})"
    )
    yield (
        "INSERT INTO senders (account_id, sender_id, phone_number_id, waba_id, state, "
        "callback_url, throughput, api_version, created_at) "
        f"VALUES ({ACCOUNT}, '{SENDER_ID}', '2', '3', 'enabled', '{NEW}', 80, 'v25.0', {at})"
    )
    for event_id, url in WAITING.items():
        yield (
            "INSERT INTO callbacks (account_id, event_id, message_id, status, url, body, state, "
            f"attempts, created_at) VALUES ({ACCOUNT}, '{event_id}', '{event_id[:2]}', 'sent', "
            f"'{url}', '{{}}', 'pending', 2, {at})"
        )
    for event_id, url in {**WAITING, ORPHAN: FORGOTTEN}.items():
        yield (
            "INSERT INTO queue (account_id, queue, lane, item_id, due_at, attempt, priority) "
            f"VALUES ({ACCOUNT}, 'callback', '{url}', '{event_id}', {at}, 2, 1)"
        )


@pytest.fixture
def stored(engine, tmp_path):
    with older.brought_forward(engine, tmp_path, statements()) as opened:
        yield opened


def waiting(stored, lane):
    found = stored.ask(
        lambda t: t.queue.find(
            QueueName.CALLBACK, LaneKey(ACCOUNT, lane), Priority.NORMAL, later(60), 9
        )
    )
    return [(one.item_id, one.attempt) for one in found]


def test_what_waited_goes_to_a_profile_with_its_url(stored):
    profiles = {one.url: one for one in stored.ask(lambda t: t.profiles.of_account(ACCOUNT))}

    assert profiles.keys() == {NEW, FORMER}
    for event_id, url in WAITING.items():
        assert waiting(stored, profiles[url].profile_id) == [(event_id, 2)]
        key = (ACCOUNT, event_id)
        due = stored.ask(lambda t, key=key: load_callbacks(t, [key]))[key]
        assert (due.profile, due.row.attempts) == (profiles[url], 2)
    attached = stored.ask(lambda t: t.profiles.attachments(ACCOUNT))
    assert [(one.target, one.profile_id) for one in attached] == [
        (f"sender/{SENDER_ID}", profiles[NEW].profile_id)
    ]


def test_work_whose_event_was_removed_stops_no_upgrade(stored):
    key = (ACCOUNT, ORPHAN)

    assert waiting(stored, FORGOTTEN) == [(ORPHAN, 2)]
    assert stored.ask(lambda t: load_callbacks(t, [key])) == {}


def test_an_event_of_then_is_as_one_of_now(stored):
    key = (ACCOUNT, "A1.sent")
    row = stored.ask(lambda t: load_callbacks(t, [key]))[key].row

    assert (row.kind, row.variables, row.sequence) == (callback_row().kind, "{}", 0)
