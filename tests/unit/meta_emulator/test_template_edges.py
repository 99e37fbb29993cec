"""The edges of templates: lists, filters and cursors, extras, edits, codes in many languages."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from meta_emulator.seed import default_seed
from support.emulated import WABA, Answered, Emulated, emulated, running

TEMPLATES = f"/v25.0/{WABA}/message_templates"
UPSERT = f"/v25.0/{WABA}/upsert_message_templates"
LIMITED = frozenset({"templates"})
DAY = 24 * 3600
CODE = [
    {"type": "BODY", "add_security_recommendation": True},
    {"type": "FOOTER", "code_expiration_minutes": 5},
    {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
]


def definition(name: str = "order_news", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "language": "en_US",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": f"Here is some news of {name}."}],
        **more,
    }


def codes(*languages: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "a_code",
        "category": "AUTHENTICATION",
        "languages": list(languages),
        "components": CODE,
        **more,
    }


def bare() -> Any:
    """The demonstration without its templates."""
    seed = default_seed()
    return replace(seed, wabas=[replace(seed.wabas[0], templates=[])])


async def listed(it: Emulated, query: str = "") -> list[str]:
    answer = await it.ask("GET", f"{TEMPLATES}?fields=name{query}")
    return [one["name"] for one in answer.json["data"]]


async def shown(it: Emulated, created: Answered, fields: str) -> dict[str, Any]:
    answer = await it.ask("GET", f"/v25.0/{created.json['id']}?fields={fields}")
    return dict(answer.json)


def error_of(answer: Answered) -> tuple[int, int | None]:
    error = answer.json["error"]
    return error["code"], error.get("error_subcode")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("&status=approved", ["first", "second"]),
        ('&status=["PENDING","REJECTED"]', ["waits_review_pending"]),
        ("&category=marketing", ["second"]),
        ("&language=hi", ["second"]),
        ("&quality_score=unknown", ["first", "second", "waits_review_pending"]),
        ("&quality_score=GREEN", []),
        ("&content=of FIRST", ["first"]),
        ("&name=SEC", ["second"]),
        ("&name_or_content=second", ["second"]),
        ("&name=s&category=UTILITY&status=APPROVED", ["first"]),
    ],
)
def test_a_list_is_filtered(query, names):
    async def scene() -> list[str]:
        it = emulated(bare())
        async with asyncio.TaskGroup() as group:
            task = group.create_task(it.emulator.run())
            for one in (
                definition("first"),
                definition("second", category="MARKETING", language="hi"),
                definition("waits_review_pending"),
            ):
                assert (await it.ask("POST", TEMPLATES, one)).status == 200
            await it.clock.turn(5)
            found = await listed(it, query.replace(" ", "%20"))
            task.cancel()
        return found

    assert asyncio.run(scene()) == names


def test_a_list_has_pages_with_next_only_while_there_is_more():
    async def scene() -> None:
        it = emulated(bare())
        for number in range(3):
            await it.ask("POST", TEMPLATES, definition(f"t{number}"))
        first = (await it.ask("GET", f"{TEMPLATES}?limit=2&fields=name")).json
        assert [one["name"] for one in first["data"]] == ["t0", "t1"]
        assert "previous" not in first["paging"]
        after = first["paging"]["cursors"]["after"]
        assert f"after={after}" in first["paging"]["next"]
        rest = (await it.ask("GET", f"{TEMPLATES}?limit=2&fields=name&after={after}")).json
        assert [one["name"] for one in rest["data"]] == ["t2"]
        assert "next" not in rest["paging"]
        before = rest["paging"]["cursors"]["before"]
        again = (await it.ask("GET", f"{TEMPLATES}?limit=2&fields=name&before={before}")).json
        assert again["data"] == first["data"]

    asyncio.run(scene())


def test_a_cursor_that_is_none_is_a_code_of_its_own_since_v24():
    async def scene(version: str) -> int:
        path = f"/{version}/{WABA}/message_templates?after=x"
        return error_of(await emulated().ask("GET", path))[0]

    assert [asyncio.run(scene(version)) for version in ("v23.0", "v24.0")] == [100, 131059]


def test_what_clients_give_besides_is_shown_to_who_asks():
    async def scene() -> None:
        it = emulated()
        given = {"cta_url_link_tracking_opted_out": True, "sub_category": "CUSTOM"}
        created = await it.ask("POST", TEMPLATES, definition(**given))
        fields = ",".join((*given, "quality_score{score,date}", "rejected_reason"))
        found = await shown(it, created, fields)
        assert {key: found[key] for key in given} == given
        assert set(found["quality_score"]) == {"score", "date"}
        assert found["quality_score"]["score"] == "UNKNOWN"
        assert found["rejected_reason"] == "NONE"
        for wrong in ({"cta_url_link_tracking_opted_out": "yes"}, {"sub_category": 1}):
            refused = await it.ask("POST", TEMPLATES, definition("other", **wrong))
            assert error_of(refused) == (100, None)

    asyncio.run(scene())


def test_an_approved_template_is_edited_once_a_day_and_ten_times_in_thirty():
    async def scene() -> list[int]:
        async with running(limits=LIMITED) as it:
            created = await it.ask("POST", TEMPLATES, definition())
            path = f"/v25.0/{created.json['id']}"
            await it.clock.turn(5)
            statuses = []
            for number in range(12):
                text = f"Here is news number {number}."
                change = {"components": [{"type": "BODY", "text": text}]}
                statuses.append((await it.ask("POST", path, change)).status)
                await it.clock.turn(DAY + 5)
            await it.clock.turn(20 * DAY)
            statuses.append((await it.ask("POST", path, change)).status)
            refused = await it.ask("POST", path, {"category": "MARKETING"})
            assert error_of(refused) == (100, 2388039)
            return statuses

    assert asyncio.run(scene()) == [200] * 10 + [400] * 2 + [200]


def test_a_rejected_template_is_edited_as_often_as_one_likes_and_may_change_its_category():
    async def scene() -> None:
        async with running(limits=LIMITED) as it:
            created = await it.ask("POST", TEMPLATES, definition("a_review_rejected"))
            path = f"/v25.0/{created.json['id']}"
            for _ in range(3):
                await it.clock.turn(5)
                change = {"category": "MARKETING", "components": definition()["components"]}
                assert (await it.ask("POST", path, change)).json == {"success": True}
            pending = await it.ask("POST", path, {"category": "UTILITY"})
            assert error_of(pending) == (100, 2388039)
            found = await shown(it, created, "status,category")
            assert (found["status"], found["category"]) == ("PENDING", "MARKETING")

    asyncio.run(scene())


def test_an_edit_is_told_by_the_webhook_of_components():
    async def scene() -> list[Any]:
        async with running() as it:
            created = await it.ask("POST", TEMPLATES, definition())
            await it.clock.turn(5)
            change = {"components": [{"type": "BODY", "text": "Other news."}]}
            await it.ask("POST", f"/v25.0/{created.json['id']}", change)
            await it.clock.turn(5)
            return [
                change["value"].get("message_template_element", change["value"].get("event"))
                for post in it.receiver.posts
                for change in post.changes
            ]

    assert asyncio.run(scene()) == ["APPROVED", "Other news.", "APPROVED"]


def test_a_verified_account_may_have_more_templates():
    async def scene(*, verified: bool) -> tuple[int, int]:
        seed = bare()
        waba = replace(seed.wabas[0], is_verified=verified)
        it = emulated(replace(seed, wabas=[waba]), limits=LIMITED)
        held = it.emulator.state.wabas[WABA]
        taken = await it.ask("POST", TEMPLATES, definition())
        template = it.emulator.state.templates[taken.json["id"]]
        for number in range(249):
            held.templates[f"t{number}", "en_US"] = template
        full = await it.ask("POST", TEMPLATES, definition("one_more"))
        summary = (await it.ask("GET", f"{TEMPLATES}?limit=1&summary=true")).json["summary"]
        if full.status != 200:
            assert error_of(full) == (100, 2388019)
        return full.status, summary["message_template_limit"]

    assert asyncio.run(scene(verified=False)) == (400, 250)
    assert asyncio.run(scene(verified=True)) == (200, 6000)


def test_one_code_is_made_in_several_languages_at_once_and_changed_in_those_it_has():
    async def scene() -> None:
        async with running() as it:
            made = (await it.ask("POST", UPSERT, codes("en_US", "hi"))).json["data"]
            assert [(one["language"], one["status"]) for one in made] == [
                ("en_US", "APPROVED"),
                ("hi", "APPROVED"),
            ]
            changed = codes("hi", "de", components=[CODE[0], CODE[2]])
            again = (await it.ask("POST", UPSERT, changed)).json["data"]
            assert again[0]["id"] == made[1]["id"]
            hindi = (await it.ask("GET", f"/v25.0/{made[1]['id']}")).json
            assert [one["type"] for one in hindi["components"]] == ["BODY", "BUTTONS"]
            assert sorted(set(await listed(it, "&name=a_code"))) == ["a_code"]
            assert len(await listed(it, "&name=a_code")) == 3

    asyncio.run(scene())


@pytest.mark.parametrize(
    "wrong",
    [
        {"languages": []},
        {"languages": None},
        {"languages": ["english"]},
        {"category": "UTILITY"},
        {"components": [CODE[0]]},
        {"name": "A Code"},
        {"message_send_ttl_seconds": 5},
    ],
)
def test_a_code_that_breaks_a_rule_is_made_in_no_language(wrong):
    async def scene() -> list[str]:
        it = emulated()
        refused = await it.ask("POST", UPSERT, codes("en_US", "hi") | wrong)
        assert error_of(refused)[0] == 100
        return await listed(it, "&name=a_code")

    assert asyncio.run(scene()) == []


def test_an_upsert_that_is_refused_for_one_language_leaves_the_others_alone():
    async def scene() -> None:
        it = emulated(bare())
        await it.ask("POST", UPSERT, codes("hi"))
        assert (await it.ask("DELETE", f"{TEMPLATES}?name=a_code")).status == 200
        refused = await it.ask("POST", UPSERT, codes("en_US", "hi"))
        assert error_of(refused) == (100, 2388023)
        for odd in ({"sub_category": 5}, {"message_send_ttl_seconds": -1.0}):
            assert (await it.ask("POST", UPSERT, codes("en_US", **odd))).status == 400
        assert await listed(it) == []

    asyncio.run(scene())


def test_another_category_of_a_rejected_template_is_reviewed():
    async def scene() -> None:
        async with running(review_delay_s=1) as it:
            await it.ask("POST", "/_emulator/review", {"outcome": "REJECTED", "delay_ms": 1000})
            created = await it.ask("POST", TEMPLATES, definition("fresh"))
            await it.clock.turn(2)
            assert (await shown(it, created, "status"))["status"] == "REJECTED"
            await it.ask("POST", "/_emulator/review", {"delay_ms": 1000})
            path = f"/v25.0/{created.json['id']}"
            assert (await it.ask("POST", path, {"category": "MARKETING"})).status == 200
            assert (await shown(it, created, "status"))["status"] == "PENDING"
            await it.clock.turn(2)
            found = await shown(it, created, "status,category")
            assert (found["status"], found["category"]) == ("APPROVED", "MARKETING")

    asyncio.run(scene())
