"""What the web page loads: its files, the bytes of media, pictures, templates as they will look.

Unlike the Graph API, media are given without a token and at once.
"""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.page.pictures import medium_picture, product_picture
from meta_emulator.page.serving import TYPES, guarded, served
from meta_emulator.people.shown import Shown
from meta_emulator.people.shown_templates import shown_example
from meta_emulator.protocol.answers import Answer
from meta_emulator.world.state import State

NOT_FOUND = 404
DRAWN = frozenset({"image", "video", "sticker"})
"""Kinds of media that a drawing can stand for."""

SAFE = frozenset({"image", "video", "audio"})
"""Kinds of media that a browser shows; all others are downloaded."""


class Preview(msgspec.Struct):
    """A template, filled with its own examples."""

    id: str
    name: str
    language: str
    category: str
    status: str
    quality: str
    waba_id: str
    shown: Shown


class Pages:
    """Gives the page what it loads."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        picture = "A drawing that stands for a product."
        previews = "Every template as it looks with its own examples."
        return (
            Route("GET", "ui/{file}", "A file of the web page.", self._file, content="*/*"),
            Route(
                "GET",
                "media/{id}",
                "The bytes of a medium, or a drawing.",
                self._medium,
                content="*/*",
            ),
            Route(
                "GET",
                "pictures/{retailer_id}",
                picture,
                self._picture,
                content="image/svg+xml",
            ),
            Route("GET", "previews", previews, self._previews, gives=Preview),
        )

    def _file(self, call: Call) -> Answer:
        answer = served(call.named["file"])
        if answer.status == NOT_FOUND:
            raise OrderError(f"there is no file {call.named['file']}", NOT_FOUND)
        return answer

    def _medium(self, call: Call) -> Answer:
        medium = self._state.media.get(call.named["id"])
        if medium is None or self._state.media_kind(medium.id) is None:
            raise OrderError(f"there is no medium {call.named['id']}", NOT_FOUND)
        if medium.content is None and medium.kind in DRAWN:
            return Answer(200, medium_picture(medium.kind, medium.id), guarded(TYPES["svg"]))
        content = medium.content if medium.content is not None else b"emulated media " * 8
        headers = guarded(medium.mime_type)
        if medium.kind not in SAFE and medium.kind != "sticker":
            name = quote(f"{medium.id}.{medium.mime_type.rpartition('/')[2]}")
            headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
        return Answer(200, content, headers)

    def _picture(self, call: Call) -> Answer:
        retailer_id = call.named["retailer_id"]
        names = (waba.catalogue.get(retailer_id) for waba in self._state.wabas.values())
        name = next((product.name for product in names if product is not None), "")
        return Answer(200, product_picture(retailer_id, name), guarded(TYPES["svg"]))

    def _previews(self, _call: Call) -> list[Preview]:
        return [
            Preview(
                template.id,
                template.name,
                template.language,
                template.category,
                template.status,
                template.quality,
                waba.id,
                shown_example(
                    {"name": template.name, "components": template.components}, waba.catalogue
                ),
            )
            for waba in self._state.wabas.values()
            for template in waba.templates.values()
        ]
