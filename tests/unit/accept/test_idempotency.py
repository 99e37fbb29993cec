"""Same key and same body, same answer; another body, a refusal."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, later
from waypost.accept.idempotency import (
    OTHER_BODY,
    Accepted,
    Asked,
    Recalled,
    key_of,
    recall,
    remember,
    resolve,
)

LIFETIME = timedelta(hours=24)
KEY = key_of("order-1", "919800000001", b"{}")
OTHER = key_of("order-1", "919800000001", b"[]")
ANSWER = Accepted("A1", (("+919876543210", "A1"),))


def resolved(*asked, remembered=None, now=NOW):
    requests = [Asked(position, account, key) for position, (account, key) in enumerate(asked)]
    return resolve(requests, remembered or {}, now, LIFETIME)


def kept(account, key, now=NOW):
    return {(account, key.key): remember(account, key, ANSWER, now)}


def test_the_first_request_of_a_key_is_new():
    assert resolved((1, KEY)) == Recalled({}, {})


def test_a_request_that_was_answered_is_answered_again():
    assert resolved((1, KEY), (1, KEY), remembered=kept(1, KEY)) == Recalled(
        {0: ANSWER, 1: ANSWER}, {}
    )


def test_another_body_under_the_same_key_is_refused():
    assert resolved((1, OTHER), remembered=kept(1, KEY)).answers == {0: OTHER_BODY}


def test_of_those_that_come_at_once_the_later_follow_the_first():
    assert resolved((1, KEY), (1, OTHER), (1, KEY)) == Recalled({1: OTHER_BODY}, {2: 0})


def test_accounts_do_not_share_their_keys():
    assert resolved((1, KEY), (2, KEY)) == Recalled({}, {})
    assert resolved((2, OTHER), remembered=kept(1, KEY)) == Recalled({}, {})


def test_an_answer_is_promised_for_its_lifetime_and_no_longer():
    remembered = kept(1, KEY)

    assert resolved((1, KEY), remembered=remembered, now=later(86_399)).answers == {0: ANSWER}
    assert resolved((1, OTHER), remembered=remembered, now=later(86_400)) == Recalled({}, {})


def test_an_answer_with_user_ids_is_remembered_as_it_was_given():
    given_then = Accepted("A1", (("US.1", "A1:0"), ("+91 odd", "A1:1")))

    assert recall(remember(1, KEY, given_then, NOW)) == given_then


@given(
    st.lists(st.from_regex(r"(\+[0-9]{5,15}|[A-Z]{2}\.[0-9]{1,20})", fullmatch=True), min_size=1)
)
def test_every_answer_is_remembered_as_it_was_given(addresses):
    messages = tuple((address, f"A1:{number}") for number, address in enumerate(addresses))
    answer = Accepted("A1", messages)

    assert recall(remember(1, KEY, answer, NOW)) == answer


def test_a_key_knows_its_body_by_a_hash_alone():
    assert key_of("k", "1", b"{}") == key_of("k", "1", b"{}")
    assert key_of("k", "1", b"{}") != key_of("k", "1", b"{ }")
    assert len(key_of("k", "1", b"x" * 1_000_000).body_hash) == 32


def test_a_key_is_bound_to_the_sender_it_was_used_with():
    assert key_of("k", "919800000001", b"{}") != key_of("k", "919800000002", b"{}")
