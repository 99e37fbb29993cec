"""Submissions, messages, facts, parked statuses and remembered answers are kept as they are."""

import pytest
from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    UNDELIVERABLE,
    WAMID,
    dispatchable,
    fact_row,
    later,
    message_change,
    message_record,
    new_message,
    new_submission,
    parked_status,
)
from waypost.model.errors import ConflictError
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment, Pricing, RememberedAnswer, Standing
from waypost.model.recipient import Recipient
from waypost.model.report import TimelineFact
from waypost.model.submission import Content, References

KEY = (ACCOUNT, MESSAGE_ID)
OTHERS = (2, MESSAGE_ID)


def test_a_kept_message_is_read_with_its_references_and_where_its_callbacks_go(furnished):
    furnished.keep_message(MESSAGE_ID)

    assert furnished.ask(lambda t: t.messages.records([KEY])) == {KEY: message_record()}


def test_only_messages_that_exist_are_read(furnished):
    furnished.keep_message(MESSAGE_ID)

    found = furnished.ask(lambda t: t.messages.records([OTHERS, KEY, (ACCOUNT, "A404")]))

    assert list(found) == [KEY]


def test_a_message_is_ready_for_dispatch_with_its_content_and_sender(furnished):
    furnished.keep_message(MESSAGE_ID)

    assert furnished.ask(lambda t: t.messages.dispatchables([KEY])) == {KEY: dispatchable()}


def test_a_template_send_keeps_the_names_and_the_bytes_of_its_content(furnished):
    said = Content("template", b'{"type":"template","x":"\xc3\xa9"}', "order_update", "en_US")

    async def keep(transaction):
        await transaction.messages.insert_submissions([new_submission(content=said)])
        await transaction.messages.insert([new_message(recipient="US.13491208655302741918")])

    furnished.do(keep)

    found = furnished.ask(lambda t: t.messages.dispatchables([KEY]))[KEY]
    assert found.content == said
    assert found.recipient == Recipient(user_id="US.13491208655302741918")


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 200])
def test_any_number_of_messages_is_kept_and_read_in_one_call(furnished, count):
    ids = [f"{MESSAGE_ID}:{number}" for number in range(count)]

    async def keep(transaction):
        await transaction.messages.insert_submissions([new_submission()])
        await transaction.messages.insert([new_message(message_id=id_) for id_ in ids])

    furnished.do(keep)

    found = furnished.ask(lambda t: t.messages.records([(ACCOUNT, id_) for id_ in ids]))
    assert {message_id for _, message_id in found} == set(ids)


def test_nothing_is_asked_of_nothing(furnished):
    assert furnished.ask(lambda t: t.messages.records([])) == {}
    furnished.do(lambda t: t.messages.insert([]))
    assert furnished.ask(lambda t: t.reports.states()) == {}


def test_a_change_is_seen_in_the_record(furnished):
    furnished.keep_message(MESSAGE_ID)
    change = message_change(state=State.FAILED, failure=UNDELIVERABLE, payment=Payment.RELEASED)

    furnished.do(lambda t: t.messages.update_states([change]))

    assert furnished.ask(lambda t: t.messages.records([KEY]))[KEY] == message_record(
        state=State.FAILED,
        facts_seen=8,
        payment=Payment.RELEASED,
        wamid=WAMID,
        failure=UNDELIVERABLE,
        attempts=1,
    )


def test_metas_id_and_number_once_known_stay_until_there_are_newer_ones(furnished):
    furnished.keep_message(MESSAGE_ID)
    furnished.do(lambda t: t.messages.update_states([message_change()]))
    stands = {"before": Standing(State.SUBMITTED, 8, Payment.HELD, WAMID)}

    furnished.do(
        lambda t: t.messages.update_states([message_change(wamid=None, wa_id=None, **stands)])
    )
    before = furnished.ask(lambda t: t.reports.find_message(MESSAGE_ID))
    furnished.do(
        lambda t: t.messages.update_states([message_change(wamid="wamid.newer", **stands)])
    )

    report = furnished.ask(lambda t: t.reports.find_message(MESSAGE_ID))
    assert (before.wamid, before.wa_id) == (WAMID, "919876543210")
    assert (report.wamid, report.wa_id) == ("wamid.newer", "919876543210")


def test_a_change_drawn_from_a_message_that_has_changed_since_is_refused(furnished):
    furnished.keep_message(MESSAGE_ID)
    furnished.do(lambda t: t.messages.update_states([message_change()]))

    with pytest.raises(ConflictError):
        furnished.do(lambda t: t.messages.update_states([message_change(state=State.FAILED)]))

    report = furnished.ask(lambda t: t.reports.find_message(MESSAGE_ID))
    assert report.state is State.SUBMITTED


@pytest.mark.parametrize("changed", [{"wamid": "wamid.newer"}, {"payment": Payment.RELEASED}])
def test_another_attempt_or_money_that_moved_is_a_change_too(furnished, changed):
    """Else what was drawn from the attempt before would stand, and the newer one be forgotten."""
    furnished.keep_message(MESSAGE_ID)
    furnished.do(lambda t: t.messages.update_states([message_change()]))
    stands = Standing(State.SUBMITTED, 8, Payment.HELD, WAMID)
    theirs = message_change(before=stands, **changed)
    ours = message_change(before=stands, state=State.SENT, facts_seen=40)
    furnished.do(lambda t: t.messages.update_states([theirs]))

    with pytest.raises(ConflictError):
        furnished.do(lambda t: t.messages.update_states([ours]))


def test_many_messages_change_in_one_call_and_no_other_does(furnished):
    ids = [f"A{number}" for number in range(70)]
    for id_ in ids:
        furnished.keep_message(id_)

    furnished.do(
        lambda t: t.messages.update_states(
            [message_change(message_id=id_, wamid=f"wamid.{id_}") for id_ in ids[:-1]]
        )
    )

    assert furnished.ask(lambda t: t.reports.states()) == {"submitted": 69, "accepted": 1}
    record = furnished.ask(lambda t: t.messages.records([(ACCOUNT, "A7")]))[ACCOUNT, "A7"]
    assert record.wamid == "wamid.A7"


def test_a_message_is_found_by_metas_id_within_its_account(furnished):
    furnished.keep_message(MESSAGE_ID)
    furnished.keep_message("A2")
    furnished.do(lambda t: t.messages.update_states([message_change()]))

    found = furnished.ask(
        lambda t: t.messages.ids_by_wamid([(ACCOUNT, WAMID), (2, WAMID), (ACCOUNT, "wamid.no")])
    )

    assert found == {(ACCOUNT, WAMID): MESSAGE_ID}


def test_the_timeline_is_all_facts_in_the_order_they_were_learned(furnished):
    furnished.keep_message(MESSAGE_ID)
    late = fact_row(fact_id=2, fact=Fact.SENT, occurred_at=later(-5), attempt=None)
    failed = fact_row(fact_id=3, fact=Fact.FAILED, failure=UNDELIVERABLE, wamid=None)

    furnished.do(lambda t: t.messages.insert_facts([late, failed]))
    furnished.do(lambda t: t.messages.insert_facts([fact_row()]))

    assert furnished.ask(lambda t: t.reports.facts(ACCOUNT, MESSAGE_ID)) == [
        TimelineFact(Fact.TAKEN, NOW, later(1), 1, WAMID, None),
        TimelineFact(Fact.SENT, later(-5), later(1), None, WAMID, None),
        TimelineFact(Fact.FAILED, NOW, later(1), 1, None, UNDELIVERABLE),
    ]


def test_instants_are_kept_to_the_millisecond(furnished):
    furnished.keep_message(MESSAGE_ID)
    at = NOW.replace(microsecond=123_456)

    furnished.do(lambda t: t.messages.insert_facts([fact_row(occurred_at=at)]))

    (fact,) = furnished.ask(lambda t: t.reports.facts(ACCOUNT, MESSAGE_ID))
    assert fact.occurred_at == NOW.replace(microsecond=123_000)


def test_parked_statuses_are_taken_back_once_and_oldest_first(furnished):
    assert not furnished.ask(lambda t: t.messages.has_parked())
    newer = parked_status(
        parked_id=1,
        fact=Fact.READ,
        occurred_at=later(9),
        pricing=Pricing(is_billable=False, kind="free_entry_point", category="marketing"),
    )
    older = parked_status(
        parked_id=2, occurred_at=later(1), meta_value=b"\x00{}", failure=UNDELIVERABLE
    )
    foreign = parked_status(parked_id=3, wamid="wamid.other")

    furnished.do(lambda t: t.messages.park_statuses([newer, older, foreign]))
    assert furnished.ask(lambda t: t.messages.has_parked())
    back = furnished.do(lambda t: t.messages.unpark_statuses([(ACCOUNT, WAMID), (2, WAMID)]))
    again = furnished.do(lambda t: t.messages.unpark_statuses([(ACCOUNT, WAMID)]))

    assert [(one.fact, one.occurred_at, one.pricing, one.meta_value) for one in back] == [
        (Fact.SENT, later(1), Pricing(), b"\x00{}"),
        (Fact.READ, later(9), newer.pricing, b'{"statuses":[]}'),
    ]
    assert [one.failure for one in back] == [UNDELIVERABLE, None]
    assert again == []
    assert furnished.ask(lambda t: t.messages.has_parked()), "the foreign one waits on"


def test_an_answer_is_remembered_per_account_and_key(furnished):
    answer = RememberedAnswer(ACCOUNT, "key", b"\x01", "A1\n+91 A1", NOW)
    newer = replace(answer, key="newer", created_at=later(60))
    keys = [(ACCOUNT, "key"), (2, "key"), (ACCOUNT, "newer")]

    furnished.do(lambda t: t.messages.remember_answers([answer, newer]))
    assert furnished.ask(lambda t: t.messages.answered(keys)) == {
        (ACCOUNT, "key"): answer,
        (ACCOUNT, "newer"): newer,
    }


def test_an_answer_that_outlived_its_time_is_replaced(furnished):
    answer = RememberedAnswer(ACCOUNT, "key", b"\x01", "A1", NOW)
    anew = RememberedAnswer(ACCOUNT, "key", b"\x02", "A2", later(90_000))

    furnished.do(lambda t: t.messages.remember_answers([answer]))
    furnished.do(lambda t: t.messages.drop_answers([answer]))
    furnished.do(lambda t: t.messages.remember_answers([anew]))
    furnished.do(lambda t: t.messages.drop_answers([answer]))

    assert furnished.ask(lambda t: t.messages.answered([(ACCOUNT, "key")])) == {
        (ACCOUNT, "key"): anew
    }, "what took its place stays"


def test_of_two_answers_under_one_key_the_second_is_a_conflict_and_the_first_stands(furnished):
    answer = RememberedAnswer(ACCOUNT, "key", b"\x01", "A1", NOW)

    furnished.do(lambda t: t.messages.remember_answers([answer]))
    with pytest.raises(ConflictError):
        furnished.do(lambda t: t.messages.remember_answers([replace(answer, answer="A2")]))

    assert furnished.ask(lambda t: t.messages.answered([(ACCOUNT, "key")])) == {
        (ACCOUNT, "key"): answer
    }


def test_a_message_is_reported_with_everything_that_was_asked(furnished):
    furnished.keep_message(MESSAGE_ID)

    report = furnished.ask(lambda t: t.reports.find_message(MESSAGE_ID))

    assert report.sid == "HXIN1234567890IN"
    assert report.recipient == "+919876543210"
    assert str(report.price) == "0.0100 USD"
    assert report.references == References("order-1", "marketing", None)
    assert (report.state, report.payment) == (State.ACCEPTED, Payment.HELD)
    assert furnished.ask(lambda t: t.reports.find_message("A404")) is None


def test_the_messages_of_a_request_are_listed_in_their_order(furnished):
    ids = [f"A1:{number}" for number in range(12)]

    async def keep(transaction):
        await transaction.messages.insert_submissions([new_submission(submission_id="A1")])
        await transaction.messages.insert(
            [new_message(message_id=id_, submission_id="A1") for id_ in reversed(ids)]
        )
        await transaction.messages.insert([new_message(message_id="A10", submission_id="A1")])

    furnished.do(keep)

    listed = furnished.ask(lambda t: t.reports.messages_of_submission("A1"))
    assert [id_ for id_, _, _ in listed] == ids
    assert listed[0] == ("A1:0", "+919876543210", "accepted")
    alone = furnished.ask(lambda t: t.reports.messages_of_submission("A10"))
    assert [id_ for id_, _, _ in alone] == ["A10"]
