"""One event for one profile as an HTTP request."""

import base64
import json
from datetime import timedelta

import pytest

from support.nouns import NOW, PROFILE_ID, callback_profile, callback_row
from waypost.callback.request import check_headers, make_call
from waypost.model.callback import BasicAuth, ProfileSecrets

ROW = callback_row(
    body=b'{"extra_info":{"ref":"r 1"},"status":"sent"}',
    variables=json.dumps({"id": "A1", "status": "sent"}),
    sequence=4,
)


def made(secrets=ProfileSecrets(()), **profile):  # noqa: B008 - a value that never changes
    return make_call(callback_profile(**profile), secrets, ROW, 2, NOW)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_profile_without_a_body_sends_the_documented_envelope(method):
    call = made(method=method)

    assert (call.method, call.body) == (method, ROW.body)
    assert call.headers["content-type"] == "application/json"


def test_a_get_carries_everything_in_its_url():
    call = made(method="GET", url="https://shop.example/h?id=<id>&ref=<extra_info.ref>")

    assert (call.method, call.url) == ("GET", "https://shop.example/h?id=A1&ref=r%201")
    assert call.body is None
    assert "content-type" not in call.headers


def test_a_profile_with_a_body_of_its_own_sends_that():
    call = made(body="<n><ref></n><id>", content_type="application/xml", url="https://s/<status>")

    assert (call.url, call.body) == ("https://s/sent", b"<n></n>A1")
    assert call.headers["content-type"] == "application/xml"


def test_the_profiles_own_id_is_a_variable_too():
    assert made(body="<callback_profile_id>", content_type="text/plain").body == PROFILE_ID.encode()


def test_every_call_says_which_attempt_and_which_place_it_is():
    headers = made().headers

    assert (headers["waypost-sequence"], headers["waypost-attempt"]) == ("4", "2")
    assert headers["webhook-id"] == ROW.event_id
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["user-agent"].startswith("Waypost/")


def test_the_time_that_is_signed_is_that_of_the_attempt():
    later = make_call(callback_profile(), ProfileSecrets(()), ROW, 3, NOW + timedelta(hours=1))

    assert later.headers["webhook-id"] == made().headers["webhook-id"]
    assert int(later.headers["webhook-timestamp"]) == int(NOW.timestamp()) + 3600


def test_basic_authentication_is_shown():
    headers = made(
        ProfileSecrets((), BasicAuth("shop", "p\u00e4ss:w"), {"Authorization": "x"})
    ).headers

    assert (
        headers["authorization"]
        == "Basic " + base64.b64encode("shop:p\u00e4ss:w".encode()).decode()
    )
    assert "Authorization" not in headers


def test_the_customers_own_headers_go_along_but_cannot_take_the_place_of_ours():
    own = {
        "X-Api-Key": "k",
        "Webhook-Id": "mine",
        "WEBHOOK-SIGNATURE": "v1,x",
        "Waypost-Attempt": "0",
        "User-Agent": "me",
        "Host": "internal",
        "Content-Length": "1",
        "Transfer-Encoding": "chunked",
        "Connection": "close",
        "Bad Name": "x",
        "X-Split": "a\r\nHost: b",
    }

    headers = made(ProfileSecrets((), headers=own)).headers

    assert headers["X-Api-Key"] == "k"
    assert set(headers) - {"X-Api-Key"} == {
        "content-type",
        "user-agent",
        "waypost-sequence",
        "waypost-attempt",
        "webhook-id",
        "webhook-timestamp",
    }
    assert len(check_headers(own)) == 10


def test_good_headers_have_no_faults():
    assert check_headers({"X-Api-Key": "k", "Authorization": "Token x"}) == []
