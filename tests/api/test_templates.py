"""Templates: the operator's addresses, and the customers' documented ones."""

import json

import pytest

from support.asgi import call
from support.operator import in_office
from support.pair import documented

NAME = "order_update"
ORDER_UPDATE_ID = "546151681022906"
BODY = {
    "type": "body",
    "text": "Hello {{1}}, your order is on its way.",
    "example": {"body_text": [["Jo"]]},
}
WELCOME = {"name": "welcome", "language": "en_US", "category": "marketing", "components": [BODY]}
TEMPLATES = "message_templates"


async def at_meta(office, path, **order):
    answer = await call(
        office.pair.emulator.app, "POST", f"/_emulator/{path}", body=json.dumps(order).encode()
    )
    assert answer.status == 200, answer.body


def of_key(office):
    return f"key:{office.pair.key[:6]}"


# ---- the operator -----------------------------------------------------------------------------


def test_templates_are_listed_by_what_is_asked_for_and_a_page_at_a_time(tmp_path):
    async def visit(office):
        first = await office.done("GET", f"{office.waba}/templates?limit=1&status=approved")
        second = await office.done("GET", f"{office.waba}/templates?limit=1&offset={first['next']}")
        named = await office.done("GET", f"{office.waba}/templates?name={NAME}&language=en_US")
        return first, second, named

    first, second, named = in_office(tmp_path, visit)
    assert first["items"][0]["status"] == "APPROVED"
    assert first["items"] != second["items"]
    assert [one["name"] for one in named["items"]] == [NAME]
    assert named["next"] is None


def test_what_became_of_a_template_is_told_the_newest_first(tmp_path):
    async def visit(office):
        await at_meta(office, "templates", id=ORDER_UPDATE_ID, status="PAUSED", announce=False)
        await office.done("POST", f"{office.waba}/sync")
        path = f"{office.waba}/template_changes?limit=1"
        page = await office.done("GET", path)
        older = await office.done("GET", f"{path}&before={page['next']}")
        return page["items"][0], older["items"][0]

    newest, older = in_office(tmp_path, visit)
    assert (newest["name"], newest["what"]) == (NAME, "status")
    assert (newest["before"], newest["after"]) == ("APPROVED", "PAUSED")
    assert int(older["id"]) < int(newest["id"])


def test_a_template_is_checked_made_changed_and_deleted(tmp_path):
    async def visit(office):
        path = f"{office.waba}/templates"
        assert await office.done("POST", f"{path}/check", WELCOME) == {"findings": []}
        created = await office.done("POST", path, WELCOME)
        await office.pair.pass_time(15)  # the emulator's review takes a moment
        change = {"components": [{**BODY, "text": "Hi {{1}}, your order is on its way."}]}
        edited = await office.done("PATCH", f"{path}/{created['id']}", change)
        await office.done("DELETE", f"{path}?name=welcome")
        listed = await office.done("GET", f"{path}?name=welcome")
        return created, edited, listed["items"], await office.acts()

    created, edited, listed, acts = in_office(tmp_path, visit)
    assert created["status"] == "PENDING"
    assert edited["success"] is True
    assert listed == []
    assert [act for act in acts if act[0].startswith("template.")] == [
        ("template.created", "operator", "203.0.113.77"),
        ("template.edited", "operator", "203.0.113.77"),
        ("template.deleted", "operator", "203.0.113.77"),
    ]


def test_faults_of_a_definition_are_told_with_metas_codes_and_meta_is_not_asked(tmp_path):
    broken = {**WELCOME, "name": "Wel come", "components": [{"type": "body", "text": "{{1}}"}]}

    async def visit(office):
        del office.pair.network.hosts["meta"]
        checked = await office.done("POST", f"{office.waba}/templates/check", broken)
        refused = await office.refused("POST", f"{office.waba}/templates", broken)
        return checked["findings"], refused

    findings, refused = in_office(tmp_path, visit)
    assert refused["code"] == "invalid_definition"
    assert refused["errors"] == findings
    assert len(findings) > 1
    assert all(one["meta_code"] and one["mend"] for one in findings)


def test_a_paused_template_is_unpaused(tmp_path):
    async def visit(office):
        await at_meta(office, "templates", id=ORDER_UPDATE_ID, status="PAUSED", announce=False)
        await office.done("POST", f"{office.waba}/sync")
        (paused,) = (await office.done("GET", f"{office.waba}/templates?name={NAME}"))["items"]
        await office.done("POST", f"{office.waba}/templates/{paused['id']}/unpause")
        await office.pair.pass_time(15)
        (again,) = (await office.done("GET", f"{office.waba}/templates?name={NAME}"))["items"]
        return paused["status"], again["status"], (await office.acts())[-1]

    paused, again, act = in_office(tmp_path, visit)
    assert (paused, again) == ("PAUSED", "APPROVED")
    assert act == ("template.unpaused", "operator", "203.0.113.77")


def test_a_template_that_is_none_is_not_found(tmp_path):
    async def visit(office):
        path = f"{office.waba}/templates/1"
        return [
            (await office.refused("PATCH", path, {"category": "UTILITY"}))["code"],
            (await office.refused("POST", f"{path}/unpause"))["code"],
            (await office.refused("DELETE", f"{office.waba}/templates?name=none"))["code"],
        ]

    assert in_office(tmp_path, visit) == ["not_found", "not_found", "meta_refused"]


# ---- the customer -----------------------------------------------------------------------------


def test_a_customer_lists_templates_in_metas_form_with_their_sid_as_company(tmp_path):
    async def visit(office):
        answer = await office.customer("GET", f"{TEMPLATES}?name={NAME}&status=APPROVED&limit=5")
        return answer, office.pair.sid

    answer, sid = in_office(tmp_path, visit)
    assert answer.status == 200
    assert list(answer.json) == ["code", "message", "data", "error"]
    assert (answer.json["code"], answer.json["message"], answer.json["error"]) == (
        "WA200",
        "Request Processed Successfully",
        {},
    )
    (template,) = answer.json["data"]
    assert (template["name"], template["company_id"]) == (NAME, sid)
    assert {one["type"] for one in template["components"]} >= {"BODY"}


def test_a_page_of_a_customers_templates_is_cut_by_limit_and_offset(tmp_path):
    async def visit(office):
        whole = (await office.customer("GET", TEMPLATES)).json["data"]
        cut = (await office.customer("GET", f"{TEMPLATES}?limit=2&offset=3")).json["data"]
        wrong = await office.customer("GET", f"{TEMPLATES}?limit=none")
        return whole, cut, wrong

    whole, cut, wrong = in_office(tmp_path, visit)
    assert cut == whole[3:5]
    assert (wrong.status, wrong.json["code"]) == (400, "WA400")
    assert wrong.json["error"]["details"][0]["path"] == "query/limit"


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_customer_makes_a_template_and_sees_it_at_once(tmp_path, is_wrapped):
    async def visit(office):
        body = {"messaging_object": WELCOME} if is_wrapped else WELCOME
        created = await office.customer("POST", TEMPLATES, body)
        listed = await office.customer("GET", f"{TEMPLATES}?name=welcome")
        return created, listed.json["data"], (await office.acts())[-1], of_key(office)

    created, listed, act, actor = in_office(tmp_path, visit)
    assert (created.status, created.json["code"]) == (200, "WA200")
    assert set(created.json["data"]) == {"id", "status", "category"}
    assert [one["id"] for one in listed] == [created.json["data"]["id"]]
    assert act == ("template.created", actor, "203.0.113.7")


def test_a_number_with_a_fraction_is_judged_as_the_number_it_is(tmp_path):
    async def visit(office):
        body = {**WELCOME, "message_send_ttl_seconds": 600.5}
        checked = await office.done("POST", f"{office.waba}/templates/check", body)
        refused = await office.customer("POST", TEMPLATES, body)
        return checked["findings"], refused.json["error"].get("details", [])

    findings, details = in_office(tmp_path, visit)
    assert [one["path"] for one in findings] == [one["path"] for one in details]


def test_a_customer_changes_a_template_by_its_id_or_by_its_name(tmp_path):
    change = {"components": [{**BODY, "text": "Hi {{1}}, your order is on its way."}]}

    async def visit(office):
        (template,) = (await office.customer("GET", f"{TEMPLATES}?name={NAME}")).json["data"]
        by_id = await office.customer("PUT", TEMPLATES, {"template_id": template["id"], **change})
        by_name = await office.customer(
            "PUT", TEMPLATES, {"name": NAME, "language": "en_US", **change}
        )
        nobody = await office.customer("PUT", TEMPLATES, {"name": "none", **change})
        return by_id, by_name, nobody

    by_id, by_name, nobody = in_office(tmp_path, visit)
    assert (by_id.status, by_id.json["data"]["success"]) == (200, True)
    assert by_name.status in (200, 400)  # Meta takes one change of an approved template in a day
    if by_name.status == 400:
        assert by_name.json["error"]["details"][0]["code"] == "meta_refused"
    assert nobody.json["error"]["details"][0]["code"] == "not_found"


def test_a_customer_deletes_one_template_or_several(tmp_path):
    async def visit(office):
        listed = (await office.customer("GET", TEMPLATES)).json["data"]
        names = list(dict.fromkeys(one["name"] for one in listed))
        last = listed[-1]
        one = await office.customer("DELETE", f"{TEMPLATES}?template_id={last['id']}")
        several = await office.customer("DELETE", f"{TEMPLATES}?names={NAME},none,{names[1]}")
        none = await office.customer("DELETE", f"{TEMPLATES}?ids=1,2")
        unsaid = await office.customer("DELETE", TEMPLATES)
        left = {row["name"] for row in (await office.customer("GET", TEMPLATES)).json["data"]}
        return one, several, none, unsaid, left, {NAME, names[1], last["name"]}

    one, several, none, unsaid, left, gone = in_office(tmp_path, visit)
    assert (one.status, one.json["data"]) == (200, {"success": True})
    assert several.status == 200
    assert len(several.json["data"]["deleted"]) == 2
    assert "none:" in several.json["data"]["failed"][0]["message"]
    assert not gone & left
    assert [each["code"] for each in none.json["error"]["details"]] == ["not_found", "not_found"]
    assert unsaid.json["error"]["details"][0]["path"] == "query/name"


def test_what_meta_refuses_is_told_in_its_code_and_words(tmp_path):
    async def visit(office):
        return await office.customer("DELETE", f"{TEMPLATES}?name=none")

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (400, "WA400")
    (detail,) = answer.json["error"]["details"]
    assert (detail["code"], detail["meta_code"]) == ("meta_refused", 100)
    assert "none" in detail["message"]
    assert detail["mend"]


def test_meta_that_cannot_be_reached_is_an_error_of_ours_with_its_reason(tmp_path):
    async def visit(office):
        del office.pair.network.hosts["meta"]
        return await office.customer("POST", TEMPLATES, WELCOME)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (500, "WA500")
    assert answer.json["error"]["details"][0]["code"] == "meta_unreachable"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b"[]", "wrong_kind"),
        (b'{"name": 1e999}', "invalid_json"),
        (b'{"name": "\xff"}', "invalid_utf8"),
    ],
)
def test_a_definition_that_is_no_json_object_is_refused(tmp_path, body, code):
    async def visit(office):
        return await office.customer("POST", TEMPLATES, body)

    answer = in_office(tmp_path, visit)
    assert answer.json["error"]["details"][0]["code"] == code


# ---- the order of the checks ------------------------------------------------------------------


def test_credentials_come_first_then_the_account_then_the_waba_and_nothing_is_read(tmp_path):
    async def never():
        raise AssertionError("the body was read")

    async def visit(office):
        path = f"/v2/{office.pair.sid}/whatsapp/1/{TEMPLATES}"
        app, key = office.pair.gateway.app, {"api-key": office.pair.key}
        answers = [await call(app, "POST", path, body=never)]
        await office.done("POST", f"{office.account}/suspend")
        answers.append(await call(app, "POST", path, headers=key, body=never))
        await office.done("POST", f"{office.account}/resume")
        answers.append(await call(app, "POST", path, headers=key, body=never))
        return answers

    credentials, account, waba = in_office(tmp_path, visit)
    assert credentials.body == documented("credentials")
    assert account.json["code"] == "WA-401"
    assert (waba.status, waba.json["code"]) == (401, "WA401")
    assert list(waba.json["error"]) == ["waba_id"]


def test_an_accounts_limit_of_requests_holds_here_too(tmp_path):
    async def visit(office):
        return [await office.customer("GET", TEMPLATES) for _ in range(2)]

    first, second = in_office(tmp_path, visit, account={"requests_per_s": 1})
    assert (first.status, second.status, second.json["code"]) == (200, 429, "WA429")
    assert int(second.headers["retry-after"]) >= 1


def test_a_method_that_is_none_is_told_in_the_envelope_with_those_that_are(tmp_path):
    async def visit(office):
        return await office.customer("PATCH", TEMPLATES, {}), await office.customer(
            "GET", "nothing"
        )

    method, unknown = in_office(tmp_path, visit)
    assert (method.status, method.json["code"]) == (405, "WA405")
    assert set(method.headers["allow"].split(", ")) == {
        "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT",
    }  # fmt: skip
    assert (unknown.status, unknown.json["code"]) == (404, "WA404")
