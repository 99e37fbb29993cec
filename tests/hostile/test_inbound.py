"""What a recipient may seem to have written: whatever it is, it costs only itself and is seen."""

import json

import pytest

from support.mutations import REPLACEMENTS, encoded, places, replaced
from support.processes import Customer, until
from support.signed_webhooks import body, deliver

PHONE_NUMBER_ID = "106540352242922"
METADATA = {"display_phone_number": "919800000001", "phone_number_id": PHONE_NUMBER_ID}
SENDER = "919811111111"
PRODUCT = {"product_retailer_id": "a", "quantity": 1, "item_price": 7.99, "currency": "INR"}


@pytest.fixture
def meta(home):
    with Customer(home.gateway.port, "", "", timeout_s=10) as one:
        yield one


def message(wamid, **changes):
    return {"from": SENDER, "id": wamid, "timestamp": "1795000000", "type": "text", **changes}


def webhook(*messages):
    value = {
        "messaging_product": "whatsapp",
        "metadata": METADATA,
        "contacts": [{"profile": {"name": "A"}, "wa_id": SENDER}],
        "messages": list(messages),
    }
    return body({"value": value, "field": "messages"})


def is_kept(home, wamid):
    query = f"SELECT count(*) FROM inbound_messages WHERE wamid = '{wamid}'"
    return home.kept.number(query) == 1


ODD = {
    "no sender": {"from": None},
    "a sender of another type": {"from": {"a": 1}},
    "a sender of letters": {"from": "Asha"},
    "no time": {"timestamp": None},
    "no id": {"id": None},
    "an id of another type": {"id": [1]},
    "a long id": {"id": "wamid." + "x" * 100_000},
    "a zero in its id": {"id": "wamid.\0"},
    "no type": {"type": None},
    "a type of another type": {"type": {"a": 1}},
    "a long type": {"type": "t" * 100_000},
    "a zero in its type": {"type": "a\0b"},
    "a lone surrogate": {"text": {"body": "\ud800"}},
    "a zero in its text": {"text": {"body": "a\0b"}},
    "a context that is none": {"context": [None]},
    "a long context": {"context": {"id": "x" * 100_000}},
    "a zero in its context": {"context": {"id": "wamid.\0"}},
    "an image that is none": {"type": "image", "image": 7},
    "an image with a long id": {"type": "image", "image": {"id": "9" * 100_000}},
    "an order that is none": {"type": "order", "order": "x"},
    "an order without products": {"type": "order", "order": {"product_items": None}},
    "an order of everything": {"type": "order", "order": {"product_items": [PRODUCT] * 3000}},
    "a button that is none": {"type": "button", "button": [1], "context": {"id": "x"}},
    "unknown fields": {"of_tomorrow": {"a": [1, {"b": None}]}},
    "nested deeply": {"text": {"body": "x", "deep": json.loads("[" * 200 + "]" * 200)}},
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_message_costs_at_most_itself(home, meta, name):
    wamid = f"wamid.{name.replace(' ', '.')}"
    raw = webhook(
        message(f"{wamid}.before"),
        message(f"{wamid}.odd", **ODD[name]),
        None,
        message(f"{wamid}.after"),
    )

    assert deliver(meta, raw).status == 200
    until(
        lambda: is_kept(home, f"{wamid}.before") and is_kept(home, f"{wamid}.after"),
        "its neighbours are kept",
        10,
        0.01,
    )


FIELDS = ("account_update", "account_alerts", "phone_number_quality_update", "calls", "security")
ODD_VALUES = {
    "an event of another type": {"event": [1], "display_phone_number": {}},
    "a zero": {"event": "a\0b", "display_phone_number": "1\0" * 9},
    "a long number": {"event": "FLAGGED", "display_phone_number": "9" * 100_000},
    "an alert of everything": {
        "entity_id": "x" * 100_000,
        "alert_info": {"alert_severity": "CRITICAL", "alert_type": "t" * 100_000},
    },
    "nothing": {},
}


@pytest.mark.parametrize("name", ODD_VALUES)
def test_an_odd_word_about_an_account_is_kept_and_costs_nothing_else(home, meta, name):
    query = "SELECT count(*) FROM account_events"
    before = home.kept.number(query)
    raw = body(*({"field": field, "value": ODD_VALUES[name] | {"n": name}} for field in FIELDS))

    assert deliver(meta, raw).status == 200
    until(lambda: home.kept.number(query) == before + len(FIELDS), "they are kept", 10, 0.01)


def test_no_wrong_value_anywhere_in_a_message_stops_its_processing(home, meta):
    order = {"catalog_id": "1", "text": "", "product_items": [PRODUCT]}
    whole = json.loads(
        webhook(message("wamid.W", type="order", order=order, context={"id": "wamid.X"}))
    )
    bodies = [
        encoded(replaced(whole, path, value)) for path in places(whole) for value in REPLACEMENTS
    ]
    before = home.kept.number("SELECT count(*) FROM webhooks")
    for raw in bodies:
        assert deliver(meta, raw).status == 200
    home.settle()

    assert home.kept.number("SELECT count(*) FROM webhooks") == before + len(bodies)
    assert home.kept.number("SELECT count(*) FROM webhooks WHERE outcome IS NULL") == 0
