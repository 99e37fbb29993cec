"""The peer's door: FastAPI, pydantic, and one commit per request through asyncpg.

Well tuned: models that pydantic's core validates in one go, an answer that no model has to
render, prepared statements (asyncpg's own), and one statement, so one round trip and one commit,
for the three rows. It holds no wallet: no row of an account is fought over.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Annotated, Literal

import asyncpg
from fastapi import FastAPI, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

POOL = 32
"""Connections: half as many as there are customers at once."""

PRICE_MINOR = 100
KEYS = {hashlib.sha256(b"peer-key").digest(): 1}

KEEP = """
WITH message AS (
    INSERT INTO messages (message_id, account_id, sender_id, recipient, content, ref, ref1, ref2,
        source, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'accepted')
), hold AS (
    INSERT INTO ledger_entries (account_id, reference, kind, amount_minor)
    VALUES ($2, $1, 'hold', $10)
)
INSERT INTO queue (item_id) VALUES ($1)
"""


class Strict(BaseModel):
    """No unknown keys, as at the gateway."""

    model_config = ConfigDict(extra="forbid")


class Text(Strict):
    """A text parameter."""

    type: Literal["text"]
    text: str


class Payload(Strict):
    """What a quick reply sends back."""

    type: Literal["payload"]
    payload: str


class Media(Strict):
    """A picture or a film."""

    id: str | None = None
    link: str | None = None


class Image(Strict):
    """An image parameter."""

    type: Literal["image"]
    image: Media


class Video(Strict):
    """A video parameter."""

    type: Literal["video"]
    video: Media


Parameter = Annotated[Text | Payload | Image | Video, Field(discriminator="type")]


class Header_(Strict):  # noqa: N801 - FastAPI's own Header stands beside it
    """A header component."""

    type: Literal["header"]
    parameters: list[Parameter]


class Body(Strict):
    """A body component."""

    type: Literal["body"]
    parameters: list[Parameter]


class Button(Strict):
    """A button component."""

    type: Literal["button"]
    sub_type: Literal["quick_reply", "url", "mpm", "copy_code"]
    index: int
    parameters: list[Parameter]


Part = Annotated[Header_ | Body | Button, Field(discriminator="type")]


class Card(Strict):
    """A card of the carousel."""

    card_index: int
    components: list[Part]


class Carousel(Strict):
    """The carousel component."""

    type: Literal["carousel"]
    cards: Annotated[list[Card], Field(min_length=1, max_length=10)]


Component = Annotated[Header_ | Body | Button | Carousel, Field(discriminator="type")]


class Language(Strict):
    """A template's language."""

    code: str


class Template(Strict):
    """A template with its values."""

    name: str
    language: Language
    components: list[Component]


class MessageObject(Strict):
    """Meta's message object."""

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: Annotated[str, Field(pattern=r"^\+?[1-9][0-9]{7,14}$")]
    type: Literal["template"]
    template: Template


class ExtraInfo(Strict):
    """The customer's references."""

    ref: str | None = None
    ref1: str | None = None
    ref2: str | None = None
    wa_source: str = "api"


class SendRequest(Strict):
    """The body of a send."""

    messaging_object: MessageObject
    extra_info: ExtraInfo = ExtraInfo()


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    """The pool lives as long as the application."""
    async with asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=POOL, max_size=POOL) as p:
        application.state.pool = p
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)
numbers = count(1)
boot = os.urandom(6).hex()


@app.post("/v2/SID/whatsapp/{sender}/messages")
async def send(
    sender: str, body: SendRequest, request: Request, api_key: Annotated[str, Header()]
) -> Response:
    """Keeps one message, answers 202."""
    account_id = KEYS.get(hashlib.sha256(api_key.encode()).digest())
    if account_id is None:
        return Response(status_code=401)
    message, extra = body.messaging_object, body.extra_info
    message_id = f"{boot}{next(numbers):010d}"
    await request.app.state.pool.execute(
        KEEP,
        message_id,
        account_id,
        sender,
        message.to,
        message.model_dump_json(exclude_unset=True),
        extra.ref,
        extra.ref1,
        extra.ref2,
        extra.wa_source,
        PRICE_MINOR,
    )
    return Response(
        f'{{"code":"WA-202","message":"Your message is in queue","data":'
        f'{{"message_id":"{message_id}"}},"error":{{}}}}',
        202,
        media_type="application/json",
    )
