"""The app: its token, its subscription, and which WABAs it hears of."""

import asyncio
from typing import Any

from support.emulated import NUMBER, TOKEN, WABA, Answered, emulated, order_update, running

APP = "/v25.0/1000/subscriptions"
APPS = f"/v25.0/{WABA}/subscribed_apps"


def ask(method: str, path: str, body: Any = None) -> Answered:
    return asyncio.run(emulated().ask(method, path, body))


def test_a_token_is_told_good_or_not():
    good = ask("GET", f"/v25.0/debug_token?input_token={TOKEN}").json["data"]
    assert good["is_valid"]
    assert "whatsapp_business_messaging" in good["scopes"]
    assert good["granular_scopes"][0]["target_ids"] == [WABA]
    bad = ask("GET", "/v25.0/debug_token?input_token=other").json["data"]
    assert (bad["is_valid"], bad["error"]["code"]) == (False, 190)
    assert ask("GET", "/v25.0/debug_token").json["error"]["code"] == 100


def test_a_token_may_come_with_the_question_that_it_is_for():
    path = f"/v25.0/oauth/access_token?client_id=1&client_secret=s&access_token={TOKEN}"
    assert ask("GET", path).json == {"access_token": TOKEN, "token_type": "bearer"}
    assert ask("GET", "/v25.0/oauth/access_token").json["error"]["code"] == 100


def test_who_asks_is_a_system_user_of_an_app():
    assert set(ask("GET", "/v25.0/me").json) == {"id", "name"}
    assert ask("GET", "/v25.0/app").json["id"] == "1000"


def test_the_apps_webhooks_go_where_it_says_once_that_is_verified():
    async def go() -> None:
        it = emulated()
        url = "http://elsewhere/hook"
        order = f"{APP}?object=whatsapp_business_account&callback_url={url}&fields=messages"
        refused = await it.ask("POST", f"{order}&verify_token=wrong")
        assert refused.json["error"]["code"] == 2200
        assert (await it.ask("POST", f"{order}&verify_token=verify")).json == {"success": True}
        (shown,) = (await it.ask("GET", APP)).json["data"]
        assert shown["callback_url"] == url
        assert (await it.ask("DELETE", APP)).json == {"success": True}
        assert (await it.ask("GET", APP)).json == {"data": []}

    asyncio.run(go())


def test_a_subscription_names_its_object_and_url():
    assert ask("POST", f"{APP}?object=page").json["error"]["code"] == 100
    bare = f"{APP}?object=whatsapp_business_account"
    assert ask("POST", bare).json["error"]["code"] == 100


def test_an_app_that_is_not_subscribed_hears_nothing_until_it_is_again():
    async def go() -> None:
        async with running() as it:
            assert (await it.ask("DELETE", APPS)).json == {"success": True}
            assert (await it.ask("GET", APPS)).json == {"data": []}
            await it.send(order_update())
            await it.clock.turn(5)
            assert it.receiver.posts == []
            assert (await it.ask("POST", APPS)).json == {"success": True}
            wamid = (await it.send(order_update())).wamid
            await it.clock.turn(5)
            assert it.receiver.statuses_of(wamid) == ["sent", "delivered", "read"]

    asyncio.run(go())


def test_a_waba_tells_its_fields_and_those_of_a_portfolio_are_listed():
    path = f"/v25.0/{WABA}?fields=name,health_status{{can_send_message}},status"
    shown = ask("GET", path).json
    assert shown["health_status"] == {"can_send_message": "AVAILABLE"}
    (owned,) = ask("GET", "/v25.0/777/owned_whatsapp_business_accounts").json["data"]
    assert owned["id"] == WABA
    assert ask("GET", "/v25.0/777/client_whatsapp_business_accounts").json["data"] == []
    (user,) = ask("GET", f"/v25.0/{WABA}/assigned_users").json["data"]
    assert "MANAGE" in user["tasks"]


def test_an_account_that_is_not_asked_for_in_its_words_is_code_100():
    order = {"disable_marketing_messages_on_cloud_api": "perhaps"}
    assert ask("POST", f"/v25.0/{WABA}", order).json["error"]["code"] == 100
    assert ask("POST", f"/v25.0/{NUMBER}", {"pin": "1"}).json["error"]["code"] == 100
    name = {"new_display_name": ""}
    assert ask("POST", f"/v25.0/{NUMBER}", name).json["error"]["code"] == 100


def test_orders_of_the_control_api_change_accounts_and_groups():
    async def go() -> None:
        it = emulated()
        changed = await it.ask("POST", "/_emulator/wabas", {"has_marketing_messages": False})
        assert changed.json["data"][0]["marketing_messages_onboarding_status"] == "ELIGIBLE"
        assert (await it.ask("POST", "/_emulator/wabas", {"waba_id": "0"})).status == 400
        people = {"subject": "Friends", "participants": ["+525512345678"]}
        group = (await it.ask("POST", "/_emulator/groups", people)).json["data"][0]
        assert group["participants"] == ["5215512345678"]
        renamed = {"id": group["id"], "subject": "Foes", "is_suspended": True}
        again = (await it.ask("POST", "/_emulator/groups", renamed)).json["data"][0]
        assert (again["subject"], again["suspended"], again["participants"]) == (
            "Foes",
            True,
            ["5215512345678"],
        )
        for bad in ({}, {"subject": "x", "participants": ["me"]}, {"phone_number_id": "0"}):
            assert (await it.ask("POST", "/_emulator/groups", bad)).status == 400

    asyncio.run(go())
