"""One send of every kind that the documents name, as a customer would write it."""

from typing import Any

from support.sends import NUMBER, carousel, mpm, mpm_button, template, without

CATALOGUE = "194836987003835"


def _message(kind: str, content: Any, **changes: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER,
        "type": kind,
        kind: content,
        **changes,
    }


def interactive(kind: str, action: Any, **changes: Any) -> dict[str, Any]:
    """An interactive message with a body; a part changed to None is left out."""
    content = {"type": kind, "body": {"text": "What would you like?"}, "action": action, **changes}
    return _message(
        "interactive", {key: value for key, value in content.items() if value is not None}
    )


def reply(number: int = 1) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": f"change-{number}", "title": f"Change {number}"}}


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"id": f"row-{number}", "title": f"Row {number}", "description": "Next day to 2 days"}
        for number in range(first, first + count)
    ]


def media_card(index: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "card_index": index,
        "type": "cta_url",
        "header": {"type": "image", "image": {"link": "https://example.com/a.png"}},
        "body": {"text": "Exclusive deal"},
        "action": {
            "name": "cta_url",
            "parameters": {"display_text": "Shop now", "url": "https://example.com/a"},
        },
        **changes,
    }


def product_card(index: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "card_index": index,
        "type": "product",
        "action": {"product_retailer_id": f"sku{index}", "catalog_id": CATALOGUE},
        **changes,
    }


def contact(**changes: Any) -> dict[str, Any]:
    return {
        "addresses": [{"city": "Menlo Park", "country_code": "us", "type": "HOME"}],
        "birthday": "2012-08-18",
        "emails": [{"email": "test@example.com", "type": "WORK"}],
        "name": {"formatted_name": "John Smith", "first_name": "John"},
        "org": {"company": "WhatsApp"},
        "phones": [{"phone": "+1 (940) 555-1234", "type": "HOME", "wa_id": "19405551234"}],
        "urls": [{"url": "https://www.example.com", "type": "WORK"}],
        **changes,
    }


CTA = {
    "name": "cta_url",
    "parameters": {"display_text": "See dates", "url": "https://example.com/dates"},
}
FLOW = {
    "name": "flow",
    "parameters": {
        "flow_message_version": "3",
        "flow_token": "AQAAAAACS5FpgQ_cAAAAAD0QI3s.",
        "flow_id": "1",
        "flow_cta": "Book!",
        "flow_action": "navigate",
        "flow_action_payload": {"screen": "SIGN_UP", "data": {"price": 12.5}},
    },
}
PRODUCTS = {
    "catalog_id": CATALOGUE,
    "sections": [
        {"title": "Popular", "product_items": [{"product_retailer_id": "sku0"}]},
        {"title": "Premium", "product_items": [{"product_retailer_id": "sku1"}]},
    ],
}
LIST = {
    "button": "Choose",
    "sections": [{"title": "Soon", "rows": rows(2)}, {"title": "Later", "rows": rows(2, 2)}],
}
TEXT_HEADER = {"type": "text", "text": "Choose"}
ORDER = {
    "reference_id": "order-1",
    "type": "digital-goods",
    "currency": "INR",
    "total_amount": {"offset": 100, "value": 1100},
    "payment_type": "upi",
    "payment_configuration": "my-configuration",
    "order": {
        "status": "pending",
        "items": [
            {
                "retailer_id": "sku0",
                "name": "bread",
                "quantity": 1,
                "amount": {"offset": 100, "value": 1000},
            }
        ],
        "subtotal": {"offset": 100, "value": 1000},
    },
}

FREE_FORM: dict[str, dict[str, Any]] = {
    "text": _message("text", {"body": "hello", "preview_url": True}),
    "reply": _message("text", {"body": "hello"}, context={"message_id": "wamid.1"}),
    "image by id": _message("image", {"id": "155808", "caption": "A succulent"}),
    "image by link": _message("image", {"link": "https://example.com/a.png"}),
    "audio": _message("audio", {"id": "155808"}),
    "video": _message("video", {"link": "http://example.com/a.mp4", "caption": "A video"}),
    "document": _message("document", {"id": "1", "filename": "a.pdf", "caption": "Bill"}),
    "sticker": _message("sticker", {"id": "155808"}),
    "location": _message(
        "location",
        {
            "longitude": -122.425332,
            "latitude": 37.758056,
            "name": "Philz Coffee",
            "address": "101 Forest Ave",
        },
    ),
    "location in whole degrees": _message("location", {"longitude": 77, "latitude": 12}),
    "location as text": _message("location", {"longitude": "77.5946", "latitude": "12.9716"}),
    "contacts": _message("contacts", [contact(), {"name": {"formatted_name": "Jane"}}]),
    "reaction": _message("reaction", {"message_id": "wamid.1", "emoji": "😀"}),
    "reaction withdrawn": _message("reaction", {"message_id": "wamid.1", "emoji": ""}),
    "button": interactive(
        "button",
        {"buttons": [reply(1), reply(2), reply(3)]},
        header={"type": "image", "image": {"id": "155808"}},
        footer={"text": "Lucky Shrub"},
    ),
    "list": interactive("list", LIST, header=TEXT_HEADER, footer={"text": "Lucky Shrub"}),
    "list of one section": interactive(
        "list", {"button": "Choose", "sections": [{"rows": rows(10)}]}
    ),
    "cta_url": interactive("cta_url", CTA, header=TEXT_HEADER),
    "location request": interactive("location_request_message", {"name": "send_location"}),
    "address": interactive(
        "address_message", {"name": "address_message", "parameters": {"country": "IN"}}
    ),
    "flow": interactive("flow", FLOW, header=TEXT_HEADER, footer={"text": "Lucky Shrub"}),
    "product": interactive(
        "product", {"catalog_id": CATALOGUE, "product_retailer_id": "sku0"}, body=None
    ),
    "product list": interactive("product_list", PRODUCTS, header=TEXT_HEADER),
    "catalog": interactive(
        "catalog_message",
        {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "sku0"}},
    ),
    "media carousel": interactive("carousel", {"cards": [media_card(0), media_card(1)]}),
    "product carousel": interactive("carousel", {"cards": [product_card(0), product_card(1)]}),
    "order details": interactive("order_details", {"name": "review_and_pay", "parameters": ORDER}),
    "order status": interactive(
        "order_status",
        {
            "name": "review_order",
            "parameters": {"reference_id": "order-1", "order": {"status": "shipped"}},
        },
    ),
    "call permission": interactive("call_permission_request", {"name": "call_permission_request"}),
    "voice call": interactive(
        "voice_call", {"name": "voice_call", "parameters": {"display_text": "Call us"}}
    ),
    "to a user id": {
        **without(_message("text", {"body": "hello"}), "to"),
        "recipient": "US.13491208655302741918",
    },
}


def _product_template_card(index: int) -> dict[str, Any]:
    product = {"product_retailer_id": f"sku{index}", "catalog_id": CATALOGUE}
    return {
        "card_index": index,
        "components": [{"type": "header", "parameters": [{"type": "product", "product": product}]}],
    }


def _button(sub_type: str, index: int, *parameters: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "sub_type": sub_type,
        "index": index,
        "parameters": list(parameters),
    }


TEMPLATES: dict[str, dict[str, Any]] = {
    "plain": _message("template", template()),
    "text header and named body": _message(
        "template",
        template(
            {"type": "header", "parameters": [{"type": "text", "text": "Pablo"}]},
            {
                "type": "body",
                "parameters": [{"type": "text", "parameter_name": "first", "text": "Jo"}],
            },
        ),
    ),
    "location header": _message(
        "template",
        template(
            {
                "type": "header",
                "parameters": [
                    {"type": "location", "location": {"latitude": 37.44, "longitude": -122.16}}
                ],
            }
        ),
    ),
    "multi-product": mpm(),
    "carousel": carousel(),
    "product cards": _message(
        "template",
        template(
            {"type": "carousel", "cards": [_product_template_card(0), _product_template_card(1)]}
        ),
    ),
    "authentication": _message(
        "template",
        template(
            {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
            _button("url", 0, {"type": "text", "text": "123456"}),
        ),
    ),
    "limited-time offer": _message(
        "template",
        template(
            {
                "type": "limited_time_offer",
                "parameters": [
                    {
                        "type": "limited_time_offer",
                        "limited_time_offer": {"expiration_time_ms": 1698562800000},
                    }
                ],
            },
            _button("copy_code", 0, {"type": "coupon_code", "coupon_code": "25OFF"}),
            _button("url", 1, {"type": "text", "text": "n3mtql"}),
        ),
    ),
    "catalog": _message(
        "template",
        template(
            _button(
                "catalog",
                0,
                {"type": "action", "action": {"thumbnail_product_retailer_id": "sku0"}},
            )
        ),
    ),
    "flow": _message(
        "template",
        template(
            _button(
                "flow",
                0,
                {"type": "action", "action": {"flow_token": "t", "flow_action_data": {"x": 0.5}}},
            )
        ),
    ),
    "order details": _message(
        "template",
        template(
            _button("order_details", 0, {"type": "action", "action": {"order_details": ORDER}})
        ),
    ),
    "order status": _message(
        "template",
        template(
            {
                "type": "order_status",
                "parameters": [
                    {
                        "type": "order_status",
                        "order_status": {
                            "reference_id": "order-1",
                            "order": {"status": "shipped", "description": "On its way"},
                        },
                    }
                ],
            }
        ),
    ),
    "voice call": _message(
        "template",
        template(
            {
                "type": "button",
                "sub_type": "voice_call",
                "parameters": [
                    {"type": "ttl_minutes", "ttl_minutes": 100},
                    {"type": "payload", "payload": "p"},
                ],
            }
        ),
    ),
    "tap target": _message(
        "template",
        template(
            {
                "type": "tap_target_configuration",
                "parameters": [
                    {
                        "type": "tap_target_configuration",
                        "tap_target_configuration": [
                            {"url": "https://example.com", "title": "Offer"}
                        ],
                    }
                ],
            }
        ),
    ),
    "single product": _message(
        "template", template(*_product_template_card(0)["components"], name="spm")
    ),
    "several buttons": _message(
        "template",
        template(_button("quick_reply", 0, {"type": "payload", "payload": "p"}), mpm_button()),
    ),
}
