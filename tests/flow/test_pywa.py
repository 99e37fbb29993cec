"""What a public client would post to Meta is accepted in a wrapper, and arrives as it was built.

The client is given a session that keeps what it posts instead of sending it.
"""

import asyncio
import json

import httpx
import pytest
import pywa
from pywa.types import ProductsSection
from pywa.types.templates import (
    BodyText,
    Carousel,
    CarouselCard,
    HeaderImage,
    HeaderText,
    MPMButton,
    QuickReplyButton,
    TemplateLanguage,
    URLButton,
)

from support.nouns import PHONE_NUMBER_ID
from support.pair import TO, normalised, running, wrapped

PICTURE = "1558081531584829"


class Meta:
    """Answers as Meta does and keeps what was posted."""

    def __init__(self):
        self.posted = []

    def __call__(self, request):
        if request.url.path.endswith("/messages"):
            self.posted.append(json.loads(request.content))
        return httpx.Response(
            200,
            json={
                "messaging_product": "whatsapp",
                "contacts": [{"input": TO, "wa_id": TO[1:]}],
                "messages": [{"id": "wamid.1", "message_status": "accepted"}],
            },
        )


@pytest.fixture
def client():
    meta = Meta()
    session = httpx.Client(transport=httpx.MockTransport(meta), base_url="http://meta")
    whatsapp = pywa.WhatsApp(phone_id=PHONE_NUMBER_ID, token="token", session=session)
    yield whatsapp, meta
    session.close()


def card(index):
    return CarouselCard.params(
        index=index,
        params=[
            HeaderImage.params(image=PICTURE),
            BodyText.params("john"),
            QuickReplyButton.params(callback_data=f"more-{index}", index=0),
            URLButton.params(url_variable="blue-elf", index=1),
        ],
    )


def carousel():
    return "carousel_two_cards", [
        BodyText.params("Pablo", "20%", "20OFF"),
        Carousel.params(cards=[card(0), card(1)]),
    ]


def multi_product():
    return "abandoned_cart", [
        HeaderText.params("Pablo"),
        BodyText.params("10OFF"),
        MPMButton.params(
            product_sections=[
                ProductsSection(title="Popular Bundles", skus=["2lc20305pt", "nseiw1x3ch"]),
                ProductsSection(title="Premium Packages", skus=["n6k6x0y7oe"]),
            ],
            thumbnail_product_sku="2lc20305pt",
            index=0,
        ),
    ]


@pytest.mark.parametrize("build", [carousel, multi_product])
def test_what_a_public_client_builds_arrives_as_it_was_built(tmp_path, client, build):
    whatsapp, meta = client
    name, params = build()
    whatsapp.send_template(
        to=TO[1:], name=name, language=TemplateLanguage.ENGLISH_US, params=params
    )
    (built,) = meta.posted

    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(wrapped(built))
            await pair.until_told(message_id, "sent", "delivered", "read")
            return message_id, pair.arrived()

    message_id, (arrived,) = asyncio.run(body())
    assert arrived == {
        **normalised(built),
        "to": TO,
        "biz_opaque_callback_data": message_id,
    }
