"""A webhook's body is understood entry by entry; nothing in it can make the reading fail."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import PHONE_NUMBER_ID, UNDELIVERABLE, WAMID
from waypost.meta.events import parse_webhook
from waypost.meta.timestamps import EPOCH
from waypost.model.lifecycle import Fact

SECONDS = 1_795_176_000


def status(**changes):
    return {
        "id": WAMID,
        "status": "sent",
        "timestamp": str(SECONDS),
        "recipient_id": "919876543210",
        "biz_opaque_callback_data": "A1",
        **changes,
    }


def value(*statuses, **changes):
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": PHONE_NUMBER_ID},
        "statuses": list(statuses),
        **changes,
    }


def parse(*values, field="messages"):
    changes = [{"field": field, "value": one} for one in values]
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    return parse_webhook(json.dumps(body).encode())


def the_status(**changes):
    understood = parse(value(status(**changes)))
    assert understood.dropped == []
    (one,) = understood.statuses
    return one


def test_a_status_is_read_whole():
    one = the_status()

    assert (one.wamid, one.opaque, one.fact) == (WAMID, "A1", Fact.SENT)
    assert (one.phone_number_id, one.wa_id) == (PHONE_NUMBER_ID, "919876543210")
    assert (one.occurred_at - EPOCH).total_seconds() == SECONDS
    assert one.pricing is None
    assert one.failure is None


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("sent", Fact.SENT),
        ("delivered", Fact.DELIVERED),
        ("read", Fact.READ),
        ("played", Fact.READ),
        ("failed", Fact.FAILED),
    ],
)
def test_every_status_of_meta_is_a_fact(name, fact):
    assert the_status(status=name).fact is fact


def test_our_own_mark_is_read_and_goes_no_further():
    kept = json.loads(the_status().meta_value)

    assert kept["statuses"] == [{k: v for k, v in status().items() if k[:3] != "biz"}]
    assert kept["metadata"]["phone_number_id"] == PHONE_NUMBER_ID


def test_a_failure_is_told_in_metas_words_and_ours():
    error = {"code": 131026, "title": "x", "error_data": {"details": "detail"}}
    failure = the_status(status="failed", errors=[error]).failure

    assert (failure.code, failure.title, failure.detail) == (
        "131026",
        UNDELIVERABLE.title,
        "detail",
    )
    assert failure.next_step


@pytest.mark.parametrize("errors", [None, [], ["x"], [{}], [{"code": "131026"}], {"code": 1}])
def test_a_failure_without_a_reason_says_so(errors):
    failure = the_status(status="failed", errors=errors).failure

    assert (failure.code, failure.title) == ("0", "Meta gave no reason")


@pytest.mark.parametrize(
    ("pricing", "is_billable"),
    [
        ({"billable": True, "type": "regular"}, True),
        ({"billable": False}, False),
        ({"type": "free_customer_service"}, False),
        ({"type": "free_entry_point", "billable": True}, False),
        ({}, True),
    ],
)
def test_what_meta_does_not_bill_is_known(pricing, is_billable):
    told = the_status(pricing=pricing).pricing

    assert told is not None
    assert told.is_billable is is_billable


@pytest.mark.parametrize("pricing", [None, "free"])
def test_a_status_without_a_price_tells_none(pricing):
    assert the_status(pricing=pricing).pricing is None


def test_each_of_several_statuses_goes_on_with_its_own_contact():
    contacts = [{"wa_id": "1", "user_id": "US.1"}, {"wa_id": "2"}, {"user_id": "US.3"}, "odd"]
    statuses = [
        status(id="w1", recipient_id="1"),
        status(id="w2", recipient_id="2"),
        status(id="w3", recipient_id=None, recipient_user_id="US.3"),
    ]

    read = parse(value(*statuses, contacts=contacts)).statuses

    assert [json.loads(one.meta_value)["contacts"] for one in read] == [
        [contacts[0]],
        [contacts[1]],
        [contacts[2]],
    ]
    assert [len(json.loads(one.meta_value)["statuses"]) for one in read] == [1, 1, 1]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("no object", "is no object"),
        ({"status": "sent"}, "has no `id`"),
        ({**status(), "id": 7}, "has no `id`"),
        (status(status="warped"), "status 'warped' is not known"),
        (status(status=["sent"]), "status ['sent'] is not known"),
        (status(timestamp=None), "timestamp None is none"),
        (status(timestamp="soon"), "timestamp 'soon' is none"),
        (status(timestamp="-1"), "timestamp '-1' is none"),
        (status(timestamp="9" * 30), f"timestamp '{'9' * 30}' is none"),
        (status(timestamp="9" * 5000), f"timestamp '{'9' * 5000}' is none"),
    ],
)
def test_a_bad_status_costs_only_itself(broken, why):
    understood = parse(value(broken, status()))

    assert understood.dropped == [f"/entry/0/changes/0/value/statuses/0: {why}"]
    assert [one.wamid for one in understood.statuses] == [WAMID]


def test_a_timestamp_may_be_a_number():
    assert the_status(timestamp=SECONDS).occurred_at == the_status().occurred_at


def test_what_is_no_status_is_counted():
    understood = parse(value(messages=[{}, {}], errors=[{}]))
    others = parse({"x": 1}, {"x": 2}, field="account_update")

    assert (understood.inbound, understood.others) == (2, {"errors": 1})
    assert others.others == {"account_update": 2}
    assert others.dropped == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b"\xff", b'{"entry":"\xff"}', b'{"entry":{}}', b"[" * 100_000],
)
def test_a_body_that_is_none_is_dropped_and_says_why(body):
    understood = parse_webhook(body)

    assert understood.statuses == []
    assert len(understood.dropped) == 1


def test_entries_and_changes_that_are_none_cost_only_themselves():
    good = {"changes": [{"field": "messages", "value": value(status())}]}
    entries = [None, {}, {"changes": [None, {}, {"value": []}]}, good]

    understood = parse_webhook(json.dumps({"entry": entries}).encode())

    assert len(understood.statuses) == 1
    assert [line.partition(" ")[0] for line in understood.dropped] == [
        "/entry/0",
        "/entry/1",
        "/entry/2/changes/0",
        "/entry/2/changes/1",
        "/entry/2/changes/2",
    ]


def test_nesting_without_end_costs_at_most_its_body():
    template = json.dumps(
        {"entry": [{"changes": [{"field": "messages", "value": value(status(deep=0))}]}]}
    )
    read = set()
    for depth in range(800, 1000):
        understood = parse_webhook(
            template.replace('"deep": 0', f'"deep": {"[" * depth}{"]" * depth}').encode()
        )
        assert len(understood.statuses) + len(understood.dropped) == 1
        read.add(len(understood.statuses))

    assert read == {0, 1}, "shallow ones are read, and deep ones dropped"


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reading_fail(body):
    understood = parse_webhook(body)

    assert understood.statuses == []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def shaped(keys, inner):
    """An object with some of Meta's keys, and anything in their places."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, ANYTHING) | inner)


STATUS = shaped(
    ["id", "recipient_id", "recipient_user_id", "errors", "pricing", "biz_opaque_callback_data"],
    {
        "status": st.sampled_from(["sent", "failed"]) | ANYTHING,
        "timestamp": st.sampled_from(["1", 2]) | ANYTHING,
        "id": st.sampled_from(["wamid.1"]) | ANYTHING,
    },
)
CONTACT = shaped(["wa_id", "user_id"], {})
VALUE = shaped(
    ["messages", "errors"],
    {
        "metadata": shaped(["phone_number_id"], {}) | ANYTHING,
        "contacts": st.lists(CONTACT | ANYTHING, max_size=3) | ANYTHING,
        "statuses": st.lists(STATUS | ANYTHING, max_size=3) | ANYTHING,
    },
)
CHANGE = shaped([], {"field": st.just("messages") | ANYTHING, "value": VALUE | ANYTHING})
ENTRY = shaped([], {"changes": st.lists(CHANGE | ANYTHING, max_size=2) | ANYTHING})
BODY = shaped(["object"], {"entry": st.lists(ENTRY | ANYTHING, max_size=2) | ANYTHING}) | ANYTHING


@given(BODY)
def test_no_json_makes_the_reading_fail(body):
    understood = parse_webhook(json.dumps(body).encode())

    for one in understood.statuses:
        assert len(json.loads(one.meta_value)["statuses"]) == 1
        assert one.wamid
        assert one.occurred_at.tzinfo is not None
