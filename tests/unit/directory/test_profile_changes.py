"""What may be asked of a callback profile: every fault is told at once, with its place."""

import pytest

from support.nouns import callback_profile
from waypost.callback.profile_check import find_template_faults
from waypost.directory.profile_changes import (
    ProfileChange,
    changed_profile,
    changed_secrets,
    profile_faults,
)
from waypost.model.callback import (
    BasicAuth,
    BearerAuth,
    EventKind,
    ProfileSecrets,
    SigningSecret,
)

SECRETS = ProfileSecrets((SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),))


def places(**change):
    """Where the faults of a change stand."""
    asked = ProfileChange(**change)
    profile = changed_profile(callback_profile(), asked)
    return [fault.path for fault in profile_faults(profile, changed_secrets(SECRETS, asked))]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Shop_1 - statuses"},
        {"url": "http://shop.example.com:8080/a?ref=<ref>"},
        {"method": "PUT", "body": "{}", "content_type": "application/json; charset=utf-8"},
        {"method": "DELETE"},
        {"auth": BasicAuth("shop", "p:w")},
        {"auth": BearerAuth("https://shop.example.com/token", "id", "secret")},
        {"headers": {"X-Key": "abc", "Authorization": "Key abc"}},
    ],
)
def test_what_can_be_is_no_fault(change):
    assert places(**change) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": ""}, "/title"),
        ({"title": "Shop/1"}, "/title"),
        ({"title": "x" * 101}, "/title"),
        ({"events": ()}, "/events"),
        ({"events": (EventKind.TEST,)}, "/events"),
        ({"url": "ftp://shop.example.com/"}, "/url"),
        ({"url": "https:///status"}, "/url"),
        ({"url": "https://shop.example.com:x/"}, "/url"),
        ({"url": "https://shop.example.com/a b"}, "/url"),
        ({"url": "https://shop.example.com\\@127.0.0.1/"}, "/url"),
        ({"url": "https://1.2.3.4.5/"}, "/url"),
        ({"url": "https://shop.example.com:99999/"}, "/url"),
        ({"url": f"https://shop.example.com/{'x' * 2000}"}, "/url"),
        ({"method": "PATCH"}, "/method"),
        ({"content_type": "json"}, "/content_type"),
        ({"content_type": "text/plain\r\nX-A: b"}, "/content_type"),
        ({"method": "GET", "body": "x"}, "/body"),
        ({"body": "x" * 20_001}, "/body"),
        ({"auth": BasicAuth("a:b", "")}, "/auth/user"),
        ({"auth": BasicAuth("a", "b\n")}, "/auth/password"),
        ({"auth": BearerAuth("shop", "id", "secret")}, "/auth/url"),
        ({"auth": BearerAuth("https://shop.example.com/", "", "x")}, "/auth/client_id"),
        ({"headers": {"Host": "x"}}, "/headers/Host"),
        ({"headers": {"Webhook-Id": "x"}}, "/headers/Webhook-Id"),
        ({"headers": {"Waypost-Sequence": "x"}}, "/headers/Waypost-Sequence"),
        ({"headers": {"Accept-Encoding": "gzip"}}, "/headers/Accept-Encoding"),
        ({"headers": {"Expect": "100-continue"}}, "/headers/Expect"),
        ({"headers": {"X Y": "x"}}, "/headers/X Y"),
        ({"headers": {"X-A": "x\r\nX-B: y"}}, "/headers/X-A"),
        ({"headers": {"a/b": "x"}}, "/headers/a~1b"),
        ({"headers": {f"X-{number}": "x" for number in range(21)}}, "/headers"),
        (
            {"auth": BasicAuth("a", "b"), "headers": {"authorization": "x"}},
            "/headers/authorization",
        ),
    ],
)
def test_what_cannot_be_is_told_with_its_place(change, place):
    assert places(**change) == [place]


def test_every_fault_is_told_at_once():
    assert places(title="", events=(), url="x", method="y", headers={"Host": "x"}) == [
        "/title",
        "/events",
        "/url",
        "/method",
        "/headers/Host",
    ]


def test_events_stand_in_their_order_each_once():
    kinds = (EventKind.ACCOUNT, EventKind.MESSAGE_STATUS, EventKind.ACCOUNT)

    changed = changed_profile(callback_profile(), ProfileChange(events=kinds))

    assert changed.events == (EventKind.MESSAGE_STATUS, EventKind.ACCOUNT)


def test_a_placeholder_that_is_none_is_told_of_its_field():
    faults = find_template_faults("https://shop/?a=<nope>", '{"b": <neither>}', "application/json")

    assert [fault.path for fault in faults] == ["/url", "/body"]
    assert "<nope>" in faults[0].message
    assert "<neither>" in faults[1].message


def test_no_fault_of_a_url_holds_what_stands_before_its_host():
    profile = callback_profile(url="https://shop:hunter2@shop.example.com/a\\b")

    (fault,) = profile_faults(profile, SECRETS)
    assert "hunter2" not in str(fault)
