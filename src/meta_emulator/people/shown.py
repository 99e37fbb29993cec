"""A message as the person sees it: small values that a page can draw without knowing Meta's API.

Texts are as written, with WhatsApp's own marks (`*bold*`) in them: whoever draws them draws the
marks. Nothing here is HTML.
"""

import msgspec

from meta_emulator.seed import ProductSeed
from meta_emulator.world.catalogue import Catalogue


class Medium(msgspec.Struct, omit_defaults=True, frozen=True):
    """A picture, film, sound or file.

    kind  `image`, `video`, `gif`, `audio`, `document`, `sticker`
    id    the media id, whose bytes the control API gives; empty where there is a link
    link  an address elsewhere, which is not fetched
    """

    kind: str
    id: str = ""
    link: str = ""
    name: str = ""
    is_voice: bool = False


class Place(msgspec.Struct, omit_defaults=True, frozen=True):
    """A place on the map."""

    latitude: str
    longitude: str
    name: str = ""
    address: str = ""


class Product(msgspec.Struct, omit_defaults=True, frozen=True):
    """A product of the catalogue. `price` in hundredths of the currency's unit.

    is_known  False: the catalogue has none of that retailer id, and nothing else is known of it
    """

    retailer_id: str
    name: str = ""
    price: int = 0
    currency: str = ""
    is_known: bool = True
    is_in_stock: bool = True


class Row(msgspec.Struct, omit_defaults=True, frozen=True):
    """One choice of a list."""

    id: str
    title: str
    description: str = ""


class Section(msgspec.Struct, omit_defaults=True, frozen=True):
    """A part of a list, of choices or of products."""

    title: str = ""
    rows: tuple[Row, ...] = ()
    products: tuple[Product, ...] = ()


class Button(msgspec.Struct, omit_defaults=True, frozen=True):
    """Something to tap.

    kind   `quick_reply` (of a template), `reply` (of an interactive message), `list`, `url`,
           `phone`, `copy_code`, `flow`, `mpm`, `spm`, `catalog`, `location`, `address`,
           `call_permission`, `contact`, `call`, `pay`, `order_status`
    index  its place among the buttons of the message, or of the card
    value  what it does it with: the address, the phone, the code, the flow's token
    """

    kind: str
    text: str
    index: int = 0
    value: str = ""


class Card(msgspec.Struct, omit_defaults=True, frozen=True):
    """A card of a carousel."""

    index: int
    medium: Medium | None = None
    product: Product | None = None
    body: str = ""
    buttons: tuple[Button, ...] = ()


class Offer(msgspec.Struct, omit_defaults=True, frozen=True):
    """A limited-time offer; `ends_at_ms` is Unix time, None of one without an end."""

    text: str
    ends_at_ms: int | None = None


class Contact(msgspec.Struct, omit_defaults=True, frozen=True):
    """A card of a person."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


class Line(msgspec.Struct, omit_defaults=True, frozen=True):
    """One product of an order or a bill, how many, and what each costs, in hundredths."""

    product: Product
    quantity: int = 1


class Bill(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a person ordered, or is to pay. `total` in hundredths of the currency's unit."""

    lines: tuple[Line, ...]
    total: int
    currency: str = ""
    note: str = ""
    state: str = ""


class Shown(msgspec.Struct, omit_defaults=True, frozen=True):
    """One message as it is seen. What is not there is left out.

    kind       its `type`; of an interactive message its own kind
    template   the name of the template it was made of
    title      a text header
    sections   what opens behind a button: choices of a list, products
    answers    the id of the message that it quotes, reacts to or taps a button of
    enquiry    the product that the person asks about
    trouble    why it cannot be shown as a whole, a sentence
    """

    kind: str
    template: str = ""
    title: str = ""
    medium: Medium | None = None
    place: Place | None = None
    product: Product | None = None
    body: str = ""
    footer: str = ""
    offer: Offer | None = None
    buttons: tuple[Button, ...] = ()
    cards: tuple[Card, ...] = ()
    sections: tuple[Section, ...] = ()
    contacts: tuple[Contact, ...] = ()
    bill: Bill | None = None
    emoji: str = ""
    answers: str = ""
    enquiry: Product | None = None
    trouble: str = ""

    @property
    def gist(self) -> str:
        """A line that stands for the message in a list."""
        if self.body or self.title:
            return self.body or self.title
        if self.medium is not None:
            return self.medium.name or GISTS.get(self.medium.kind, self.medium.kind)
        if self.emoji:
            return f"Reacted {self.emoji}"
        if self.contacts:
            return self.contacts[0].name
        if self.place is not None:
            return self.place.name or "Location"
        return GISTS.get(self.kind, self.kind.replace("_", " "))


UNSHAPED = (AttributeError, KeyError, TypeError, ValueError, OverflowError, IndexError)
"""What reading content raises that has not Meta's shape: control orders may say anything."""

UNDRAWN = "It is not shaped as Meta's messages are, and is not drawn."

GISTS = {
    "image": "Photo",
    "video": "Video",
    "gif": "GIF",
    "audio": "Audio",
    "document": "Document",
    "sticker": "Sticker",
    "order": "Order",
    "reaction": "Took a reaction back",
    "product": "Product",
    "call_permission_request": "May we call you?",
}


def product_of(catalogue: Catalogue, retailer_id: str) -> Product:
    """The product of a retailer id, known or not."""
    product: ProductSeed | None = catalogue.get(retailer_id)
    if product is None:
        return Product(retailer_id, is_known=False)
    return Product(
        retailer_id,
        product.name,
        product.price,
        product.currency,
        is_in_stock=product.availability == "in stock",
    )


def products_in(catalogue: Catalogue, sections: list[dict[str, object]]) -> tuple[Section, ...]:
    """Sections of products, without those that the catalogue does not have (reference 1.8)."""
    shown = []
    for section in sections:
        items = section.get("product_items")
        ids = [
            str(item.get("product_retailer_id"))
            for item in (items if isinstance(items, list) else ())
        ]
        products = tuple(product_of(catalogue, one) for one in ids if one in catalogue)
        shown.append(Section(str(section.get("title") or ""), products=products))
    return tuple(section for section in shown if section.products)
