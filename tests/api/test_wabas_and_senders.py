"""WABAs are saved with tokens that never come back; senders are saved, changed and paused."""

from support.nouns import PHONE_NUMBER_ID, SENDER_ID, WABA_ID
from support.operator import in_office
from support.pair import text, wrapped


def test_a_waba_is_saved_and_its_token_never_comes_back(tmp_path):
    async def visit(office):
        body = {"access_token": "another-token", "name": "Shop"}
        saved = await office.ask("PUT", f"{office.account}/wabas/102290129340399", body)
        listed = await office.ask("GET", f"{office.account}/wabas")
        assert saved.status == 200
        assert b"another-token" not in saved.body + listed.body
        assert b"sealed:" not in saved.body + listed.body
        return saved.json, listed.json["items"], await office.acts()

    saved, listed, acts = in_office(tmp_path, visit)
    # The gateway reads it from Meta at once: how that went may stand there already.
    shown = {"waba_id", "name", "portfolio_id", "catalogue_id", "synced_at", "sync_failure"}
    assert saved.keys() == shown
    assert (saved["waba_id"], saved["name"]) == ("102290129340399", "Shop")
    assert ("102290129340399", "Shop") in [(one["waba_id"], one["name"]) for one in listed]
    assert acts[-1] == ("waba.added", "operator", "203.0.113.77")


def test_a_messaging_limit_is_told_with_what_is_left_of_it(tmp_path):
    async def visit(office):
        await office.done("PUT", office.waba, {"access_token": "meta-token", "portfolio_id": "p1"})
        await office.done("POST", f"{office.waba}/sync")
        waba = await office.done("GET", office.waba)
        limit = await office.done("GET", f"{office.waba}/messaging-limit")
        await office.refused("GET", f"{office.account}/wabas/1/messaging-limit")
        return waba, limit, await office.acts()

    waba, limit, acts = in_office(tmp_path, visit)
    assert waba["portfolio_id"] == "p1"
    assert limit == {
        "portfolio_id": "p1",
        "limit": 100_000,
        "is_known": True,
        "used": 0,
        "free": 100_000,
        "waiting": 0,
        "hours": [],
    }
    assert ("waba.portfolio_set", "operator", "203.0.113.77") in acts


def test_a_sender_follows_meta_until_the_operator_names_a_throughput(tmp_path):
    async def visit(office):
        path = f"{office.account}/senders/{SENDER_ID}"
        body = {"phone_number_id": PHONE_NUMBER_ID, "waba_id": WABA_ID}
        office.pair.emulator.state.first_number.throughput = 1000
        told = []
        for method, sent in (
            ("PUT", body),
            ("PATCH", {"throughput": 200}),
            ("PATCH", {"throughput": None}),
        ):
            await office.done(method, path, sent)
            await office.done("POST", f"{office.waba}/sync")
            shown = await office.done("GET", path)
            told.append((shown["throughput"], shown["is_throughput_pinned"]))
        return told

    assert in_office(tmp_path, visit) == [(1000, False), (200, True), (1000, False)]


def test_a_waba_is_read_from_meta_when_the_operator_asks(tmp_path):
    async def visit(office):
        await office.done("PUT", office.waba, {"access_token": "meta-token", "name": "Plants"})
        report = await office.done("POST", f"{office.waba}/sync")
        return report, await office.done("GET", office.waba), await office.acts()

    report, shown, acts = in_office(tmp_path, visit)
    assert (report["waba_id"], report["skipped"]) == (WABA_ID, 0)
    assert report["templates"] > 10
    assert (shown["name"], shown["sync_failure"]) == ("Plants", None)
    assert shown["synced_at"] is not None
    assert acts[-1] == ("waba.synchronized", "operator", "203.0.113.77")


def test_a_token_that_meta_refuses_is_told_in_metas_words(tmp_path):
    async def visit(office):
        await office.done("PUT", office.waba, {"access_token": "expired-token"})
        problem = await office.refused("POST", f"{office.waba}/sync")
        return problem, await office.done("GET", office.waba)

    problem, shown = in_office(tmp_path, visit)
    assert (problem["status"], problem["code"]) == (502, "meta_refused")
    assert problem["errors"][0]["meta_code"] == 190
    assert problem["errors"][0]["mend"]
    assert "190" in shown["sync_failure"]
    assert "expired-token" not in str(problem) + str(shown)


def test_meta_that_cannot_be_reached_is_told_with_when_to_ask_again(tmp_path):
    async def visit(office):
        del office.pair.network.hosts["meta"]
        return await office.ask("POST", f"{office.waba}/sync")

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (503, "meta_unreachable")
    assert int(answer.headers["retry-after"]) > 0


def test_a_waba_that_is_none_is_not_found(tmp_path):
    async def visit(office):
        unknown = await office.refused("GET", f"{office.account}/wabas/1")
        wrong = await office.refused("PUT", f"{office.account}/wabas/shop", {"access_token": "x"})
        return unknown["code"], wrong["errors"][0]["path"]

    assert in_office(tmp_path, visit) == ("not_found", "path/waba_id")


def test_a_sender_is_added_looked_at_and_changed(tmp_path):
    body = {
        "phone_number_id": "106540352242923",
        "waba_id": WABA_ID,
        "callback_url": "https://user:secret@shop.example.com/status?token=secret",
        "display_name": "Shop",
    }

    async def visit(office):
        path = f"{office.account}/senders/+919800000009"
        added = await office.done("PUT", path, body)
        changed = await office.done("PATCH", path, {"throughput": 5, "callback_url": None})
        assert await office.done("GET", path) == changed
        listed = await office.done("GET", f"{office.account}/senders")
        return added, changed, listed["items"], await office.acts()

    added, changed, listed, acts = in_office(tmp_path, visit)
    assert added == {
        "phone_number": "+919800000009",
        "phone_number_id": "106540352242923",
        "waba_id": WABA_ID,
        "throughput": 80,
        "api_version": "v2",
        "state": "active",
        "display_name": "Shop",
        "is_throughput_pinned": False,
        "held_until": None,
        "held_for": None,
        "heard_at": None,
        "callback_profiles": added["callback_profiles"],
    }
    assert len(added["callback_profiles"]) == 1
    assert changed == {
        **added,
        "throughput": 5,
        "is_throughput_pinned": True,
        "callback_profiles": [],
    }
    assert len(listed) == 2
    assert [act for act, *_ in acts[-2:]] == ["sender.added", "sender.changed"]


def test_a_paused_sender_sends_nothing_until_it_is_resumed(tmp_path):
    async def visit(office):
        path = f"{office.account}/senders/{SENDER_ID}"
        paused = await office.done("POST", f"{path}/pause")
        message_id = await office.pair.accepted(wrapped(text()))
        await office.pair.pass_time(2)
        waiting = office.pair.arrived()
        resumed = await office.done("POST", f"{path}/resume")
        await office.pair.until_state(message_id, "read")
        return paused["state"], waiting, resumed["state"]

    assert in_office(tmp_path, visit) == ("paused", [], "active")


def test_a_sender_without_its_waba_or_with_anothers_number_cannot_be(tmp_path):
    async def visit(office):
        other = await office.done("POST", "/v1/admin/accounts", {"name": "Other"})
        theirs = f"/v1/admin/accounts/{other['sid']}"
        body = {"phone_number_id": PHONE_NUMBER_ID, "waba_id": WABA_ID}
        without = await office.refused("PUT", f"{theirs}/senders/+919800000009", body)
        await office.done("PUT", f"{theirs}/wabas/{WABA_ID}", {"access_token": "meta-token"})
        taken = await office.refused("PUT", f"{theirs}/senders/+919800000009", body)
        unknown = await office.refused("GET", f"{theirs}/senders/+919800000009")
        wrong = await office.refused("PUT", f"{theirs}/senders/shop", body)
        return [(one["status"], one["code"]) for one in (without, taken, unknown, wrong)]

    assert in_office(tmp_path, visit) == [
        (409, "conflict"),
        (409, "conflict"),
        (404, "not_found"),
        (400, "invalid_parameters"),
    ]
