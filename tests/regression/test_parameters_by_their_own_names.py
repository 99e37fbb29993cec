"""A wrong value is named as whoever asked wrote it, with the values there are."""

import json

import pytest

from support.asgi import call
from support.operator import in_office


def asked(tmp_path, query):
    """What both doors say to a list of callbacks: the customer's detail, the operator's error."""

    async def visit(office):
        key = {"api-key": office.pair.key}
        path = f"/v2/{office.pair.sid}/callbacks?{query}"
        own = await call(office.pair.gateway.app, "GET", path, headers=key)
        problem = await office.refused("GET", f"{office.account}/callbacks?{query}")
        return own.json["error"]["details"], problem["errors"]

    return in_office(tmp_path, visit)


@pytest.mark.parametrize(
    ("query", "path", "mend"),
    [
        ("state=lost", "query/state", "Write one of pending, delivered, given_up."),
        ("kind=x", "query/kind", "Write one of message_status, incoming_message, "),
        ("from=yesterday", "query/from", "2027-01-31T18:00:00Z"),
    ],
)
def test_a_wrong_parameter_is_named_as_it_was_asked_with(tmp_path, query, path, mend):
    (detail,), (error,) = asked(tmp_path, query)

    assert detail["path"] == error["path"] == path
    assert mend in detail["mend"]
    assert mend in error["mend"]


def test_each_strange_event_of_a_profile_is_told_with_those_there_are(tmp_path):
    async def visit(office):
        body = {"title": "Shop", "url": "http://shop/own", "events": ["account", "read", 7]}
        return await office.refused("POST", f"{office.account}/callback-profiles", body)

    problem = in_office(tmp_path, visit)

    assert [one["path"] for one in problem["errors"]] == ["/events/1", "/events/2"]
    assert all("message_status" in one["mend"] for one in problem["errors"]), json.dumps(problem)
