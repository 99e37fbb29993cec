"""The story of a message, told from what a real store keeps of it."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.nouns import (
    ACCOUNT,
    CALLBACK_URL,
    MESSAGE_ID,
    NOW,
    SENDER_ID,
    UNDELIVERABLE,
    WAMID,
    callback_row,
    content,
    fact_row,
    later,
    message_change,
    new_message,
    new_submission,
    queue_item,
)
from support.stored import opened
from waypost.model.failure import Failure
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Exchange, Payment
from waypost.model.meta_error import Party
from waypost.model.money import Money
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.model.report import MessageReport, TimelineFact
from waypost.model.sender import SenderHold, SenderState
from waypost.model.story import Listed, Step, Timeline, View
from waypost.model.submission import READ_RECEIPT, Content, References
from waypost.model.turn import TRIED_ENOUGH
from waypost.model.withheld import WithheldCode, withheld
from waypost.model.work import PARKED_AT, Priority
from waypost.report.telling import Kept
from waypost.report.timeline import draw, list_messages, tell
from waypost.report.words import HEADLINES, MEANINGS

THROTTLED = Failure("130429", "The number's throughput was reached", "", "Nothing: by itself.")
BUSY = Failure("131000", "Meta had an unknown error", "", "Nothing: Waypost tries again by itself.")
LOST = Failure("0", "Meta's answer was lost", "timed out", "Nothing: a status settles it.")


@pytest.fixture
def stored(tmp_path):
    """A store with one accepted message in it."""
    with opened(tmp_path) as stored:
        stored.furnish()
        stored.keep_message(MESSAGE_ID)
        yield stored


def told(stored):
    timeline = stored.ask(lambda transaction: tell(transaction, MESSAGE_ID))
    assert timeline is not None
    return timeline


def texts(timeline, who=None):
    return [line.text for line in timeline.lines if who in (None, line.who)]


def learn(stored, *facts, state=State.ACCEPTED, **change):
    """Facts one second after the other, and where they leave the message."""
    rows = [
        fact_row(
            fact_id=number,
            fact=fact,
            occurred_at=later(number),
            recorded_at=later(number),
            attempt=None,
            **more,
        )
        for number, (fact, more) in enumerate(facts, start=1)
    ]
    stored.do(lambda transaction: transaction.messages.insert_facts(rows))
    changed = message_change(state=state, wamid=None, **change)
    stored.do(lambda transaction: transaction.messages.update_states([changed]))


def enter(stored, kind, at):
    entry = LedgerEntry(ACCOUNT, MESSAGE_ID, kind, 100, at)
    stored.do(lambda transaction: transaction.wallets.append([entry]))


def settle(stored, status, state, attempts, answer, at):
    row = callback_row(event_id=f"{MESSAGE_ID}.{status}", status=status, created_at=later(5))
    stored.do(lambda transaction: transaction.callbacks.insert([row]))
    settlement = CallbackSettlement(ACCOUNT, row.event_id, state, attempts, answer, at)
    stored.do(lambda transaction: transaction.callbacks.settle([settlement]))


def test_an_unknown_message_has_no_story(stored):
    assert stored.ask(lambda transaction: tell(transaction, "A0000000000000000000")) is None


def test_every_state_and_every_fact_has_its_words():
    assert set(HEADLINES) == set(State)
    assert set(MEANINGS) == set(Fact)


def test_an_accepted_message_says_what_was_asked_and_that_it_waits(stored):
    stored.do(lambda transaction: transaction.queue.put([queue_item()]))
    enter(stored, EntryKind.HOLD, NOW)

    timeline = told(stored)

    assert timeline.headline == "Accepted; not yet given to Meta."
    assert timeline.trouble is None
    assert texts(timeline) == [
        f"accepted: text from +{SENDER_ID} to +91****10, asked by api",
        "checked: nothing to mend in it; check_mode is strict",
        "0.0100 USD set aside",
        "queued: priority normal",
        "waits for its turn, due 2026-11-20 12:00:00Z",
    ]
    assert timeline.lines[-1].at is None
    assert timeline.references == ("order-1", "marketing", None)


def test_a_template_is_named_with_its_language(tmp_path):
    asked = content(kind="template", template_name="abandoned_cart", template_language="en_US")
    with opened(tmp_path) as stored:
        stored.furnish()
        submission = new_submission(content=asked)
        stored.do(lambda transaction: transaction.messages.insert_submissions([submission]))
        stored.do(lambda transaction: transaction.messages.insert([new_message()]))

        timeline = told(stored)

    assert timeline.template == "abandoned_cart (en_US)"
    assert texts(timeline)[0].startswith("accepted: template abandoned_cart (en_US) from ")


def test_a_message_that_was_read_is_told_in_the_order_in_which_it_was_learned(stored):
    facts = [(fact, {}) for fact in (Fact.TAKEN, Fact.SENT, Fact.DELIVERED, Fact.READ)]
    learn(stored, *facts, state=State.READ, payment=Payment.CAPTURED)
    enter(stored, EntryKind.HOLD, NOW)
    enter(stored, EntryKind.CAPTURE, later(3.5))
    settle(stored, "sent", CallbackState.DELIVERED, 1, "HTTP 200", later(2.5))

    timeline = told(stored)

    assert [line.who for line in timeline.lines] == [
        "gateway",
        "gateway",
        "money",
        "gateway",
        "gateway",
        "meta",
        "callback",
        "meta",
        "money",
        "meta",
    ]
    assert texts(timeline)[4] == f"Meta took it; as {WAMID}"
    assert texts(timeline, "money")[1] == "0.0100 USD charged"
    assert (timeline.state, timeline.payment) == (State.READ, Payment.CAPTURED)


def test_a_failure_comes_first_with_what_to_do(stored):
    failure = {"failure": UNDELIVERABLE}
    learn(stored, (Fact.TAKEN, {}), (Fact.FAILED, failure), state=State.FAILED, **failure)
    enter(stored, EntryKind.RELEASE, later(2))

    timeline = told(stored)

    assert timeline.headline.startswith("Failed")
    assert timeline.trouble is not None
    assert timeline.trouble.code == "131026"
    assert timeline.trouble.next_step == "reach it otherwise"
    (line,) = texts(timeline, "meta")
    assert line.endswith("; 131026: The message cannot be delivered (detail)")
    assert texts(timeline, "money") == ["0.0100 USD given back"]


def test_a_message_that_is_tried_again_says_why_and_when(stored):
    learn(stored, (Fact.ATTEMPTED, {"failure": THROTTLED}))
    again = queue_item(due_at=later(9), attempt=1)
    stored.do(lambda transaction: transaction.queue.put([again]))

    timeline = told(stored)

    assert timeline.trouble is not None
    assert timeline.trouble.code == "130429"
    assert texts(timeline)[-1] == "attempt 2 follows, not before 2026-11-20 12:00:09Z"


def test_a_scheduled_message_tells_its_time_its_end_and_its_priority(stored):
    more = {"send_at": later(60), "expires_at": later(3660), "priority": Priority.BULK}
    submission = new_submission(submission_id="A2")
    message = new_message(message_id="A2", submission_id="A2", **more)
    stored.do(lambda transaction: transaction.messages.insert_submissions([submission]))
    stored.do(lambda transaction: transaction.messages.insert([message]))
    item = queue_item(item_id="A2", due_at=later(60))
    stored.do(lambda transaction: transaction.queue.put([item]))

    timeline = stored.ask(lambda transaction: tell(transaction, "A2"))

    *_, queued, waits, ends = texts(timeline)
    assert queued == (
        "queued: priority bulk, to go at 2026-11-20 12:01:00Z, may wait until 2026-11-20 13:01:00Z"
    )
    assert waits == "waits for its time, 2026-11-20 12:01:00Z"
    assert ends == "is not sent any more after 2026-11-20 13:01:00Z"
    assert (timeline.priority, timeline.expires_at) == ("bulk", later(3660))


def test_attempts_are_numbered(stored):
    rows = [
        fact_row(fact_id=1, fact=Fact.ATTEMPTED, wamid=None, failure=THROTTLED),
        fact_row(fact_id=2, attempt=2),
    ]
    stored.do(lambda transaction: transaction.messages.insert_facts(rows))

    attempts = [line.text for line in told(stored).lines if line.step is Step.ATTEMPT]
    assert [text.split(":")[0] for text in attempts] == ["attempt 1", "attempt 2"]


def test_a_message_under_way_says_so(stored):
    leased = queue_item(attempt=1, lease_token="t:1")
    stored.do(lambda transaction: transaction.queue.put([leased]))

    assert texts(told(stored))[-1] == "attempt 1 is under way"


def test_a_parked_message_of_unknown_outcome_says_that_it_waits_for_a_person(stored):
    learn(stored, (Fact.LOST, {"failure": LOST}), state=State.UNKNOWN)
    parked = queue_item(due_at=PARKED_AT, attempt=1)
    stored.do(lambda transaction: transaction.queue.put([parked]))

    assert "waypost unknown resolve" in texts(told(stored))[-1]


def test_a_message_of_unknown_outcome_that_nobody_looks_at_says_so_too(stored):
    learn(stored, (Fact.LOST, {"failure": LOST}), state=State.UNKNOWN)

    assert "waypost unknown resolve" in texts(told(stored))[-1]


def test_a_lost_answer_is_told_with_what_it_waits_for(stored):
    learn(stored, (Fact.LOST, {"failure": LOST}), state=State.UNKNOWN)
    waiting = queue_item(due_at=later(120), attempt=1)
    stored.do(lambda transaction: transaction.queue.put([waiting]))

    timeline = told(stored)

    assert timeline.trouble is not None
    assert timeline.trouble.happened == "Meta's answer was lost"
    assert "waits until 2026-11-20 12:02:00Z for a status" in texts(timeline)[-1]


def test_a_paused_sender_is_named_as_what_holds_a_message_back(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish(state=SenderState.PAUSED)
        stored.keep_message(MESSAGE_ID)

        timeline = told(stored)

    assert timeline.trouble is not None
    assert timeline.trouble.next_step == (
        f"Operator: `waypost sender resume HXIN1234567890IN +{SENDER_ID}`."
    )


def test_a_held_sender_is_named_with_what_meta_says_of_it(stored):
    expired = Failure("190", "The access token has expired", "Session ended", "Operator: renew it.")
    hold = SenderHold(later(60), 60, expired)
    stored.do(lambda t: t.directory.hold_sender(ACCOUNT, SENDER_ID, hold, NOW))

    trouble = told(stored).trouble

    assert trouble is not None
    assert (trouble.code, trouble.detail) == ("190", "Session ended")
    assert trouble.happened.endswith("as a whole: The access token has expired")
    assert trouble.next_step == "Operator: renew it. It is tried again at 2026-11-20 12:01:00Z."


def test_a_returned_message_tells_what_became_of_each_attempt(stored):
    busy = Failure("131000", "Meta had an unknown error", "", "Nothing: by itself.")
    rows = [
        fact_row(fact_id=1, fact=Fact.TAKEN, attempt=1, wamid="wamid.1"),
        fact_row(fact_id=2, fact=Fact.RETURNED, attempt=None, wamid="wamid.1", failure=busy),
        fact_row(fact_id=3, fact=Fact.FAILED, attempt=None, wamid="wamid.1", failure=busy),
        fact_row(fact_id=4, fact=Fact.TAKEN, attempt=2, wamid="wamid.2"),
        fact_row(fact_id=5, fact=Fact.SENT, attempt=None, wamid="wamid.2"),
    ]
    stored.do(lambda t: t.messages.insert_facts(rows))

    timeline = told(stored)

    returned, repeated, sent = texts(timeline, "meta")
    assert returned == "returned: it goes to Meta again; 131000: Meta had an unknown error"
    assert repeated.endswith("late or repeated, it changed nothing")
    assert "changed nothing" not in sent
    assert texts(timeline, "gateway")[3:5] == [
        "attempt 1: Meta took it; as wamid.1",
        "attempt 2: Meta took it; as wamid.2",
    ]


def test_a_late_status_is_told_as_late_with_metas_own_time(stored):
    rows = [
        fact_row(fact_id=1, fact=Fact.READ, attempt=None),
        fact_row(fact_id=2, fact=Fact.SENT, recorded_at=later(60), attempt=None),
    ]
    stored.do(lambda transaction: transaction.messages.insert_facts(rows))

    read, sent = texts(told(stored), "meta")

    assert "late" not in read
    assert sent.endswith(
        "; Meta's time: 2026-11-20 12:00:00Z; late or repeated, it changed nothing"
    )


@pytest.mark.parametrize(
    ("state", "attempts", "answer", "words"),
    [
        (CallbackState.DELIVERED, 1, "HTTP 200", "taken after 1 attempt, HTTP 200"),
        (CallbackState.DELIVERED, 3, "HTTP 204", "taken after 3 attempts, HTTP 204"),
        (CallbackState.PENDING, 0, None, "waiting for its first attempt"),
        (
            CallbackState.PENDING,
            2,
            "HTTP 503",
            "waiting after 2 attempts; the last answer: HTTP 503",
        ),
        (
            CallbackState.GIVEN_UP,
            10,
            "connection refused",
            "given up after 10 attempts; the last answer: connection refused",
        ),
    ],
)
def test_a_callback_says_what_became_of_it(stored, state, attempts, answer, words):
    settle(stored, "sent", state, attempts, answer, None)

    assert texts(told(stored), "callback") == [f"'sent' to {CALLBACK_URL}: {words}"]


def test_a_request_with_several_recipients_lists_its_messages_in_order(tmp_path):
    ids = [f"{MESSAGE_ID}:{number}" for number in range(11)]
    with opened(tmp_path) as stored:
        stored.furnish()
        stored.do(lambda transaction: transaction.messages.insert_submissions([new_submission()]))
        stored.do(
            lambda transaction: transaction.messages.insert(
                [new_message(message_id=message_id) for message_id in ids]
            )
        )

        listed = stored.ask(lambda transaction: list_messages(transaction, MESSAGE_ID))
        none = stored.ask(lambda transaction: list_messages(transaction, "A0"))

    headline = HEADLINES[State.ACCEPTED]
    assert listed[0] == Listed(ids[0], "+91****10", State.ACCEPTED, headline)
    assert [one.message_id for one in listed] == ids
    assert none == ()


def test_a_read_receipt_that_meta_took_is_done_and_names_what_it_marks(tmp_path):
    marking = b'{"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN"}'
    receipt = content(kind=READ_RECEIPT, json=marking, template_name=None, template_language=None)
    with opened(tmp_path) as stored:
        stored.furnish()
        submission = new_submission(content=receipt)
        stored.do(lambda transaction: transaction.messages.insert_submissions([submission]))
        message = new_message(recipient="")
        stored.do(lambda transaction: transaction.messages.insert([message]))
        learn(stored, (Fact.TAKEN, {"wamid": None}), state=State.SUBMITTED)
        timeline = told(stored)

    assert timeline.headline == (
        "Meta took it: the message is marked as read. Nothing more follows."
    )
    assert texts(timeline)[0] == (
        f"accepted: a read receipt from +{SENDER_ID} for wamid.IN, asked by api"
    )


def test_every_movement_of_money_has_its_words(stored):
    for number, kind in enumerate(EntryKind):
        enter(stored, kind, later(number))

    movements = texts(told(stored), "money")

    assert len(set(movements)) == len(EntryKind)
    assert "0.0100 USD charged beyond the hold" in movements


# ---- whose turn it is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "state", "turn", "step"),
    [
        (UNDELIVERABLE, State.FAILED, Party.RECIPIENT, "reach it otherwise"),
        (BUSY, State.FAILED, Party.CUSTOMER, TRIED_ENOUGH),
        (withheld(WithheldCode.EXPIRED), State.NOT_SENT, Party.CUSTOMER, None),
        (withheld(WithheldCode.CANCELLED), State.NOT_SENT, Party.NOBODY, None),
        (LOST, State.UNKNOWN, Party.OPERATOR, None),
    ],
)
def test_an_ending_says_whose_turn_it_is(stored, failure, state, turn, step):
    learn(stored, (Fact.ATTEMPTED, {"failure": failure}), state=state, failure=failure)

    trouble = told(stored).trouble

    assert trouble.turn is turn
    assert step in (None, trouble.next_step)


def test_what_meta_lost_for_now_is_metas_turn(stored):
    learn(stored, (Fact.ATTEMPTED, {"failure": BUSY}))
    stored.do(lambda t: t.queue.put([queue_item(due_at=later(9), attempt=1)]))

    trouble = told(stored).trouble

    assert (trouble.turn, trouble.link) == (
        Party.META,
        "docs/reference/meta-errors.md#131000",
    )


def test_a_message_that_was_delivered_after_all_has_no_trouble(stored):
    learn(
        stored,
        (Fact.FAILED, {"failure": UNDELIVERABLE}),
        (Fact.DELIVERED, {}),
        state=State.DELIVERED,
        failure=UNDELIVERABLE,
    )

    assert told(stored).trouble is None


def test_silence_is_told_as_what_it_may_mean(stored):
    learn(stored, (Fact.TAKEN, {}), (Fact.SILENT, {}), state=State.SUBMITTED)

    trouble = told(stored).trouble

    assert trouble.turn is Party.CUSTOMER
    assert "tries no longer" in trouble.happened


def test_a_scheduled_message_says_that_it_is_nobody_s_turn(stored):
    submission = new_submission(submission_id="A2")
    message = new_message(message_id="A2", submission_id="A2", send_at=later(60))
    stored.do(lambda transaction: transaction.messages.insert_submissions([submission]))
    stored.do(lambda transaction: transaction.messages.insert([message]))
    item = queue_item(item_id="A2", due_at=later(60))
    stored.do(lambda transaction: transaction.queue.put([item]))

    trouble = stored.ask(lambda transaction: tell(transaction, "A2")).trouble

    assert trouble.turn is Party.NOBODY
    assert trouble.happened == "It waits for its time, 2026-11-20 12:01:00Z"


def test_a_failure_names_no_recipient(stored):
    named = Failure("131026", "It cannot be delivered", "no +919876543210", "Customer: mend it.")
    learn(stored, (Fact.FAILED, {"failure": named}), state=State.FAILED, failure=named)

    timeline = told(stored)

    assert timeline.trouble.detail == "no +91****10"
    assert "9876543210" not in str(timeline)


FAILURES = st.sampled_from(
    [None, LOST, BUSY, THROTTLED, UNDELIVERABLE, *map(withheld, WithheldCode)]
)
EXCHANGES = st.none() | st.builds(
    Exchange,
    st.none() | st.integers(0, 100_000),
    st.none() | st.integers(100, 599),
    st.text(max_size=30)
    | st.sampled_from(['{"error":{}}', '{"error":{"code":"x","error_data":[]}}', "[]", "{"]),
)
FACTS = st.builds(
    TimelineFact,
    st.sampled_from(Fact),
    st.just(NOW) | st.just(later(-60)),
    st.just(NOW),
    st.none() | st.integers(1, 12),
    st.sampled_from([None, "wamid.1", "wamid.2"]),
    FAILURES,
    EXCHANGES,
)


@given(
    facts=st.lists(FACTS, max_size=8),
    state=st.sampled_from(State),
    failure=FAILURES,
    json=st.binary(max_size=20) | st.sampled_from([b"{}", b'{"text":{"body":"hi"}}', b"[1]"]),
    kind=st.sampled_from(["text", "template", READ_RECEIPT]),
    recipient=st.sampled_from(["", "+919876543210", "US.134912", "erased"]),
    view=st.sampled_from(View),
)
@settings(max_examples=200)
def test_whatever_was_learned_in_whatever_order_there_is_a_story(
    facts, state, failure, json, kind, recipient, view
):
    report = MessageReport(
        account_id=ACCOUNT,
        sid="HXIN1234567890IN",
        message_id=MESSAGE_ID,
        submission_id=MESSAGE_ID,
        sender_id=SENDER_ID,
        recipient=recipient,
        state=state,
        payment=Payment.FREE,
        price=Money(100, "USD"),
        wamid=None,
        wa_id=None,
        failure=failure,
        accepted_at=NOW,
        changed_at=NOW,
        content=Content(kind=kind, json=json),
        references=References(),
        source="api",
        trace_id="",
    )

    timeline = draw(Kept(report, view, "v25.0", facts=facts))

    assert len(timeline.lines) >= 2 + len(facts)
    times = [line.at for line in timeline.lines if line.at is not None]
    assert times == sorted(times)
    assert msgspec.json.decode(msgspec.json.encode(timeline), type=Timeline) == timeline
