"""An order of any time that Meta may tell is kept, and joined to nothing that it did not come from.

Times at the ends of the calendar raised, and the webhook was set aside with all that it held. An
order that named a message of another application was joined to one of ours. And where several
ordered at once, those of one took the places of another's.
"""

import pytest

from support.nouns import SENDER_ID, later
from support.stored import opened
from support.webhook_desk import SECONDS, WebhookDesk, message, written
from waypost.runtime.ids import first_message_id

CONTENT = {"type": "interactive", "interactive": {"action": {"product_retailer_id": "fern"}}}
OTHER = {"type": "interactive", "interactive": {"action": {"product_retailer_id": "rose"}}}
BUSY, QUIET = "919876543210", "447911123456"


def order(wamid="wamid.ORDER", **changes):
    shown = {"catalog_id": "1", "product_items": [{"product_retailer_id": "fern"}]}
    return message("order", wamid, order=shown, **changes)


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        yield WebhookDesk(stored)


@pytest.mark.parametrize("timestamp", ["0", "1", "86400", "253402300799", "253402300740"])
def test_an_order_at_the_end_of_the_calendar_is_kept_and_so_is_its_neighbour(desk, timestamp):
    desk.work_off(written(order(timestamp=timestamp), message(wamid="wamid.NEXT")))

    assert [row.kind for row in desk.inbound()] == ["order", "text"]


def test_an_order_of_a_clock_that_runs_ahead_finds_its_message(desk):
    sent = first_message_id(later(-300)) + "0000000001"
    desk.keep_sent(CONTENT, message_id=sent)

    desk.work_off(written(order(timestamp="253402300799")))

    (row,) = desk.inbound()
    assert (row.reply_to, row.is_probable) == (sent, True)


def test_an_order_that_names_a_message_of_another_application_came_from_none_of_ours(desk):
    desk.keep_sent(CONTENT, message_id=first_message_id(later(-300)) + "0000000001")

    desk.work_off(written(order(context={"from": SENDER_ID, "id": "wamid.theirs"})))

    (row,) = desk.inbound()
    assert (row.reply_to, row.is_probable) == (None, False)


def test_many_messages_to_one_take_nobody_elses_places(desk):
    first = first_message_id(later(-600)) + "0000000001"
    desk.keep_sent(CONTENT, message_id=first, recipient=QUIET)
    for number in range(120):
        id_ = first_message_id(later(-500 + number)) + "0000000001"
        desk.keep_sent(OTHER, message_id=id_, wamid=f"w{number}", recipient=BUSY)

    desk.work_off(
        written(
            order("wamid.BUSY", timestamp=SECONDS),
            order("wamid.QUIET", timestamp=SECONDS, **{"from": QUIET}),
        )
    )

    assert {row.wamid: row.reply_to for row in desk.inbound()} == {
        "wamid.BUSY": None,
        "wamid.QUIET": first,
    }
