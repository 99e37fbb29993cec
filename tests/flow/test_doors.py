"""Who may come in, by which spelling, and what everybody else is told, byte for byte."""

import asyncio
import json

import pytest

from support.asgi import call
from support.nouns import PHONE_NUMBER_ID, SENDER_ID, WABA_ID
from support.pair import a_sender, documented, running, text, wrapped
from waypost.directory.changes import NewAccount
from waypost.model.account import AccountKind, AccountState
from waypost.model.sender import ApiVersion

STATUSES = ("sent", "delivered", "read")
WRONG = b"this is no JSON"


def in_pair(folder, ask, **options):
    """What `ask` comes to in a running pair."""

    async def body():
        async with running(folder, **options) as pair:
            return await ask(pair)

    return asyncio.run(body())


async def unread():
    """A body that must not be read."""
    raise AssertionError("the body was read")


def test_the_answer_to_a_message_is_the_documented_one(tmp_path):
    answer = in_pair(tmp_path, lambda pair: pair.send(text()))

    message_id = answer.json["data"]["message_id"]
    assert answer.status == 202
    assert answer.headers["content-type"] == "application/json"
    assert answer.body == (
        b'{"code":"WA202","message":"Request Accepted","data":{"message_id":"'
        + message_id.encode()
        + b'"},"error":{}}'
    )


@pytest.mark.parametrize(
    "given",
    [
        {"key": "A" + "0" * 32},
        {"key": ""},
        {"sid": "HXIN0000000000IN"},
        {"key": "", "sid": "HXIN0000000000IN"},
    ],
)
def test_wrong_credentials_are_the_same_answer_and_nothing_of_the_body_is_read(tmp_path, given):
    answer = in_pair(tmp_path, lambda pair: pair.send(unread, **given, number="404"))

    assert (answer.status, answer.body) == (401, documented("credentials"))


def test_a_key_of_another_account_is_refused(tmp_path):
    async def ask(pair):
        registrar = pair.gateway.registrar
        other = await registrar.open_account(NewAccount("Other", AccountKind.PREPAID))
        key = await registrar.make_key(other.sid)
        return await pair.send(unread, key=key), await pair.send(text())

    foreign, own = in_pair(tmp_path, ask)
    assert (foreign.status, foreign.body) == (401, documented("credentials"))
    assert own.status == 202


def test_a_suspended_account_is_refused_before_its_sender_is_looked_at(tmp_path):
    async def ask(pair):
        await pair.gateway.registrar.set_state(pair.sid, AccountState.SUSPENDED)
        pair.clock.advance(1)
        suspended = await pair.send(unread, number="404")
        wrong = await pair.send(unread, key="A")
        await pair.gateway.registrar.set_state(pair.sid, AccountState.ACTIVE)
        pair.clock.advance(1)
        return suspended, wrong, await pair.send(text())

    suspended, wrong, active = in_pair(tmp_path, ask)
    assert (suspended.status, suspended.body) == (401, documented("account"))
    assert wrong.body == documented("credentials")
    assert active.status == 202


@pytest.mark.parametrize("number", ["919800000002", "404", "abc", "+", "%20", "91980000000१"])
def test_a_number_that_is_not_the_accounts_is_refused_before_the_body_is_read(tmp_path, number):
    answer = in_pair(tmp_path, lambda pair: pair.send(unread, number=number))

    assert (answer.status, answer.body) == (401, documented("sender"))


def test_a_sender_of_the_older_api_is_refused_before_the_body_is_read(tmp_path):
    async def ask(pair):
        await pair.save_sender(api_version=ApiVersion.V1)
        return await pair.send(unread)

    answer = in_pair(tmp_path, ask)
    assert (answer.status, answer.body) == (401, documented("sender-version"))


@pytest.mark.parametrize("number", [SENDER_ID, f"+{SENDER_ID}", f"%2B{SENDER_ID}"])
def test_a_sender_is_named_with_or_without_its_plus_sign(tmp_path, number):
    assert in_pair(tmp_path, lambda pair: pair.send(text(), number=number)).status == 202


@pytest.mark.parametrize("name", ["api-key", "Api-Key", "API-KEY"])
def test_the_key_may_be_named_in_any_case(tmp_path, name):
    async def ask(pair):
        return await pair.send(text(), key="", headers={name: pair.key})

    assert in_pair(tmp_path, ask).status == 202


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
    ],
)
def test_json_is_taken_however_its_type_is_spelled(tmp_path, content_type):
    headers = {"Content-Type": content_type}

    assert in_pair(tmp_path, lambda pair: pair.send(text(), headers=headers)).status == 202


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
def test_anything_else_than_json_is_refused(tmp_path, content_type):
    headers = {"Content-Type": content_type}
    answer = in_pair(tmp_path, lambda pair: pair.send(unread, headers=headers))

    assert answer.status == 400
    assert answer.json["error"]["payload"] == "Incorrect payload format"
    assert [fault["code"] for fault in answer.json["error"]["details"]] == ["content_type"]


def test_a_body_that_is_wrong_is_refused_with_every_fault_beside_the_documented_answer(tmp_path):
    async def ask(pair):
        broken = text(to="12")
        broken["text"] = {}
        return await pair.send(wrapped(broken)), await pair.send(WRONG), pair.arrived()

    faulty, no_json, arrived = in_pair(tmp_path, ask)
    for answer in (faulty, no_json):
        shown = answer.json
        details = shown["error"].pop("details")
        assert answer.status == 400
        assert json.dumps(shown, separators=(",", ":")).encode() == documented("payload")
        assert all(fault["message"] for fault in details)
    assert [fault["path"] for fault in faulty.json["error"]["details"]] == [
        "/messaging_object/to",
        "/messaging_object/text/body",
    ]
    assert no_json.json["error"]["details"][0]["line"] == 1
    assert arrived == []


def test_a_body_that_is_too_large_is_refused_told_or_not(tmp_path):
    async def ask(pair):
        large = json.dumps(text(text={"body": "x" * 5000})).encode()
        told = await pair.send(large, headers={"Content-Length": str(len(large))})
        return told, await pair.send(large), await pair.send(text())

    told, untold, small = in_pair(tmp_path, ask, max_body_bytes=4096)
    for answer in (told, untold):
        assert answer.status == 400
        assert answer.json["error"]["details"][0]["code"] == "body_too_large"
    assert small.status == 202


def test_a_wrong_body_is_told_before_an_empty_wallet(tmp_path):
    async def ask(pair):
        return await pair.send(WRONG), await pair.send(text())

    wrong, poor = in_pair(tmp_path, ask, top_up=0)
    assert wrong.json["code"] == "WA400"
    assert (poor.status, poor.body) == (400, documented("balance"))


def test_requests_beyond_the_accounts_own_limit_are_refused_for_a_moment(tmp_path):
    async def ask(pair):
        answers = [await pair.send(text()) for _ in range(3)]
        pair.clock.advance(1)
        return answers, await pair.send(text()), await pair.send(unread, key="A")

    (one, two, three), after, wrong = in_pair(tmp_path, ask, account={"requests_per_s": 2})
    assert (one.status, two.status, after.status) == (202, 202, 202)
    assert three.status == 429
    assert three.headers["retry-after"] == "1"
    assert three.body == (
        b'{"code":"WA429","message":"Too many requests. Please try again later","data":{},'
        b'"error":{"rate":"Too many requests. Please try again later"}}'
    )
    assert wrong.json["code"] == "RBC001"


def test_an_idempotency_key_with_another_body_is_refused(tmp_path):
    async def ask(pair):
        headers = {"Idempotency-Key": "k"}
        await pair.accepted(text(), headers=headers)
        other = await pair.send(text(text={"body": "other"}), headers=headers)
        empty = await pair.send(text(), headers={"Idempotency-Key": "k" * 256})
        return other, empty

    other, too_long = in_pair(tmp_path, ask)
    said = "The Idempotency-Key was already used with another body."
    assert other.status == 409
    assert other.json == {
        "code": "WA409",
        "message": said,
        "data": {},
        "error": {"idempotency_key": said},
    }
    assert (too_long.status, too_long.json["code"]) == (400, "WA400")


@pytest.mark.parametrize(
    ("method", "target", "status", "code"),
    [
        ("GET", "/", 404, "WA404"),
        ("POST", "/v1/{sid}/messages", 404, "WA404"),
        ("POST", "/v2/{sid}/whatsapp/919800000001/messages/", 404, "WA404"),
        ("GET", "/v2/{sid}/whatsapp/919800000001/messages", 405, "WA405"),
        ("PUT", "/v2/{sid}/whatsapp/919800000001/messages", 405, "WA405"),
        ("POST", "/v2/{sid}/whatsapp", 405, "WA405"),
        ("DELETE", "/webhooks/meta", 405, "WA405"),
        ("POST", "/health/live", 405, "WA405"),
    ],
)
def test_addresses_and_methods_that_are_none_are_told_in_the_envelope(
    tmp_path, method, target, status, code
):
    async def ask(pair):
        headers = {"api-key": pair.key}
        return await call(pair.gateway.app, method, target.format(sid=pair.sid), headers=headers)

    answer = in_pair(tmp_path, ask)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert list(answer.json) == ["code", "message", "data", "error"]
    assert ("allow" in answer.headers) == (status == 405)


def test_credentials_are_tested_by_the_list_of_senders(tmp_path):
    async def ask(pair):
        target = f"/v2/{pair.sid}/whatsapp"
        app = pair.gateway.app
        good = await call(app, "GET", target, headers={"Api-Key": pair.key})
        return good, await call(app, "GET", target), await call(app, "GET", "/v2/HX/whatsapp")

    good, no_key, no_account = in_pair(tmp_path, ask)
    assert good.status == 200
    assert good.json == {
        "code": "WA200",
        "message": "Request Processed Successfully",
        "data": {
            "senders": [
                {
                    "phone_number": f"+{SENDER_ID}",
                    "phone_number_id": PHONE_NUMBER_ID,
                    "waba_id": WABA_ID,
                    "status": "active",
                }
            ]
        },
        "error": {},
    }
    for answer in (no_key, no_account):
        assert (answer.status, answer.body) == (401, documented("credentials"))


def test_a_revoked_key_is_refused_within_a_second_and_another_goes_on(tmp_path):
    async def ask(pair):
        other = await pair.gateway.registrar.make_key(pair.sid)
        await pair.gateway.registrar.revoke_key(pair.sid, pair.key[:6])
        pair.clock.advance(1)
        return await pair.send(unread), await pair.send(text(), key=other)

    revoked, other = in_pair(tmp_path, ask)
    assert (revoked.status, revoked.body) == (401, documented("credentials"))
    assert other.status == 202


def test_an_expired_key_is_refused(tmp_path):
    async def ask(pair):
        key = await pair.gateway.registrar.make_key(pair.sid, days=1)
        pair.clock.advance(24 * 3600 - 2)
        before = await pair.send(text(), key=key)
        pair.clock.advance(2)
        return before, await pair.send(unread, key=key)

    before, after = in_pair(tmp_path, ask)
    assert before.status == 202
    assert (after.status, after.body) == (401, documented("credentials"))


def test_a_key_that_is_bound_to_addresses_is_refused_from_others(tmp_path):
    async def ask(pair):
        key = await pair.gateway.registrar.make_key(pair.sid, ["198.51.100.0/24", "2001:db8::1"])
        pair.clock.advance(1)
        inside = [
            (await pair.send(text(), key=key, client=client)).status
            for client in ("198.51.100.9", "2001:db8::1")
        ]
        outside = [
            await pair.send(unread, key=key, client=client)
            for client in ("198.51.101.9", "2001:db8::2", "")
        ]
        return inside, outside

    inside, outside = in_pair(tmp_path, ask)
    assert inside == [202, 202]
    assert {answer.body for answer in outside} == {documented("credentials")}


def test_a_sender_that_was_changed_is_seen_within_a_second(tmp_path):
    async def ask(pair):
        await pair.accepted(text())
        moved = a_sender(sender_id="919800000009", phone_number_id="9")
        before = await pair.send(text(), number=moved.sender_id)
        await pair.gateway.registrar.save_sender(pair.sid, moved)
        pair.clock.advance(1)
        return before, await pair.send(text(), number=moved.sender_id)

    before, after = in_pair(tmp_path, ask)
    assert (before.status, after.status) == (401, 202)


def test_meta_is_shaken_hands_with(tmp_path):
    async def ask(pair):
        app, door = pair.gateway.app, "/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444"
        answered = await call(
            pair.emulator.app, "POST", "/_emulator/handshake", body=b'{"url": null}'
        )
        return (
            await call(app, "GET", f"{door}&hub.verify_token=verify"),
            await call(app, "GET", f"{door}&hub.verify_token=other"),
            await call(app, "GET", door),
            await call(app, "GET", "/webhooks/meta"),
            answered.json["data"][0],
        )

    right, wrong, none, empty, by_meta = in_pair(tmp_path, ask)
    assert (right.status, right.body) == (200, b"1158201444")
    assert [answer.status for answer in (wrong, none, empty)] == [403, 403, 403]
    assert by_meta == {"url": "http://gateway/webhooks/meta", "verified": True, "reason": None}


def test_without_a_verify_token_nobody_is_let_in(tmp_path):
    async def ask(pair):
        target = "/webhooks/meta?hub.mode=subscribe&hub.challenge=1&hub.verify_token="
        return await call(pair.gateway.app, "GET", target)

    assert in_pair(tmp_path, ask, meta_verify_token="").status == 403


def test_those_who_watch_are_told_that_it_lives_is_ready_and_what_it_counts(tmp_path):
    async def ask(pair):
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, *STATUSES)
        await pair.send(WRONG)
        app = pair.gateway.app
        paths = ("/health/live", "/health/ready", "/metrics")
        return [await call(app, "GET", path) for path in paths]

    live, ready, metrics = in_pair(tmp_path, ask)
    assert (live.status, live.json) == (200, {"status": "live"})
    assert (ready.status, ready.json["status"]) == (200, "ready")
    shown = metrics.body.decode()
    assert "waypost_messages_accepted_total 1.0" in shown
    assert 'waypost_requests_refused_total{code="WA400"} 1.0' in shown
    assert 'waypost_dispatch_attempts_total{outcome="taken"} 1.0' in shown
    assert 'waypost_statuses_recorded_total{status="read"} 1.0' in shown


def test_a_gateway_that_cannot_keep_says_so_and_promises_nothing(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            for worker in pair.gateway.workers:
                worker.stop()
            await pair.store._writer.close()
            app, signed = pair.gateway.app, {"x-hub-signature-256": SIGNATURE_OF_NOTHING}
            webhook = await call(app, "POST", "/webhooks/meta", headers=signed)
            return await pair.send(text()), webhook

    answer, webhook = asyncio.run(body())
    assert (answer.status, answer.body) == (500, documented("internal"))
    assert webhook.status == 500


SIGNATURE_OF_NOTHING = "sha256=f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169"
"""HMAC-SHA256 under the key `secret`."""
