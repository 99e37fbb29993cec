"""Templates are created, reviewed, edited, deleted, and drift by order, each with its webhook."""

import asyncio
from typing import Any

import pytest

from support.emulated import (
    WABA,
    Answered,
    Emulated,
    body,
    button,
    emulated,
    header,
    running,
    template,
    text,
)

TEMPLATES = f"/v25.0/{WABA}/message_templates"
ORDER_UPDATE = "546151681022906"


def definition(**instead: Any) -> dict[str, Any]:
    """A template that Meta takes."""
    made = {
        "name": "order_confirmation",
        "language": "en_US",
        "category": "utility",
        "components": [
            {
                "type": "body",
                "text": "Thank you, {{1}}! Your order number is {{2}}.",
                "example": {"body_text": [["Pablo", "860198"]]},
            }
        ],
        **instead,
    }
    return {key: value for key, value in made.items() if value is not None}


def events(it: Emulated, field: str = "message_template_status_update") -> list[dict[str, Any]]:
    """The values of the account webhooks of one field, in order."""
    return [
        change["value"]
        for post in it.receiver.posts
        for change in post.changes
        if change["field"] == field
    ]


async def create(it: Emulated, **instead: Any) -> Answered:
    return await it.ask("POST", TEMPLATES, definition(**instead))


def send(name: str = "order_confirmation") -> dict[str, Any]:
    return template(name, body("Pablo", "860198"))


def test_a_new_template_is_pending_then_approved_and_can_be_sent():
    async def scene() -> None:
        async with running() as it:
            created = (await create(it)).json
            assert created == {"id": created["id"], "status": "PENDING", "category": "UTILITY"}
            early = await it.send(send())
            assert early.json["error"]["code"] == 132001
            await it.clock.turn(2)
            assert (await it.send(send())).wamid
            (post,) = [post for post in it.receiver.posts if b"template" in post.body]
            assert b'"time":' in post.body
            assert events(it) == [
                {
                    "event": "APPROVED",
                    "message_template_id": int(created["id"]),
                    "message_template_name": "order_confirmation",
                    "message_template_language": "en_US",
                    "reason": "NONE",
                    "message_template_category": "UTILITY",
                }
            ]

    asyncio.run(scene())


def test_a_review_ends_as_the_rule_says():
    async def scene() -> list[tuple[str, str]]:
        async with running() as it:
            rule = {"delay_ms": 500, "outcome": "REJECTED", "names": {"kept": "PENDING"}}
            assert (await it.ask("POST", "/_emulator/review", rule)).status == 200
            for name in ("order_confirmation", "kept"):
                await create(it, name=name)
            await it.clock.turn(60)
            listed = (await it.ask("GET", f"{TEMPLATES}?fields=name,status,rejected_reason")).json
            (told,) = events(it)
            assert told["reason"] == "INVALID_FORMAT"
            assert set(told["rejection_info"]) == {"reason", "recommendation"}
            return [(item["name"], item["status"]) for item in listed["data"][-2:]]

    assert asyncio.run(scene()) == [("order_confirmation", "REJECTED"), ("kept", "PENDING")]


def test_the_category_may_become_another_at_once():
    async def scene() -> list[str]:
        it = emulated()
        await it.ask("POST", "/_emulator/review", {"category": "MARKETING"})
        return [
            (await create(it, name=name, category=category)).json["category"]
            for name, category in (("one", "UTILITY"), ("two", "MARKETING"))
        ]

    assert asyncio.run(scene()) == ["MARKETING", "MARKETING"]


def test_a_language_is_created_once():
    async def scene() -> None:
        it = emulated()
        assert (await create(it)).status == 200
        error = (await create(it)).json["error"]
        assert (error["code"], error["error_subcode"]) == (100, 2388024)
        assert error["error_user_title"] == "Content in This Language Already Exists"
        assert (await create(it, language="hi")).status == 200

    asyncio.run(scene())


def test_what_comes_back_is_spelt_as_meta_spells_it():
    components = [
        {"type": "header", "format": "image", "example": {"header_handle": ["4::aW1h:x"]}},
        definition()["components"][0],
        {"type": "buttons", "buttons": [{"type": "quick_reply", "text": "More"}]},
    ]

    async def scene() -> Any:
        it = emulated()
        created = await create(it, components=components)
        return (await it.ask("GET", f"/v25.0/{created.json['id']}")).json

    shown = asyncio.run(scene())
    kinds = [component["type"] for component in shown["components"]]
    assert kinds == ["HEADER", "BODY", "BUTTONS"]
    (handle,) = shown["components"][0]["example"]["header_handle"]
    assert handle.startswith("https://scontent.whatsapp.net/")
    assert shown["components"][2]["buttons"] == [{"type": "QUICK_REPLY", "text": "More"}]
    assert (shown["parameter_format"], shown["category"]) == ("POSITIONAL", "UTILITY")


def test_a_one_time_password_comes_back_as_a_url_and_is_sent_as_one():
    components = [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
    ]

    async def scene() -> None:
        async with running() as it:
            created = await create(
                it, name="code", category="AUTHENTICATION", components=components
            )
            shown = (await it.ask("GET", f"/v25.0/{created.json['id']}")).json["components"]
            assert shown[0]["text"].startswith("*{{1}}* is your verification code.")
            assert shown[2]["buttons"][0]["type"] == "URL"
            await it.clock.turn(3)
            code = body("123456")
            assert (await it.send(template("code", code, button("url", 0, text("123456"))))).wamid
            assert (await it.send(template("code", code))).json["error"]["code"] == 131008

    asyncio.run(scene())


def test_an_edited_template_is_reviewed_again_with_its_new_components():
    changed = {
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, how do you do?",
                "example": {"body_text": ["Pablo"]},
            }
        ]
    }

    async def scene() -> None:
        async with running() as it:
            path = f"/v25.0/{ORDER_UPDATE}"
            assert (await it.ask("POST", path, changed)).json == {"success": True}
            assert (await it.ask("POST", path, changed)).json["error"]["error_subcode"] == 2388039
            await it.clock.turn(3)
            assert (await it.send(template("order_update", body("Pablo")))).wamid
            other = await it.ask("POST", path, {"category": "MARKETING"})
            assert other.json["error"]["error_subcode"] == 2388039

    asyncio.run(scene())


def test_a_deleted_template_is_gone_and_its_name_rests():
    async def scene() -> None:
        async with running() as it:
            await create(it)
            await it.clock.turn(3)
            gone = await it.ask("DELETE", f"{TEMPLATES}?name=order_confirmation")
            assert gone.json == {"success": True}
            assert (await it.send(send())).json["error"]["code"] == 132001
            assert (await create(it)).json["error"]["error_subcode"] == 2388023
            await it.clock.turn(30 * 24 * 3600)
            assert (await create(it)).status == 200
            assert [event["event"] for event in events(it)][:2] == ["APPROVED", "DELETED"]

    asyncio.run(scene())


def test_one_language_is_deleted_by_its_id():
    async def scene() -> None:
        it = emulated()
        first = (await create(it)).json["id"]
        await create(it, language="hi")
        path = f"{TEMPLATES}?name=order_confirmation&hsm_id={first}"
        assert (await it.ask("DELETE", path)).json == {"success": True}
        listed = (await it.ask("GET", f"{TEMPLATES}?name=order_confirmation")).json["data"]
        assert [item["language"] for item in listed] == ["hi"]
        again = (await it.ask("DELETE", path)).json["error"]
        assert (again["code"], again["error_subcode"]) == (100, 2593002)
        assert (await it.ask("DELETE", TEMPLATES)).json["error"]["code"] == 100

    asyncio.run(scene())


def test_a_hundred_templates_are_created_in_an_hour():
    async def scene() -> list[int]:
        async with running(limits=frozenset({"templates"})) as it:
            for number in range(100):
                assert (await create(it, name=f"t{number}")).status == 200
            refused = await create(it, name="one_more")
            await it.clock.turn(3601)
            return [refused.json["error"]["code"], (await create(it, name="one_more")).status]

    assert asyncio.run(scene()) == [80008, 200]


def test_a_paused_template_is_unpaused():
    async def scene() -> list[Any]:
        async with running() as it:
            order = {"id": ORDER_UPDATE, "status": "PAUSED", "more": {"other_info": {"title": "x"}}}
            await it.ask("POST", "/_emulator/templates", order)
            refused = await it.send(send("order_update"))
            path = f"/v25.0/{ORDER_UPDATE}/unpause"
            assert (await it.ask("POST", path)).json == {"success": True}
            assert (await it.ask("POST", path)).json["error"]["error_subcode"] == 2388039
            await it.clock.turn(0.1)
            told = [event["event"] for event in events(it)]
            return [
                refused.json["error"]["code"],
                told,
                (await it.send(send("order_update"))).status,
            ]

    assert asyncio.run(scene()) == [132015, ["PAUSED", "APPROVED"], 200]


def test_drift_is_told_by_the_webhook_of_its_kind():
    async def scene() -> None:
        async with running() as it:
            order = {
                "id": ORDER_UPDATE,
                "quality": "RED",
                "category": "MARKETING",
                "components": [{"type": "BODY", "text": "Hi"}],
            }
            assert (await it.ask("POST", "/_emulator/templates", order)).status == 200
            correct = {"id": ORDER_UPDATE, "correct_category": "UTILITY"}
            await it.ask("POST", "/_emulator/templates", correct)
            await it.clock.turn(0.1)
            (quality,) = events(it, "message_template_quality_update")
            assert (quality["previous_quality_score"], quality["new_quality_score"]) == (
                "GREEN",
                "RED",
            )
            (components,) = events(it, "message_template_components_update")
            assert components["message_template_element"] == "Hi"
            done, impending = events(it, "template_category_update")
            assert (done["previous_category"], done["new_category"]) == ("UTILITY", "MARKETING")
            assert (impending["correct_category"], impending["new_category"]) == (
                "UTILITY",
                "MARKETING",
            )
            shown = (
                await it.ask("GET", f"/v25.0/{ORDER_UPDATE}?fields=quality_score,previous_category")
            ).json
            assert shown["quality_score"]["score"] == "RED"
            assert shown["previous_category"] == "UTILITY"

    asyncio.run(scene())


def test_drift_can_be_silent():
    async def scene() -> Any:
        async with running() as it:
            order = {"id": ORDER_UPDATE, "status": "REJECTED", "announce": False}
            await it.ask("POST", "/_emulator/templates", order)
            seed = {"id": "5", "name": "new", "language": "en", "category": "UTILITY"}
            new = {"template": {**seed, "components": [{"type": "BODY", "text": "Hi"}]}}
            assert (await it.ask("POST", "/_emulator/templates/new", new)).status == 200
            await it.clock.turn(1)
            found = (await it.ask("GET", f"{TEMPLATES}?name=new&fields=status")).json["data"]
            return [it.receiver.posts, found]

    assert asyncio.run(scene()) == [[], [{"status": "APPROVED", "id": "5"}]]


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("templates", {"id": "5"}),
        ("templates", {"id": ORDER_UPDATE, "status": "TIRED"}),
        ("templates", {"id": ORDER_UPDATE, "components": [{"type": "BUTTONS", "buttons": ["x"]}]}),
        ("review", {"category": "FUN"}),
        ("review", {"outcome": "MAYBE"}),
        ("review", {"unknown": 1}),
        ("templates/new", {"waba_id": "5"}),
        ("user_preferences", {"from": "x", "value": "stop"}),
        ("media/expire", {"id": "5"}),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(path, order):
    answer = asyncio.run(emulated().ask("POST", f"/_emulator/{path}", order))
    assert answer.status == 400
    assert answer.json["error"].startswith("the order cannot be carried out: ")


def test_who_stops_marketing_gets_none_until_they_resume():
    async def scene() -> list[str]:
        async with running(status_delays=(("sent", 0.0),)) as it:
            offer = template(
                "receipt_document",
                header({"type": "document", "document": {"link": "https://x.example/a.pdf"}}),
                body("x"),
            )
            marketing = template("catalogue_invitation", body("Pablo"))
            outcomes = []
            for value in ("stop", "resume"):
                order = {"from": "+919876543210", "value": value}
                await it.ask("POST", "/_emulator/user_preferences", order)
                for message in (offer, marketing):
                    wamid = (await it.send(message)).wamid
                    await it.clock.turn(0.1)
                    outcomes += it.receiver.statuses_of(wamid)
            (stop, _) = events(it, "user_preferences")
            assert stop["user_preferences"][0]["value"] == "stop"
            assert stop["contacts"][0]["wa_id"] == "919876543210"
            return outcomes

    assert asyncio.run(scene()) == ["sent", "failed", "sent", "sent"]


def test_a_sample_must_have_been_uploaded_if_the_emulator_is_strict():
    components = [
        {"type": "header", "format": "image", "example": {"header_handle": ["4::unknown"]}},
        definition()["components"][0],
    ]

    async def scene(*, strict: bool) -> int:
        it = emulated(is_strict_about_handles=strict)
        return (await create(it, components=components)).status

    assert [asyncio.run(scene(strict=strict)) for strict in (False, True)] == [200, 400]
