"""Of several rates the most specific holds, as of the day."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from waypost.model.rate import Rate, RateCard, RateCards, day_number, day_of, plain_category

JANUARY, OCTOBER = date(2026, 1, 1), date(2026, 10, 1)
TODAY = day_number(date(2026, 11, 21))
CARD = RateCard(
    [
        Rate("", "", JANUARY, 9),
        Rate("", "marketing", JANUARY, 8),
        Rate("IN", "", JANUARY, 7),
        Rate("IN", "marketing", OCTOBER, 6),
        Rate("IN", "marketing", JANUARY, 5),
    ]
)


def test_country_and_category_win_then_country_then_category():
    assert CARD.find("IN", "marketing", TODAY) == 6
    assert CARD.find("IN", "utility", TODAY) == 7
    assert CARD.find("BR", "marketing", TODAY) == 8
    assert CARD.find("BR", "utility", TODAY) == 9


def test_a_rate_holds_from_its_day_until_the_next():
    assert CARD.find("IN", "marketing", day_number(OCTOBER) - 1) == 5
    assert CARD.find("IN", "marketing", day_number(OCTOBER)) == 6
    assert CARD.find("IN", "marketing", day_number(JANUARY) - 1) is None


def test_an_accounts_own_card_goes_before_the_deployments():
    own = RateCard([Rate("IN", "utility", JANUARY, 1)])
    cards = RateCards({0: CARD, 7: own})

    assert cards.rate_of(7, "IN", "utility", TODAY, is_own_only=False) == 1
    assert cards.rate_of(7, "IN", "marketing", TODAY, is_own_only=False) == 6
    assert cards.rate_of(7, "IN", "marketing", TODAY, is_own_only=True) is None
    assert cards.rate_of(8, "IN", "utility", TODAY, is_own_only=False) == 7


def test_without_a_card_there_is_no_rate():
    assert RateCards().rate_of(1, "IN", "marketing", TODAY, is_own_only=False) is None


def test_a_category_is_the_same_however_meta_writes_it():
    assert plain_category("AUTHENTICATION_INTERNATIONAL") == "authentication-international"
    assert plain_category("marketing_lite") == "marketing"


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)), st.integers(0, 86_399))
def test_every_instant_of_a_day_is_of_that_day(day, second):
    at = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + second

    assert day_of(datetime.fromtimestamp(at, UTC)) == day_number(day)
