"""Who the operator is; what is said of addresses, methods and bodies that are none."""

import asyncio

import pytest

from support.asgi import call
from support.operator import OPERATOR, SENDER, in_office
from waypost.api.bounded import MIB
from waypost.api.framework import build_framework
from waypost.api.management.door import OperatorGuard
from waypost.model.errors import StoreError

ACCOUNTS = "/v1/admin/accounts"


class Forgiving:
    """Nothing is held against an address."""

    def succeeded(self, address):
        assert address


@pytest.mark.parametrize(
    "header", [None, f"Basic {OPERATOR}", "Bearer", "Bearer ", "Bearer wrong", OPERATOR]
)
def test_only_the_bearer_of_the_token_is_let_in(tmp_path, header):
    async def visit(office):
        headers = {} if header is None else {"Authorization": header}
        return await office.refused("GET", ACCOUNTS, token=None, headers=headers)

    problem = in_office(tmp_path, visit)
    assert (problem["status"], problem["code"]) == (401, "operator_token_wrong")


def test_without_a_token_in_the_settings_nobody_is_let_in_and_the_setting_is_named(tmp_path):
    async def visit(office):
        return await office.refused("GET", ACCOUNTS, token="")

    problem = in_office(tmp_path, visit, operator_token="")
    assert (problem["status"], problem["code"]) == (401, "operator_token_unset")
    assert "WAYPOST_OPERATOR_TOKEN" in problem["next_step"]


def test_nothing_of_a_strangers_body_is_read(tmp_path):
    async def never():
        raise AssertionError("the body was read")

    async def visit(office):
        app = office.pair.gateway.app
        return await call(app, "POST", ACCOUNTS, headers={"Authorization": "Bearer no"}, body=never)

    assert in_office(tmp_path, visit).status == 401


def test_an_address_that_keeps_failing_waits_and_the_operator_there_does_not(tmp_path):
    async def visit(office):
        for _ in range(5):
            await office.refused("GET", ACCOUNTS, token="wrong")
        slowed = asyncio.ensure_future(office.refused("GET", ACCOUNTS, token="wrong"))
        for _ in range(20):
            await asyncio.sleep(0)
        is_waiting = not slowed.done()
        await office.pair.pass_time(1)
        await slowed
        await office.done("GET", ACCOUNTS)
        return is_waiting

    assert in_office(tmp_path, visit)


def test_a_name_that_no_field_has_is_refused_with_the_nearest_one(tmp_path):
    async def visit(office):
        return await office.refused("POST", ACCOUNTS, {"name": "Shop", "chek_mode": "warn"})

    problem = in_office(tmp_path, visit)
    assert (problem["status"], problem["code"]) == (400, "invalid_body")
    assert problem["errors"] == [
        {
            "path": "/chek_mode",
            "code": "unknown_field",
            "message": "chek_mode is not a field here.",
            "mend": "The nearest known field is check_mode.",
        }
    ]


def test_every_fault_of_a_body_is_told_with_its_place(tmp_path):
    body = {
        "name": "",
        "kind": "barter",
        "price": {"amount": "1,5", "curency": "USD"},
        "requests_per_s": 0,
        "opt_out_keywords": ["stop", 7],
        "a/b": 1,
    }

    async def visit(office):
        return await office.refused("POST", ACCOUNTS, body)

    errors = {one["path"]: one["code"] for one in in_office(tmp_path, visit)["errors"]}
    assert errors == {
        "/a~1b": "unknown_field",
        "/name": "invalid_value",
        "/kind": "invalid_value",
        "/price/curency": "unknown_field",
        "/price/amount": "invalid_value",
        "/requests_per_s": "invalid_value",
        "/opt_out_keywords/1": "invalid_value",
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "invalid_json"), (b"\xff", "invalid_json"), (b"[]", "wrong_kind"), (b"", "required")],
)
def test_a_body_that_is_no_object_is_told_apart(tmp_path, body, code):
    async def visit(office):
        return await office.refused("POST", ACCOUNTS, body)

    problem = in_office(tmp_path, visit)
    assert (problem["status"], problem["errors"][0]["code"]) == (400, code)


def test_a_body_of_another_type_is_refused(tmp_path):
    async def visit(office):
        headers = {"Content-Type": "text/plain"}
        return await office.refused("POST", ACCOUNTS, b'{"name":"Shop"}', headers=headers)

    assert in_office(tmp_path, visit)["code"] == "wrong_content_type"


def test_a_body_that_is_too_large_is_refused_unread(tmp_path):
    async def visit(office):
        headers = {"Content-Length": str(2 * MIB), "Expect": "100-continue"}
        told = await office.refused("POST", ACCOUNTS, b"{}", headers=headers)
        counted = await office.refused("POST", ACCOUNTS, b" " * (MIB + 1))
        return told["code"], counted["code"]

    assert in_office(tmp_path, visit) == ("body_too_large", "body_too_large")


def test_every_wrong_parameter_is_told(tmp_path):
    async def visit(office):
        return await office.refused("GET", f"{ACCOUNTS}?limit=0&after={'x' * 400}")

    problem = in_office(tmp_path, visit)
    assert problem["code"] == "invalid_parameters"
    assert {one["path"] for one in problem["errors"]} == {"query/limit", "query/after"}


def test_an_address_that_is_none_and_a_method_that_is_none(tmp_path):
    async def visit(office):
        unknown = await office.refused("GET", "/v1/admin/nothing")
        method = await office.ask("PUT", ACCOUNTS, {})
        options = await office.ask("OPTIONS", ACCOUNTS)
        head = await office.ask("HEAD", ACCOUNTS)
        return unknown, method, options, head

    unknown, method, options, head = in_office(tmp_path, visit)
    assert (unknown["status"], unknown["code"]) == (404, "unknown_address")
    assert (method.status, method.json["code"]) == (405, "wrong_method")
    assert {"GET", "POST"} <= set(method.headers["allow"].split(", "))
    assert options.status == 204
    assert {"GET", "POST"} <= set(options.headers["allow"].split(", "))
    assert (head.status, head.body) == (200, b"")


def test_the_unforeseen_is_a_problem_for_the_asker_and_a_trace_for_the_log(tmp_path, capsys):
    async def visit(office):
        behind = office.pair.gateway.app.behind
        broken = build_framework(None, OperatorGuard(OPERATOR, Forgiving(), ()), None, None)
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        assert (await call(behind, "GET", ACCOUNTS, headers=headers)).status == 200
        return await call(broken, "GET", ACCOUNTS, headers=headers)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert b"Error" not in answer.body
    assert b"Traceback" not in answer.body
    log = capsys.readouterr().out
    assert "request.failed" in log
    assert "Traceback" in log


def test_a_database_that_does_not_answer_is_told_with_when_to_ask_again(tmp_path):
    async def visit(office):
        store = office.pair.store
        reading = store.read

        async def failing(query):
            raise StoreError("The disk is gone.")

        store.read = failing
        try:
            return await office.ask("GET", ACCOUNTS)
        finally:
            store.read = reading

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (503, "store_failed")
    assert int(answer.headers["retry-after"]) > 0


def test_the_frameworks_own_pages_are_nobodys(tmp_path):
    async def visit(office):
        paths = ("/v1/framework", "/v1/framework/openapi.json", "/schema", "/schema/openapi.json")
        return [(await office.ask("GET", path)).status for path in paths]

    assert in_office(tmp_path, visit) == [404] * 4


def test_a_value_that_is_none_is_told_those_there_are(tmp_path):
    async def visit(office):
        sender = f"{office.account}/senders/{SENDER}"
        return [
            (await office.refused("PATCH", path, body))["errors"]
            for path, body in (
                (office.account, {"check_mode": "wrn"}),
                (office.account, {"check_mode": None, "kind": 7}),
                (sender, {"state": "Paused", "api_version": "zzz"}),
            )
        ]

    (mode,), (kind, nothing), (state, version) = in_office(tmp_path, visit)
    assert (mode["path"], mode["code"]) == ("/check_mode", "invalid_value")
    assert mode["message"] == "wrn is none of the values there are."
    assert mode["mend"] == "Write one of strict, warn, off. The nearest is warn."
    assert {kind["path"], nothing["path"]} == {"/check_mode", "/kind"}
    assert state["mend"].endswith("The nearest is paused.") or version["mend"].endswith("paused.")
    assert all("Write one of " in one["mend"] for one in (kind, nothing, state, version))
