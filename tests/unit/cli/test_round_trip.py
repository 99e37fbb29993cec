"""What is still missing of a message's way, from what the emulator shows."""

from datetime import datetime

from waypost.cli.round_trip import Event, RoundTrip, see_callbacks, see_messages

AT = "2026-11-20T12:00:0{}Z"


def at(second):
    return datetime.fromisoformat(AT.format(second))


def trip(message_id="A1"):
    return RoundTrip("mpm", Event(at(0), "gateway", "Accepted as A1."), message_id)


def message(*statuses, ours="A1"):
    return {
        "position": 7,
        "id": "wamid.1",
        "time": AT.format(1),
        "biz_opaque_callback_data": ours,
        "statuses": [
            {"status": status, "time": AT.format(2), "delivered_at": None} for status in statuses
        ],
    }


def callback(status, message_id="A1"):
    return {"time": AT.format(3), "body": {"message_id": message_id, "status": status}}


def test_all_is_missing_of_a_message_that_was_only_accepted():
    assert trip().missing() == [
        "Meta has the message",
        "Meta's status 'sent'",
        "Meta's status 'delivered'",
        "Meta's status 'read'",
        "the callback 'sent'",
        "the callback 'delivered'",
        "the callback 'read'",
    ]
    assert not trip().is_over()


def test_nothing_is_missing_once_every_status_has_its_callback():
    one = trip()
    see_messages([one], [message("sent", "delivered", "read")])
    see_callbacks([one], [callback("sent"), callback("delivered")])
    assert one.missing() == ["the callback 'read'"]
    see_callbacks([one], [callback("read")])

    assert (one.missing(), one.is_over(), one.position) == ([], True, 7)


def test_what_belongs_to_others_is_not_taken():
    one = trip()
    see_messages([one], [message("sent", ours="A2"), message("sent", ours=None)])
    see_callbacks([one], [callback("sent", "A2"), {"time": AT.format(1), "body": "no JSON"}])

    assert one.seen is None
    assert one.callbacks == []


def test_a_refused_message_is_over_at_once_and_misses_its_acceptance():
    refused = trip(message_id=None)

    assert refused.is_over()
    assert refused.missing() == ["the gateway accepts it"]


def test_a_failed_message_is_not_waited_for():
    one = trip()
    see_callbacks([one], [callback("failed")])

    assert one.is_over()
    assert "the callback 'read'" in one.missing()


def test_events_are_told_by_time():
    one = trip()
    see_callbacks([one], [callback("sent")])
    see_messages([one], [message("sent")])

    assert [event.who for event in one.events()] == ["gateway", "meta", "meta", "callback"]
