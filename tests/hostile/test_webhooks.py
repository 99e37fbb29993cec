"""Webhooks that are unsigned, are none, or hold odd things: what Meta signed is kept and done."""

import hashlib
import hmac
import json
import random

import pytest

from support.mutations import REPLACEMENTS, encoded, places, replaced
from support.processes import SECRET, Customer, until
from support.raw_socket import RawSocket
from support.signed_webhooks import WEBHOOK, body, change, deliver, status

STRANGER = {"id": "wamid.stranger", "to": "+919811111111", "biz_opaque_callback_data": "nobody"}
PHONE = "106540352242922"


@pytest.fixture
def meta(home):
    with Customer(home.gateway.port, "", "", timeout_s=10) as one:
        yield one


def outcome_of(home, raw: bytes) -> dict:
    """What the gateway made of this webhook, once it has worked it off."""
    digest = hashlib.sha256(raw).digest()

    def newest():
        for id_, kept in home.kept.rows(
            "SELECT webhook_id, body FROM webhooks ORDER BY received_at DESC, webhook_id DESC"
        ):
            if hashlib.sha256(kept).digest() == digest:
                return id_
        return None

    id_ = newest()
    assert id_ is not None, "it was not kept"

    def is_done() -> bool:
        query = f"SELECT count(*) FROM webhooks WHERE webhook_id = '{id_}' AND processed_at > 0"
        return home.kept.number(query) == 1

    until(is_done, "it is worked off", 10, 0.01)
    ((outcome,),) = home.kept.rows(f"SELECT outcome FROM webhooks WHERE webhook_id = '{id_}'")
    return json.loads(outcome)


def signed(raw: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), raw, algorithm).hexdigest()}"


GOOD = body(change([status(STRANGER, "sent")], PHONE))
WRONG = {
    "nothing": None,
    "an empty one": "",
    "another secret's": signed(GOOD, "another"),
    "that of another body": signed(GOOD + b" "),
    "SHA-1": signed(GOOD, algorithm="sha1"),
    "the hex alone": signed(GOOD).removeprefix("sha256="),
    "half of it": signed(GOOD)[:40],
    "more than it": signed(GOOD) + "00",
    "letters": "sha256=" + "z" * 64,
    "odd bytes": "sha256=\xff\xfe",
    "a list": f"{signed(GOOD)}, {signed(GOOD)}",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_signature_is_refused_and_nothing_is_kept(meta, unchanged, name):
    headers = {"Content-Type": "application/json"}
    if WRONG[name] is not None:
        headers["X-Hub-Signature-256"] = WRONG[name]

    assert meta.ask("POST", WEBHOOK, GOOD, headers).status == 401


GARBAGE = {
    "nothing": b"",
    "a space": b" ",
    "no JSON": b"hello",
    "half a body": GOOD[:100],
    "odd bytes": b"\xff\xfe\x00" * 100,
    "null": b"null",
    "a number": b"7",
    "a huge number": b"1e999",
    "many digits": b"9" * 100_000,
    "an array": b"[]",
    "an empty object": b"{}",
    "no list of entries": b'{"entry": {}}',
    "entries that are none": b'{"entry": [null, 7, "x", [], {}]}',
    "changes that are none": b'{"entry": [{"changes": [null, 7, "x", [], {}]}]}',
    "values that are none": b'{"entry": [{"changes": [{"value": null}, {"value": []}]}]}',
    "brackets": b"[" * 100_000,
    "closed brackets": b"[" * 100_000 + b"]" * 100_000,
    "a deep entry": b'{"entry": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "a status without id": body(change([{"status": "sent", "timestamp": "1"}], PHONE)),
    "an unknown status": body(change([status(STRANGER, "teleported")], PHONE)),
    "a status that is a list": body(change([status(STRANGER, "sent", status=[])], PHONE)),
    "no time": body(change([status(STRANGER, "sent", timestamp=None)], PHONE)),
    "a time of letters": body(change([status(STRANGER, "sent", timestamp="soon")], PHONE)),
    "a time before all": body(change([status(STRANGER, "sent", timestamp="-1")], PHONE)),
    "a time after all": body(change([status(STRANGER, "sent", timestamp="9" * 20)], PHONE)),
    "a time of many digits": body(change([status(STRANGER, "sent", timestamp="9" * 9000)], PHONE)),
    "statuses that are none": body(change([None, 7, "x", [], {}], PHONE)),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_signed_garbage_is_kept_answered_200_and_marked_as_dropped(home, meta, name):
    assert deliver(meta, GARBAGE[name]).status == 200
    assert outcome_of(home, GARBAGE[name])["dropped"]


def test_nothing_in_an_entry_is_nothing(home, meta):
    raw = b'{"object": "whatsapp_business_account", "entry": []}'

    assert deliver(meta, raw).status == 200
    assert outcome_of(home, raw) == {
        "recorded": 0,
        "parked": 0,
        "inbound": 0,
        "kept": 0,
        "again": 0,
        "unowned": 0,
        "others": {},
        "dropped": [],
    }


ODD = {
    "unknown fields": status(STRANGER, "sent", of_tomorrow={"a": [1, 2, {"b": None}]}),
    "a lone surrogate": status(STRANGER, "sent", biz_opaque_callback_data="\ud800"),
    "a zero in its id": status(STRANGER, "sent", id="wamid.\0"),
    "a long id": status(STRANGER, "sent", id="wamid." + "x" * 100_000),
    "an odd recipient": status(STRANGER, "sent", recipient_id={"a": 1}),
    "pricing that is none": status(STRANGER, "delivered", pricing=[1]),
    "errors that are none": status(STRANGER, "failed", errors="bad"),
    "an error that is none": status(STRANGER, "failed", errors=[None]),
    "a huge code": status(STRANGER, "failed", errors=[{"code": 10**18}]),
    "a code of truth": status(STRANGER, "failed", errors=[{"code": True, "title": None}]),
    "odd words": status(STRANGER, "failed", errors=[{"code": 1, "message": ["x"], "title": {}}]),
    "a number for a time": status(STRANGER, "sent", timestamp=1_795_000_000),
    "a broken time": status(STRANGER, "sent", timestamp=1.5),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_status_costs_at_most_itself(home, meta, name):
    with home.customer() as customer:
        message_id = customer.send(name).message_id
    home.settle()
    message = next(
        one for one in home.emulator.messages() if one["biz_opaque_callback_data"] == message_id
    )
    query = f"SELECT count(*) FROM facts WHERE message_id = '{message_id}'"
    before = home.kept.number(query)
    raw = body(change([ODD[name], status(message, "read")], PHONE), {"value": None})

    assert deliver(meta, raw).status == 200
    outcome = outcome_of(home, raw)
    assert outcome["recorded"] + outcome["parked"] + len(outcome["dropped"]) == 3
    assert outcome["recorded"] == 1
    assert home.kept.number(query) == before + 1


INSIDE = {
    "a lone surrogate": rb'"\ud800"',
    "a huge number": b"1e999",
    "many digits": b"9" * 5000,
    "brackets": b"[" * 500 + b"]" * 500,
    "many brackets": b"[" * 60_000 + b"]" * 60_000,
}


@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize(
    "place", ["in the status", "in the contact", "in the number", "in the entry", "as its value"]
)
def test_odd_json_inside_a_webhook_is_worked_off(home, meta, name, place):
    with home.customer() as customer:
        message_id = customer.send(name).message_id
    home.settle()
    message = next(
        one for one in home.emulator.messages() if one["biz_opaque_callback_data"] == message_id
    )
    one = status(message, "read", **({"x": "HERE"} if place == "in the status" else {}))
    if place == "as its value":
        one["recipient_id"] = "HERE"
    whole = change([one], PHONE)
    if place == "in the contact":
        whole["value"]["contacts"] = [{"profile": {"name": "HERE"}}]
    if place == "in the number":
        whole["value"]["metadata"]["display_phone_number"] = "HERE"
    raw = body(whole)
    if place == "in the entry":
        raw = raw.replace(b'"changes"', b'"x": "HERE", "changes"')
    raw = raw.replace(b'"HERE"', INSIDE[name])

    assert deliver(meta, raw).status == 200
    outcome = outcome_of(home, raw)
    if "brackets" not in name:  # too deep for any reader: then the body is lost, and says so
        assert outcome["recorded"] == 1
    assert outcome["recorded"] + len(outcome["dropped"]) == 1


INBOUND = {
    "text": {"from": "919811111111", "id": "wamid.1", "timestamp": "1", "type": "text"},
    "no sender": {"id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "hi"}},
    "nothing": {},
    "null": None,
    "a type of tomorrow": {"from": "1", "id": "wamid.2", "type": "hologram", "hologram": []},
}


@pytest.mark.parametrize("name", INBOUND)
def test_an_odd_message_from_a_recipient_is_counted(home, meta, name):
    value = {"messaging_product": "whatsapp", "messages": [INBOUND[name]]}
    raw = body({"value": value, "field": "messages"}, {"value": {}, "field": name})

    assert deliver(meta, raw).status == 200
    outcome = outcome_of(home, raw)
    assert (outcome["inbound"], outcome["others"]) == (1, {name: 1})
    assert outcome["kept"] + outcome["again"] + len(outcome["dropped"]) == 2


def test_random_and_damaged_webhooks_are_all_worked_off(home, meta):
    chance = random.Random(11)
    before = home.kept.number("SELECT count(*) FROM webhooks")
    for _ in range(300):
        raw = bytearray(GOOD)
        for _ in range(chance.choice((1, 3, 30))):
            raw[chance.randrange(len(raw))] = chance.choice(b'{}[],:"\\0-\xff\x00a')
        assert deliver(meta, bytes(raw)).status == 200
    home.settle()

    assert home.kept.number("SELECT count(*) FROM webhooks") == before + 300
    assert home.kept.number("SELECT count(*) FROM webhooks WHERE processed_at IS NULL") == 0


def test_no_wrong_value_anywhere_in_a_webhook_stops_its_processing(home, meta):
    whole = json.loads(body(change([status(STRANGER, "failed", errors=ERRORS)], PHONE)))
    bodies = [
        encoded(replaced(whole, path, value)) for path in places(whole) for value in REPLACEMENTS
    ]
    before = home.kept.number("SELECT count(*) FROM webhooks")
    for raw in bodies:
        assert deliver(meta, raw).status == 200
    home.settle()

    print(f"\n{len(bodies)} webhooks")
    assert home.kept.number("SELECT count(*) FROM webhooks") == before + len(bodies)
    assert home.kept.number("SELECT count(*) FROM webhooks WHERE outcome IS NULL") == 0


ERRORS = [
    {
        "code": 131026,
        "title": "Message undeliverable",
        "message": "Message undeliverable",
        "error_data": {"details": "Message undeliverable."},
    }
]


def test_a_webhook_of_more_than_three_megabytes_is_refused_and_of_three_is_kept(home, meta):
    most = 3 * 2**20

    assert deliver(meta, GOOD.ljust(most)).status == 200
    assert outcome_of(home, GOOD.ljust(most))["parked"] == 1
    with RawSocket(home.gateway.port) as line:
        line.say(b"POST /webhooks/meta HTTP/1.1\r\nHost: x\r\n")
        line.say(b"X-Hub-Signature-256: sha256=00\r\n")
        line.say(b"Content-Length: %d\r\n\r\n" % (most + 1))
        assert line.hear().startswith(b"HTTP/1.1 413")


def test_a_webhook_without_a_signature_is_refused_unread(home, unchanged):
    with RawSocket(home.gateway.port) as line:
        line.say(b"POST /webhooks/meta HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
        assert line.hear().startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "query",
    ["", "?hub.mode=subscribe", "?hub.verify_token=%FF&hub.mode=subscribe", "?" + "a" * 5000],
)
def test_a_handshake_without_the_token_is_refused(meta, unchanged, query):
    assert meta.ask("GET", WEBHOOK + query).status == 403
