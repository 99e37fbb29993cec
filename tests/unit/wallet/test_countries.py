"""The country of a recipient is that of its number, or of its user id."""

import pytest

from waypost.model.recipient import Recipient
from waypost.wallet.countries import country_of, known_countries


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("919812345678", "IN"),
        ("16505551234", "US"),
        ("14165551234", "CA"),
        ("18765551234", "JM"),
        ("447400123456", "GB"),
        ("447781123456", "GG"),
        ("79161234567", "RU"),
        ("77011234567", "KZ"),
        ("5215512345678", "MX"),
        ("6591234567", "SG"),
        ("870773111632", ""),
    ],
)
def test_a_number_tells_its_country(phone, country):
    assert country_of(Recipient(phone=phone)) == country


def test_a_user_id_tells_its_country():
    assert country_of(Recipient(user_id="US.13491208655302741918")) == "US"
    assert country_of(Recipient(user_id="13491208655302741918")) == ""


def test_a_read_receipt_is_for_no_country():
    assert country_of(Recipient()) == ""


def test_every_country_with_numbers_is_known():
    assert {"IN", "US", "JM", "GG", "KZ", "VA"} <= known_countries()
    assert "001" not in known_countries()
