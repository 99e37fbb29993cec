"""A tour of the emulator by pywa, of whichever version is importable: `python pywa_tour.py FACTS`.

Run as a program of its own, so that several versions can be tried. FACTS is the emulator's ready
file. Each act is one call of the client as its documents show it; webhooks come to a receiver here
and go through the client's own check of signatures and its own parser. Prints a report as JSON.
"""

import inspect
import json
import logging
import queue
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import httpx
import pywa
from pywa import types
from pywa.types import templates as t

PICTURE = b"\x89PNG\r\n\x1a\n picture"
PDF = b"%PDF-1.4 a paper"
SOUND = b"OggS sound"
FILM = b"\x00\x00\x00\x18ftypmp42 film"
STICKER = b"RIFF\x0c\x00\x00\x00WEBPVP8 "
TO = "919876543210"
SHOP = "https://shop.example"
APP = "634974688087057"
ENGLISH = t.TemplateLanguage.ENGLISH_US
PATIENCE_S = 20.0


class Receiver:
    """Keeps the webhooks that come, in their order; answers the handshake."""

    def __init__(self, verify_token):
        self.heard = queue.Queue()
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                heard.put((body, self.headers["x-hub-signature-256"]))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def do_GET(self):
                asked = parse_qs(urlsplit(self.path).query)
                good = asked["hub.verify_token"] == [verify_token]
                body = asked["hub.challenge"][0].encode() if good else b"no"
                self.send_response(200 if good else 403)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class Raised(logging.Handler):
    """The records of the client's log that tell of something it could not understand."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        if record.exc_info or record.levelno >= logging.ERROR:
            self.records.append(self.format(record))


class Tour:
    """The client, what it did, and what it read."""

    def __init__(self, facts):
        self.facts = facts
        self.done, self.failed, self.understood, self.sent = [], {}, [], []
        self.receiver = Receiver(facts["verify_token"])
        self.raised = Raised()
        logging.getLogger("pywa").addHandler(self.raised)
        self.client = self._client()
        for name in dir(self.client):
            if name.startswith("on_") and "flow_request" not in name and name != "on_completion":
                self._listen(name)
        self.order("handshake", {"url": self.receiver.url})

    def _client(self):
        facts, session = self.facts, httpx.Client()
        given = {
            "phone_id": facts["phone_number_id"],
            "token": facts["access_token"],
            "session": session,
            "server": None,
            "verify_token": facts["verify_token"],
            "app_secret": facts["app_secret"],
            "app_id": APP,
            "filter_updates": False,
            "waba_id": facts["waba_id"],
            "business_account_id": facts["waba_id"],
        }
        known = inspect.signature(pywa.WhatsApp.__init__).parameters
        if "waba_id" in known:
            del given["business_account_id"]
        client = pywa.WhatsApp(**{name: value for name, value in given.items() if name in known})
        session.base_url = facts["url"] + "/" + str(session.base_url).rstrip("/").rpartition("/")[2]
        return client

    def _listen(self, name):
        try:
            register = getattr(self.client, name)
            register(lambda _, update: self.understood.append(type(update).__name__))
        except (TypeError, ValueError) as error:
            self.failed[name] = repr(error)

    def order(self, path, body):
        """One order to the emulator's control API."""
        request = Request(f"{self.facts['url']}/_emulator/{path}", json.dumps(body).encode())
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)["data"][0]

    def act(self, name, work, *, method=None):
        """One call of the client; a method that this version does not have is left out."""
        if method is not None and not hasattr(self.client, method):
            return None
        try:
            result = work()
        except Exception:  # noqa: BLE001 whatever the client raises is what is looked for
            self.failed[name] = traceback.format_exc(limit=-3)
            return None
        self.done.append(name)
        if getattr(result, "id", "") and str(result.id).startswith("wamid"):
            self.sent.append(result.id)
        return result

    def read(self):
        """Let the client read every webhook until none has come for a while."""
        count = 0
        wanted = 3 * len(self.sent)
        while True:
            try:
                body, signature = self.receiver.heard.get(
                    timeout=PATIENCE_S if count < wanted else 1
                )
            except queue.Empty:
                return count
            count += 1
            handle = self.client.webhook_update_handler
            if hasattr(self.client, "webhook_update_validator"):
                assert self.client.webhook_update_validator(body, signature) is None
                answer = handle(body)
            else:
                answer = handle(body, signature)
            assert answer == ("ok", 200), answer


def send_all(tour):
    """Every kind of message the client can build."""
    c, act = tour.client, tour.act
    text = act("text", lambda: c.send_message(TO, "hello", preview_url=True))
    act("reply", lambda: c.send_message(TO, "again", reply_to_message_id=text.id, tracker="t 🌵"))
    act("image of bytes", lambda: c.send_image(TO, PICTURE, caption="c", mime_type="image/png"))
    act("image by link", lambda: c.send_image(TO, f"{SHOP}/a.png"))
    act("video", lambda: c.send_video(TO, FILM, mime_type="video/mp4"))
    act("document", lambda: c.send_document(TO, PDF, filename="a.pdf", mime_type="application/pdf"))
    act("audio", lambda: c.send_audio(TO, SOUND, mime_type="audio/ogg"))
    act("voice", lambda: c.send_voice(TO, SOUND, mime_type="audio/ogg"), method="send_voice")
    act("sticker", lambda: c.send_sticker(TO, STICKER, mime_type="image/webp"))
    act("reaction", lambda: c.send_reaction(TO, "👍", text.id))
    act("no reaction", lambda: c.remove_reaction(TO, text.id))
    act("location", lambda: c.send_location(TO, 37.4, -122.1, name="Philz", address="101 Forest"))
    act("ask for a location", lambda: c.request_location(TO, "Where are you?"))
    person = types.Contact(
        name=types.Contact.Name(formatted_name="Ada L", first_name="Ada"),
        phones=[types.Contact.Phone(phone="+15550001", type="WORK")],
    )
    act("contact", lambda: c.send_contact(TO, person))
    act("catalogue", lambda: c.send_catalog(TO, "All we have", thumbnail_product_sku=tour.skus[0]))
    act("product", lambda: c.send_product(TO, tour.catalogue, tour.skus[0], body="One"))
    sections = [types.ProductsSection(title="Few", skus=tour.skus[:2])]
    act("products", lambda: c.send_products(TO, tour.catalogue, sections, title="T", body="B"))
    buttons = [types.Button("Yes", "yes"), types.Button("No", "no")]
    act("buttons", lambda: c.send_message(TO, "Yes?", header="Q", footer="F", buttons=buttons))
    act(
        "button under an image",
        lambda: c.send_image(TO, PICTURE, "c", mime_type="image/png", buttons=buttons[:1]),
    )
    rows = [types.SectionRow("One", "1", "the first"), types.SectionRow("Two", "2")]
    choice = types.SectionList("Choose", [types.Section("All", rows)])
    act("list", lambda: c.send_message(TO, "Which?", buttons=choice))
    act("URL button", lambda: c.send_message(TO, "See", buttons=types.URLButton("Go", SHOP)))
    flow = types.FlowButton("Open", 123, "token", types.FlowActionType.NAVIGATE, "FIRST")
    act("flow", lambda: c.send_message(TO, "Fill in", buttons=flow))
    act(
        "ask to call",
        lambda: c.send_message(TO, "May we?", buttons=types.CallPermissionRequestButton()),
    )
    act("voice call", lambda: c.send_message(TO, "Call", buttons=types.VoiceCallButton("Call us")))
    act(
        "ask for contact", lambda: c.request_contact_info(TO, "Who?"), method="request_contact_info"
    )
    act(
        "carousel",
        lambda: c.send_carousel(TO, body="See these", cards=cards()),
        method="send_carousel",
    )


def cards():
    """Two cards with a picture and a link."""
    return [
        types.ImageCarouselCard(
            image=f"{SHOP}/{index}.png", body="Card", buttons=types.URLButton("See", SHOP)
        )
        for index in range(2)
    ]


def send_templates(tour):
    """Every kind of template of the demo's account."""
    c, act = tour.client, tour.act

    def template(name, *params):
        act(f"template {name}", lambda: c.send_template(TO, name, ENGLISH, list(params)))

    def card(index):
        return t.CarouselCard.params(
            index=index,
            params=[
                t.HeaderImage.params(image=PICTURE, mime_type="image/png"),
                t.BodyText.params("john"),
                t.QuickReplyButton.params(callback_data=f"more-{index}", index=0),
                t.URLButton.params(url_variable="blue-elf", index=1),
            ],
        )

    template("hello_world")
    template("order_update", t.BodyText.params("Pablo", "860198"))
    template(
        "carousel_two_cards",
        t.BodyText.params("Pablo", "20%", "20OFF"),
        t.Carousel.params(cards=[card(0), card(1)]),
    )
    template(
        "abandoned_cart",
        t.HeaderText.params("Pablo"),
        t.BodyText.params("10OFF"),
        t.MPMButton.params(
            thumbnail_product_sku=tour.skus[0],
            product_sections=[types.ProductsSection(title="Popular", skus=tour.skus[:2])],
            index=0,
        ),
    )


def manage(tour):
    """Templates, media, numbers and what belongs to them."""
    c, act = tour.client, tour.act
    media = act("upload", lambda: c.upload_media(PICTURE, "image/png", "a.png"))
    media_id = getattr(media, "id", media)
    url = act("media URL", lambda: c.get_media_url(media_id))
    act("download", lambda: same(c.get_media_bytes(url.url), PICTURE))
    act("delete media", lambda: c.delete_media(media_id))
    act("account", c.get_business_account)
    act("number", c.get_business_phone_number)
    act("numbers", lambda: list(c.get_business_phone_numbers()))
    act("profile", c.get_business_profile)
    act("new profile", lambda: c.update_business_profile(about="We sell plants", websites=[SHOP]))
    act("commerce settings", c.get_commerce_settings)
    act("new commerce settings", lambda: c.update_commerce_settings(is_catalog_visible=True))
    definition = t.Template(
        name="tour_made",
        language=ENGLISH,
        category=t.TemplateCategory.MARKETING,
        components=[
            t.HeaderImage(example=PICTURE, mime_type="image/png"),
            t.BodyText("Hello {{1}}, we have something new for you today.", "Ada"),
            t.FooterText(text="Shop"),
            t.Buttons(buttons=[t.QuickReplyButton(text="More"), t.URLButton(text="See", url=SHOP)]),
        ],
    )
    made = act("create a template", lambda: c.create_template(definition, app_id=APP))
    listed = act("templates", lambda: list(c.get_templates()))
    act("one template", lambda: same(c.get_template(made.id).name, "tour_made"))
    act("many templates", lambda: same(len(listed) > 10, True))
    act("delete a template", lambda: c.delete_template("tour_made"))
    # Not upsert_authentication_template: both versions send its body as a JSON text within JSON.
    tour.order("inbound", {"from": TO, "text": "hi"})
    act("block", lambda: c.block_users([TO]))
    act("blocked", lambda: same(len(list(c.get_blocked_users())), 1))
    act("unblock", lambda: c.unblock_users([TO]))
    hook, token = tour.receiver.url, tour.facts["verify_token"]
    act("override of the account", lambda: c.override_waba_callback_url(hook, token))
    act("no override of it", c.delete_waba_callback_url)
    act("override of the number", lambda: c.override_phone_callback_url(hook, token))
    act("no override of that", c.delete_phone_callback_url)


def hear(tour):
    """What people and Meta say; each is one webhook."""
    said = tour.order("inbound", {"from": TO, "text": "hello ✓", "name": "Sheena"})
    tour.act("mark as read", lambda: tour.client.mark_message_as_read(said["id"]))
    tour.act("typing", lambda: tour.client.indicate_typing(said["id"]))
    messages = [
        {"type": "image", "image": {"id": "1", "mime_type": "image/jpeg", "sha256": "x"}},
        {"type": "location", "location": {"latitude": 1.5, "longitude": 2.5, "name": "Here"}},
        {"type": "reaction", "reaction": {"message_id": said["id"], "emoji": "🌵"}},
        {
            "type": "contacts",
            "contacts": [{"name": {"formatted_name": "Ada", "first_name": "Ada"}}],
        },
        {
            "type": "button",
            "button": {"payload": "more", "text": "More"},
            "context": {"from": "15550001", "id": said["id"]},
        },
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "One"}},
            "context": {"from": "15550001", "id": said["id"]},
        },
        {
            "type": "order",
            "order": {
                "catalog_id": "1",
                "text": "Love these!",
                "product_items": [
                    {"product_retailer_id": "a", "quantity": 2, "item_price": 30, "currency": "USD"}
                ],
            },
        },
    ]
    for message in messages:
        tour.order("inbound", {"from": TO, "message": message})
    template = tour.client.get_template(next(iter(tour.client.get_templates())).id)
    tour.order("templates", {"id": template.id, "quality": "YELLOW"})
    tour.order("templates", {"id": template.id, "status": "PAUSED"})
    tour.order("templates", {"id": template.id, "status": "APPROVED"})
    tour.order("user_preferences", {"from": TO, "value": "stop"})
    tour.order("user_preferences", {"from": TO, "value": "resume"})
    return len(messages) + 1 + 5


def same(value, wanted):
    """`value` if it is what is wanted; raises AssertionError."""
    assert value == wanted, f"{value!r} is not {wanted!r}"
    return value


def main():
    """Make the tour and print what came of it."""
    tour = Tour(json.loads(Path(sys.argv[1]).read_bytes()))
    world = json.load(urlopen(tour.facts["url"] + "/_emulator/state"))["data"][0]
    tour.catalogue = world["wabas"][0]["catalogue_id"]
    tour.skus = [product["retailer_id"] for product in world["wabas"][0]["products"]]
    tour.order("inbound", {"from": TO, "text": "good morning"})
    send_all(tour)
    send_templates(tour)
    manage(tour)
    hear(tour)
    webhooks = tour.read()
    print(
        json.dumps(
            {
                "version": pywa.__version__,
                "done": tour.done,
                "failed": tour.failed,
                "sent": len(tour.sent),
                "webhooks": webhooks,
                "understood": {
                    name: tour.understood.count(name) for name in sorted(set(tour.understood))
                },
                "raised": tour.raised.records,
            }
        )
    )


if __name__ == "__main__":
    main()
