"""A whole campaign as its customer sees it: its receiver alone knows what became of all of it."""

import base64
import hashlib
import json
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.checker import check
from support.processes import PRICE, ask, house, until
from support.receiver import told
from support.scenarios import at_full, report
from support.told_customer import told_customer

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]

FIXTURES = Path(__file__).parent.parent / "fixtures" / "meta"
RECIPIENTS, TOGETHER = at_full(1000, 40), 20
FAIL, REFUSE = 131026, 131051
"""What some messages fail with after Meta took them, and what it refuses others with."""

EVERY_REFUSED = 7
"""Every so many-th event is refused by the receiver at its first attempt."""
PICTURE = base64.b64encode(b"\xff\xd8\xff\xe0" + b"a picture" * 40).decode()


def test_a_customer_knows_by_its_callbacks_alone_what_became_of_a_campaign(tmp_path, engine):
    with (
        house(tmp_path, "--status-delays", "sent=100,delivered=300,read=500") as home,
        told_customer(home) as shop,
    ):
        receiver, refused = shop.receiver, set()

        def answer(event_id, attempt):
            """Of every so many-th message one event is refused once, and kept all the same."""
            about = event_id.partition(".")[0]
            if attempt == 1 and about not in refused and len(receiver.events) % EVERY_REFUSED == 0:
                refused.add(about)
                return 500
            return 200

        receiver.answers = answer
        campaign = Campaign(shop)
        campaign.send()
        until(lambda: len(campaign.read()) >= RECIPIENTS, "half of them are read")
        replies = campaign.be_answered()
        home.settle()
        until(lambda: len(receiver.of_kind("incoming")) == replies, "every reply is told")

        fates = receiver.fates()
        figures = report_of(shop)
        checked = check(home, campaign.ids, told=told(receiver))
        report(  # what Meta refused and what was called off is not there, and not lost
            engine,
            "A receiver written from the documents tells what became of a whole campaign",
            messages=checked.accepted,
            told_of=len(fates),
            twice=checked.twice,
            unknown=checked.unknown,
            unsure=checked.unsure,
            events=len(receiver.events),
            refused_once=len(refused),
            taps=campaign.taps,
            orders=campaign.orders,
        )
        assert receiver.problems == []
        states = Counter(one.state for one in fates.values())
        assert states == {"read": 2 * RECIPIENTS - 6, "failed": 6, "not sent": 1}
        assert receiver.out_of_order() == []
        assert refused
        taken = Counter(receiver.taken())
        assert taken == dict.fromkeys(receiver.events, 1), "each is told until it is taken, once"

        # What the receiver makes of it, and what the gateway says when it is asked.
        assert set(fates) == set(campaign.ids)
        assert {id_: (one.state, one.code, len(one.replies)) for id_, one in fates.items()} == {
            one["message_id"]: (one["status"], code_of(one), len(one["replies"]))
            for id_ in campaign.ids
            for one in shop.ask("GET", f"/whatsapp/messages/{id_}")["messages"]
        }
        assert {id_: one.ref for id_, one in fates.items()} == campaign.refs
        total = figures["total"]
        assert {name: total[name] for name in counted(fates)} == counted(fates)
        assert {one["code"]: one["messages"] for one in figures["failures"]} == Counter(
            one.code for one in fates.values() if one.code
        )
        assert {one["WHATSAPP_ID"]: one["STATE"] for one in exported(shop)} == {
            id_: one.state for id_, one in fates.items()
        }

        # What recipients did, by the message that they did it to.
        assert {id_: one.taps for id_, one in fates.items() if one.taps} == campaign.tapped
        assert {id_: one.orders for id_, one in fates.items() if one.orders} == campaign.ordered
        (picture,) = [one for one in receiver.of_kind("incoming") if is_picture(one.body)]
        assert fetched_digest(picture.body) == picture_of(picture.body)["sha256"]
        (paused,) = receiver.of_kind("account")
        assert paused.body["meta_object"]["field"] == "message_template_status_update"
        assert paused.body["meta_object"]["value"]["event"] == "PAUSED"


class Campaign:
    """A carousel and an MPM to the same recipients, with whatever can happen to them."""

    def __init__(self, shop):
        self.shop, self.emulator = shop, shop.home.emulator
        self.ids, self.refs, self.tapped, self.ordered = [], {}, {}, {}
        self.taps = self.orders = 0
        self.phones = [f"+9197{number:08}" for number in range(RECIPIENTS)]

    def send(self):
        """Both templates; three messages fail, three are refused, and one is called off."""
        self.emulator.faults(
            fail={"code": FAIL, "count": 3}, refuse={"code": REFUSE, "count": 3, "share": 0.3}
        )
        for place in range(0, RECIPIENTS, TOGETHER):
            phones = self.phones[place : place + TOGETHER]
            for name, ref in (("carousel-meta", "spring"), ("mpm-meta", "basket")):
                message = json.loads((FIXTURES / f"{name}.json").read_text())
                self._keep(self.shop.send(message, *phones, ref=f"{ref} {place}"), f"{ref} {place}")
        later = {"ref": "later", "send_at": str(int(time.time()) + 3600)}
        waiting = self.shop.send(message, self.phones[0], **later)
        self._keep(waiting, "later")
        called_off = self.shop.ask("DELETE", f"/whatsapp/messages/{waiting[0]}")
        assert [one["message_id"] for one in called_off["cancelled"]] == waiting

    def _keep(self, ids, ref):
        self.ids += ids
        self.refs |= dict.fromkeys(ids, ref)

    def read(self):
        """The messages that were read, by what was told of them."""
        return {id_: one for id_, one in self.shop.receiver.fates().items() if one.state == "read"}

    def be_answered(self):
        """Some tap a card's button, some order, one sends a picture; a template is paused."""
        for place, (id_, fate) in enumerate(sorted(self.read().items())):
            phone = f"+{fate.phone}"
            if fate.ref.startswith("spring") and place % 3 == 0:
                card = place % 2
                self._hear(phone, tap={"id": fate.meta_id, "card": card, "button": 0})
                self.tapped[id_] = [(card, 0)]
            elif fate.ref.startswith("basket") and place % 4 == 0:
                items = {"nseiw1x3ch": 1 + place % 5, "n6k6x0y7oe": 1}
                self._hear(phone, order={"id": fate.meta_id, "items": items})
                self.ordered[id_] = [items]
        self._hear(self.phones[0], medium={"content": PICTURE, "mime_type": "image/jpeg"})
        self.taps, self.orders = len(self.tapped), len(self.ordered)
        assert self.taps > 3
        assert self.orders > 3
        (shown,) = ask(self.emulator.port, "GET", "/_emulator/state")["data"]
        templates = {one["name"]: one["id"] for one in shown["wabas"][0]["templates"]}
        order = {"id": templates["coupon_offer"], "status": "PAUSED"}
        assert "data" in ask(self.emulator.port, "POST", "/_emulator/templates", order)
        return self.taps + self.orders + 1

    def _hear(self, phone, **said):
        assert "data" in ask(
            self.emulator.port, "POST", "/_emulator/inbound", {"from": phone, **said}
        )


def counted(fates):
    """The figures of the usage report, by what the receiver was told; docs/reports.md."""
    states = Counter(one.state for one in fates.values())
    read, failed, not_sent = states["read"], states["failed"], states["not sent"]
    spent = PRICE * (len(fates) - failed - not_sent)
    return {
        "accepted": len(fates),
        "read": read,
        "failed": failed,
        "not_sent": not_sent,
        "spend": {"amount": f"{spent / 10_000:.4f}", "currency": "USD"},
    }


def code_of(message):
    return message["error"]["code"] if message["error"] else ""


def report_of(shop):
    return shop.ask("GET", "/reports/usage")


def exported(shop):
    """The report of all messages that were sent, as JSON lines."""
    path = f"/v2/{shop.home.sid}/reports/messages.jsonl?direction=outgoing"
    answer = shop.line.ask("GET", path, b"", {"api-key": shop.home.key})
    return [json.loads(line) for line in answer.body.splitlines()]


def is_picture(body):
    return "image" in body["meta_object"]["value"]["messages"][0]


def picture_of(body):
    return body["meta_object"]["value"]["messages"][0]["image"]


def fetched_digest(body):
    """The SHA-256, as Meta writes it, of what `media_url` answers without any key."""
    url = urlsplit(body["extra_info"]["media_url"])
    connection = HTTPConnection(url.hostname, url.port, timeout=10)
    connection.request("GET", f"{url.path}?{url.query}")
    content = connection.getresponse().read()
    connection.close()
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
