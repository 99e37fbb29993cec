"""The fixture `meta_emulator`: its own assertions, its time, its people, and foreign clients."""

import asyncio
import gc
import hashlib
import hmac
import json
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest
import pywa
import requests

from meta_emulator.testing import OrderError, listening, running
from support.emulated import order_update
from support.emulator_process import SocketReceiver
from support.pair import meta_fixture

PERSON = "+919876543210"
ORDER = {
    "messaging_product": "whatsapp",
    "to": PERSON,
    "type": "interactive",
    "interactive": {
        "type": "product",
        "body": {"text": "Fresh today"},
        "action": {"catalog_id": "194836987003835", "product_retailer_id": "2lc20305pt"},
    },
}


def post(emulator, message, **headers):
    url = f"{emulator.url}/v25.0/{emulator.phone_number_id}/messages"
    authorization = {"Authorization": f"Bearer {emulator.access_token}", **headers}
    return requests.post(url, json=message, headers=authorization, timeout=10)


def send(emulator, message=None):
    answer = post(emulator, message or order_update())
    assert answer.status_code == 200, answer.text
    return answer.json()["messages"][0]["id"]


@pytest.fixture
def receiver(meta_emulator):
    with SocketReceiver(meta_emulator.verify_token) as one:
        meta_emulator.webhooks_to(one.url)
        yield one


def told(receiver, number=1):
    """The values of the next webhooks."""
    return [
        json.loads(heard.body)["entry"][0]["changes"][0]["value"] for heard in receiver.take(number)
    ]


def test_what_was_sent_is_there_to_be_asserted(meta_emulator):
    wamid = send(meta_emulator)

    sent = meta_emulator.assert_sent(to="+91 98765 43210", template="order_update", count=1)

    assert (sent.id, sent.type, sent.status) == (wamid, "template", "accepted")
    assert sent.words == "Hello Pablo, your order 860198 is on its way."
    assert sent.request == order_update()
    assert meta_emulator.assert_sent(contains="860198") == sent
    assert meta_emulator.sent(contains="860199") == []
    meta_emulator.assert_not_sent(to="+919876543211")
    assert meta_emulator.refusals == []


def test_every_test_has_an_emulator_of_its_own(meta_emulator):
    assert meta_emulator.messages == []
    meta_emulator.assert_not_sent()


def test_the_clock_stands_still_until_something_is_waited_for(meta_emulator):
    wamid = send(meta_emulator)
    before, since = meta_emulator.now, time.monotonic()

    assert meta_emulator.messages[0].statuses == []
    read = meta_emulator.wait_for("read", id=wamid, within="24h")

    assert [status.status for status in read.statuses] == ["sent", "delivered", "read"]
    assert (meta_emulator.now - before).total_seconds() == pytest.approx(1.5)
    meta_emulator.advance("6d")
    assert (meta_emulator.now - before).total_seconds() == pytest.approx(6 * 86400 + 1.5)
    assert time.monotonic() - since < 5


def test_a_wait_in_vain_tells_what_did_happen(meta_emulator):
    send(meta_emulator)
    post(meta_emulator, order_update(to="+919876543211", type="nonsense"))

    with pytest.raises(AssertionError) as failed:
        meta_emulator.wait_for("failed", to=PERSON, within="2h")

    lines = str(failed.value).splitlines()
    assert lines[0].startswith(f'No messages to {PERSON} came to "failed" within 2h.')
    assert lines[1] == "1 message was sent:"
    assert "template order_update" in lines[2]
    assert "[accepted, sent after 0.15 s, delivered after 0.6 s, read after 1.5 s]" in lines[2]
    assert lines[3] == "1 request was refused:"
    assert "131051" in lines[4]


def test_a_failed_assertion_tells_what_was_sent(meta_emulator):
    send(meta_emulator)

    with pytest.raises(AssertionError) as failed:
        meta_emulator.assert_sent(template="order_update", count=2)
    assert str(failed.value).splitlines()[:2] == [
        "1 message template order_update was sent instead of 2.",
        "1 message was sent:",
    ]
    with pytest.raises(AssertionError, match="instead of none"):
        meta_emulator.assert_not_sent(to=PERSON)
    with pytest.raises(AssertionError, match="No request was refused with 100"):
        meta_emulator.assert_refused(100)
    with pytest.raises(TypeError):
        meta_emulator.assert_sent(recipient=PERSON)


def test_a_message_that_is_about_to_be_sent_is_waited_for(meta_emulator):
    later = threading.Timer(0.2, send, (meta_emulator,))
    later.start()
    assert meta_emulator.wait_for("delivered", to=PERSON, patience="10s").status == "delivered"
    later.join()


def test_webhooks_go_where_they_are_told_to_and_are_signed(meta_emulator, receiver):
    wamid = send(meta_emulator)
    meta_emulator.wait_for("read")

    heard = receiver.take(3)
    digest = hmac.new(meta_emulator.app_secret.encode(), heard[0].body, hashlib.sha256).hexdigest()
    assert heard[0].headers["x-hub-signature-256"] == f"sha256={digest}"
    statuses = [
        json.loads(one.body)["entry"][0]["changes"][0]["value"]["statuses"][0] for one in heard
    ]
    assert {status["id"] for status in statuses} == {wamid}
    assert {status["status"] for status in statuses} == {"sent", "delivered", "read"}


def test_an_address_that_does_not_shake_hands_is_told(meta_emulator):
    with SocketReceiver("another-token") as one, pytest.raises(AssertionError, match="handshake"):
        meta_emulator.webhooks_to(one.url)


def test_people_write_tap_and_order(meta_emulator, receiver):
    said = meta_emulator.says("hi", from_=PERSON)
    (value,) = told(receiver)
    assert (value["messages"][0]["id"], value["messages"][0]["text"]) == (said, {"body": "hi"})

    carousel = meta_fixture("carousel-meta")
    card = send(meta_emulator, carousel)
    meta_emulator.taps(card, card=1, button=0)
    (value,) = told(receiver)
    assert value["messages"][0]["type"] == "button"
    assert value["messages"][0]["context"]["id"] == card

    shown = meta_emulator.messages[-1]
    meta_emulator.orders(shown, {"2lc20305pt": 2}, text="please")
    (value,) = told(receiver)
    assert value["messages"][0]["order"]["product_items"][0]["quantity"] == 2


def test_an_order_that_cannot_be_carried_out_says_why(meta_emulator):
    with pytest.raises(OrderError, match="there is no message"):
        meta_emulator.order("inbound", {"from": PERSON, "tap": {"id": "wamid.none"}})
    with pytest.raises(AssertionError, match=r"No messages id wamid\.none were sent"):
        meta_emulator.taps("wamid.none")


def test_faults_are_in_force_until_they_are_lifted(meta_emulator):
    meta_emulator.faults(refuse={"code": 130429, "count": 10})
    assert post(meta_emulator, order_update()).json()["error"]["code"] == 130429
    assert meta_emulator.assert_refused(130429, to=PERSON).status == 400
    meta_emulator.faults()
    send(meta_emulator)


def test_a_snapshot_is_gone_back_to(meta_emulator):
    send(meta_emulator)
    kept = json.loads(json.dumps(meta_emulator.snapshot()))
    send(meta_emulator)

    meta_emulator.restore(kept)

    assert len(meta_emulator.messages) == 1
    meta_emulator.wait_for("read")
    meta_emulator.reset()
    assert meta_emulator.messages == []


@pytest.mark.meta_emulator(limits="pair", access_token="mine", status_delays="sent=0")
def test_the_markers_words_decide_how_it_is_run(meta_emulator):
    assert meta_emulator.access_token == "mine"
    answers = [post(meta_emulator, order_update()) for _ in range(60)]
    assert 131056 in {answer.json().get("error", {}).get("code") for answer in answers}
    assert meta_emulator.wait_for("sent").status == "sent"
    assert meta_emulator.sent(status="delivered") == []


def test_limits_are_kept_but_for_rates_as_all_happens_in_one_moment(meta_emulator):
    for _ in range(100):
        send(meta_emulator)
    text = {"messaging_product": "whatsapp", "to": PERSON, "text": {"body": "hi"}}
    wamid = send(meta_emulator, text)
    (failed,) = meta_emulator.wait_for("failed").statuses
    assert (meta_emulator.sent(id=wamid)[0].status, failed.code) == ("failed", 131047)


def test_callbacks_of_the_tested_system_have_a_place(meta_emulator):
    requests.post(f"{meta_emulator.url}/_emulator/inbox/shop", json={"x": 1}, timeout=10)
    (kept,) = meta_emulator.callbacks
    assert (kept.path, kept.body) == ("/_emulator/inbox/shop", {"x": 1})


def test_a_coroutine_that_serves_the_webhooks_itself_waits_without_blocking():
    heard = []

    async def served(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        heard.append(json.loads(await reader.readexactly(length)))
        writer.close()
        await writer.wait_closed()

    async def scene():
        server = await asyncio.start_server(served, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with running(webhook_url=f"http://127.0.0.1:{port}/hook") as emulator:
            async with server, httpx.AsyncClient(base_url=emulator.url) as http:
                headers = {"Authorization": f"Bearer {emulator.access_token}"}
                path = f"/v25.0/{emulator.phone_number_id}/messages"
                answer = await http.post(path, json=order_update(), headers=headers)
                assert answer.status_code == 200
                read = await emulator.aio.wait_for("read", to=PERSON)
                assert [one.delivered_at is not None for one in read.statuses] == [True] * 3
                await emulator.aio.says("hi", PERSON)
                await emulator.aio.advance("1h")
                with pytest.raises(AssertionError, match="No messages"):
                    await emulator.aio.wait_for("failed", patience=0)

    asyncio.run(scene())
    assert len(heard) == 4


def test_pywa_speaks_to_it_unmodified(meta_emulator):
    def elsewhere(request):
        request.url = httpx.URL(
            str(request.url).replace("https://graph.facebook.com", meta_emulator.url)
        )
        request.headers["host"] = request.url.netloc.decode()

    with httpx.Client(event_hooks={"request": [elsewhere]}) as session:
        client = pywa.WhatsApp(
            phone_id=meta_emulator.phone_number_id,
            token=meta_emulator.access_token,
            session=session,
        )
        meta_emulator.says("hi", PERSON)
        client.send_message(PERSON, "Hello from pywa")
    meta_emulator.assert_sent(to=PERSON, type="text", contains="from pywa")


def test_without_pytest_thread_and_port_are_given_back():
    before = set(threading.enumerate())
    with running() as emulator:
        send(emulator)
        port = int(emulator.url.rpartition(":")[2])
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) == before
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
    gc.collect()


def test_two_run_at_once_without_knowing_of_each_other():
    with running() as one, running() as other:
        send(one)
        assert (len(one.messages), len(other.messages)) == (1, 0)


def test_the_same_run_gives_the_same_ids():
    ids = []
    for _ in range(2):
        with running(chance=7) as emulator:
            ids.append([send(emulator) for _ in range(3)])
    assert ids[0] == ids[1]


def test_a_seed_is_a_file_or_a_dictionary(tmp_path):
    number = {"id": "7", "display_phone_number": "+1 555 0100", "verified_name": "Shop"}
    seed = {"wabas": [{"id": "9", "name": "Shop", "phone_numbers": [number]}]}
    path = Path(tmp_path) / "seed.json"
    path.write_text(json.dumps(seed))
    for given in (seed, path, str(path)):
        with running(seed=given) as emulator:
            assert (emulator.phone_number_id, emulator.waba_id) == ("7", "9")
            assert emulator.phone_number == "+15550100"


@pytest.mark.parametrize(
    ("options", "kind", "sentence"),
    [
        ({"speed": 3}, TypeError, "the emulator takes no speed; it takes access_token, "),
        ({"seed": "/nowhere.json"}, ValueError, "the seed /nowhere.json cannot be read"),
        ({"seed": 3}, ValueError, "the seed is a file or a dictionary, not 3"),
        ({"limits": "speed"}, ValueError, "'speed' is no limit"),
        ({"faults": {"x": 1}}, ValueError, "faults: Object contains unknown field `x`"),
    ],
)
def test_options_that_make_no_sense_are_told(options, kind, sentence):
    with listening(), pytest.raises(kind, match=sentence), running(**options):
        pass


def test_a_slip_of_the_pen_is_told_and_is_no_plain_no(meta_emulator):
    with pytest.raises(TypeError, match=r"^tempalte cannot be asked for; ask for any of id, to, "):
        meta_emulator.assert_not_sent(tempalte="order_update")
    with pytest.raises(ValueError, match=r"^'seen' is no status; there are accepted, sent, "):
        meta_emulator.wait_for("seen")
    with pytest.raises(TypeError, match=r"^template cannot be asked for; ask for any of code, "):
        meta_emulator.assert_refused(131009, template="order_update")
