"""Who asks is found by SID and key together; the sender by its number, in the contract's order."""

import asyncio

import pytest

from support.nouns import NOW, SENDER_ID, account, api_key, sender
from waypost.api.asgi import client_address
from waypost.api.auth import authenticate, find_sender
from waypost.api.messages import AccountTemplates, check_content_type, read_key
from waypost.directory.credentials import hash_key
from waypost.model.account import AccountState
from waypost.model.refusal import Reason, Refusal
from waypost.model.sender import ApiVersion
from waypost.model.template import Template
from waypost.runtime.clock import TestClock

KEY = "A" + "0" * 32
KEPT = api_key(key_hash=hash_key(KEY))


class Known:
    """One account; counts how often it was looked for."""

    def __init__(self, **changes):
        self.account = account(keys={KEPT.key_hash: KEPT}, **changes)
        self.asked = []

    async def find(self, sid):
        self.asked.append(sid)
        return self.account if sid == self.account.sid else None


def authenticated(known, sid="HXIN1234567890IN", key=KEY):
    return asyncio.run(authenticate(known, TestClock(NOW), sid, key, "203.0.113.7"))


def test_a_sid_and_its_key_name_the_account():
    known = Known()

    assert authenticated(known) is known.account


@pytest.mark.parametrize(
    "given", [{"key": None}, {"key": ""}, {"key": "A"}, {"sid": "HX"}, {"sid": "HX", "key": None}]
)
@pytest.mark.parametrize("state", AccountState)
def test_every_other_pair_is_the_same_refusal_whatever_the_account(given, state):
    assert authenticated(Known(state=state), **given) == Refusal(Reason.CREDENTIALS)


def test_without_a_key_nothing_is_looked_for():
    known = Known()
    authenticated(known, key=None)
    assert known.asked == []

    authenticated(known)
    assert known.asked == [known.account.sid]


def test_a_suspended_account_is_refused_to_those_who_have_its_key():
    assert authenticated(Known(state=AccountState.SUSPENDED)) == Refusal(Reason.ACCOUNT)


@pytest.mark.parametrize("named", [SENDER_ID, f"+{SENDER_ID}"])
def test_a_sender_is_found_by_its_number(named):
    assert find_sender(account(senders={SENDER_ID: sender()}), named) == sender()


@pytest.mark.parametrize("named", ["", "+", "404", SENDER_ID + "0", "abc", "919800000001x"])
def test_another_number_is_refused(named):
    found = find_sender(account(senders={SENDER_ID: sender()}), named)

    assert found == Refusal(Reason.SENDER)


def test_a_sender_of_the_older_api_is_refused():
    old = sender(api_version=ApiVersion.V1)

    assert find_sender(account(senders={SENDER_ID: old}), SENDER_ID) == Refusal(
        Reason.SENDER_VERSION
    )


def test_templates_are_those_of_the_senders_waba():
    template = Template("a", "en", "", "", ())
    book = AccountTemplates(account(templates={("1", "a", "en"): template}), "1")

    assert book.find("a", "en") is template
    assert book.find("a", "de") is None
    assert AccountTemplates(book.account, "2").find("a", "en") is None


@pytest.mark.parametrize(
    "kind",
    ["application/json", "APPLICATION/JSON ;charset=UTF-8", 'application/json; charset="utf-8"'],
)
def test_json_in_utf_8_is_taken(kind):
    assert check_content_type(kind) is None


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/json", "application/jsonp", "application/json; charset=utf-16", "json"],
)
def test_anything_else_is_refused(kind):
    refusal = check_content_type(kind)

    assert refusal.reason is Reason.PAYLOAD
    assert [fault.code for fault in refusal.faults] == ["content_type"]


def test_an_idempotency_key_has_its_length():
    assert read_key(None, sender(), b"") is None
    assert read_key("k" * 255, sender(), b"").key == "k" * 255
    assert [read_key(key, sender(), b"").faults[0].code for key in ("", "k" * 256)] == [
        "idempotency_key"
    ] * 2


def test_a_client_without_an_address_has_none():
    assert client_address({"client": ("203.0.113.7", 1)}) == "203.0.113.7"
    assert client_address({"client": None}) == client_address({}) == ""
