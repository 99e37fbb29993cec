"""However Meta batches, repeats and shuffles what came in, it is kept and told once."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from support.nouns import ACCOUNT, NOW, PROFILE_ID
from support.stored import opened
from support.webhook_desk import WebhookDesk, change, message, written

MESSAGES = [message(wamid=f"wamid.{n}") for n in range(5)]
EVENTS = [
    change({"event": "DISABLED_UPDATE"}, "account_update", time=int(NOW.timestamp())),
    change({"decision": "APPROVED"}, "account_review_update", time=int(NOW.timestamp())),
]
NUMBERS = st.integers(0, len(MESSAGES) - 1)
BATCHES = st.lists(st.lists(NUMBERS, min_size=1, max_size=4), min_size=1, max_size=8)


@settings(max_examples=20, deadline=None)
@given(BATCHES, st.permutations(range(len(MESSAGES))), st.lists(st.sampled_from(EVENTS)))
def test_any_batching_order_and_repetition_is_kept_and_told_once(batches, rest, events):
    bodies = [written(*(MESSAGES[n] for n in batch)) for batch in [*batches, rest]]
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as stored:
        stored.furnish()
        desk = WebhookDesk(stored)
        desk.tell_all(ACCOUNT, PROFILE_ID)

        desk.work_off(*bodies, *events, *bodies)

        rows, kept, told = desk.inbound(), desk.events(), desk.told()
    assert sorted(row.wamid for row in rows) == [one["id"] for one in MESSAGES]
    assert len(kept) == len(set(events))
    ids = [row.event_id for row in told]
    assert len(ids) == len(set(ids)) == len(rows) + len(kept)
