"""The components together: which belong to which kind of template.

Source: reference/meta-cloud-api.md 7.2 to 7.5, 1.6 to 1.9.
"""

from typing import Any

from waypost.model.definition_check.button_kinds import BUTTON_KINDS
from waypost.model.definition_check.buttons import (
    MOST_BUTTONS,
    check_buttons,
    kinds_of,
    misplaced,
)
from waypost.model.definition_check.carousel import check_carousel
from waypost.model.definition_check.components import CHECKS, check_body, collect, header_format
from waypost.model.definition_check.part import META_BODY, META_HEADER, Part
from waypost.model.definition_check.scope import (
    LONGEST_BODY,
    LONGEST_CARD_BODY,
    LONGEST_CODE,
    LONGEST_OFFER_BODY,
    LONGEST_OFFER_CODE,
    MARKETING,
    Scope,
)
from waypost.model.finding import FindingCode

Parts = dict[str, Part]

_OF_A_CAROUSEL = ("body", "carousel")
_OF_AUTHENTICATION = ("body", "footer", "buttons")
_CODE_BUTTONS = ("otp", "url")
"""The URL stands for the OTP button when Meta shows an authentication template (reference 1.5)."""
_SHOP_BUTTONS = {
    "mpm": "a multi-product template",
    "spm": "a single-product template",
    "catalog": "a catalogue template",
}


def check_components(definition: Part, values: list[Any], category: str, *, named: bool) -> None:
    """All components of a definition.

    category  in lower case; empty if it is not known
    named     placeholders have names
    """
    parts = collect(definition, values)
    kinds = kinds_of(parts.get("buttons"))
    scope = _scope(parts, kinds, category, named=named)
    for kind, part in parts.items():
        if kind in CHECKS:
            CHECKS[kind](part, scope)
    buttons: tuple[Part, ...] = ()
    if "body" in parts:
        check_body(parts["body"], scope.longest_body, scope)
    else:
        _missing(definition, "body", 'Add {"type": "body", "text": "..."}.', META_BODY)
    if "buttons" in parts:
        buttons = check_buttons(parts["buttons"], MOST_BUTTONS, scope)
    if "carousel" in parts:
        check_carousel(parts["carousel"], scope)
        _check_around_carousel(parts, scope)
    elif scope.is_authentication:
        _check_authentication(definition, parts, buttons)
    else:
        _check_shop(parts, kinds, buttons, scope)
        _check_offer(parts, kinds, scope)
        _check_tap_target(parts, kinds)


def _scope(parts: Parts, kinds: tuple[str, ...], category: str, *, named: bool) -> Scope:
    longest_body, longest_code = LONGEST_BODY, LONGEST_CODE
    if "limited_time_offer" in parts:
        longest_body, longest_code = LONGEST_OFFER_BODY, LONGEST_OFFER_CODE
    elif "spm" in kinds:
        longest_body = LONGEST_CARD_BODY
    return Scope(category, named, longest_body, longest_code)


def _missing(definition: Part, kind: str, mend: str, meta_code: int) -> None:
    definition.add(
        "components",
        FindingCode.DEFINITION_COMPONENT_MISSING,
        f"The template has no {kind}.",
        mend,
        meta_code,
    )


def _must_be_marketing(part: Part, scope: Scope, what: str) -> None:
    if scope.category not in ("", MARKETING):
        part.add(
            "",
            FindingCode.DEFINITION_CATEGORY_MISMATCH,
            f"This makes {what}, and the category is {scope.category.upper()}.",
            'Set "category" to "MARKETING".',
        )


def _out_of_place(part: Part, where: str, mend: str) -> None:
    part.add(
        "",
        FindingCode.DEFINITION_COMPONENT_MISPLACED,
        f"{part.name} does not belong in {where}.",
        mend,
    )


def _check_around_carousel(parts: Parts, scope: Scope) -> None:
    _must_be_marketing(parts["carousel"], scope, "a carousel template")
    for kind, part in parts.items():
        if kind not in _OF_A_CAROUSEL:
            _out_of_place(
                part,
                "a carousel template: beside the cards stands the body alone",
                "Take it out, or move it into each card."
                if kind in ("header", "buttons")
                else "Take it out.",
            )


def _check_authentication(definition: Part, parts: Parts, buttons: tuple[Part, ...]) -> None:
    """A body of Meta's words, perhaps a footer, and one button that carries the code."""
    for kind, part in parts.items():
        if kind not in _OF_AUTHENTICATION:
            _out_of_place(part, "an authentication template", "Take it out.")
    for button in buttons:
        if button.kind in BUTTON_KINDS and button.kind not in _CODE_BUTTONS:
            misplaced(button, "an authentication template", "Use one button of the type OTP.")
    if "buttons" not in parts:
        mend = (
            'Add {"type": "buttons", "buttons": '
            '[{"type": "otp", "otp_type": "copy_code", "text": "Copy code"}]}.'
        )
        _missing(definition, "button for the code", mend, definition.meta_code)
    elif sum(1 for button in buttons if button.kind in _CODE_BUTTONS) > 1:
        parts["buttons"].add(
            "buttons",
            FindingCode.DEFINITION_BUTTON_TOO_MANY,
            "An authentication template has one button; here are more that carry the code.",
            "Keep one button of the type OTP.",
        )


def _check_shop(
    parts: Parts, kinds: tuple[str, ...], buttons: tuple[Part, ...], scope: Scope
) -> None:
    """Buttons that open products: multi-product, single-product, catalogue."""
    for button in buttons:
        if button.kind in _SHOP_BUTTONS:
            _must_be_marketing(button, scope, _SHOP_BUTTONS[button.kind])
    header = parts.get("header")
    form = header_format(header)
    if "mpm" in kinds:
        _check_mpm(parts["buttons"], kinds, header, form)
    if "spm" in kinds and form != "product":
        where = header or parts["buttons"]
        where.add(
            "format" if header else "",
            FindingCode.DEFINITION_HEADER_FORMAT,
            "A template with an SPM button shows its product in the header, and this one does not.",
            'Add {"type": "header", "format": "product"} in place of any other header.',
            META_HEADER,
        )
    if header is not None and form == "product" and "spm" not in kinds:
        header.add(
            "",
            FindingCode.DEFINITION_BUTTON_MISSING,
            "The header shows a product, and there is no SPM button.",
            'Add {"type": "buttons", "buttons": [{"type": "spm", "text": "View"}]}.',
        )


def _check_mpm(buttons: Part, kinds: tuple[str, ...], header: Part | None, form: str) -> None:
    """One button, and no header but a text."""
    if any(kind != "mpm" for kind in kinds):
        buttons.add(
            "buttons",
            FindingCode.DEFINITION_BUTTON_MISPLACED,
            "A multi-product template has the MPM button alone; here are others beside it.",
            "Take the other buttons out.",
        )
    if header is not None and form not in ("", "text"):
        header.add(
            "format",
            FindingCode.DEFINITION_HEADER_FORMAT,
            f"A multi-product template has a TEXT header; this one is {form.upper()}.",
            "Use a TEXT header, or none.",
        )


def _check_offer(parts: Parts, kinds: tuple[str, ...], scope: Scope) -> None:
    """A limited-time offer: no footer, and its URL button after the copy-code button."""
    if "limited_time_offer" not in parts:
        return
    what = "a limited-time offer template"
    _must_be_marketing(parts["limited_time_offer"], scope, what)
    if "footer" in parts:
        _out_of_place(parts["footer"], what, "Take it out, or say it in the body.")
    if "copy_code" in kinds and "url" in kinds and kinds[:2] != ("copy_code", "url"):
        parts["buttons"].add(
            "buttons",
            FindingCode.DEFINITION_BUTTON_ORDER,
            "A limited-time offer has its COPY_CODE button first and its URL button second.",
            "Put the COPY_CODE button at 0 and the URL button at 1.",
        )


def _check_tap_target(parts: Parts, kinds: tuple[str, ...]) -> None:
    """What a tap on the message opens is the address of the first URL button."""
    target = parts.get("tap_target_configuration")
    if target is None:
        return
    form = header_format(parts.get("header"))
    if form not in ("", "text", "image"):
        _out_of_place(
            target,
            f"a template with a {form.upper()} header",
            "Use an IMAGE or TEXT header, or none.",
        )
    if "url" not in kinds:
        target.add(
            "",
            FindingCode.DEFINITION_BUTTON_MISSING,
            "The tap target opens the first URL button, and there is none.",
            "Add a URL button.",
        )
