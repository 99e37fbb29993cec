"""What Meta names by more characters than a database can look up costs only itself.

PostgreSQL refuses a key of thousands of characters. A status with such an id, or such a recipient,
had its whole webhook tried again and again, and then set aside.
"""

import random
import string

import pytest

from support.nouns import WAMID, later
from support.stored import ENGINES, opened
from support.webhook_desk import METADATA, PHONE, SECONDS, WebhookDesk, change
from waypost.model.lifecycle import State
from waypost.runtime.ids import first_message_id

LONG = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=9000))
"""It cannot be made shorter by packing it."""


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def desk(tmp_path, request):
    with opened(tmp_path, request.param) as stored:
        stored.furnish()
        yield WebhookDesk(stored)


def status(**changes):
    told = {"id": "wamid.X", "recipient_id": PHONE, "timestamp": SECONDS, "status": "sent"}
    return {**told, **changes}


REFUSED = {"status": "failed", "errors": [{"code": 131050, "title": "No marketing"}]}


@pytest.mark.parametrize(
    "odd",
    [
        status(id=f"wamid.{LONG}"),
        status(recipient_id=LONG, **REFUSED),
        status(recipient_id=LONG, biz_opaque_callback_data=LONG),
    ],
)
def test_a_status_with_a_name_too_long_does_not_keep_its_neighbour_from_its_message(desk, odd):
    sent = first_message_id(later(-60)) + "0000000001"
    desk.keep_sent({"type": "text"}, message_id=sent)

    desk.work_off(change({"metadata": METADATA, "statuses": [odd, status(id=WAMID)]}))

    records = desk.stored.ask(lambda t: t.messages.records([(1, sent)]))
    assert records[1, sent].state is State.SENT
