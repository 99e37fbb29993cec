"""Reviews end as the rule says: by endings of names, by names, by words, by duplicates."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from meta_emulator.definitions.review_rule import Review
from meta_emulator.seed import default_seed
from support.emulated import WABA, Emulated, emulated, running
from support.turned_clock import START

TEMPLATES = f"/v25.0/{WABA}/message_templates"
DAY = 24 * 3600


def definition(name: str = "order_news", text: str = "Here is some news.", **more: Any) -> Any:
    return {
        "name": name,
        "language": "en_US",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": text}],
        **more,
    }


def told(it: Emulated, field: str = "message_template_status_update") -> list[dict[str, Any]]:
    return [
        change["value"]
        for post in it.receiver.posts
        for change in post.changes
        if change["field"] == field
    ]


async def shown(it: Emulated, name: str) -> dict[str, Any]:
    fields = "status,category,rejected_reason,previous_category,correct_category"
    answer = await it.ask("GET", f"{TEMPLATES}?name={name}&fields={fields}")
    (template,) = answer.json["data"]
    return dict(template)


def reviewed(rule: dict[str, Any], *definitions: Any, **settings: Any) -> dict[str, str]:
    """What becomes of the definitions under a rule: REJECTED with its reason."""

    async def scene() -> dict[str, str]:
        async with running(**settings) as it:
            assert (await it.ask("POST", "/_emulator/review", rule)).status == 200
            for one in definitions:
                assert (await it.ask("POST", TEMPLATES, one)).status == 200
            await it.clock.turn(5)
            ends = {}
            for one in definitions:
                found = await shown(it, one["name"])
                reason = found["rejected_reason"]
                ends[one["name"]] = found["status"] if reason == "NONE" else reason
            return ends

    return asyncio.run(scene())


def test_a_word_in_any_text_decides_in_either_case():
    button = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "To the CASINO"}]}
    with_button = definition("of_a_button")
    with_button["components"].append(button)

    ends = reviewed(
        {"words": {"casino": "ABUSIVE_CONTENT", "wait": "PENDING"}},
        definition("plain"),
        definition("of_the_body", "Our Casino has opened."),
        with_button,
        definition("waits", "You need not wait."),
    )

    assert ends == {
        "plain": "APPROVED",
        "of_the_body": "ABUSIVE_CONTENT",
        "of_a_button": "ABUSIVE_CONTENT",
        "waits": "PENDING",
    }


def test_a_name_decides_with_blanks_for_any_letters_and_before_words():
    ends = reviewed(
        {"names": {"draft_*": "REJECTED", "*_scam_?": "SCAM"}, "words": {"news": "PROMOTIONAL"}},
        definition("draft_of_june"),
        definition("a_scam_1"),
        definition("other"),
    )

    assert ends == {"draft_of_june": "INVALID_FORMAT", "a_scam_1": "SCAM", "other": "PROMOTIONAL"}


def test_the_ending_of_a_name_decides_without_any_order():
    names = ("a_review_rejected", "a_review_pending", "a_review_tag_content_mismatch")

    assert reviewed({}, *map(definition, names)) == {
        "a_review_rejected": "INVALID_FORMAT",
        "a_review_pending": "PENDING",
        "a_review_tag_content_mismatch": "TAG_CONTENT_MISMATCH",
    }
    assert set(reviewed({"endings": False}, *map(definition, names)).values()) == {"APPROVED"}
    usual = ("payment_rejected", "order_pending", "a_review_of_books")
    assert set(reviewed({}, *map(definition, usual)).values()) == {"APPROVED"}


@pytest.mark.parametrize("way", ["rule", "limits"])
def test_body_and_footer_of_another_template_are_a_duplicate_where_that_is_asked(way):
    first, second = definition("first"), definition("second")
    hindi = definition("third", language="hi")
    other = definition("fourth", "Here is other news.")
    settings = {"limits": frozenset({"templates"})} if way == "limits" else {}
    rule = {"duplicates": True} if way == "rule" else {}

    ends = reviewed(rule, first, second, hindi, other, **settings)

    assert ends == {
        "first": "INVALID_FORMAT",
        "second": "APPROVED",
        "third": "APPROVED",
        "fourth": "APPROVED",
    }


def test_duplicates_are_approved_by_default():
    assert set(reviewed({}, definition("first"), definition("second")).values()) == {"APPROVED"}


def test_a_rejection_for_its_form_says_what_to_do():
    async def scene() -> list[dict[str, Any]]:
        async with running() as it:
            for name in ("a_review_rejected", "a_review_scam"):
                await it.ask("POST", TEMPLATES, definition(name))
            await it.clock.turn(5)
            return told(it)

    of_form, of_scam = asyncio.run(scene())
    assert (of_form["event"], of_form["reason"]) == ("REJECTED", "INVALID_FORMAT")
    assert set(of_form["rejection_info"]) == {"reason", "recommendation"}
    assert of_scam["reason"] == "SCAM"
    assert "rejection_info" not in of_scam


@pytest.mark.parametrize(
    ("rule", "name"), [({}, "a_review_marketing"), ({"review_category": "MARKETING"}, "news")]
)
def test_a_review_may_find_that_a_utility_template_is_marketing(rule, name):
    async def scene() -> None:
        async with running() as it:
            await it.ask("POST", "/_emulator/review", rule)
            created = await it.ask("POST", TEMPLATES, definition(name))
            assert created.json["category"] == "UTILITY"
            await it.clock.turn(5)
            (change,) = told(it, "template_category_update")
            assert (change["previous_category"], change["new_category"]) == ("UTILITY", "MARKETING")
            (status,) = told(it)
            assert (status["event"], status["message_template_category"]) == (
                "APPROVED",
                "MARKETING",
            )
            found = await shown(it, name)
            assert (found["category"], found["previous_category"]) == ("MARKETING", "UTILITY")

    asyncio.run(scene())


def test_an_impending_change_of_category_is_carried_out_by_the_clock():
    async def scene() -> None:
        async with running() as it:
            (template,) = (await it.ask("GET", f"{TEMPLATES}?name=order_update")).json["data"]
            order = {"id": template["id"], "correct_category": "MARKETING"}
            await it.ask("POST", "/_emulator/templates", order)
            await it.clock.turn(DAY - 10)
            assert (await shown(it, "order_update"))["correct_category"] == "MARKETING"
            await it.clock.turn(20)
            impending, done = told(it, "template_category_update")
            assert impending["correct_category"] == "MARKETING"
            at = int(START.timestamp()) + DAY
            assert impending["category_update_timestamp"] == at
            assert (done["previous_category"], done["new_category"]) == ("UTILITY", "MARKETING")
            assert "correct_category" not in await shown(it, "order_update")

    asyncio.run(scene())


def test_a_review_under_way_is_ended_by_order():
    async def scene() -> list[str]:
        async with running() as it:
            await it.ask("POST", "/_emulator/review", {"delay_ms": 1000 * DAY})
            created = (await it.ask("POST", TEMPLATES, definition())).json
            order = {"id": created["id"]}
            ended = (await it.ask("POST", "/_emulator/review/decide", order)).json["data"]
            again = await it.ask("POST", "/_emulator/review/decide", order)
            assert again.status == 400
            return [one["status"] for one in ended]

    assert asyncio.run(scene()) == ["APPROVED"]


def test_a_rule_comes_with_the_seed_and_with_the_settings():
    seed = replace(default_seed(), review=Review(names={"x": "SCAM"}))
    it = emulated(seed, forbidden_words=("casino",), review_delay_s=3.0)

    shown_rule = asyncio.run(it.ask("GET", "/_emulator/review")).json["data"][0]

    assert shown_rule["names"] == {"x": "SCAM"}
    assert shown_rule["words"] == {"casino": "ABUSIVE_CONTENT"}
    assert shown_rule["delay_ms"] == 3000


@pytest.mark.parametrize(
    "rule",
    [
        {"words": {"x": "MAYBE"}},
        {"names": {"x": "MAYBE"}},
        {"reason": "BAD"},
        {"review_category": "FUN"},
        {"delay_ms": -1},
    ],
)
def test_a_rule_that_means_nothing_is_refused(rule):
    assert asyncio.run(emulated().ask("POST", "/_emulator/review", rule)).status == 400


def test_a_review_under_way_outlives_a_snapshot():
    async def scene() -> list[str]:
        async with running() as it:
            await it.ask("POST", "/_emulator/review", {"words": {"news": "SCAM"}})
            await it.ask("POST", TEMPLATES, definition())
            kept = it.emulator.snapshot()
            await it.clock.turn(5)
            it.emulator.restore(kept)
            before = (await shown(it, "order_news"))["status"]
            await it.clock.turn(5)
            return [before, (await shown(it, "order_news"))["rejected_reason"]]

    assert asyncio.run(scene()) == ["PENDING", "SCAM"]
