"""Numbers: their fields, lists, profile, settings, short links and message history."""

import asyncio
import json
from typing import Any

import pytest

from support.emulated import NUMBER, WABA, Answered, emulated, order_update, running


def ask(method: str, path: str, body: Any = None) -> Answered:
    return asyncio.run(emulated().ask(method, path, body))


def both(method: str, path: str, body: Any, then: str) -> Answered:
    """The answer to a GET after an order that succeeds, of the same emulator."""

    async def go() -> Answered:
        it = emulated()
        answer = await it.ask(method, path, body)
        assert answer.status == 200, answer.body
        return await it.ask("GET", then)

    return asyncio.run(go())


def test_a_field_may_ask_for_part_of_an_object():
    shown = ask("GET", f"/v25.0/{NUMBER}?fields=throughput{{level}},quality_score{{date}}").json
    assert shown == {"throughput": {"level": "STANDARD"}, "quality_score": {}, "id": NUMBER}


def test_the_portfolios_limit_is_a_field_since_v24():
    field = "whatsapp_business_manager_messaging_limit"
    assert field in ask("GET", f"/v24.0/{NUMBER}?fields={field}").json
    assert field not in ask("GET", f"/v23.0/{NUMBER}?fields={field}").json


@pytest.mark.parametrize(
    ("rules", "number"),
    [
        ([{"field": "account_mode", "operator": "EQUAL", "value": "LIVE"}], 1),
        ([{"field": "account_mode", "operator": "EQUAL", "value": "SANDBOX"}], 0),
        ([{"field": "status", "operator": "IN", "value": ["CONNECTED", "BANNED"]}], 1),
    ],
)
def test_the_list_of_numbers_can_be_filtered(rules, number):
    path = f"/v25.0/{WABA}/phone_numbers?filtering={json.dumps(rules)}"
    assert len(ask("GET", path).json["data"]) == number


@pytest.mark.parametrize(
    "query", ["filtering=all", 'filtering=[{"field":"status"}]', "sort=by_name"]
)
def test_a_filter_or_order_of_no_shape_is_code_100(query):
    assert ask("GET", f"/v25.0/{WABA}/phone_numbers?{query}").json["error"]["code"] == 100


def test_numbers_can_be_sorted():
    path = f"/v25.0/{WABA}/phone_numbers?sort=last_onboarded_time_descending"
    assert ask("GET", path).json["data"][0]["id"] == NUMBER


def test_a_number_tells_where_its_webhooks_go_and_is_reset_by_an_empty_uri():
    async def go() -> None:
        it = emulated()
        path = f"/v25.0/{NUMBER}"
        url = "http://elsewhere/hook"
        order = {"override_callback_uri": url, "verify_token": "verify"}
        await it.ask("POST", path, {"webhook_configuration": order})
        asked = f"{path}?fields=webhook_configuration"
        shown = (await it.ask("GET", asked)).json["webhook_configuration"]
        assert shown == {"phone_number": url, "application": "http://receiver/hook"}
        await it.ask("POST", path, {"webhook_configuration": {"override_callback_uri": ""}})
        shown = (await it.ask("GET", asked)).json["webhook_configuration"]
        assert shown == {"application": "http://receiver/hook"}

    asyncio.run(go())


def test_another_display_name_is_reviewed_first():
    path = f"/v25.0/{NUMBER}"
    order = {"messaging_product": "whatsapp", "new_display_name": "Lucky Shrub"}
    shown = both("POST", path, order, f"{path}?fields=new_display_name,new_name_status").json
    assert shown["new_display_name"] == "Lucky Shrub"
    assert shown["new_name_status"] == "PENDING_REVIEW"


PROFILE = f"/v25.0/{NUMBER}/whatsapp_business_profile"


def test_a_profile_is_set_key_by_key_and_shown_by_fields():
    order = {
        "messaging_product": "whatsapp",
        "about": "We sell shrubs",
        "vertical": "RETAIL",
        "websites": ["https://shrubs.example"],
    }
    shown = both("POST", PROFILE, order, f"{PROFILE}?fields=about,websites,email")
    assert shown.json == {
        "data": [
            {
                "about": "We sell shrubs",
                "websites": ["https://shrubs.example"],
                "messaging_product": "whatsapp",
            }
        ]
    }


@pytest.mark.parametrize(
    "order",
    [
        {"about": "x"},
        {"messaging_product": "whatsapp", "about": ""},
        {"messaging_product": "whatsapp", "about": "x" * 140},
        {"messaging_product": "whatsapp", "vertical": "SHRUBS"},
        {"messaging_product": "whatsapp", "websites": ["a", "b", "c"]},
        {"messaging_product": "whatsapp", "profile_picture_handle": "4::none"},
    ],
)
def test_a_profile_beyond_its_limits_is_code_100(order):
    assert ask("POST", PROFILE, order).json["error"]["code"] == 100


COMMERCE = f"/v25.0/{NUMBER}/whatsapp_commerce_settings"


def test_the_cart_is_on_and_the_catalogue_hidden_at_first():
    shown = ask("GET", COMMERCE).json
    item = {"is_cart_enabled": True, "is_catalog_visible": False, "id": NUMBER}
    assert shown == {"data": [item]}


@pytest.mark.parametrize(
    ("query", "body"),
    [("?is_catalog_visible=true&is_cart_enabled=false", None), ("", {"is_catalog_visible": True})],
)
def test_commerce_settings_are_set_by_query_or_body(query, body):
    (shown,) = both("POST", f"{COMMERCE}{query}", body, COMMERCE).json["data"]
    assert shown["is_catalog_visible"] is True
    assert shown["is_cart_enabled"] is (body is not None)


def test_a_commerce_setting_that_is_no_boolean_is_code_100():
    assert ask("POST", f"{COMMERCE}?is_cart_enabled=perhaps").json["error"]["code"] == 100


def test_settings_are_objects_that_replace_one_another():
    path = f"/v25.0/{NUMBER}/settings"
    order = {"user_identity_change": {"enable_identity_key_check": True}}
    shown = both("POST", path, order, f"{path}?fields=user_identity_change").json
    assert shown == order
    assert ask("POST", path, {"colour": "red"}).json["error"]["code"] == 100


def test_prompts_and_commands_are_shown_with_the_number():
    path = f"/v25.0/{NUMBER}/conversational_automation"
    order = {
        "prompts": ["Book a table"],
        "commands": [{"command_name": "menu", "command_description": "What there is"}],
    }
    asked = f"/v25.0/{NUMBER}?fields=conversational_automation"
    shown = both("POST", path, order, asked).json["conversational_automation"]
    assert shown == {"id": NUMBER, **order}
    bad = {"commands": [{"command_name": "menu"}]}
    assert ask("POST", path, bad).json["error"]["code"] == 100
    assert ask("POST", path, {"prompts": ["x"] * 5}).json["error"]["code"] == 100


def test_a_public_key_is_kept():
    path = f"/v25.0/{NUMBER}/whatsapp_business_encryption"
    key = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"
    shown = both("POST", path, {"business_public_key": key}, path).json
    assert shown["business_public_key"] == key
    assert ask("POST", path, {"business_public_key": "x"}).json["error"]["code"] == 100


def test_a_short_link_is_made_changed_listed_and_removed():
    async def go() -> None:
        it = emulated()
        path = f"/v25.0/{NUMBER}/message_qrdls"
        order = {"prefilled_message": "Cyber Monday", "generate_qr_image": "PNG"}
        made = (await it.ask("POST", path, order)).json
        assert made["deep_link_url"] == f"https://wa.me/message/{made['code']}"
        assert made["qr_image_url"].endswith(".png")
        order = {"code": made["code"], "prefilled_message": "Cyber Tuesday"}
        assert (await it.ask("POST", path, order)).json["prefilled_message"] == "Cyber Tuesday"
        listed = (await it.ask("GET", path)).json["data"]
        one = (await it.ask("GET", f"{path}/{made['code']}")).json["data"]
        assert listed == one
        assert (await it.ask("DELETE", f"{path}/{made['code']}")).json == {"success": True}
        gone = await it.ask("GET", f"{path}/{made['code']}")
        assert gone.json["error"]["error_subcode"] == 33

    asyncio.run(go())


def test_the_history_of_a_message_tells_its_statuses_and_how_their_webhooks_fared():
    async def go() -> None:
        async with running() as it:
            wamid = (await it.send(order_update())).wamid
            await it.clock.turn(5)
            path = f"/v25.0/{NUMBER}/message_history"
            (entry,) = (await it.ask("GET", f"{path}?message_id={wamid}")).json["data"]
            assert entry["message_id"] == wamid
            events = entry["events"]["data"]
            assert [event["delivery_status"] for event in events] == ["SENT", "DELIVERED", "READ"]
            assert {event["webhook_update_state"] for event in events} == {"DELIVERED"}
            assert {event["webhook_uri"] for event in events} == {"http://receiver/hook"}
            narrow = f"{path}?fields=message_id,events{{delivery_status}}"
            (entry,) = (await it.ask("GET", narrow)).json["data"]
            assert set(entry["events"]["data"][0]) == {"id", "delivery_status"}
            edge = f"/v25.0/{entry['id']}/events"
            told = (await it.ask("GET", edge)).json["data"]
            assert [event["delivery_status"] for event in told] == [
                "ACCEPTED",
                "SENT",
                "DELIVERED",
                "READ",
            ]
            (told,) = (await it.ask("GET", f"{edge}?status_filter=READ")).json["data"]
            assert told["delivery_status"] == "READ"

    asyncio.run(go())


def test_a_history_of_nothing_is_422_and_its_limit_a_hundred():
    path = f"/v25.0/{NUMBER}/message_history"
    answer = ask("GET", f"{path}?message_id=wamid.none")
    assert (answer.status, answer.json["error"]["code"]) == (422, 100)
    assert ask("GET", f"{path}?limit=101").json["error"]["code"] == 100
