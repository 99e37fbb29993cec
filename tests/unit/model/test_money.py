"""Amounts are whole numbers of ten-thousandths, read and shown as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.model.money import Money, parse_amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [("0.0785", 785), ("12.50", 125_000), (" 1 ", 10_000), ("-3", -30_000), ("1e2", 1_000_000)],
)
def test_an_amount_is_read_exactly(text, minor):
    assert parse_amount(text) == minor


@pytest.mark.parametrize("text", ["", "much", "1,5", "1 000", "0x10", "Infinity", "NaN"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["0.00001", "1.23456"])
def test_what_is_finer_than_a_minor_unit_is_refused(text):
    with pytest.raises(ValueError, match="decimal places"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["1000000000", "-1e30", "1e99999"])
def test_an_amount_that_no_database_could_add_up_is_refused(text):
    with pytest.raises(ValueError, match="the most that is taken at once"):
        parse_amount(text)


def test_money_is_shown_with_its_currency():
    assert str(Money(785, "USD")) == "0.0785 USD"
    assert str(Money(-125_000, "INR")) == "-12.5000 INR"


@given(st.integers(-(10**12), 10**12))
def test_what_is_shown_is_read_again_as_it_was(minor):
    assert parse_amount(str(Money(minor, "USD")).partition(" ")[0]) == minor
