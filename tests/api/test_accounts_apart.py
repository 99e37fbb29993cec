"""Whatever address a customer asks, only what is theirs answers."""

from datetime import timedelta

import pytest

from support.asgi import call
from support.media_samples import PNG
from support.nouns import NOW, SENDER_ID, WABA_ID
from support.operator import form, in_office
from support.pair import text, wrapped
from waypost.api.framework import describe_api

MINE = {"waba_id": WABA_ID, "phone_number": SENDER_ID}
OTHER_WABA, OTHER_SENDER = "102290129340777", "919800000777"


def operations():
    """Every customers' operation of the document that names a WABA or a sender."""
    return [
        (method.upper(), path)
        for path, described in describe_api()["paths"].items()
        for method in described
        if path.startswith("/v2/{sid}/whatsapp/{")
    ]


async def open_other(office):
    """SID and key of another account, with a WABA and a sender."""
    opened = await office.done("POST", "/v1/admin/accounts", {"name": "Other"})
    path = f"/v1/admin/accounts/{opened['sid']}"
    await office.done("PUT", f"{path}/wabas/{OTHER_WABA}", {"access_token": "their-token"})
    body = {"phone_number_id": "106540352242777", "waba_id": OTHER_WABA}
    await office.done("PUT", f"{path}/senders/{OTHER_SENDER}", body)
    made = await office.done("POST", f"{path}/keys", {})
    return opened["sid"], made["key"]


async def never():
    raise AssertionError("the body was read")


@pytest.mark.parametrize(("method", "path"), operations())
def test_another_accounts_waba_or_sender_is_refused_unread(tmp_path, method, path):
    async def visit(office):
        sid, key = await open_other(office)
        app, calls = office.pair.gateway.app, len(office.pair.network.calls)
        answers = [
            await call(app, method, path.format(sid=of, **MINE), headers=headers, body=never)
            for of, headers in (
                (sid, {"api-key": key}),
                (office.pair.sid, {"api-key": key}),
                (sid, {"api-key": office.pair.key}),
            )
        ]
        assert len(office.pair.network.calls) == calls
        return [(one.status, one.json["code"]) for one in answers]

    assert in_office(tmp_path, visit) == [(401, "WA401"), (401, "RBC001"), (401, "RBC001")]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_anothers_message_is_as_if_there_were_none_and_stays_as_it_is(tmp_path, method):
    async def visit(office):
        later = (NOW + timedelta(hours=1)).isoformat()
        message_id = await office.pair.accepted(wrapped(text(), send_at=later))
        sid, key = await open_other(office)
        asked = f"/v2/{sid}/whatsapp/messages/{message_id}"
        answer = await call(office.pair.gateway.app, method, asked, headers={"api-key": key})
        as_operator = await office.refused(
            "DELETE", f"/v1/admin/accounts/{sid}/messages/{message_id}"
        )
        body = {"message_ids": [message_id], "resolution": "not_sent"}
        resolved = await office.done("POST", f"/v1/admin/accounts/{sid}/unknown/resolve", body)
        report = await office.pair.report(message_id)
        return answer, as_operator, resolved["messages"], report.state

    answer, as_operator, (resolved,), state = in_office(tmp_path, visit)
    (detail,) = answer.json["error"]["details"]
    assert (answer.status, detail["code"]) == (400, "not_found")
    assert as_operator["status"] == 404
    assert (resolved["is_done"], state) == (False, "accepted")


def test_anothers_template_medium_and_sample_are_as_if_there_were_none(tmp_path):
    async def visit(office):
        body, headers = form(PNG, type_="image/png")
        medium = await office.customer("POST", "media", body, headers=headers, of=SENDER_ID)
        sample = await office.customer("POST", "resumable_media", body, headers=headers)
        template = (await office.customer("GET", "message_templates?limit=1")).json["data"][0]
        sid, key = await open_other(office)
        account = f"/v1/admin/accounts/{sid}"
        base = f"/v2/{sid}/whatsapp/{OTHER_WABA}"

        async def ask(method, path, body=b""):
            given = {"api-key": key, "Content-Type": "application/json"}
            return await call(office.pair.gateway.app, method, path, headers=given, body=body)

        id_, handle = template["id"], sample.json["data"]["resumable_media_id"]
        edit = b'{"template_id": "%s", "category": "MARKETING"}' % id_.encode()
        return [
            await ask("GET", f"{base}/message_templates"),
            await ask("GET", f"{base}/resumable_media?id={handle}"),
            await ask("PUT", f"{base}/message_templates", edit),
            await ask("DELETE", f"{base}/message_templates?template_id={id_}"),
            await ask("DELETE", f"{base}/message_templates?ids={id_}"),
            await office.ask("DELETE", f"{account}/media/{medium.json['data']['id']}"),
            await office.ask("POST", f"{account}/wabas/{OTHER_WABA}/templates/{id_}/unpause"),
            await office.ask("POST", f"{account}/wabas/{WABA_ID}/sync"),
            await office.ask("POST", f"{account}/keys/{office.pair.key[:6]}/rotate", {}),
        ], [method for method, url in office.pair.network.calls if template["name"] in url]

    answers, asked = in_office(tmp_path, visit, meta_app_id="1234567890")
    templates, samples, *refused = answers[:5]
    assert (templates.json["data"], samples.json["data"]) == ([], [])
    for answer in refused:
        (detail,) = answer.json["error"]["details"]
        assert (answer.status, detail["code"]) == (400, "not_found")
    assert [one.json["code"] for one in answers[5:]] == ["not_found"] * 4
    assert asked == []
