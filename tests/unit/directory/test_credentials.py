"""SIDs and keys have their shape, and a key is valid in its time and from its addresses."""

import re

import pytest

from support.nouns import NOW, account, api_key, later
from waypost.directory.credentials import find_key, hash_key, make_key, make_sid

KEY = "A" + "0b" * 16


def found(now=NOW, address="203.0.113.7", given=KEY, **changes):
    kept = api_key(key_hash=hash_key(KEY), **changes)
    return find_key(account(keys={kept.key_hash: kept}), given, now, address)


def test_keys_and_sids_have_the_documented_shape():
    assert make_key("0b" * 16) == KEY
    assert re.fullmatch(r"HX[A-Z]{2}\d{10}IN", make_sid("SGP", "1234567890", "IN"))


def test_a_key_is_found_by_its_hash_alone():
    assert found() is not None
    assert len(hash_key(KEY)) == 32


@pytest.mark.parametrize("given", ["", "A", KEY.lower(), KEY + " ", "é", "A" + "0c" * 16])
def test_another_key_is_none(given):
    assert found(given=given) is None


def test_a_key_is_none_from_the_moment_it_is_revoked():
    assert found(revoked_at=later(1)) is not None
    assert found(revoked_at=NOW) is None


def test_a_key_is_none_from_the_moment_it_expires():
    assert found(expires_at=later(1)) is not None
    assert found(expires_at=NOW) is None


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("203.0.113.7", True),
        ("198.51.100.200", True),
        ("2001:db8::5", True),
        ("203.0.113.8", False),
        ("2001:db9::5", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_a_key_that_is_bound_is_valid_from_its_addresses_alone(address, is_allowed):
    allowed = ("203.0.113.7", "198.51.100.0/24", "2001:db8::/32")

    assert (found(address=address, allowed_addresses=allowed) is not None) == is_allowed
