"""What a send names that must exist elsewhere: uploaded media by id, products of a catalogue.

Law: whatever JSON the message is, it gives mentions and raises nothing; the time is linear in
what is looked at. A name that is a JSON number is read as its digits. Source: `reference` 1.4 to
1.10.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

_MEDIA_MESSAGES = frozenset({"image", "video", "document", "audio", "sticker"})
_MEDIA_HEADERS = frozenset({"image", "video", "document", "gif"})
_PRODUCT_BUTTONS = ("mpm", "catalog")
_THUMBNAIL = "thumbnail_product_retailer_id"
_RETAILER_ID = "product_retailer_id"
_CATALOGUE_ID = "catalog_id"
_LONGEST_ID = 10**40
"""What is larger is no id; and a number of thousands of digits cannot be printed."""


class MediaMention(Struct, frozen=True):
    """An uploaded medium that is named.

    path      the JSON pointer to the object that has its `id`
    kind      what it is sent as: image, video, document, audio, sticker, gif
    """

    path: str
    kind: str
    media_id: str


class ProductMention(Struct, frozen=True):
    """A product that is named.

    path            the JSON pointer to its retailer id
    catalogue_id    the catalogue that is named with it; None where none is
    catalogue_path  the JSON pointer to that catalogue's id
    """

    path: str
    retailer_id: str
    catalogue_id: str | None = None
    catalogue_path: str | None = None


class Mentions(Struct, frozen=True):
    """All that one send names, in the order it stands there."""

    media: tuple[MediaMention, ...] = ()
    products: tuple[ProductMention, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is named."""
        return bool(self.media or self.products)


_NOTHING = Mentions()

_MEDIUM = re.compile(rb'"(image|video|document|audio|sticker|gif)":\{"id":"([^"\\]*)"')


def glance_at_media(text: bytes) -> frozenset[tuple[str, str]] | None:
    """Kinds and ids of the media in a message's JSON, without reading it; None: look closer.

    It is for the many sends of which nothing is to be said: the text is the compact one that goes
    to Meta. What it gives has every medium that `find_mentions` finds, and the text names no
    product; it may have more, from places where nobody looks for media.
    """
    if b"product_retailer_id" in text:
        return None
    found = _MEDIUM.findall(text)
    if len(found) != text.count(b'"id":'):
        return None
    return frozenset((kind.decode(), media_id.decode()) for kind, media_id in found)


def find_mentions(kind: str, message: Mapping[str, Any], path: str) -> Mentions:
    """What the message object at `path`, of type `kind`, names."""
    content = message.get(kind)
    if kind == "text" or not isinstance(content, dict):
        return _NOTHING
    search = _Search()
    if kind == "template":
        search.components(content.get("components"), f"{path}/template/components")
    elif kind == "interactive":
        search.interactive(content, f"{path}/interactive")
    elif kind in _MEDIA_MESSAGES:
        search.medium(content, kind, f"{path}/{kind}")
    if not search.media and not search.products:
        return _NOTHING
    return Mentions(tuple(search.media), tuple(search.products))


class _Search:
    """Gathers mentions."""

    __slots__ = ("media", "products")

    def __init__(self) -> None:
        self.media: list[MediaMention] = []
        self.products: list[ProductMention] = []

    def components(self, components: Any, path: str) -> None:
        """Of a template."""
        for position, component in _objects(components):
            if component.get("type") != "carousel":
                self.component(component, path, position)
                continue
            for number, card in _objects(component.get("cards")):
                where = f"{path}/{position}/cards/{number}/components"
                for place, part in _objects(card.get("components")):
                    self.component(part, where, place)

    def component(self, component: Mapping[str, Any], path: str, position: int) -> None:
        """A header or a button, of a template or of a card: the one at `position` of `path`."""
        kind = component.get("type")
        if kind == "header":
            for number, parameter in _objects(component.get("parameters")):
                self.header(parameter, f"{path}/{position}/parameters/{number}")
        elif kind == "button" and component.get("sub_type") in _PRODUCT_BUTTONS:
            self.button(component, f"{path}/{position}")

    def header(self, header: Mapping[str, Any], path: str) -> None:
        """A header: an interactive one, or the parameter of a template's."""
        kind = header.get("type")
        if not isinstance(kind, str):
            return
        value = header.get(kind)
        if not isinstance(value, dict):
            return
        if kind in _MEDIA_HEADERS:
            self.medium(value, kind, f"{path}/{kind}")
        elif kind == "product":
            self.product(value, f"{path}/product")

    def button(self, button: Mapping[str, Any], path: str) -> None:
        """A template's button that opens a list of products or a catalogue."""
        for position, parameter in _objects(button.get("parameters")):
            action = parameter.get("action")
            if isinstance(action, dict):
                where = f"{path}/parameters/{position}/action"
                self.thumbnail(action, where)
                self.sections(action, where)

    def interactive(self, content: Mapping[str, Any], path: str) -> None:
        """An interactive message, or one of its cards."""
        header = content.get("header")
        if isinstance(header, dict):
            self.header(header, f"{path}/header")
        action = content.get("action")
        if not isinstance(action, dict):
            return
        where = f"{path}/action"
        self.product(action, where)
        self.sections(action, where)
        parameters = action.get("parameters")
        if isinstance(parameters, dict):
            self.thumbnail(parameters, f"{where}/parameters")
        for position, card in _objects(action.get("cards")):
            self.card(card, f"{where}/cards/{position}")

    def card(self, card: Mapping[str, Any], path: str) -> None:
        """A card of an interactive carousel."""
        header = card.get("header")
        if isinstance(header, dict):
            self.header(header, f"{path}/header")
        action = card.get("action")
        if isinstance(action, dict):
            self.product(action, f"{path}/action")

    def medium(self, value: Mapping[str, Any], kind: str, path: str) -> None:
        """A media object; a link names no uploaded medium."""
        media_id = _name(value.get("id"))
        if media_id is not None:
            self.media.append(MediaMention(path, kind, media_id))

    def thumbnail(self, value: Mapping[str, Any], path: str) -> None:
        """The product whose picture is shown."""
        retailer_id = _name(value.get(_THUMBNAIL))
        if retailer_id is not None:
            self.products.append(ProductMention(f"{path}/{_THUMBNAIL}", retailer_id))

    def product(self, value: Mapping[str, Any], path: str) -> None:
        """One product, with its catalogue beside it."""
        retailer_id = _name(value.get(_RETAILER_ID))
        if retailer_id is not None:
            self.products.append(
                ProductMention(f"{path}/{_RETAILER_ID}", retailer_id, *_catalogue(value, path))
            )

    def sections(self, value: Mapping[str, Any], path: str) -> None:
        """Sections of products, with one catalogue for all beside them, or none."""
        catalogue = _catalogue(value, path)
        for position, section in _objects(value.get("sections")):
            where = f"{path}/sections/{position}/product_items"
            for number, item in _objects(section.get("product_items")):
                retailer_id = _name(item.get(_RETAILER_ID))
                if retailer_id is not None:
                    self.products.append(
                        ProductMention(f"{where}/{number}/{_RETAILER_ID}", retailer_id, *catalogue)
                    )


def _objects(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of an array, each with its position."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            if isinstance(item, dict):
                yield position, item


def _catalogue(value: Mapping[str, Any], path: str) -> tuple[str | None, str | None]:
    catalogue_id = _name(value.get(_CATALOGUE_ID))
    return (None, None) if catalogue_id is None else (catalogue_id, f"{path}/{_CATALOGUE_ID}")


def _name(value: Any) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LONGEST_ID:
        return str(value)
    return None
