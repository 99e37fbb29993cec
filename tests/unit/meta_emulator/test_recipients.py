"""How `to` is read, and the user id that stands for a phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_emulator.world.recipients import country_of, phone_digits, user_id_of


@given(st.integers(min_value=10**6, max_value=10**15 - 1))
def test_a_phone_is_the_same_as_number_digits_and_with_a_plus(phone):
    assert phone_digits(phone) == phone_digits(str(phone)) == phone_digits(f"+{phone}")
    assert phone_digits(phone) == str(phone)


@given(
    st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats(), st.lists(st.none()))
)
def test_whatever_comes_is_digits_or_nothing(value):
    digits = phone_digits(value)
    assert digits is None or (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15)


@pytest.mark.parametrize(
    ("digits", "country"),
    [("919876543210", "IN"), ("16315551234", "US"), ("447700900123", "GB"), ("35312345678", "IE")],
)
def test_a_user_id_begins_with_the_country(digits, country):
    assert country_of(digits) == country
    assert user_id_of(digits) == user_id_of(digits)
    assert user_id_of(digits).startswith(f"{country}.")
