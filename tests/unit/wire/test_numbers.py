"""wire/numbers.py: which texts are phone numbers, and that none is ever rewritten."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.wire.numbers import (
    PhoneProblem,
    national_lengths,
    parse_phone,
    parse_sender_number,
)

CODES = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
NATIONAL = st.from_regex(r"[1-9][0-9]{0,17}", fullmatch=True)


@given(code=CODES, national=NATIONAL)
@settings(deadline=None)
def test_the_table_of_lengths_says_what_phonenumbers_says(code, national):
    number = phonenumbers.PhoneNumber(country_code=code, national_number=int(national))
    verdict = phonenumbers.is_possible_number_with_reason(number)
    is_possible = verdict == phonenumbers.ValidationResult.IS_POSSIBLE
    if (code, len(national)) == (52, 11):
        is_possible = True  # the Mexican mobile as WhatsApp knows it

    result = parse_phone(f"+{code}{national}")

    assert (result == f"{code}{national}") is is_possible
    assert isinstance(result, PhoneProblem) is not is_possible


@given(code=CODES, national=NATIONAL)
@settings(deadline=None)
def test_what_phonenumbers_finds_possible_in_a_whole_text_is_never_refused(code, national):
    text = f"+{code}{national}"
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return
    verdict = phonenumbers.is_possible_number_with_reason(parsed)
    if verdict != phonenumbers.ValidationResult.IS_POSSIBLE:
        return
    if len(str(parsed.national_number)) == len(national):
        assert parse_phone(text) == text[1:]


def test_no_country_code_begins_another():
    codes = set(national_lengths())

    assert len(codes) > 200
    assert not [code for code in codes for length in (1, 2) if code[:length] in codes - {code}]


@pytest.mark.parametrize(
    "text",
    [
        "+919812345678",
        "919812345678",
        "  +919812345678 ",
        "+91 98123 45678",
        "+91-98123-45678",
        "+91 (98123) 45678",
        "(+91) 98123 45678",
    ],
)
def test_a_plus_and_separators_may_stand_or_not(text):
    assert parse_phone(text) == "919812345678"


@pytest.mark.parametrize(
    "text", ["5215512345678", "525512345678", "5511987654321", "551187654321", "390612345678"]
)
def test_a_number_keeps_every_digit(text):
    assert parse_phone(f"+{text}") == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "missing"),
        ("+", "not a phone number"),
        ("++919812345678", "not a phone number"),
        ("+91981234567a", "not a phone number"),
        ("+९१९८१२३४५६७८", "not a phone number"),
        ("+91.9812.345678", "not a phone number"),
        ("+91XXXXXXXXXX", "not a phone number"),
        ("00919812345678", "country code"),
        ("+9198123", "5 digits after the country code 91"),
        ("+1631555123", "9 digits after the country code 1"),
        ("1" * 5000, "digits after the country code"),
        ("\ud800", "not a phone number"),
    ],
)
def test_a_bad_number_is_named_with_what_would_be_right(text, says):
    problem = parse_phone(text)

    assert isinstance(problem, PhoneProblem)
    assert says in problem.message
    assert len(problem.message) < 250
    assert problem.message.encode()


@given(st.text())
@settings(deadline=None)
def test_any_text_is_digits_or_a_problem(text):
    result = parse_phone(text)

    assert isinstance(result, PhoneProblem) or (result.isascii() and result.isdigit())


@pytest.mark.parametrize(
    "text", ["+919800000001", "%2B919800000001", "%2b919800000001", "919800000001", " 919800000001"]
)
def test_a_sender_is_the_same_in_every_spelling(text):
    assert parse_sender_number(text) == "919800000001"


@pytest.mark.parametrize("text", ["", "+", "abc", "+91 98", "++91", "²³", "%2B%2B91"])
def test_what_is_no_number_names_no_sender(text):
    assert parse_sender_number(text) is None
