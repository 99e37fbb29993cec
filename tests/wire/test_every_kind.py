"""Every kind of message goes through the one endpoint, word for word."""

import json

import pytest

from support.kinds import FREE_FORM, TEMPLATES
from support.sends import accepted, button, message, template, without, wrap
from waypost.model.recipient import Recipient
from waypost.model.submission import pointer_as_sent

EVERY = {
    **{f"free-form {name}": given for name, given in FREE_FORM.items()},
    **{f"template {name}": given for name, given in TEMPLATES.items()},
}


@pytest.mark.parametrize("given", EVERY.values(), ids=EVERY)
def test_a_message_of_every_kind_goes_on_as_it_came(given):
    submission = accepted(wrap(given))

    expected = without(given, "to", "recipient")
    assert json.loads(submission.content.json) == expected
    assert submission.content.kind == given["type"]
    assert submission.message == expected
    assert submission.lone_parameters == ()


@pytest.mark.parametrize("given", EVERY.values(), ids=EVERY)
def test_a_bare_message_of_every_kind_is_known_to_be_bare(given):
    submission = accepted(given)

    assert submission.pointer == ""
    assert submission.message == without(given, "to", "recipient")


def test_numbers_go_on_as_written_and_are_read_as_numbers():
    given = json.dumps(wrap(FREE_FORM["location"])).replace("37.758056", "37.7580560")

    submission = accepted(given)

    assert b'"latitude":37.7580560' in submission.content.json
    assert submission.message["location"]["latitude"] == 37.758056


def test_a_message_to_a_user_id_has_that_recipient():
    submission = accepted(wrap(FREE_FORM["to a user id"]))

    assert submission.recipients == (Recipient(user_id="US.13491208655302741918"),)


def test_a_pointer_into_a_lone_parameter_is_told_as_it_was_sent():
    lone = {**button("quick_reply"), "parameters": {"type": "payload", "payload": "x"}}
    card = {"card_index": 0, "components": [lone]}
    submission = accepted(wrap(message(template(lone, {"type": "carousel", "cards": [card]}))))
    base = "/messaging_object/template/components"

    assert submission.lone_parameters == (
        f"{base}/0/parameters",
        f"{base}/1/cards/0/components/0/parameters",
    )
    for pointer, sent in [
        (f"{base}/0/parameters/0/payload", f"{base}/0/parameters/payload"),
        (f"{base}/0/parameters/0", f"{base}/0/parameters"),
        (f"{base}/0/parameters", f"{base}/0/parameters"),
        (f"{base}/0/parameters/00", f"{base}/0/parameters/00"),
        (
            f"{base}/1/cards/0/components/0/parameters/0/payload",
            f"{base}/1/cards/0/components/0/parameters/payload",
        ),
    ]:
        assert pointer_as_sent(submission, pointer) == sent


def test_pointers_of_parameters_that_were_an_array_stay():
    submission = accepted(
        wrap(message(template(button("quick_reply", {"type": "payload", "payload": "x"}))))
    )
    pointer = "/messaging_object/template/components/0/parameters/0/payload"

    assert pointer_as_sent(submission, pointer) == pointer


@pytest.mark.parametrize("value", [True, "yes"])
def test_a_quick_reply_with_a_text_is_passed_on_for_metas_own_sample_has_them(value):
    given = message(template(button("quick_reply", {"type": "text", "text": value})))

    assert accepted(wrap(given)).message == without(given, "to")
