"""A rate card is read whole; what is wrong with it is told by line, all at once."""

from datetime import date
from importlib import resources

import pytest

from waypost.model.rate import Rate
from waypost.wallet.card_file import read_card

HEAD = "country,category,valid_from,price\n"


def faults(text, currency="USD"):
    read = read_card(text, currency)
    assert read.rates == ()
    return [(fault.line, fault.message) for fault in read.faults]


def test_a_card_is_read():
    read = read_card(
        "\ufeff# ours\n"
        "Category,country,price,valid_from,currency\n"
        "marketing,in,0.0785,2026-10-01,USD\n"
        "\n"
        "*,*, 0.05 ,2026-10-01,\n"
        "AUTHENTICATION_INTERNATIONAL,BR,1,2027-01-01,usd\n",
        "USD",
    )

    assert read.faults == ()
    assert read.rates == (
        Rate("IN", "marketing", date(2026, 10, 1), 785),
        Rate("", "", date(2026, 10, 1), 500),
        Rate("BR", "authentication-international", date(2027, 1, 1), 10_000),
    )


def test_the_sample_can_be_imported():
    sample = resources.files("waypost.cli").joinpath("samples", "rates.csv").read_text("utf-8")

    assert read_card(sample, "USD").faults == ()
    assert "SAMPLE" in sample.splitlines()[0]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("XX,marketing,2026-10-01,1", '"XX" is no country; write two letters'),
        ("IN,promotion,2026-10-01,1", '"promotion" is no category; write one of marketing'),
        ("IN,marketing,01.10.2026,1", 'valid_from: "01.10.2026" is no day'),
        ("IN,marketing,2026-10-01,free", "price: 'free' is not an amount"),
        ("IN,marketing,2026-10-01,0.00001", "more than 4 decimal places"),
        ("IN,marketing,2026-10-01,-1", "is below nothing"),
        ("IN,marketing,2026-10-01", "There are 3 cells; the first line names 4 columns."),
    ],
)
def test_a_wrong_line_is_named_with_what_would_be_right(row, told):
    ((line, message),) = faults(f"{HEAD}US,utility,2026-10-01,1\n{row}\n")

    assert line == 3
    assert told in message


def test_every_fault_is_told_and_nothing_is_taken():
    told = faults(f"{HEAD}XX,promotion,never,free\nIN,marketing,2026-10-01,1\n")

    assert [line for line, _ in told] == [2, 2, 2, 2]


def test_the_same_country_category_and_day_stand_once():
    line = "IN,marketing,2026-10-01,1\n"

    assert faults(HEAD + line + line) == [(3, "Line 2 names the same country, category and day.")]


def test_a_card_in_another_currency_is_refused():
    text = HEAD.replace("price", "price,currency") + "IN,marketing,2026-10-01,1,INR\n"

    assert faults(text) == [(2, 'The card is in USD, and this line in "INR".')]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "No line is there"),
        (HEAD, "There is no rate below the first line."),
        ("country,category,price\n", "The column valid_from is missing"),
        (HEAD.replace("price", "price,colour"), '"colour" is no column'),
        (HEAD.replace("price", "price,price"), "The column price stands twice."),
    ],
)
def test_a_file_that_is_no_card_is_told_what_one_looks_like(text, told):
    assert told in faults(text)[0][1]
