"""What recipients wrote is kept once, with what it answers, and is found again by pages."""

import pytest

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    SENDER_ID,
    WABA_ID,
    WAMID,
    content,
    message_change,
    new_message,
    new_submission,
)
from support.received import FIRST, RECIPIENT, account_event, inbound
from waypost.model.inbound import (
    InboundMedium,
    InboundQuestion,
    MediaState,
)
from waypost.model.lifecycle import State
from waypost.model.submission import References

FROM_START = ""


def whole(**changes):
    return inbound(
        user_id="IN.1",
        profile_name="Asha",
        reply_to=MESSAGE_ID,
        is_probable=True,
        references=References("a", "b", "c"),
        card_index=1,
        button_index=0,
        medium=InboundMedium("123", "image/png", "a.png", MediaState.STORED, 7, "key", "why"),
        **changes,
    )


def page(stored, since=FROM_START, until="", **asked):
    question = InboundQuestion(ACCOUNT, **asked)
    found = stored.ask(lambda t: t.inbound.page(question, since, until))
    return [one.inbound_id for one in found]


def test_a_message_is_read_as_it_was_written(furnished):
    given = [inbound(), whole(inbound_id="A2", wamid="wamid.IN2")]

    new = furnished.do(lambda t: t.inbound.insert(given))

    keys = [(one.account_id, one.inbound_id) for one in given]
    assert new == set(keys)
    assert furnished.ask(lambda t: t.inbound.load([*keys, (2, FIRST)])) == dict(
        zip(keys, given, strict=True)
    )


def test_a_message_again_changes_nothing_and_is_not_new(furnished):
    again = inbound(inbound_id="A9", kind="image")

    assert furnished.do(lambda t: t.inbound.insert([inbound(), again])) == {(ACCOUNT, FIRST)}
    assert furnished.do(lambda t: t.inbound.insert([again])) == set()
    assert page(furnished) == [FIRST]


def test_two_accounts_each_keep_what_came_to_their_number(furnished):
    both = [inbound(), inbound(account_id=7)]

    assert furnished.do(lambda t: t.inbound.insert(both)) == {(ACCOUNT, FIRST), (7, FIRST)}


def test_messages_are_found_by_sender_recipient_kind_and_place(furnished):
    furnished.do(
        lambda t: t.inbound.insert(
            [
                inbound(inbound_id="A1", wamid="1"),
                inbound(inbound_id="A2", wamid="2", kind="order"),
                inbound(inbound_id="A3", wamid="3", recipient="IN.1"),
                inbound(inbound_id="A4", wamid="4", sender_id="919800000002"),
            ]
        )
    )

    assert page(furnished) == ["A4", "A3", "A2", "A1"]
    assert page(furnished, limit=2) == ["A4", "A3"]
    assert page(furnished, until="A3") == ["A2", "A1"]
    assert page(furnished, since="A3") == ["A4", "A3"]
    assert page(furnished, sender_id=SENDER_ID) == ["A3", "A2", "A1"]
    assert page(furnished, kind="order") == ["A2"]
    assert page(furnished, recipient="IN.1") == ["A3"]
    assert page(furnished, recipient=RECIPIENT, kind="text", sender_id=SENDER_ID) == ["A1"]


def test_the_message_that_is_answered_is_found_by_metas_id(furnished):
    furnished.keep_message(MESSAGE_ID)
    furnished.do(lambda t: t.messages.update_states([message_change()]))

    keys = [(ACCOUNT, WAMID), (7, WAMID), (ACCOUNT, "wamid.other")]
    (found,) = furnished.ask(lambda t: t.inbound.answered(keys)).values()

    assert (found.message_id, found.recipient) == (MESSAGE_ID, RECIPIENT)
    assert (found.sender_id, found.waba_id) == (SENDER_ID, WABA_ID)
    assert found.references == References("order-1", "marketing", None)
    assert found.content.kind == "text"


def test_offers_are_the_messages_to_a_recipient_that_can_offer_products(furnished):
    furnished.keep_message(MESSAGE_ID)
    furnished.do(lambda t: t.messages.update_states([message_change()]))
    wanted = (ACCOUNT, RECIPIENT, SENDER_ID, MESSAGE_ID)

    assert furnished.ask(lambda t: t.inbound.offers([wanted])) == [], "a text offers nothing"


@pytest.mark.parametrize(("state", "count"), [(State.READ, 1), (State.FAILED, 0)])
def test_nobody_orders_from_a_message_that_failed(furnished, state, count):
    async def keep(transaction):
        await transaction.messages.insert_submissions(
            [new_submission(content=content(kind="template"))]
        )
        await transaction.messages.insert([new_message()])
        await transaction.messages.update_states([message_change(state=state)])

    furnished.do(keep)
    wanted = (ACCOUNT, RECIPIENT, SENDER_ID, MESSAGE_ID)

    assert len(furnished.ask(lambda t: t.inbound.offers([wanted]))) == count


def test_an_account_event_is_kept_once(furnished):
    again = account_event(account_event_id="A9")

    assert furnished.do(lambda t: t.inbound.insert_events([account_event(), again])) == {
        (ACCOUNT, FIRST)
    }
    assert furnished.do(lambda t: t.inbound.insert_events([again])) == set()
    assert furnished.ask(lambda t: t.inbound.events(ACCOUNT, None, "", 10)) == [account_event()]


def test_account_events_are_found_by_field_and_place(furnished):
    later_one = account_event(account_event_id="B1", digest="d2", field="security")
    furnished.do(lambda t: t.inbound.insert_events([account_event(), later_one]))

    async def found(transaction, field, before):
        return await transaction.inbound.events(ACCOUNT, field, before, 10)

    assert furnished.ask(lambda t: found(t, None, "")) == [later_one, account_event()]
    assert furnished.ask(lambda t: found(t, "security", "")) == [later_one]
    assert furnished.ask(lambda t: found(t, None, "B1")) == [account_event()]
