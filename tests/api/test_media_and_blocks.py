"""Media, samples and blocked users: the customers' documented addresses, and the operator's."""

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from support.asgi import call
from support.media_samples import JPEG, PDF, PNG
from support.nouns import SENDER_ID
from support.operator import form, in_office
from support.pair import wrapped
from waypost.api.asgi import BODY_S, BodyTooSlowError, ClientLeftError
from waypost.api.bounded import MIB, BoundedBody

WROTE = "+919876543210"


def test_an_uploaded_medium_is_sent_by_its_id_listed_and_deleted(tmp_path):
    async def visit(office):
        body, headers = form(PNG, type_="image/png")
        uploaded = await office.customer("POST", "media", body, of=SENDER_ID, headers=headers)
        media_id = uploaded.json["data"]["id"]
        message = {
            "messaging_product": "whatsapp",
            "to": WROTE,
            "type": "image",
            "image": {"id": media_id},
        }
        await office.pair.accepted(wrapped(message))
        listed = (await office.done("GET", f"{office.account}/media"))["items"]
        await office.done("DELETE", f"{office.account}/media/{media_id}")
        gone = await office.refused("DELETE", f"{office.account}/media/{media_id}")
        acts = [act for act in await office.acts() if act[0].startswith("medium.")]
        return uploaded, media_id, listed, gone, acts, office.pair.key[:6]

    uploaded, media_id, listed, gone, acts, prefix = in_office(tmp_path, visit)
    assert (uploaded.status, uploaded.json["code"]) == (200, "WA200")
    assert uploaded.json["data"] == {"id": media_id}
    assert [(one["media_id"], one["mime_type"], one["file_name"]) for one in listed] == [
        (media_id, "image/png", "picture.png")
    ]
    assert gone["code"] == "not_found"
    assert acts == [
        ("medium.uploaded", f"key:{prefix}", "203.0.113.7"),
        ("medium.removed", "operator", "203.0.113.77"),
    ]


def test_a_type_that_the_form_leaves_out_is_that_of_its_part(tmp_path):
    async def visit(office):
        body, headers = form(JPEG, part_type="image/jpeg", file_name="a.jpg")
        return await office.customer("POST", "media", body, of=SENDER_ID, headers=headers)

    assert in_office(tmp_path, visit).status == 200


def test_content_that_is_not_what_it_says_is_refused_with_every_fault(tmp_path):
    async def visit(office):
        body, headers = form(b"MZ not a picture", type_="image/png")
        return await office.customer("POST", "media", body, of=SENDER_ID, headers=headers)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (400, "WA400")
    assert answer.json["error"]["details"]


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{}", "application/json", "content_type"),
        (b"x", "multipart/form-data", "content_type"),
        (b"not a form", "multipart/form-data; boundary=line", "invalid_form"),
        (
            form(PNG)[0].replace(b'"file"', b'"fiel"'),
            "multipart/form-data; boundary=line",
            "required",
        ),
    ],
)
def test_a_form_without_a_file_is_refused_with_what_is_missing(tmp_path, body, content_type, code):
    async def visit(office):
        headers = {"Content-Type": content_type}
        return await office.customer("POST", "media", body, of=SENDER_ID, headers=headers)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["error"]["details"][0]["code"]) == (400, code)


def test_a_form_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    async def visit(office):
        headers = {
            "Content-Type": "multipart/form-data; boundary=line",
            "Content-Length": str(102 * MIB),
        }
        return await office.customer("POST", "media", b"", of=SENDER_ID, headers=headers)

    answer = in_office(tmp_path, visit)
    assert answer.json["error"]["details"][0]["code"] == "body_too_large"


def test_media_of_a_number_that_is_not_the_accounts_are_refused_unread(tmp_path):
    async def never():
        raise AssertionError("the body was read")

    async def visit(office):
        path = f"/v2/{office.pair.sid}/whatsapp/919800000999/media"
        headers = {"api-key": office.pair.key}
        return await call(office.pair.gateway.app, "POST", path, headers=headers, body=never)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (401, "WA401")
    assert list(answer.json["error"]) == ["phone_number"]


def test_large_bodies_of_one_account_are_read_two_at_a_time(tmp_path):
    async def visit(office):
        body, headers = form(PNG, type_="image/png")
        begun, two, may_go_on = [], asyncio.Event(), asyncio.Event()

        def trickling(number):
            async def receive():
                begun.append(number)
                if len(begun) > 1:
                    two.set()
                await may_go_on.wait()
                return {"type": "http.request", "body": body, "more_body": False}

            return receive

        path = f"/v2/{office.pair.sid}/whatsapp/{SENDER_ID}/media"
        given = {**headers, "api-key": office.pair.key, "Content-Length": str(100 * MIB)}
        async with asyncio.TaskGroup() as tasks:
            asked = [
                tasks.create_task(
                    call(
                        office.pair.gateway.app,
                        "POST",
                        path,
                        headers=given,
                        body=trickling(number),
                    )
                )
                for number in range(10)
            ]
            await two.wait()
            for _ in range(1000):
                await asyncio.sleep(0)
            at_first = list(begun)
            may_go_on.set()
        return at_first, [one.result().status for one in asked]

    at_first, statuses = in_office(tmp_path, visit)
    assert at_first == [0, 1]
    assert statuses == [200] * 10


def test_a_sample_is_uploaded_for_its_handle_and_listed(tmp_path):
    async def visit(office):
        body, headers = form(PDF, type_="application/pdf", file_name="menu.pdf")
        sample = await office.customer("POST", "resumable_media", body, headers=headers)
        id_ = sample.json["data"]["resumable_media_id"]
        one = await office.customer("GET", f"resumable_media?id={id_}")
        none = await office.customer("GET", "resumable_media?id=none")
        return sample, one.json["data"], none.json["data"]

    sample, one, none = in_office(tmp_path, visit, meta_app_id="1234567890")
    assert (sample.status, sample.json["code"]) == (200, "WA200")
    shown = sample.json["data"]
    assert (shown["status"], shown["file_name"], shown["reason"]) == ("UPLOADED", "menu.pdf", None)
    assert shown["uploaded_file_handle"]
    assert (one, none) == ([shown], [])


def test_a_missing_setting_is_named_to_the_operator_alone(tmp_path):
    async def visit(office):
        body, headers = form(PDF, type_="application/pdf", file_name="menu.pdf")
        with capture_logs() as logs:
            answer = await office.customer("POST", "resumable_media", body, headers=headers)
        return answer, logs

    answer, logs = in_office(tmp_path, visit, meta_app_id="")
    assert (answer.status, answer.json["code"]) == (500, "WA500")
    (detail,) = answer.json["error"]["details"]
    assert (detail["path"], detail["code"]) == ("", "not_set_up")
    assert detail["mend"].startswith("Ask whoever runs this gateway")
    assert b"meta_app_id" not in answer.body.lower()
    assert [one["setting"] for one in logs if one["log_level"] == "error"] == ["meta_app_id"]


def test_the_twenty_first_sample_of_an_hour_waits(tmp_path):
    async def visit(office):
        answers = []
        for number in range(21):
            body, headers = form(PDF + bytes([number]), type_="application/pdf", file_name="a.pdf")
            answers.append(await office.customer("POST", "resumable_media", body, headers=headers))
        return [one.status for one in answers], answers[-1]

    statuses, last = in_office(tmp_path, visit, meta_app_id="1234567890")
    assert statuses == [200] * 20 + [429]
    assert int(last.headers["retry-after"]) > 3000


def test_users_are_blocked_and_let_write_again_each_by_itself(tmp_path):
    async def visit(office):
        order = json.dumps({"from": WROTE, "text": "hello"}).encode()
        await call(office.pair.emulator.app, "POST", "/_emulator/inbound", body=order)
        users = [{"user": WROTE}, {"user": "+919876500000"}]
        body = {"messaging_product": "whatsapp", "block_users": users}
        blocked = await office.customer("POST", "block_users", body, of=SENDER_ID)
        body["block_users"] = users[:1]
        unblocked = await office.customer("DELETE", "block_users", body, of=SENDER_ID)
        return blocked, unblocked, (await office.acts())[-2:]

    blocked, unblocked, acts = in_office(tmp_path, visit)
    assert (blocked.status, blocked.json["code"]) == (200, "WA200")
    told = blocked.json["data"]["block_users"]
    assert told["added_users"] == [{"input": WROTE, "wa_id": "919876543210"}]
    assert told["failed_users"][0]["input"] == "+919876500000"
    assert told["failed_users"][0]["errors"][0]["code"]
    assert unblocked.json["data"]["block_users"]["removed_users"][0]["input"] == WROTE
    assert [act for act, *_ in acts] == ["users.blocked", "users.unblocked"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "/block_users"),
        ({"block_users": {}}, "/block_users"),
        ({"block_users": []}, "/block_users"),
        ({"block_users": ["+919876543210"]}, "/block_users/0/user"),
        ({"block_users": [{"user": WROTE}, {"user": 7}]}, "/block_users/1/user"),
        ({"block_users": [{"user": "+919876500000"}]}, "/block_users"),
    ],
)
def test_users_that_are_none_and_users_that_meta_refuses_are_named(tmp_path, body, path):
    async def visit(office):
        return await office.customer("POST", "block_users", body, of=SENDER_ID)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (400, "WA400")
    assert answer.json["error"]["details"][0]["path"] == path


# ---- bodies that are slow, and clients that leave ---------------------------------------------


def bounded(*events):
    left = list(events)

    async def receive():
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return BoundedBody({"headers": []}, receive)


def test_patience_grows_with_what_a_route_takes():
    body = bounded()
    assert body.patience_s == BODY_S
    body.allow({"most_bytes": 101 * MIB})
    assert body.patience_s == BODY_S + 100


def test_a_body_that_does_not_come_is_given_up(monkeypatch):
    monkeypatch.setattr("waypost.api.bounded.BODY_S", 0.01)
    with pytest.raises(BodyTooSlowError):
        asyncio.run(bounded().receive())


def test_a_client_that_leaves_is_sent_nothing():
    sent = []

    async def send(event):
        sent.append(event)

    async def run():
        body = bounded({"type": "http.disconnect"})
        with pytest.raises(ClientLeftError):
            await body.receive()
        await body.answering(send)({"type": "http.response.start"})

    asyncio.run(run())
    assert sent == []


def test_a_client_that_leaves_amid_an_upload_leaves_no_error_behind(tmp_path, capsys):
    events = [
        {"type": "http.request", "body": b"--line\r\n", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def leaving():
        return events.pop(0)

    async def visit(office):
        sent = []

        async def send(event):
            sent.append(event)

        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/v2/{office.pair.sid}/whatsapp/{SENDER_ID}/media",
            "raw_path": b"",
            "query_string": b"",
            "headers": [
                (b"api-key", office.pair.key.encode()),
                (b"content-type", b"multipart/form-data; boundary=line"),
            ],
            "client": ("203.0.113.7", 50_000),
        }
        await office.pair.gateway.app(scope, leaving, send)
        return sent

    assert in_office(tmp_path, visit) == []
    assert "request.failed" not in capsys.readouterr().out
