"""Requests made from our own document: no answer breaks it, and none is a failure of ours.

A real gateway with an emulator behind it. Most requests name what exists, so that they reach deep.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.processes import HOST, TOKEN, House, house

OPERATOR = "the-operators-token"
SPARE_NUMBER = "919800000002"
EXAMPLES = 12
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
METAS = {"meta_refused", "meta_unreachable", "meta_answer_lost"}
"""The codes of problems that are Meta's: the emulator refuses what is made up."""


@dataclass
class Tried:
    """A gateway with what its operations may name.

    spare  another account, for all that the operator may do to one
    """

    house: House
    document: dict
    spare: str
    ids: dict[str, str]


def ask(port, method, path, body=None, **headers):
    connection = HTTPConnection(HOST, port, timeout=30)
    headers = {"Authorization": f"Bearer {OPERATOR}", "Content-Type": "application/json", **headers}
    raw = json.dumps(body) if isinstance(body, dict) else body
    connection.request(method, path, raw, headers)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    assert answer.status < 300, told
    return json.loads(told) if told else None


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> Iterator[Tried]:
    settled = {"operator_token": OPERATOR, "meta_app_id": "1234567890"}
    with house(tmp_path_factory.mktemp("schema"), **settled) as one:
        port = one.gateway.port
        spare = ask(port, "POST", "/v1/admin/accounts", {"name": "spare"})["sid"]
        base = f"/v1/admin/accounts/{spare}"
        waba_id = one.facts["waba_id"]
        ask(port, "PUT", f"{base}/wabas/{waba_id}", {"access_token": TOKEN})
        ask(port, "POST", f"{base}/wabas/{waba_id}/sync")
        sender = {"phone_number_id": "106540352242999", "waba_id": waba_id}
        ask(port, "PUT", f"{base}/senders/{SPARE_NUMBER}", sender)
        key = ask(port, "POST", f"{base}/keys", {"label": "tried"})
        ask(port, "PUT", f"{base}/opt_outs/+919876543210", {})
        feed = b"id,title,availability\nA1,Aloe,in stock\n"
        feed_path = f"{base}/catalogues/4242/feed"
        ask(port, "PUT", feed_path, feed, **{"Content-Type": "text/csv"})
        (template,) = ask(port, "GET", f"{base}/wabas/{waba_id}/templates?limit=1")["items"]
        with one.customer() as customer:
            message_id = customer.send("tried").message_id
        profile = {"title": "tried", "events": ["account"], "url": "http://127.0.0.1:9/"}
        spares = ask(port, "POST", f"{base}/callback-profiles", profile)["profile"]
        path, key_header = f"/v2/{one.sid}/callback_profiles", {"api-key": one.key}
        owned = ask(port, "POST", path, profile, **key_header)["data"]["profile"]
        event = ask(port, "POST", f"{path}/{owned['profile_id']}/test", **key_header)["data"]
        ids = {
            "profile_id": spares["profile_id"],
            "own_profile_id": owned["profile_id"],
            "event_id": event["event_id"],
            "inbound_id": message_id,
            "waba_id": waba_id,
            "prefix": key["prefix"],
            "catalogue_id": "4242",
            "recipient": "+919876543210",
            "template_id": template["id"],
            "message_id": message_id,
            "media_id": "1234567890",
        }
        yield Tried(one, ask(port, "GET", "/v1/openapi.json"), spare, ids)
        assert one.gateway.is_running
        assert "request.failed" not in one.log(), one.log()


def test_no_answer_breaks_the_document(tried):
    schema = schemathesis.openapi.from_dict(tried.document)
    broken = []
    with requests.Session() as session:
        operations = [found.ok() for found in schema.get_all_operations()]
        # Reading first, and what takes things away last.
        operations.sort(key=lambda one: ("get post put patch delete".index(one.method), one.path))
        assert len(operations) > 50
        for operation in operations:
            try:
                attempt(tried, operation, session)
            except Exception as error:  # noqa: BLE001 - every operation is tried
                broken.append(f"{operation.method.upper()} {operation.path}: {error}")
    assert not broken, "\n\n".join(broken)


def attempt(tried, operation, session):
    """Some requests of one operation. Raises for the smallest that breaks the document."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_honest=st.sampled_from([True, True, True, False]))
    def once(case, is_honest):
        if is_honest:
            name_what_is_there(tried, case)
        response = case.call(
            base_url=f"http://{HOST}:{tried.house.gateway.port}",
            session=session,
            headers=credentials(tried, operation.path),
        )
        if response.status_code >= 500:
            code = response.json().get("code")
            assert code in METAS, f"{response.status_code} {response.content[:500]}"
        case.validate_response(response, checks=CHECKS)

    once()


def name_what_is_there(tried, case):
    is_operators = case.path.startswith("/v1") and "/messages/" not in case.path
    ids = {
        **tried.ids,
        "sid": tried.spare if is_operators else tried.house.sid,
        "profile_id": tried.ids["profile_id" if is_operators else "own_profile_id"],
        "phone_number": SPARE_NUMBER if is_operators else tried.house.facts["display_phone_number"],
    }
    for name in case.path_parameters or {}:
        case.path_parameters[name] = ids[name]


def credentials(tried, path):
    if path.startswith("/v1"):
        return {"Authorization": f"Bearer {OPERATOR}"}
    return {"api-key": tried.house.key} if path.startswith("/v2") else {}
