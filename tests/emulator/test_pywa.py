"""A public client speaks to the emulator over a real socket, and reads what it sends.

pywa is told by its session, an ordinary HTTP client, where the Graph API is. It answers 200 even
when it cannot parse a webhook, so the records of its log that carry an exception are counted.
pywa looks at the first update of a webhook only: the emulator is told to send them one by one.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pywa
from pywa import types
from pywa.errors import WhatsAppError
from pywa.types.templates import (
    BodyText,
    Carousel,
    CarouselCard,
    HeaderDocument,
    HeaderImage,
    HeaderProduct,
    HeaderText,
    MPMButton,
    QuickReplyButton,
    TemplateLanguage,
    URLButton,
)

from support.emulator_process import Heard, Running, SocketReceiver, emulator_process

PICTURE = b"\x89PNG\r\n\x1a\n picture"
ENGLISH = TemplateLanguage.ENGLISH_US
TO = "919876543210"


@dataclass
class Client:
    """pywa, the emulator it speaks to, and everything that pywa made of webhooks."""

    pywa: pywa.WhatsApp
    emulator: Running
    receiver: SocketReceiver
    understood: list[Any] = field(default_factory=list)
    raised: list[logging.LogRecord] = field(default_factory=list)

    def read(self, number: int) -> list[Any]:
        """What pywa makes of the next `number` webhooks; each must pass and be understood."""
        first = len(self.understood)
        for heard in self.receiver.take(number):
            self._read(heard)
        assert self.raised == []
        return self.understood[first:]

    def _read(self, heard: Heard) -> None:
        signature = heard.headers["x-hub-signature-256"]
        assert self.pywa.webhook_update_validator(heard.body, signature) is None
        assert self.pywa.webhook_update_handler(heard.body) == ("ok", 200)


class Exceptions(logging.Handler):
    """Collects the records that carry an exception, and every error."""

    def __init__(self, raised: list[logging.LogRecord]) -> None:
        super().__init__()
        self._raised = raised

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self._raised.append(record)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    options = ("--status-delays", "sent=10,delivered=20,read=30", "--webhook-batch", "1")
    with (
        SocketReceiver() as receiver,
        emulator_process(tmp_path, *options, "--webhook-url", receiver.url) as emulator,
        httpx.Client() as session,
    ):
        facts = emulator.facts
        whatsapp = pywa.WhatsApp(
            phone_id=facts["phone_number_id"],
            token=facts["access_token"],
            session=session,
            server=None,
            verify_token=facts["verify_token"],
            app_secret=facts["app_secret"],
            waba_id=facts["waba_id"],
            filter_updates=False,
        )
        session.base_url = f"{facts['url']}/v25.0"
        made = Client(whatsapp, emulator, receiver)
        log = logging.getLogger("pywa")
        watcher = Exceptions(made.raised)
        log.addHandler(watcher)

        def understand(_: pywa.WhatsApp, update: Any) -> None:
            made.understood.append(update)

        whatsapp.on_message_status(understand)
        whatsapp.on_message(understand)
        whatsapp.on_callback_button(understand)
        yield made
        log.removeHandler(watcher)


def card(index: int, picture: Any) -> Any:
    return CarouselCard.params(
        index=index,
        params=[
            HeaderImage.params(image=picture, mime_type="image/png"),
            BodyText.params("john"),
            QuickReplyButton.params(callback_data=f"more-{index}", index=0),
            URLButton.params(url_variable="blue-elf", index=1),
        ],
    )


def test_a_carousel_is_sent_with_an_uploaded_picture_and_its_statuses_are_read(client):
    sent = client.pywa.send_template(
        to=TO,
        name="carousel_two_cards",
        language=ENGLISH,
        params=[
            BodyText.params("Pablo", "20%", "20OFF"),
            Carousel.params(cards=[card(0, PICTURE), card(1, PICTURE)]),
        ],
        tracker="ours-1 🌵",
    )
    statuses = client.read(3)
    told = {status.status.value: status for status in statuses}  # they come in any order
    assert set(told) == {"sent", "delivered", "read"}
    assert {status.id for status in statuses} == {sent.id}
    assert {status.tracker for status in statuses} == {"ours-1 🌵"}
    priced = {name for name, status in told.items() if status.pricing is not None}
    assert priced == {"sent", "delivered"}
    assert {status.from_user.wa_id for status in statuses} == {TO}
    assert {status.metadata.phone_number_id for status in statuses} == {
        client.emulator.facts["phone_number_id"]
    }


def test_a_multi_product_message_is_sent(client):
    sent = client.pywa.send_template(
        to=TO,
        name="abandoned_cart",
        language=ENGLISH,
        params=[
            HeaderText.params("Pablo"),
            BodyText.params("10OFF"),
            MPMButton.params(
                thumbnail_product_sku="2lc20305pt",
                index=0,
                product_sections=[
                    types.ProductsSection(
                        title="Popular Bundles", skus=["2lc20305pt", "nseiw1x3ch"]
                    ),
                    types.ProductsSection(title="Premium Packages", skus=["n6k6x0y7oe"]),
                ],
            ),
        ],
    )
    assert [status.id for status in client.read(3)] == [sent.id] * 3


def test_other_templates_are_sent(client):
    product = HeaderProduct.params(catalog_id="194836987003835", sku="vrpj01fvwp")
    sends = {
        "sale_offer_named": [
            HeaderText.params(season="Summer"),
            BodyText.params(first_name="Pablo", discount="25%"),
        ],
        "receipt_document": [
            HeaderDocument.params(document=b"%PDF-1.4", mime_type="application/pdf"),
            BodyText.params("Pablo"),
        ],
        "product_carousel": [
            BodyText.params("Pablo"),
            Carousel.params(
                cards=[CarouselCard.params(index=n, params=[product]) for n in range(3)]
            ),
        ],
        "single_product": [product, BodyText.params("25OFF")],
    }
    for name, params in sends.items():
        assert client.pywa.send_template(to=TO, name=name, language=ENGLISH, params=params).id
    assert len(client.read(3 * len(sends))) == 12


def test_texts_and_marks_are_taken(client):
    sent = client.pywa.send_message(to=TO, text="नमस्ते 🙏")
    assert sent.id.startswith("wamid.")
    client.pywa.mark_message_as_read(message_id="wamid.inbound")
    statuses = client.read(3)
    assert {status.pricing.category.value for status in statuses if status.pricing} == {"service"}


def test_a_refusal_is_metas_error_to_pywa(client):
    with pytest.raises(WhatsAppError) as refused:
        client.pywa.send_template(
            to=TO, name="order_update", language=ENGLISH, params=[BodyText.params("one")]
        )
    assert refused.value.code == 132000
    assert refused.value.details == (
        "body: number of localizable_params (1) does not match the expected number of params (2)"
    )


def test_a_late_failure_is_read_with_its_error(client):
    client.emulator.ask("POST", "/_emulator/faults", {"fail": {"code": 131049}})
    client.pywa.send_message(to=TO, text="hello")
    (status,) = client.read(1)
    assert status.status.value == "failed"
    assert status.error.code == 131049


def test_what_recipients_say_is_read(client):
    order = {"from": f"+{TO}", "name": "आशा", "text": "hi 🌵"}
    client.emulator.ask("POST", "/_emulator/inbound", order)
    (said,) = client.read(1)
    tapped = {"type": "button", "button": {"payload": "more-0", "text": "More"}}
    tapped["context"] = {"from": "919800000001", "id": "wamid.x"}
    client.emulator.ask("POST", "/_emulator/inbound", {"from": TO, "message": tapped})
    (tap,) = client.read(1)
    assert (said.text, said.from_user.name, said.from_user.wa_id) == ("hi 🌵", "आशा", TO)
    assert (tap.data, tap.title) == ("more-0", "More")


def test_the_account_is_read(client):
    templates = list(client.pywa.get_templates())
    assert {"Carousel Template", "abandoned_cart"} <= {found.name for found in templates}
    page = client.pywa.get_templates(pagination=types.others.Pagination(limit=10))
    assert page.has_next
    assert [found.name for found in page] == [found.name for found in templates][:10]
    number = client.pywa.get_business_phone_number()
    assert number.id == client.emulator.facts["phone_number_id"]
    assert [found.id for found in client.pywa.get_business_phone_numbers()] == [number.id]


def test_uploaded_media_is_got_back(client):
    media = client.pywa.upload_media(media=PICTURE, mime_type="image/png")
    url = client.pywa.get_media_url(media.id)
    assert url.mime_type == "image/png"
    assert client.pywa.get_media_bytes(url=url.url) == PICTURE


def test_old_webhook_versions_are_read_with_their_conversation(tmp_path: Path):
    options = ("--status-delays", "sent=0", "--webhook-version", "v23.0")
    with (
        SocketReceiver() as receiver,
        emulator_process(tmp_path, *options, "--webhook-url", receiver.url) as emulator,
    ):
        path = f"/v25.0/{emulator.facts['phone_number_id']}/messages"
        message = {"messaging_product": "whatsapp", "to": TO, "text": {"body": "x"}}
        emulator.ask("POST", path, message)
        whatsapp = pywa.WhatsApp(
            server=None,
            verify_token=emulator.facts["verify_token"],
            app_secret=emulator.facts["app_secret"],
            filter_updates=False,
        )
        read: list[Any] = []
        whatsapp.on_message_status(lambda _, status: read.append(status))
        (heard,) = receiver.take(1)
        assert whatsapp.webhook_update_handler(heard.body) == ("ok", 200)
        assert json.loads(heard.body)["entry"]
        assert read[0].conversation.category.value == "service"
