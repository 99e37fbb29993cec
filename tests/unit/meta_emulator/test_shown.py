"""A message as the person sees it: filled, in order, with products looked up."""

import asyncio
import json

import pytest

from meta_emulator.people.shown_messages import shown_answer, shown_message
from meta_emulator.people.shown_templates import fill, shown_example
from support.emulated import (
    MESSAGES,
    Emulated,
    body,
    button,
    emulated,
    fixture,
    header,
    named,
    payload,
    template,
    text,
)
from support.published import NEEDS_FOLDER, filled, seed_for, sends

TO = {"messaging_product": "whatsapp", "to": "+919876543210"}


def seen(send, made: Emulated | None = None):
    """What the recipient sees of a send, which must be taken."""
    made = made or emulated()
    answer = asyncio.run(made.send(send))
    assert answer.status == 200, answer.json
    (_, message), *_ = made.emulator.state.messages.after(made.emulator.state.messages.last - 1)
    return shown_message(message)


def interactive(kind, action, **more):
    content = {"type": kind, "body": {"text": "Which?"}, "action": action, **more}
    return {**TO, "type": "interactive", "interactive": content}


def test_the_documented_list_of_products_opens_what_it_names():
    shown = seen(fixture("mpm-send"))
    assert shown.title == "Forget something, subscription?"
    assert shown.body.startswith("You left items in your cart. This is the sample message")
    assert shown.footer == "Reply STOP to opt out"
    assert [(one.kind, one.text) for one in shown.buttons] == [("mpm", "View items")]
    assert [section.title for section in shown.sections] == ["Premium Packages"]
    (product,) = shown.sections[0].products
    assert (product.name, product.price, product.currency) == (
        "Premium succulent package",
        299900,
        "INR",
    )
    assert shown.product is not None
    assert shown.product.retailer_id == "2lc20XXXpt"


def test_the_documented_carousel_has_its_card():
    shown = seen(fixture("carousel-send"))
    assert len(shown.cards) == 1
    card = shown.cards[0]
    assert card.medium is not None
    assert card.medium.kind == "image"
    assert "{{" not in shown.body + card.body
    assert [one.kind for one in card.buttons] == ["quick_reply", "url"]
    assert "{{" not in card.buttons[1].value


def test_variables_by_name_and_by_place_are_filled():
    shown = seen(template("order_update", body("Pablo", "860198")))
    assert shown.body == "Hello Pablo, your order 860198 is on its way."
    assert fill("{{b}} {{a}}", [named("a", "1"), named("b", "2")]) == "2 1"
    assert fill("{{1}} {{2}}", [text("only")]) == "only {{2}}"
    assert fill("{{1}}", [text("{{2}}"), text("never")]) == "{{2}}"


def test_money_and_dates_show_their_fallback():
    money = {"type": "currency", "currency": {"fallback_value": "$1", "code": "USD"}}
    date = {"type": "date_time", "date_time": {"fallback_value": "Friday"}}
    assert fill("{{1}} on {{2}}", [money, date]) == "$1 on Friday"


def test_a_code_can_be_copied_and_is_no_link():
    shown = seen(template("login_code", body("123456"), button("url", 0, text("123456"))))
    assert shown.body.startswith("*123456* is your verification code.")
    assert [(one.kind, one.value) for one in shown.buttons] == [("copy_code", "123456")]


def test_product_cards_are_as_many_as_were_sent():
    product = {"product_retailer_id": "vrpj01fvwp", "catalog_id": "194836987003835"}
    cards = [
        {
            "card_index": place,
            "components": [header({"type": "product", "product": product})],
        }
        for place in range(3)
    ]
    made = emulated()
    stored = made.emulator.state.first_number.waba.templates["product_carousel", "en_US"]
    needed = stored.components[0]["text"].count("{{")
    send = template("product_carousel", body(*["x"] * needed), {"type": "carousel", "cards": cards})
    shown = seen(send, made)
    assert [card.product.name for card in shown.cards if card.product] == ["Buddha's temple"] * 3


def test_a_list_shows_its_rows_and_a_button_message_its_replies():
    row = {"id": "a", "title": "Express", "description": "Next day"}
    shown = seen(
        interactive("list", {"button": "Open", "sections": [{"title": "Ways", "rows": [row]}]})
    )
    assert [one.kind for one in shown.buttons] == ["list"]
    assert [(one.id, one.title, one.description) for one in shown.sections[0].rows] == [
        ("a", "Express", "Next day")
    ]
    reply = {"type": "reply", "reply": {"id": "yes-1", "title": "Yes"}}
    shown = seen(interactive("button", {"buttons": [reply]}))
    assert [(one.kind, one.text, one.value) for one in shown.buttons] == [("reply", "Yes", "yes-1")]


def test_products_that_the_catalogue_lost_are_left_out_of_a_list():
    action = {
        "catalog_id": "194836987003835",
        "sections": [
            {
                "title": "Plants",
                "product_items": [
                    {"product_retailer_id": "plant01"},
                    {"product_retailer_id": "nobody"},
                ],
            }
        ],
    }
    shown = seen(interactive("product_list", action, header={"type": "text", "text": "Plants"}))
    assert [one.retailer_id for one in shown.sections[0].products] == ["plant01"]


def test_a_template_that_is_gone_is_said_so():
    made = emulated()
    asyncio.run(made.send(template("order_update", body("Pablo", "860198"))))
    made.emulator.state.first_number.waba.templates.clear()
    (_, message), *_ = made.emulator.state.messages.after(0)
    assert "order_update" in shown_message(message).trouble


def test_a_quoted_message_is_named():
    made = emulated()
    wamid = asyncio.run(made.send({**TO, "type": "text", "text": {"body": "One"}})).wamid
    context = {"message_id": wamid}
    shown = seen({**TO, "type": "text", "text": {"body": "Two"}, "context": context}, made)
    assert (shown.body, shown.answers) == ("Two", wamid)


def test_an_order_has_names_prices_and_its_total():
    catalogue = emulated().emulator.state.first_number.waba.catalogue
    line = {"product_retailer_id": "plant01", "quantity": 3, "item_price": 100.5, "currency": "INR"}
    order = {"catalog_id": "1", "text": "Soon", "product_items": [line]}
    shown = shown_answer({"type": "order", "order": order}, catalogue)
    assert shown.bill is not None
    assert (shown.bill.total, shown.bill.note) == (30150, "Soon")
    assert shown.bill.lines[0].product.name == "Plant No. 1"


@pytest.mark.parametrize(
    ("message", "gist"),
    [
        ({"type": "text", "text": {"body": "Hi"}}, "Hi"),
        ({"type": "image", "image": {"id": "1"}}, "Photo"),
        ({"type": "document", "document": {"id": "1", "filename": "a.pdf"}}, "a.pdf"),
        ({"type": "reaction", "reaction": {"message_id": "w", "emoji": "👍"}}, "Reacted 👍"),
        ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "Location"),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Asha"}}]}, "Asha"),
        ({"type": "unsupported", "errors": []}, "unsupported"),
    ],
)
def test_every_answer_has_a_line_that_stands_for_it(message, gist):
    catalogue = emulated().emulator.state.first_number.waba.catalogue
    assert shown_answer(message, catalogue).gist == gist


def test_every_seeded_template_is_shown_with_its_examples():
    waba = emulated().emulator.state.first_number.waba
    for one in waba.templates.values():
        shown = shown_example({"name": one.name, "components": one.components}, waba.catalogue)
        assert shown.body, one.name
        assert not shown.trouble


@NEEDS_FOLDER
@pytest.mark.parametrize("send", sends())
def test_every_send_of_metas_examples_is_shown(send):
    given = filled(send)
    made = emulated(seed_for(given))
    assert asyncio.run(made.ask("POST", MESSAGES, given)).status == 200
    state = made.emulator.state
    shown = [shown_message(message) for message in state.messages]
    assert all(one.gist and not one.trouble for one in shown), json.dumps(given)


def test_a_payload_is_no_text_of_a_button():
    cards = [
        {
            "card_index": place,
            "components": [
                header({"type": "image", "image": {"id": "1558081531584829"}}),
                body("Asha"),
                button("quick_reply", 0, payload(f"more-{place}")),
                button("url", 1, text("elf")),
            ],
        }
        for place in (1, 0)
    ]
    send = template(
        "carousel_two_cards", body("Asha", "20%", "20OFF"), {"type": "carousel", "cards": cards}
    )
    shown = seen(send)
    assert [card.body for card in shown.cards] == ["Blue Elf, for Asha.", "Black Prince, for Asha."]
    assert {card.buttons[0].text for card in shown.cards} == {"Send me more like this!"}
