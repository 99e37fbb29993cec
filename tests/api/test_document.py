"""The document is sound, whole, and says of every operation what it should."""

import json
from functools import cache

import pytest
from openapi_spec_validator import validate

from support.operator import in_office

METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    async def visit(office):
        answer = await office.ask("GET", "/v1/openapi.json", token=None)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        return answer.json

    return in_office(tmp_path_factory.mktemp("document"), visit)


def operations(document):
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_it_is_a_sound_document_of_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_it_has_every_kind_of_address(document):
    paths = set(document["paths"])
    assert {
        "/v1/admin/accounts",
        "/v1/admin/accounts/{sid}/messages/{message_id}/timeline",
        "/v2/{sid}/whatsapp/messages/{message_id}/timeline",
        "/v1/admin/audit",
        "/v1/openapi.json",
        "/v2/{sid}/whatsapp",
        "/v2/{sid}/whatsapp/{phone_number}/messages",
        "/v2/{sid}/whatsapp/{phone_number}/media",
        "/v2/{sid}/whatsapp/{phone_number}/block_users",
        "/v2/{sid}/whatsapp/{waba_id}/message_templates",
        "/v2/{sid}/whatsapp/{waba_id}/resumable_media",
        "/webhooks/meta",
        "/health/live",
        "/health/ready",
        "/metrics",
    } <= paths
    assert not [path for path in paths if "framework" in path]


def test_every_operation_says_what_it_does_who_may_and_what_can_go_wrong(document):
    names = set()
    tags = {tag["name"] for tag in document["tags"]}
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"].endswith((".", "?")), where
        assert operation["description"], where
        assert operation["operationId"] not in names, where
        names.add(operation["operationId"])
        assert set(operation["tags"]) <= tags, where
        assert [status for status in operation["responses"] if status[0] in "45"], where
        assert bool(operation["security"]) == (
            path.startswith(("/v1/admin", "/v2")) or where == "post /webhooks/meta"
        ), where
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], f"{where} {parameter['name']}"


def test_every_reference_leads_somewhere(document):
    @cache
    def names(kind):
        return set(document["components"][kind])

    def follow(value):
        if isinstance(value, dict):
            if "$ref" in value:
                _, _, kind, name = value["$ref"].split("/")
                assert name in names(kind), value["$ref"]
            for one in value.values():
                follow(one)
        elif isinstance(value, list):
            for one in value:
                follow(one)

    follow(document)


def test_bodies_take_no_field_that_nobody_knows(document):
    schemas = document["components"]["schemas"]
    for name in ("AccountCreation", "AccountPatch", "GivenAmount", "SenderBody", "KeyRotation"):
        assert schemas[name]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["AccountShape"]


def test_the_send_has_its_headers_its_query_and_every_documented_answer(document):
    send = document["paths"]["/v2/{sid}/whatsapp/{phone_number}/messages"]["post"]
    parameters = {(one["in"], one["name"]) for one in send["parameters"]}
    assert {("query", "dry_run"), ("header", "Idempotency-Key")} <= parameters
    assert document["components"]["securitySchemes"]["customer"]["name"] == "api-key"
    assert set(send["responses"]) >= {"200", "202", "400", "401", "409", "429", "500"}
    told = json.dumps(document["components"]["responses"])
    for code in ("RBC001", "WA401", "WA-401", "WA400", "E110", "WA429", "WA409", "WA500"):
        assert code in told


def test_no_schema_has_a_field_for_a_secret_but_those_that_are_sent_in(document):
    fields = {
        (name, field)
        for name, schema in document["components"]["schemas"].items()
        for field in schema.get("properties", ())
        if "token" in field or field == "key"
    }
    assert fields == {("WabaBody", "access_token"), ("NewKeyShape", "key")}
