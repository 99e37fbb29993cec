"""Erasing a recipient over HTTP: by the operator, and by the account itself."""

import json
from datetime import timedelta

from support.asgi import call
from support.nouns import NOW
from support.operator import in_office
from support.pair import TO, text, wrapped

LATER = (NOW + timedelta(hours=1)).isoformat()
NUMBER = TO.lstrip("+")


async def own(office, body, *, key=None):
    """One request of the account."""
    pair = office.pair
    return await call(
        pair.gateway.app,
        "POST",
        f"/v2/{pair.sid}/recipients/erase",
        headers={"api-key": key or pair.key, "Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


async def read_message(office):
    message_id = await office.pair.accepted(text())
    await office.pair.until_told(message_id, "sent", "delivered", "read")
    await office.pair.pass_time(1)
    return message_id


def test_the_operator_erases_a_recipient_and_is_told_what_went(tmp_path):
    async def visit(office):
        message_id = await read_message(office)
        path = f"{office.account}/recipients/erase"
        erased = await office.done("POST", path, {"recipient": TO})
        again = await office.done("POST", path, {"recipient": TO})
        report = await office.pair.report(message_id)
        log = await office.done("GET", "/v1/admin/audit")
        return erased, again, report, log["items"][0] if "items" in log else log

    erased, again, report, log = in_office(tmp_path, visit)
    assert (erased["is_complete"], erased["left"], erased["cancelled"]) == (True, {}, 0)
    assert erased["erased"]["messages"] == 1
    assert report.recipient == erased["pseudonym"] == again["pseudonym"]
    assert again["erased"] == {}
    assert NUMBER not in json.dumps(log)


def test_a_recipient_for_whom_something_waits_is_a_conflict_unless_it_is_cancelled(tmp_path):
    async def visit(office):
        await office.pair.accepted(wrapped(text(), send_at=LATER))
        path = f"{office.account}/recipients/erase"
        refused = await office.ask("POST", path, {"recipient": TO})
        done = await office.done("POST", path, {"recipient": TO, "cancel": True})
        return refused, done

    refused, done = in_office(tmp_path, visit)
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert "unknown outcome: 1" in refused.json["detail"]
    assert NUMBER not in refused.body.decode()
    assert (done["cancelled"], done["is_complete"]) == (1, True)


def test_what_is_no_recipient_is_told_by_its_place(tmp_path):
    async def visit(office):
        return await office.ask(
            "POST", f"{office.account}/recipients/erase", {"recipient": "my friend"}
        )

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["errors"][0]["path"]) == (400, "/recipient")


def test_an_account_erases_its_own_recipient_in_the_documented_envelope(tmp_path):
    async def visit(office):
        await read_message(office)
        return [
            await own(office, {"recipient": TO}),
            await own(office, {"recipient": TO, "cancel": "yes"}),
            await own(office, {}),
            await own(office, {"recipient": TO}, key="A" * 33),
        ]

    done, wrong_kind, nobody, stranger = in_office(tmp_path, visit)
    assert done.status == 200
    assert done.json["data"]["erased"]["messages"] == 1
    assert done.json["data"]["left"] == {}
    assert [one.status for one in (wrong_kind, nobody)] == [400, 400]
    assert wrong_kind.json["error"]["details"][0]["path"] == "/cancel"
    assert nobody.json["error"]["details"][0]["path"] == "/recipient"
    assert stranger.status == 401
