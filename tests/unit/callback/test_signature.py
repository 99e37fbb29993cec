"""Every call is signed as Standard Webhooks has it; the standard's own library verifies it."""

import re
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from support.nouns import SIGNING_SECRET, later
from waypost.callback.signature import sign
from waypost.model.callback import SigningSecret

NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"a":"\u00e9"}'.encode()


@pytest.fixture
def at():
    """The library holds a call for old after five minutes of the machine's clock."""
    return datetime.now(UTC)


def test_the_standards_library_verifies_what_was_signed(at):
    headers = sign([SigningSecret(SIGNING_SECRET)], "msg_1", at, BODY)

    assert Webhook(SIGNING_SECRET).verify(BODY, headers) == {"a": "\u00e9"}


@pytest.mark.parametrize("change", ["body", "id", "timestamp"])
def test_nothing_of_it_can_be_changed(change, at):
    headers = sign([SigningSecret(SIGNING_SECRET)], "msg_1", at, BODY)
    body = BODY
    if change == "body":
        body += b" "
    elif change == "id":
        headers["webhook-id"] = "msg_2"
    else:
        headers["webhook-timestamp"] = str(int(at.timestamp()) + 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(SIGNING_SECRET).verify(body, headers)


def test_while_a_secret_is_exchanged_the_old_and_the_new_one_verify(at):
    secrets = [SigningSecret(NEW_SECRET), SigningSecret(SIGNING_SECRET, later(10**9))]

    headers = sign(secrets, "msg_1", at, BODY)

    assert re.fullmatch(r"v1,\S+ v1,\S+", headers["webhook-signature"])
    assert Webhook(NEW_SECRET).verify(BODY, headers) == Webhook(SIGNING_SECRET).verify(
        BODY, headers
    )


def test_a_secret_that_has_expired_signs_no_more(at):
    headers = sign([SigningSecret(NEW_SECRET), SigningSecret(SIGNING_SECRET, at)], "m", at, BODY)

    assert " " not in headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SIGNING_SECRET).verify(BODY, headers)


def test_without_a_secret_there_is_an_id_and_no_signature(at):
    assert set(sign([], "m", at, BODY)) == {"webhook-id", "webhook-timestamp"}


def test_a_secret_that_is_none_is_said(at):
    with pytest.raises(ValueError, match="whsec_ and base64"):
        sign([SigningSecret("whsec_%%%")], "m", at, BODY)
