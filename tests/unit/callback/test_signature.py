"""Every call is signed as Standard Webhooks has it; the standard's own library verifies it."""

import re
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from support.nouns import SIGNING_SECRET, later
from waypost.callback.signature import sign
from waypost.model.callback import SigningSecret

AT = datetime.now(UTC)
NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"a":"\u00e9"}'.encode()


def test_the_standards_library_verifies_what_was_signed():
    headers = sign([SigningSecret(SIGNING_SECRET)], "msg_1", AT, BODY)

    assert Webhook(SIGNING_SECRET).verify(BODY, headers) == {"a": "\u00e9"}


@pytest.mark.parametrize("change", ["body", "id", "timestamp"])
def test_nothing_of_it_can_be_changed(change):
    headers = sign([SigningSecret(SIGNING_SECRET)], "msg_1", AT, BODY)
    body = BODY
    if change == "body":
        body += b" "
    elif change == "id":
        headers["webhook-id"] = "msg_2"
    else:
        headers["webhook-timestamp"] = str(int(AT.timestamp()) + 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(SIGNING_SECRET).verify(body, headers)


def test_while_a_secret_is_exchanged_the_old_and_the_new_one_verify():
    secrets = [SigningSecret(NEW_SECRET), SigningSecret(SIGNING_SECRET, later(10**9))]

    headers = sign(secrets, "msg_1", AT, BODY)

    assert re.fullmatch(r"v1,\S+ v1,\S+", headers["webhook-signature"])
    assert Webhook(NEW_SECRET).verify(BODY, headers) == Webhook(SIGNING_SECRET).verify(
        BODY, headers
    )


def test_a_secret_that_has_expired_signs_no_more():
    headers = sign([SigningSecret(NEW_SECRET), SigningSecret(SIGNING_SECRET, AT)], "m", AT, BODY)

    assert " " not in headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SIGNING_SECRET).verify(BODY, headers)


def test_without_a_secret_there_is_an_id_and_no_signature():
    assert set(sign([], "m", AT, BODY)) == {"webhook-id", "webhook-timestamp"}


def test_a_secret_that_is_none_is_said():
    with pytest.raises(ValueError, match="whsec_ and base64"):
        sign([SigningSecret("whsec_%%%")], "m", AT, BODY)
