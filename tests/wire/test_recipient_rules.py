"""The contract's rows on recipients."""

import pytest

from support.sends import NUMBER, accepted, parse, refused, text, wrap
from waypost.model.recipient import Recipient

TO = "/messaging_object/to"


def to(value):
    return wrap({**text(), "to": value})


def addresses(body, **options):
    return [recipient.address for recipient in accepted(body, **options).recipients]


@pytest.mark.parametrize("given", [NUMBER, NUMBER[1:], f" {NUMBER} ", int(NUMBER[1:])])
def test_one_number_in_any_spelling_goes_on_with_plus_and_digits(given):
    assert addresses(to(given)) == [NUMBER]


def test_several_numbers_stand_between_commas_with_or_without_spaces():
    assert addresses(to("+919812345678, 919812345679 ,+14155550100")) == [
        "+919812345678",
        "+919812345679",
        "+14155550100",
    ]


def test_the_same_number_twice_counts_once():
    assert addresses(to("+919812345678,919812345678, +91 98123 45678")) == [NUMBER]


def test_one_bad_number_refuses_the_request_and_every_bad_one_is_named():
    result = parse(to("+919812345678,12,,+91XXXXXXXXXX"))

    assert [(fault.path, fault.code) for fault in result] == [(TO, "invalid_phone_number")] * 3
    assert '"12"' in result[0].message
    assert "missing" in result[1].message
    assert '"+91XXXXXXXXXX"' in result[2].message


def test_no_digit_of_a_number_is_rewritten():
    numbers = ["+5215512345678", "+5511987654321", "+551187654321", "+5491123456789"]

    assert addresses(to(",".join(numbers))) == numbers


def test_at_most_so_many_recipients_as_allowed():
    numbers = [f"+9198{number:08}" for number in range(1001)]

    assert addresses(to(",".join(numbers[:1000]))) == numbers[:1000]
    assert refused(to(",".join(numbers))) == [(TO, "too_many_recipients")]
    assert refused(to(",".join(numbers[:3])), max_recipients=2) == [(TO, "too_many_recipients")]


@pytest.mark.parametrize("given", [None, True, [NUMBER], {"phone": NUMBER}, 1.5, -919812345678])
def test_a_recipient_of_another_kind_is_a_fault(given):
    assert refused(to(given)) == [(TO, "wrong_type")]


def test_a_recipient_is_required():
    assert refused(wrap({key: value for key, value in text().items() if key != "to"})) == [
        (TO, "required")
    ]


@pytest.mark.parametrize("given", [10**18, 10**30])
def test_a_number_too_long_to_be_a_phone_number_is_named(given):
    assert refused(to(given)) == [(TO, "invalid_phone_number")]


def by_user_id(value):
    message = {**text(), "recipient": value}
    del message["to"]
    return wrap(message)


@pytest.mark.parametrize("given", ["US.13491208655302741918", "US.ENT.11815799212886844830"])
def test_a_business_scoped_user_id_is_a_recipient(given):
    submission = accepted(by_user_id(given))

    assert submission.recipients == (Recipient(user_id=given),)
    assert b'recipient"' not in submission.content.json


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "invalid_user_id"),
        ("919812345678", "invalid_user_id"),
        ("us.1", "invalid_user_id"),
        ("US.1\n", "invalid_user_id"),
        ("US." + "1" * 129, "invalid_user_id"),
        (7, "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_another_user_id_is_a_fault(given, code):
    assert refused(by_user_id(given)) == [("/messaging_object/recipient", code)]


def test_the_phone_wins_if_both_are_given():
    assert addresses(wrap({**text(), "recipient": "US.1349"})) == [NUMBER]
