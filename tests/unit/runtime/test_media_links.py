"""An address of a received medium opens what it was made for, for a time, whatever the keys do."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.runtime.media_links import LinkState, MediaLinks
from waypost.runtime.vault import Vault

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32
LIFE = timedelta(hours=2)


def links(*keys):
    return MediaLinks(Vault(keys or [OLD]), "https://gateway.example", LIFE)


def told(url):
    query = parse_qs(urlsplit(url).query)
    return query["expires"][0], query["signature"][0]


def test_an_address_names_the_account_and_the_message_and_is_good_until_its_end():
    url = links().link("HX1", "A1", NOW)

    assert url.startswith("https://gateway.example/media/HX1/A1?expires=")
    check = links().check
    assert check("HX1", "A1", told(url), NOW + LIFE - timedelta(seconds=1)) is LinkState.GOOD
    assert check("HX1", "A1", told(url), NOW + LIFE) is LinkState.EXPIRED


@pytest.mark.parametrize(
    ("sid", "inbound_id", "expires", "signature"),
    [
        ("HX2", "A1", None, None),
        ("HX1", "A2", None, None),
        ("HX", "1A1", None, None),
        ("HX1", "A1", "9999999999", None),
        ("HX1", "A1", "", None),
        ("HX1", "A1", None, ""),
        ("HX1", "A1", None, "\u00e4" * 64),
    ],
)
def test_an_address_that_was_changed_is_wrong(sid, inbound_id, expires, signature):
    good = told(links().link("HX1", "A1", NOW))
    query = (good[0] if expires is None else expires, good[1] if signature is None else signature)

    assert links().check(sid, inbound_id, query, NOW) is LinkState.WRONG


@given(st.text(max_size=40), st.text(max_size=80))
def test_nothing_that_anybody_makes_up_is_good(expires, signature):
    assert links().check("HX1", "A1", (expires, signature), NOW) is LinkState.WRONG


def test_an_address_outlives_a_new_key_until_the_old_one_is_taken_away():
    url = links(OLD).link("HX1", "A1", NOW)

    assert links(NEW, OLD).check("HX1", "A1", told(url), NOW) is LinkState.GOOD
    assert links(NEW).check("HX1", "A1", told(url), NOW) is LinkState.WRONG
    newer = links(NEW, OLD).link("HX1", "A1", NOW)
    assert links(NEW).check("HX1", "A1", told(newer), NOW) is LinkState.GOOD


def test_keys_are_derived_for_each_purpose_and_are_not_what_seals():
    vault = Vault([NEW, OLD])

    assert len(set(vault.derive("one") + vault.derive("other"))) == 4
    assert vault.derive("one")[1:] == Vault([OLD]).derive("one")
