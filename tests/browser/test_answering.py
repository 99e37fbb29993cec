"""A person taps, chooses, orders and writes on the page; Meta's webhooks say so."""

import base64
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def text(*values: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": value} for value in values]


def carousel() -> list[dict[str, Any]]:
    cards = [
        {
            "card_index": place,
            "components": [
                {
                    "type": "header",
                    "parameters": [{"type": "image", "image": {"id": "1558081531584829"}}],
                },
                {"type": "body", "parameters": text("Asha")},
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": 0,
                    "parameters": [{"type": "payload", "payload": f"more-{place}"}],
                },
                {"type": "button", "sub_type": "url", "index": 1, "parameters": text("elf")},
            ],
        }
        for place in range(2)
    ]
    body = {"type": "body", "parameters": text("Asha", "20%", "20OFF")}
    return [body, {"type": "carousel", "cards": cards}]


def items() -> list[dict[str, Any]]:
    def section(title: str, *names: str) -> dict[str, Any]:
        return {"title": title, "product_items": [{"product_retailer_id": one} for one in names]}

    action = {
        "thumbnail_product_retailer_id": "nseiw1x3ch",
        "sections": [
            section("Popular", "2lc20305pt", "nseiw1x3ch"),
            section("Premium", "n6k6x0y7oe"),
        ],
    }
    button = {
        "type": "button",
        "sub_type": "mpm",
        "index": 0,
        "parameters": [{"type": "action", "action": action}],
    }
    return [
        {"type": "header", "parameters": text("Asha")},
        {"type": "body", "parameters": text("10OFF")},
        button,
    ]


def shipping() -> dict[str, Any]:
    rows = [
        {"id": "express", "title": "Express", "description": "Next day"},
        {"id": "ground", "title": "Ground", "description": "2 to 5 days"},
    ]
    return {
        "type": "list",
        "body": {"text": "Which way?"},
        "action": {"button": "Shipping options", "sections": [{"title": "Ways", "rows": rows}]},
    }


def test_a_carousel_is_swiped_and_its_second_cards_first_button_tapped(opened, person):
    wamid = person.gets_template("carousel_two_cards", *carousel())
    page = opened.page(person.address)

    page.get_by_role("button", name="Next card").click()
    expect(page.get_by_role("button", name="Next card")).to_be_hidden()
    second = page.get_by_role("group", name="Card 2")
    expect(second).to_contain_text("Black Prince, for Asha.")
    expect(second).to_be_in_viewport(ratio=1)
    second.get_by_role("button").first.click()

    told = person.told()
    assert told["type"] == "button"
    assert told["button"]["payload"] == "more-1"
    assert told["context"]["id"] == wamid
    expect(page.locator(".message-own")).to_contain_text("Send me more like this!")


def test_two_products_of_a_list_are_put_into_the_cart_and_the_order_has_their_prices(
    opened, person
):
    person.gets_template("abandoned_cart", *items())
    page = opened.page(person.address)

    page.get_by_role("button", name="View items").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading", name="Premium")).to_be_visible()
    sheet.get_by_role("button", name="Add Blue Elf aloe").click()
    sheet.get_by_role("button", name="One Blue Elf aloe more").click()
    sheet.get_by_role("button", name="Add Premium package").click()
    sheet.get_by_role("button", name="View cart (3)").click()
    expect(sheet).to_contain_text("₹3,497.00")
    sheet.get_by_label("Note to the business").fill("Please wrap them")
    sheet.get_by_role("button", name="Send to business").click()
    expect(sheet).to_be_hidden()

    order = person.told()["order"]
    assert order["text"] == "Please wrap them"
    assert order["catalog_id"] == "194836987003835"
    assert order["product_items"] == [
        {
            "product_retailer_id": "nseiw1x3ch",
            "quantity": 2,
            "item_price": 499.0,
            "currency": "INR",
        },
        {
            "product_retailer_id": "n6k6x0y7oe",
            "quantity": 1,
            "item_price": 2499.0,
            "currency": "INR",
        },
    ]
    expect(page.locator(".bill")).to_contain_text("3 items")


def test_a_row_of_a_list_is_chosen(opened, person):
    wamid = person.gets(type="interactive", interactive=shipping())
    page = opened.page(person.address)

    page.get_by_role("button", name="Shipping options").click()
    page.get_by_role("radio", name="Ground").check()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()

    told = person.told()
    assert told["context"]["id"] == wamid
    assert told["interactive"] == {
        "type": "list_reply",
        "list_reply": {"id": "ground", "title": "Ground", "description": "2 to 5 days"},
    }


def test_text_is_typed_and_sent_with_the_keyboard_alone(opened, person):
    person.gets(type="text", text={"body": "Are you there?"})
    page = opened.page(person.inbox)
    expect(page.get_by_role("link", name=f"+{person.digits}")).to_be_visible()

    page.get_by_label("Search conversations").focus()
    page.keyboard.type(person.digits)
    expect(page.locator(".conversation")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box = page.get_by_label(f"Message as +{person.digits}")
    expect(box).to_be_visible()
    for _ in range(40):
        if box.evaluate("box => box === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Yes, I am")
    page.keyboard.press("Enter")

    assert person.told()["text"] == {"body": "Yes, I am"}
    expect(page.locator(".message-own")).to_contain_text("Yes, I am")
    expect(box).to_have_value("")


def test_a_photo_is_sent_and_shown(opened, person):
    person.gets(type="text", text={"body": "Send us a photo"})
    page = opened.page(person.address)

    page.get_by_role("button", name="Attach").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Photo or video").click()
    chooser.value.set_files({"name": "plant.png", "mimeType": "image/png", "buffer": PIXEL})

    told = person.told()
    assert told["type"] == "image"
    assert told["image"]["mime_type"] == "image/png"
    shown = page.locator(".message-own img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 1)


def test_a_message_is_quoted_and_reacted_to(opened, person):
    wamid = person.gets(type="text", text={"body": "How was it?"})
    page = opened.page(person.address)
    actions = page.get_by_role("button", name="Message actions")

    actions.click()
    page.get_by_role("button", name="Reply", exact=True).click()
    page.get_by_label(f"Message as +{person.digits}").fill("Lovely")
    page.get_by_role("button", name="Send", exact=True).click()
    told = person.told()
    assert told["text"] == {"body": "Lovely"}
    assert told["context"] == {"from": "919800000001", "id": wamid}

    actions.first.click()
    page.get_by_role("button", name="React with 👍").click()
    assert person.told()["reaction"] == {"message_id": wamid, "emoji": "👍"}
    expect(page.get_by_role("img", name="Reactions: 👍")).to_be_visible()


def test_a_flow_is_answered_with_what_it_sends_back(opened, person):
    action = {"flow_token": "token-7", "flow_action_data": {}}
    flow = {
        "type": "button",
        "sub_type": "flow",
        "index": 0,
        "parameters": [{"type": "action", "action": action}],
    }
    person.gets_template("survey_flow", {"type": "body", "parameters": text("Asha")}, flow)
    page = opened.page(person.address)

    page.locator(".bubble .button").click()
    page.get_by_label("Response").fill('{"rating": "5"}')
    page.get_by_role("dialog").get_by_role("button", name="Send").click()

    reply = person.told()["interactive"]
    assert reply["type"] == "nfm_reply"
    assert reply["nfm_reply"]["response_json"] == '{"flow_token":"token-7","rating":"5"}'


def test_a_question_about_a_product_names_it(opened, person):
    wamid = person.gets_template("abandoned_cart", *items())
    page = opened.page(person.address)

    page.get_by_role("button", name="View items").click()
    page.get_by_role("dialog").get_by_role("button", name="Message business").nth(1).click()
    page.get_by_label(f"Message as +{person.digits}").fill("Is it hardy?")
    page.keyboard.press("Enter")

    told = person.told()
    assert told["text"] == {"body": "Is it hardy?"}
    assert told["context"]["id"] == wamid
    assert told["context"]["referred_product"]["product_retailer_id"] == "nseiw1x3ch"


def test_somebody_new_writes_first(opened, person):
    page = opened.page(person.inbox)

    page.get_by_role("button", name="Write as a person").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Phone of the person").fill(f"+{person.digits}")
    sheet.get_by_label("Name").fill("Zoya Khan")
    sheet.get_by_label("First message").fill("Do you deliver?")
    sheet.get_by_role("button", name="Send").click()

    assert person.told()["text"] == {"body": "Do you deliver?"}
    expect(page.locator(".phone-names")).to_contain_text("seen by Zoya Khan")
    expect(page.get_by_role("link", name="Zoya Khan")).to_be_visible()
