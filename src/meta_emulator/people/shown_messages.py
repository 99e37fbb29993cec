"""Messages that are no templates as the person sees them, the business's and the person's own."""

from typing import Any

import msgspec

from meta_emulator.people.shown import (
    UNDRAWN,
    UNSHAPED,
    Bill,
    Button,
    Card,
    Contact,
    Line,
    Medium,
    Product,
    Row,
    Section,
    Shown,
    product_of,
    products_in,
)
from meta_emulator.people.shown_templates import (
    medium_of,
    place_of,
    shown_template,
    whole,
)
from meta_emulator.world.catalogue import Catalogue
from meta_emulator.world.message import Message

Object = dict[str, Any]

MEDIA = ("image", "video", "audio", "document", "sticker")
LABELS = {
    "location_request_message": ("location", "Send location"),
    "address_message": ("address", "Provide address"),
    "call_permission_request": ("call_permission", "Choose an option"),
    "request_contact_info": ("contact", "Share contact info"),
    "voice_call": ("call", "Call on WhatsApp"),
    "order_status": ("order_status", "View order"),
    "order_details": ("pay", "Review and pay"),
    "product": ("spm", "View"),
    "product_list": ("mpm", "View items"),
    "catalog_message": ("catalog", "View catalog"),
}
GONE = "The template {} is no longer there; only what was sent is known."


def shown_message(message: Message) -> Shown:
    """What the recipient sees of an accepted send."""
    try:
        return _sent(message)
    except UNSHAPED:
        return Shown(message.kind, trouble=UNDRAWN)


def shown_answer(message: Object, catalogue: Catalogue) -> Shown:
    """What a person sees of a message of their own, as it stands in the webhook."""
    try:
        return _answered(message, catalogue)
    except UNSHAPED:
        return Shown(str(message.get("type", "text")), trouble=UNDRAWN)


def _sent(message: Message) -> Shown:
    request: Object = msgspec.json.decode(message.request)
    catalogue = message.number.waba.catalogue
    if message.kind == "template":
        sent = request["template"]
        template = message.number.waba.templates.get((sent["name"], sent["language"]["code"]))
        if template is None:
            trouble = GONE.format(sent["name"])
            return Shown("template", template=sent["name"], trouble=trouble)
        shown = shown_template(template.components, sent, catalogue)
    else:
        shown = shown_content(message.kind, request, catalogue)
    quoted = (request.get("context") or {}).get("message_id")
    return shown if quoted is None else msgspec.structs.replace(shown, answers=str(quoted))


def _answered(message: Object, catalogue: Catalogue) -> Shown:
    kind = str(message.get("type", "text"))
    shown = shown_content(kind, message, catalogue)
    context = message.get("context") or {}
    about = (context.get("referred_product") or {}).get("product_retailer_id")
    if about is not None:
        shown = msgspec.structs.replace(shown, enquiry=product_of(catalogue, str(about)))
    quoted = context.get("id")
    return shown if quoted is None else msgspec.structs.replace(shown, answers=str(quoted))


def shown_content(kind: str, request: Object, catalogue: Catalogue) -> Shown:
    """A message of `kind`, whose content stands under the kind's name."""
    content = request.get(kind)
    if kind == "contacts":
        return Shown(kind, contacts=tuple(_contact(one) for one in content or ()))
    if not isinstance(content, dict):
        return Shown(kind, trouble=f"A message of the kind {kind} is not drawn here.")
    if kind in MEDIA:
        return Shown(kind, medium=medium_of(kind, content), body=str(content.get("caption") or ""))
    if kind in {"order", "interactive"}:
        return _order(content, catalogue) if kind == "order" else _interactive(content, catalogue)
    return _plain(kind, content)


def _plain(kind: str, content: Object) -> Shown:
    match kind:
        case "text":
            return Shown(kind, body=str(content.get("body", "")))
        case "location":
            return Shown(kind, place=place_of(content))
        case "reaction":
            emoji = str(content.get("emoji") or "")
            return Shown(kind, emoji=emoji, answers=str(content.get("message_id", "")))
        case "button":
            return Shown(kind, body=str(content.get("text", "")))
        case _:
            return Shown(kind, trouble=f"A message of the kind {kind} is not drawn here.")


def _contact(given: Object) -> Contact:
    phones = tuple(
        str(one.get("phone") or one.get("wa_id") or "") for one in given.get("phones", ())
    )
    emails = tuple(str(one.get("email", "")) for one in given.get("emails", ()))
    name = str((given.get("name") or {}).get("formatted_name", ""))
    return Contact(name, phones, emails, str((given.get("org") or {}).get("company") or ""))


def _order(content: Object, catalogue: Catalogue) -> Shown:
    lines = []
    for item in content.get("product_items") or ():
        known = product_of(catalogue, str(item.get("product_retailer_id")))
        price = round(float(item.get("item_price") or 0) * 100)
        product = Product(known.retailer_id, known.name, price, str(item.get("currency", "")))
        lines.append(Line(product, int(item.get("quantity") or 1)))
    total = sum(line.product.price * line.quantity for line in lines)
    currency = lines[0].product.currency if lines else ""
    note = str(content.get("text") or "")
    return Shown("order", bill=Bill(tuple(lines), total, currency, note))


def _interactive(content: Object, catalogue: Catalogue) -> Shown:
    kind = str(content.get("type", "")).lower()
    reply = content.get(kind)
    if kind.endswith("_reply") and isinstance(reply, dict):
        return _reply(kind, reply)
    action: Object = content.get("action") or {}
    header: Object = content.get("header") or {}
    header_kind = str(header.get("type", "")).lower()
    named = Naming(catalogue, action)
    return Shown(
        kind,
        title=str(header.get("text", "")) if header_kind == "text" else "",
        medium=_header_medium(header_kind, header),
        product=named.product(kind),
        body=str((content.get("body") or {}).get("text", "")),
        footer=str((content.get("footer") or {}).get("text", "")),
        buttons=_buttons(kind, action),
        cards=tuple(named.card(card) for card in _in_order(action.get("cards") or [])),
        sections=named.sections(kind),
        bill=_bill(action) if kind == "order_details" else None,
    )


def _reply(kind: str, reply: Object) -> Shown:
    """A tap, a choice, a form that was sent back."""
    if kind == "call_permission_reply":
        is_yes = reply.get("response") == "accept"
        return Shown(kind, body="You may call me" if is_yes else "Please do not call me")
    if kind == "nfm_reply":
        return Shown(kind, body=str(reply.get("body") or "Sent"), footer=_form(reply))
    title, description = str(reply.get("title", "")), str(reply.get("description") or "")
    return Shown(kind, body=title, footer=description)


def _form(reply: Object) -> str:
    """What a form was answered with, on one line."""
    try:
        answers = msgspec.json.decode(str(reply.get("response_json") or "{}"))
    except msgspec.DecodeError:
        return ""
    if not isinstance(answers, dict):
        return ""
    return ", ".join(f"{name}: {value}" for name, value in answers.items() if name != "flow_token")


def _header_medium(kind: str, header: Object) -> Medium | None:
    given = header.get(kind)
    return medium_of(kind, given) if kind in MEDIA and isinstance(given, dict) else None


def _buttons(kind: str, action: Object) -> tuple[Button, ...]:
    parameters: Object = action.get("parameters") or {}
    match kind:
        case "button":
            return tuple(
                Button("reply", str(one["reply"]["title"]), index, str(one["reply"]["id"]))
                for index, one in enumerate(action.get("buttons") or ())
            )
        case "list":
            return (Button("list", str(action.get("button", ""))),)
        case "cta_url":
            text, url = parameters.get("display_text", ""), parameters.get("url", "")
            return (Button("url", str(text), 0, str(url)),)
        case "flow":
            token = str(parameters.get("flow_token") or "unused")
            return (Button("flow", str(parameters.get("flow_cta", "")), 0, token),)
        case _ if kind in LABELS:
            made, text = LABELS[kind]
            return (Button(made, str(parameters.get("display_text") or text)),)
        case _:
            return ()


class Naming:
    """The products that an action names, looked up."""

    def __init__(self, catalogue: Catalogue, action: Object) -> None:
        self._catalogue = catalogue
        self._action = action

    def product(self, kind: str) -> Product | None:
        """The product that heads the message."""
        parameters = self._action.get("parameters") or {}
        named = self._action.get("product_retailer_id")
        if kind == "catalog_message":
            named = parameters.get("thumbnail_product_retailer_id")
        if named is not None:
            return product_of(self._catalogue, str(named))
        sections = self.sections(kind) if kind in {"product_list", "catalog_message"} else ()
        return sections[0].products[0] if sections else None

    def sections(self, kind: str) -> tuple[Section, ...]:
        """What opens behind its button."""
        given = self._action.get("sections") or []
        if kind == "catalog_message":
            return whole(self._catalogue)
        if kind == "product_list":
            return products_in(self._catalogue, given)
        return tuple(
            Section(
                str(section.get("title") or ""),
                tuple(
                    Row(str(row["id"]), str(row["title"]), str(row.get("description") or ""))
                    for row in section.get("rows") or ()
                ),
            )
            for section in given
        )

    def card(self, card: Object) -> Card:
        """One card of an interactive carousel."""
        index = int(card.get("card_index", 0))
        action: Object = card.get("action") or {}
        if card.get("type") == "product":
            product = product_of(self._catalogue, str(action.get("product_retailer_id")))
            return Card(index, product=product, buttons=(Button("spm", "View"),))
        header: Object = card.get("header") or {}
        medium = _header_medium(str(header.get("type", "")).lower(), header)
        body = str((card.get("body") or {}).get("text", ""))
        return Card(index, medium, None, body, _buttons("cta_url", action))


def _in_order(cards: list[Object]) -> list[Object]:
    return sorted(cards, key=lambda card: int(card.get("card_index", 0)))


def _bill(action: Object) -> Bill:
    """What an order of `order_details` comes to; amounts have their own offset."""
    details: Object = action.get("parameters") or {}
    order: Object = details.get("order") or {}
    currency = str(details.get("currency", ""))
    lines = tuple(
        Line(
            Product(
                str(item.get("retailer_id", "")),
                str(item.get("name", "")),
                _amount(item.get("amount")),
                currency,
            ),
            int(item.get("quantity") or 1),
        )
        for item in order.get("items") or ()
    )
    note = str(details.get("reference_id") or "")
    return Bill(
        lines, _amount(details.get("total_amount")), currency, note, str(order.get("status", ""))
    )


def _amount(given: Any) -> int:
    """Hundredths of `{"value", "offset"}`."""
    if not isinstance(given, dict):
        return 0
    return round(float(given.get("value") or 0) * 100 / float(given.get("offset") or 100))
