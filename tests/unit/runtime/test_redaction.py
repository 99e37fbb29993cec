"""No recipient and no secret stands in a line as it is."""

import pytest

from waypost.runtime.redaction import (
    MOST_OF_AN_ANSWER,
    STARS,
    Masked,
    Secret,
    mask_recipient,
    redact,
    redact_answer,
)


def redacted(**line: object) -> dict[str, object]:
    return dict(redact(None, "info", line))


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("+919876543210", "+91****10"),
        ("919876543210", "+91****10"),
        ("+16505551234", "+1****34"),
        ("+35312345678", "+353****78"),
        ("US.13491208655302741918", "US.****18"),
        ("+91987", "+91****"),
        ("+0001112223", "****23"),
        ("", "****"),
    ],
)
def test_a_recipient_shows_its_country_and_its_last_two_digits(address, masked):
    assert mask_recipient(address) == masked


def test_a_masked_recipient_prints_masked_whoever_prints_it():
    recipient = Masked("+919876543210")
    assert str(recipient) == f"{recipient}" == "+91****10"
    assert "98765" not in repr(recipient)


def test_a_secret_prints_as_stars_whoever_prints_it():
    secret = Secret("horse")
    assert str(secret) == f"{secret}" == STARS
    assert "horse" not in repr(secret)


def test_values_are_hidden_by_their_type_under_any_name_and_at_any_depth():
    line = redacted(a=Masked("+919876543210"), b={"c": [Secret("horse")]})
    assert line == {"a": "+91****10", "b": {"c": [STARS]}}


def test_a_number_is_masked_inside_any_text():
    line = redacted(event="lost", exception="no answer for +919876543210, twice")
    assert line["exception"] == "no answer for +91****10, twice"


@pytest.mark.parametrize("name", ["recipient", "to", "phone", "wa_id", "user_id"])
def test_a_value_under_a_recipients_name_is_masked(name):
    assert redacted(**{name: "919876543210"}) == {name: "+91****10"}


@pytest.mark.parametrize(
    "name",
    ["api_key", "api-key", "authorization", "Authorization", "meta_app_secret", "operator_token"],
)
def test_a_value_under_a_secrets_name_is_stars(name):
    assert redacted(**{name: "horse"}) == {name: STARS}


def test_a_secret_that_is_not_set_shows_that_it_is_not_set():
    assert redacted(api_key="", meta_app_secret=None) == {"api_key": "", "meta_app_secret": None}


def test_a_secret_of_many_parts_is_stars_as_a_whole():
    assert redacted(credentials=["horse", "battery"]) == {"credentials": STARS}


def test_ids_and_counts_stay_as_they_are():
    line = {"phone_number_id": "106540352242922", "wamid": "wamid.HBgL", "attempt": 2, "ok": True}
    assert redacted(**line) == line


def test_an_answer_is_bounded_and_shows_neither_recipient_nor_token():
    body = b'{"to":"919876543210","token":"EAAJZC0abcdefghijklmnop123"}' + b"x" * 5000

    kept = redact_answer(body, "+919876543210")

    assert kept.startswith('{"to":"+91****10","token":"********"}')
    assert len(kept) == MOST_OF_AN_ANSWER


def test_an_answer_names_no_user_id_either_and_holds_no_zero_byte():
    kept = redact_answer(b"no US.13491208655302741918\x00\xff", "US.13491208655302741918")

    assert kept == "no US.****18\ufffd"


def test_codes_and_traces_in_an_answer_stay_as_they_are():
    body = '{"code":131026,"error_subcode":2494010,"fbtrace_id":"AvA9x_kQ7mNcRt5Wq2LzJ1b"}'

    assert redact_answer(body.encode(), "+919876543210") == body
