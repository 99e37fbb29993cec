"""What is asked of a store for a story, on both databases."""

import pytest

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    SENDER_ID,
    WABA_ID,
    WAMID,
    callback_attempt,
    callback_row,
    content,
    fact_row,
    inbound_message,
    later,
    message_change,
    new_message,
    new_submission,
    queue_item,
    template,
    waba,
)
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.inbound import InboundMedium, MediaState
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Exchange
from waypost.model.messaging_limit import MessagingLimit, ReachedUser, hour_of
from waypost.model.meta_error import Party
from waypost.model.personal import MARK, NOTHING
from waypost.model.story import Step, View
from waypost.report.storyteller import Storyteller

ANSWER = (
    '{"error":{"message":"(#131026) Message undeliverable","code":131026,'
    '"error_data":{"details":"not on WhatsApp"},"fbtrace_id":"AbC"}}'
)
TEMPLATE = template()
ASKED = content(
    kind="template",
    template_name=TEMPLATE.name,
    template_language=TEMPLATE.language,
    json=b'{"messaging_product":"whatsapp","type":"template","template":{"name":"t"}}',
)


@pytest.fixture
def kept(furnished):
    """A store with one accepted message in it."""
    furnished.keep_message(MESSAGE_ID)
    return furnished


def find(stored, named=MESSAGE_ID, view=View.OPERATOR, account_id=None):
    return stored.run(Storyteller(stored.store, "v25.0").find(named, view, account_id))


def told(stored, **asked):
    story = find(stored, **asked)
    assert story is not None
    assert story.timeline is not None
    return story.timeline


def change(stored, *steps):
    for step in steps:
        stored.do(step)


def attempts(timeline):
    return [line for line in timeline.lines if line.step is Step.ATTEMPT]


def keep_template(stored, status="APPROVED"):
    known = template(status=status)
    asked = new_submission(content=ASKED)
    change(
        stored,
        lambda t: t.templates.save(ACCOUNT, WABA_ID, [known], NOW),
        lambda t: t.messages.insert_submissions([asked]),
        lambda t: t.messages.insert([new_message()]),
        lambda t: t.queue.put([queue_item(due_at=later(60))]),
    )


# ---- which ids are understood -----------------------------------------------------------------


def test_metas_id_of_a_message_finds_it(kept):
    moved = message_change(state=State.SUBMITTED, wamid=WAMID)
    change(kept, lambda t: t.messages.update_states([moved]))

    assert find(kept, WAMID).timeline.message_id == MESSAGE_ID
    assert find(kept, WAMID, account_id=ACCOUNT).timeline.message_id == MESSAGE_ID
    assert find(kept, WAMID, account_id=ACCOUNT + 1) is None


def test_a_message_of_another_account_is_nobody_s(kept):
    assert find(kept, account_id=ACCOUNT) is not None
    assert find(kept, account_id=ACCOUNT + 1) is None


@pytest.mark.parametrize("named", ["A0000000000000000404", "wamid.404", "", "'; --", "€"])
def test_an_unknown_id_has_no_story(kept, named):
    assert find(kept, named) is None


def test_a_request_lists_its_messages_to_its_own_account_alone(furnished):
    ids = [f"{MESSAGE_ID}:{number}" for number in range(2)]
    change(
        furnished,
        lambda t: t.messages.insert_submissions([new_submission()]),
        lambda t: t.messages.insert([new_message(message_id=each) for each in ids]),
    )

    listed = find(furnished, account_id=ACCOUNT)

    assert listed.timeline is None
    assert [one.message_id for one in listed.messages] == ids
    assert {one.recipient for one in listed.messages} == {"+91****10"}
    assert find(furnished, account_id=ACCOUNT + 1) is None
    assert find(furnished, view=View.REVEALED).messages[0].recipient == "+919876543210"


@pytest.mark.parametrize("named", ["A0000000000000000009", "wamid.in"])
def test_an_incoming_message_is_told_with_the_one_that_it_answers(kept, named):
    wrote = inbound_message(reply_to=MESSAGE_ID, received_at=later(30))
    told_of = callback_row(
        event_id=f"{wrote.inbound_id}.incoming", message_id=wrote.inbound_id, status="incoming"
    )
    change(kept, lambda t: t.inbound.insert([wrote]), lambda t: t.callbacks.insert([told_of]))

    story = find(kept, named, account_id=ACCOUNT)

    assert story.incoming.inbound_id == wrote.inbound_id
    assert story.incoming.recipient == "+91****10"
    assert [line.step for line in story.incoming.lines] == [Step.REPLY, Step.CALLBACK]
    assert story.timeline.message_id == MESSAGE_ID
    (reply,) = [line for line in story.timeline.lines if line.step is Step.REPLY]
    assert (reply.at, reply.who) == (later(30), "recipient")
    assert (
        reply.text == f"the recipient wrote: text, as {wrote.inbound_id}, in answer to {MESSAGE_ID}"
    )
    assert find(kept, named, account_id=ACCOUNT + 1) is None


def test_an_incoming_message_that_answers_nothing_tells_of_its_file(furnished):
    medium = InboundMedium("m1", "image/jpeg", state=MediaState.PENDING)
    change(furnished, lambda t: t.inbound.insert([inbound_message(kind="image", medium=medium)]))

    story = find(furnished, "wamid.in")

    assert story.timeline is None
    assert story.incoming.lines[0].text.endswith(
        "it answers no message that is known here; its file is being fetched"
    )


# ---- attempts at Meta -------------------------------------------------------------------------


def test_an_attempt_shows_what_was_asked_and_what_meta_answered(kept):
    facts = [
        fact_row(fact_id=1, fact=Fact.LOST, wamid=None, exchange=Exchange(30_000)),
        fact_row(
            fact_id=2, fact=Fact.REFUSED, attempt=2, wamid=None, exchange=Exchange(41, 400, ANSWER)
        ),
    ]
    change(kept, lambda t: t.messages.insert_facts(facts))

    lost, refused = attempts(told(kept))

    assert lost.text.endswith("no answer after 30000 ms")
    assert (lost.answer.http_status, lost.answer.body) == (None, "")
    assert refused.text.endswith("HTTP 400 after 41 ms")
    assert refused.request.path == "/v25.0/106540352242922/messages"
    answer = refused.answer
    assert (answer.code, answer.details, answer.fbtrace_id) == (131026, "not on WhatsApp", "AbC")


def test_a_taken_message_shows_metas_id_and_whether_meta_holds_it(kept):
    facts = [
        fact_row(fact_id=1, exchange=Exchange(3, 200)),
        fact_row(fact_id=2, attempt=2, exchange=Exchange(3, 200, "held_for_quality_assessment")),
    ]
    change(kept, lambda t: t.messages.insert_facts(facts))

    plain, held = attempts(told(kept))

    assert (plain.answer.wamid, plain.answer.message_status) == (WAMID, "accepted")
    assert held.answer.message_status == "held_for_quality_assessment"
    assert "Meta holds it until" in held.text


def test_attempts_of_older_releases_have_neither_request_nor_answer(kept):
    change(kept, lambda t: t.messages.insert_facts([fact_row()]))

    (taken,) = attempts(told(kept))

    assert (taken.request, taken.answer) == (None, None)


def test_a_status_tells_what_it_said_of_the_price(kept):
    fact = fact_row(fact=Fact.SENT, attempt=None, exchange=Exchange(None, None, "regular, utility"))
    change(kept, lambda t: t.messages.insert_facts([fact]))

    (line,) = [line for line in told(kept).lines if line.who == "meta"]

    assert line.text.endswith("Meta's price: regular, utility")
    assert (line.request, line.answer) == (None, None)


@pytest.mark.parametrize(
    ("view", "body", "to"),
    [
        (View.CUSTOMER, "hello", "+91****10"),
        (View.OPERATOR, "(5 characters)", "+91****10"),
        (View.REVEALED, "hello", "+919876543210"),
    ],
)
def test_whoever_looks_sees_as_much_as_is_theirs(furnished, view, body, to):
    asked = content(json=b'{"messaging_product":"whatsapp","type":"text","text":{"body":"hello"}}')
    change(
        furnished,
        lambda t: t.messages.insert_submissions([new_submission(content=asked)]),
        lambda t: t.messages.insert([new_message()]),
        lambda t: t.messages.insert_facts([fact_row(exchange=Exchange(3, 200))]),
    )

    timeline = told(furnished, view=view)

    (line,) = attempts(timeline)
    assert line.request.body == {
        "messaging_product": "whatsapp",
        "type": "text",
        "text": {"body": body},
        "to": to,
        "biz_opaque_callback_data": MESSAGE_ID,
    }
    assert timeline.recipient == to


def test_erased_content_is_said_so(furnished):
    change(
        furnished,
        lambda t: t.messages.insert_submissions([new_submission(content=content(json=NOTHING))]),
        lambda t: t.messages.insert([new_message(recipient=f"{MARK}3f2a")]),
        lambda t: t.messages.insert_facts([fact_row(exchange=Exchange(3, 200))]),
    )

    timeline = told(furnished)

    assert "what it said was erased; what became of it is kept" in [
        line.text for line in timeline.lines
    ]
    assert attempts(timeline)[0].request.body is None
    assert timeline.recipient == f"{MARK}3f2a"


# ---- what holds it back -----------------------------------------------------------------------


def waits(timeline):
    return [line.text for line in timeline.lines if line.step is Step.WAITS]


def test_a_message_that_waits_for_its_template_says_so_and_who_was_told(furnished):
    keep_template(furnished, "PAUSED")
    alarm = Alarm(
        ACCOUNT,
        AlarmKind.TEMPLATE_STOPPED,
        f"{WABA_ID} {TEMPLATE.name} {TEMPLATE.language}",
        "Meta stopped it (132015).",
        "Customer: look at it.",
        later(5),
    )
    change(furnished, lambda t: t.alarms.raise_all([alarm]))

    timeline = told(furnished)

    (said,) = waits(timeline)
    assert said == (
        f"held back: its template {TEMPLATE.name} ({TEMPLATE.language}) is PAUSED; "
        "the operator has an alarm since 2026-11-20 12:00:05Z"
    )
    assert timeline.trouble.turn is Party.CUSTOMER
    assert timeline.trouble.detail == "Meta stopped it (132015)."


def test_a_message_that_waits_for_the_messaging_limit_says_so(furnished):
    keep_template(furnished)
    limit = MessagingLimit(ACCOUNT, WABA_ID, 250, NOW)
    place = ReachedUser(hour_of(NOW) + 25, is_waiting=True)
    change(
        furnished,
        lambda t: t.portfolios.learn([limit]),
        lambda t: t.portfolios.save_users({(ACCOUNT, WABA_ID, "+919876543210"): place}),
    )

    timeline = told(furnished)

    assert waba().waba_id == WABA_ID
    (said,) = waits(timeline)
    assert "the 250 users that Meta allows in 24 hours" in said
    assert said.endswith("its place is kept from 2026-11-21 13:00:00Z on")
    assert timeline.trouble.turn is Party.NOBODY
    assert "as many users as Meta allows" in timeline.trouble.happened


def test_who_was_written_to_waits_for_no_limit(furnished):
    keep_template(furnished)
    reached = ReachedUser(hour_of(NOW), is_waiting=False)
    change(
        furnished,
        lambda t: t.portfolios.learn([MessagingLimit(ACCOUNT, WABA_ID, 250, NOW)]),
        lambda t: t.portfolios.save_users({(ACCOUNT, WABA_ID, "+919876543210"): reached}),
    )

    timeline = told(furnished)

    assert waits(timeline) == []
    assert timeline.trouble is None


# ---- callbacks --------------------------------------------------------------------------------


def test_a_callback_is_told_with_every_attempt_at_it(kept):
    row = callback_row()
    first = callback_attempt(
        event_id=row.event_id,
        attempt_id=1_700_000_000_000_000,
        attempt=1,
        status=503,
        duration_ms=12,
        answer=b"no +919876543210",
    )
    second = callback_attempt(
        event_id=row.event_id, attempt_id=1_700_000_001_000_000, attempt=2, status=200, answer=b""
    )
    change(
        kept,
        lambda t: t.callbacks.insert([row]),
        lambda t: t.callbacks.insert_attempts([first, second]),
    )

    (line,) = [line for line in told(kept).lines if line.step is Step.CALLBACK]

    assert [(one.attempt, one.status) for one in line.tries] == [(1, 503), (2, 200)]
    assert line.tries[0].answer == "no +91****10"
    assert f"{line.tries[0].at:%Y-%m-%d %H:%M:%S}" == "2023-11-14 22:13:20"
    assert SENDER_ID not in line.text
