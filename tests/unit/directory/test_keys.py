"""A key has limits that can be, is found by its prefix, and hands over to another."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, account, api_key, later
from waypost.directory.credentials import hash_key, make_key
from waypost.directory.keys import (
    LONGEST_OVERLAP,
    KeyChange,
    changed_key,
    end_after,
    key_named,
    keys_named,
    new_key,
    rotated_key,
)
from waypost.model.errors import DirectoryError, NotFoundError

KEY = make_key("0" * 32)


def holder(*keys):
    return account(keys={key.key_hash: key for key in keys})


def test_a_key_is_kept_as_its_hash_with_its_limits():
    kept = new_key(KEY, NOW, KeyChange(" till ", ("203.0.113.0/24",), later(60)))

    assert kept == api_key(
        key_hash=hash_key(KEY),
        prefix="A00000",
        label="till",
        allowed_addresses=("203.0.113.0/24",),
        expires_at=later(60),
    )


def test_only_what_is_named_changes():
    key = api_key(label="till", allowed_addresses=("203.0.113.7",), expires_at=later(60))

    assert changed_key(key, NOW, KeyChange()) == key
    assert changed_key(key, NOW, KeyChange(expires_at=None)).expires_at is None
    assert changed_key(key, NOW, KeyChange(allowed_addresses=())).label == "till"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (KeyChange(label="x" * 101), "at most 100 printable"),
        (KeyChange(label="a\nb"), "at most 100 printable"),
        (KeyChange(allowed_addresses=("203.0.113.7/24",)), "no address or network"),
        (KeyChange(expires_at=NOW), "name a later time, or revoke"),
        (KeyChange(expires_at=datetime(2030, 1, 1)), "add one, like Z"),  # noqa: DTZ001
    ],
)
def test_limits_that_cannot_be_are_refused_with_what_would_be_right(change, said):
    with pytest.raises(DirectoryError, match=said):
        changed_key(api_key(), NOW, change)


@pytest.mark.parametrize("days", [0, -1, 36_501, 10**12])
def test_a_life_that_is_none_is_refused(days):
    with pytest.raises(DirectoryError, match="give 1 to 36500, or none"):
        end_after(NOW, days)


def test_a_life_is_counted_from_now():
    assert end_after(NOW, None) is None
    assert end_after(NOW, 2) == NOW + timedelta(days=2)


@given(
    overlap=st.timedeltas(timedelta(0), LONGEST_OVERLAP),
    left=st.none() | st.timedeltas(timedelta(microseconds=1), timedelta(days=400)),
)
def test_an_old_key_ends_after_the_overlap_and_never_later_than_before(overlap, left):
    ends = None if left is None else NOW + left
    old = api_key(label="till", allowed_addresses=("203.0.113.7",), expires_at=ends)

    ended, kept = rotated_key(old, KEY, NOW, overlap)

    assert ended.expires_at == NOW + min(overlap, overlap if left is None else left)
    assert kept.key_hash == hash_key(KEY)
    assert (kept.label, kept.allowed_addresses, kept.expires_at) == (
        old.label,
        old.allowed_addresses,
        ends,
    )


@pytest.mark.parametrize(
    "overlap", [timedelta(seconds=-1), LONGEST_OVERLAP + timedelta(1), timedelta.max]
)
def test_an_overlap_that_is_none_is_refused(overlap):
    with pytest.raises(DirectoryError, match="0 seconds to 365 days"):
        rotated_key(api_key(), KEY, NOW, overlap)


def test_an_expired_key_hands_nothing_over():
    with pytest.raises(DirectoryError, match="make a new key"):
        rotated_key(api_key(expires_at=NOW), KEY, NOW, timedelta(0))


def test_a_key_is_named_by_its_prefix_or_in_full():
    one = new_key(KEY, NOW, KeyChange())
    other = api_key(prefix="Affff1")

    assert key_named(holder(one, other), "A00000") == one
    assert key_named(holder(one, other), KEY) == one
    assert keys_named(holder(one, other), "Affff1") == [other]


@pytest.mark.parametrize("named", ["", "A", "A0000", "A000000", "Affff1"])
def test_nothing_else_names_a_key(named):
    revoked = api_key(prefix="Affff1", revoked_at=NOW)

    with pytest.raises(NotFoundError, match="no valid key"):
        key_named(holder(new_key(KEY, NOW, KeyChange()), revoked), named)


def test_a_prefix_of_two_keys_asks_for_the_whole_key():
    one = new_key(KEY, NOW, KeyChange())
    both = holder(one, api_key(prefix=one.prefix))

    with pytest.raises(DirectoryError, match=r"2 keys .* name the key in full"):
        key_named(both, one.prefix)
    assert key_named(both, KEY) == one
    assert len(keys_named(both, one.prefix)) == 2


def test_a_key_that_is_not_found_is_not_repeated_in_full():
    with pytest.raises(NotFoundError) as refused:
        key_named(holder(), KEY)
    assert KEY not in str(refused.value)
