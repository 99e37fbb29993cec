"""What recipients told is kept: windows are opened, opt-outs come and go."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    PHONE_NUMBER_ID,
    SENDER_ID,
    WABA_ID,
    WAMID,
    account,
    later,
)
from support.stored import opened
from waypost.meta.events import parse_webhook
from waypost.webhook.listener import Heard, is_marketing_refused, listen

PHONE = "919876543210"
USER_ID = "IN.13491208655302741918"
METADATA = {"display_phone_number": "1", "phone_number_id": PHONE_NUMBER_ID}


def at(seconds):
    return str(int(later(seconds).timestamp()))


def text(body, after_s=-60, **changes):
    made = {"from": PHONE, "id": "wamid.IN", "timestamp": at(after_s), "type": "text"}
    return {**made, "text": {"body": body}, **changes}


def preference(value, after_s=-60, **changes):
    made = {"wa_id": PHONE, "category": "marketing_messages", "value": value, "detail": "told"}
    return {**made, "timestamp": int(at(after_s)), **changes}


def failed(code, after_s=-60, **changes):
    error = {"code": code, "title": "t", "error_data": {"details": "marketing was stopped"}}
    made = {"id": WAMID, "status": "failed", "timestamp": at(after_s), "recipient_id": PHONE}
    return {**made, "errors": [error], **changes}


class Ear:
    """A listener's store with one account and one message."""

    def __init__(self, stored):
        self.stored = stored
        stored.furnish()
        stored.keep_message(MESSAGE_ID)

    def hear(self, field="messages", key=None, account_ids=(ACCOUNT,), **value):
        body = {"metadata": METADATA, **value}
        entry = {"id": WABA_ID, "changes": [{"field": field, "value": body}]}
        understood = parse_webhook(json.dumps({"entry": [entry]}).encode())
        assert understood.dropped == []
        heard = Heard(
            understood.messages,
            understood.preferences,
            [(s, key, account_ids) for s in understood.statuses if is_marketing_refused(s)],
        )
        self.stored.do(lambda t: listen(t, heard, NOW))

    def opt_outs(self):
        listed = self.stored.ask(lambda t: t.recipients.opt_outs(ACCOUNT, "", 100))
        return {one.recipient: one for one in listed}

    def wrote_at(self, recipient=f"+{PHONE}"):
        key = (ACCOUNT, SENDER_ID, recipient)
        return self.stored.ask(lambda t: t.recipients.wrote_at([key])).get(key)


@pytest.fixture
def ear(tmp_path):
    with opened(tmp_path) as stored:
        yield Ear(stored)


def test_whoever_writes_opens_the_window_under_both_names(ear):
    ear.hear(messages=[text("Hello", from_user_id=USER_ID), text("Again", after_s=-90)])

    assert ear.wrote_at() == ear.wrote_at(USER_ID) == later(-60)
    assert ear.opt_outs() == {}


def test_a_window_never_opens_in_the_future(ear):
    ear.hear(messages=[text("Hello", after_s=3600)])

    assert ear.wrote_at() == NOW


@pytest.mark.parametrize(
    "message",
    [
        text("stop", type="system"),
        text("stop", group_id="Y2FwaV9ncm91cDox"),
    ],
)
def test_what_was_not_written_to_the_number_opens_and_stops_nothing(ear, message):
    ear.hear(messages=[message])

    assert ear.wrote_at() is None
    assert ear.opt_outs() == {}


def test_a_number_of_nobody_here_is_passed_over(ear):
    ear.hear(metadata={"phone_number_id": "another"}, messages=[text("stop")])
    ear.hear(metadata={}, messages=[text("stop")])

    assert ear.opt_outs() == {}


def test_a_keyword_opts_out_and_another_comes_back(ear):
    ear.hear(messages=[text(" Stop! ", from_user_id=USER_ID)])

    assert set(ear.opt_outs()) == {f"+{PHONE}", USER_ID}
    kept = ear.opt_outs()[f"+{PHONE}"]
    assert (kept.source, kept.detail, kept.opted_out_at) == ("keyword", " Stop! ", later(-60))

    ear.hear(messages=[text("START", after_s=-30, from_user_id=USER_ID)])
    assert ear.opt_outs() == {}


def test_a_button_can_say_the_keyword(ear):
    button = {"text": "Keine Werbung", "payload": "stop promotions"}

    ear.hear(messages=[text("", type="button", button=button)])

    assert ear.opt_outs()[f"+{PHONE}"].detail == "Keine Werbung / stop promotions"


def test_an_account_listens_for_its_own_words(ear):
    own = account(opt_out_keywords=("baja",), opt_in_keywords=("alta",))
    ear.stored.do(lambda t: t.directory.update_account(own))

    ear.hear(messages=[text("stop")])
    assert ear.opt_outs() == {}
    ear.hear(messages=[text("BAJA")])
    assert set(ear.opt_outs()) == {f"+{PHONE}"}


def test_coming_back_counts_for_every_way_to_write_the_number(ear):
    ear.hear(messages=[text("stop", **{"from": "5511987654321"})])

    ear.hear(messages=[text("start", after_s=-1, **{"from": "551187654321"})])

    assert ear.opt_outs() == {}


def test_late_and_repeated_webhooks_undo_nothing_newer(ear):
    ear.hear(messages=[text("start", after_s=-10)])
    ear.hear(messages=[text("stop", after_s=-20)])
    assert ear.opt_outs() == {}

    ear.hear(messages=[text("stop", after_s=-5)])
    ear.hear(messages=[text("start", after_s=-10)])
    assert set(ear.opt_outs()) == {f"+{PHONE}"}
    assert ear.wrote_at() == later(-5)


def test_both_words_in_one_webhook_count_by_their_times(ear):
    ear.hear(messages=[text("start", after_s=-10), text("stop", after_s=-20)])
    assert ear.opt_outs() == {}

    ear.hear(messages=[text("stop", after_s=-5), text("start", after_s=-10)])
    assert set(ear.opt_outs()) == {f"+{PHONE}"}


@pytest.mark.parametrize("metadata", [METADATA, {}, None, {"phone_number_id": "another"}])
def test_a_preference_stops_and_resumes(ear, metadata):
    def tell(*told):
        ear.hear("user_preferences", metadata=metadata, user_preferences=list(told))

    tell(preference("stop", user_id=USER_ID))
    assert {one.source for one in ear.opt_outs().values()} == {"user_preferences"}
    assert set(ear.opt_outs()) == {f"+{PHONE}", USER_ID}
    assert ear.wrote_at() is None

    tell(preference("resume", after_s=-30, user_id=USER_ID))
    assert ear.opt_outs() == {}

    tell(preference("stop", after_s=-40))
    assert ear.opt_outs() == {}


def test_a_message_that_meta_failed_for_it_opts_its_recipient_out(ear):
    ear.hear(statuses=[failed(131050, recipient_id="919876543211")], key=(ACCOUNT, MESSAGE_ID))

    assert set(ear.opt_outs()) == {f"+{PHONE}", "+919876543211"}
    kept = ear.opt_outs()[f"+{PHONE}"]
    assert (kept.source, kept.detail) == ("meta_refused", "marketing was stopped")


def test_so_does_one_that_was_sent_by_another_application(ear):
    ear.hear(statuses=[failed(131050)])
    assert set(ear.opt_outs()) == {f"+{PHONE}"}


def test_a_refusal_that_names_nobody_says_nothing(ear):
    ear.hear(statuses=[failed(131050, recipient_id=None)])
    ear.hear(statuses=[failed(131050)], account_ids=())

    assert ear.opt_outs() == {}


def test_other_failures_opt_nobody_out(ear):
    ear.hear(statuses=[failed(131026), failed("131050")], key=(ACCOUNT, MESSAGE_ID))

    assert ear.opt_outs() == {}


WORDS = st.sampled_from(["stop", "start", "STOP.", ""]) | st.text(
    st.characters(exclude_categories=()), max_size=250
)
TOLD = st.fixed_dictionaries(
    {"timestamp": st.integers(0, 253_402_300_799).map(str), "type": WORDS},
    optional={
        "id": WORDS,
        "from": st.sampled_from([PHONE, "5511987654321"]) | st.from_regex(r"\A[0-9]{1,20}\Z"),
        "from_user_id": st.just(USER_ID) | WORDS,
        "text": st.fixed_dictionaries({"body": WORDS}),
        "button": st.fixed_dictionaries({"text": WORDS, "payload": WORDS}),
        "group_id": WORDS,
    },
)
CHOSEN = st.fixed_dictionaries(
    {
        "category": st.just("marketing_messages"),
        "value": st.sampled_from(["stop", "resume"]),
        "timestamp": st.integers(0, 253_402_300_799),
    },
    optional={"wa_id": st.just(PHONE) | WORDS, "user_id": WORDS, "detail": WORDS},
)


def test_whatever_recipients_tell_is_kept_without_an_error(ear):
    @settings(max_examples=100, deadline=None)
    @given(st.lists(TOLD, max_size=4), st.lists(CHOSEN, max_size=3))
    def tell(messages, preferences):
        value = {"metadata": METADATA, "messages": messages, "user_preferences": preferences}
        changes = [{"field": one, "value": value} for one in ("messages", "user_preferences")]
        body = json.dumps({"entry": [{"id": WABA_ID, "changes": changes}]}).encode()
        understood = parse_webhook(body)

        heard = Heard(understood.messages, understood.preferences, [])
        ear.stored.do(lambda t: listen(t, heard, NOW))

    tell()
    assert all(one.opted_out_at <= NOW for one in ear.opt_outs().values())
