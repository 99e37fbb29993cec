"""Requests made from the control API's own document: no answer breaks it, none is a failure."""

import json
import re
from urllib.request import urlopen

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.emulated import order_update
from support.emulator_process import emulator_process

EXAMPLES = 10
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
TEMPLATE = "546151681022906"
TEMPLATES = re.compile("templates|review|pacing")
LONG = ("wait_s",)
"""Parts of a query that would have the test wait."""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with emulator_process(tmp_path_factory.mktemp("schema"), "--quiet") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def document(running):
    with urlopen(f"{running.facts['url']}/_emulator/openapi.json", timeout=10) as answer:
        assert answer.headers["content-type"] == "application/json"
        return json.loads(answer.read())


def test_it_is_a_sound_document_of_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_order_has_an_example_that_is_carried_out(running, document):
    orders = {
        path: item["post"]["requestBody"]["content"]["application/json"].get("example")
        for path, item in document["paths"].items()
        if "requestBody" in item.get("post", {})
    }
    for path, example in orders.items():
        if path not in {"/_emulator/restore", "/_emulator/messages/{id}/release"}:
            assert example is not None, path
            answer = requests.post(running.facts["url"] + path, json=example, timeout=10)
            assert answer.status_code == 200, f"{path}: {answer.text}"


def test_no_answer_breaks_the_document(running, document):
    schema = schemathesis.openapi.from_dict(document)
    broken = []
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 40
    with requests.Session() as session:
        for operation in operations:
            try:
                attempt(running, operation, session)
            except Exception as error:  # noqa: BLE001 - every operation is tried
                broken.append(f"{operation.method.upper()} {operation.path}: {error}")
    assert not broken, "\n\n".join(broken)


def attempt(running, operation, session):
    """Some requests of one operation. Raises for the smallest that breaks the document."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_honest=st.booleans())
    def once(case, is_honest):
        if is_honest:
            name_what_is_there(running, case)
        for name in LONG:
            (case.query or {}).pop(name, None)
        response = case.call(base_url=running.facts["url"], session=session)
        assert response.status_code < 500, f"{response.status_code} {response.content[:500]}"
        case.validate_response(response, checks=CHECKS)

    once()


def name_what_is_there(running, case):
    there = {
        "number": running.facts["phone_number_id"],
        "person": "919876543210",
        "id": "1558081531584829",
        "retailer_id": "2lc20305pt",
        "file": "index.html",
    }
    for name in case.path_parameters or {}:
        case.path_parameters[name] = there.get(name, case.path_parameters[name])
    if isinstance(case.body, dict):
        known = {
            "from": "+919876543210",
            "person": "919876543210",
            "phone_number_id": running.facts["phone_number_id"],
            "waba_id": running.facts["waba_id"],
            "id": TEMPLATE if TEMPLATES.search(case.path) else there["id"],
        }
        for name in case.body.keys() & known.keys():
            case.body[name] = known[name]
        name_the_message(running, case.body)


def name_the_message(running, body):
    """What answers a message answers one that was sent."""
    for answer in body.values():
        if isinstance(answer, dict) and "id" in answer:
            sent = running.ask("GET", "/_emulator/messages?limit=1")["data"]
            answer["id"] = sent[0]["id"] if sent else send(running)


def send(running):
    headers = {"Authorization": f"Bearer {running.facts['access_token']}"}
    url = f"{running.facts['url']}/v25.0/{running.facts['phone_number_id']}/messages"
    told = requests.post(url, json=order_update(), headers=headers, timeout=10).json()
    return told["messages"][0]["id"] if "messages" in told else "wamid.none"
