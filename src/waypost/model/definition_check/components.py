"""Header, body, footer and the limited-time offer: what each may be by itself.

Source: reference/meta-cloud-api.md 7.2, 1.9.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from waypost.model.definition_check.examples import check_media_example, check_text_examples
from waypost.model.definition_check.part import (
    META_BODY,
    META_FOOTER,
    META_HEADER,
    META_INVALID,
    Part,
    listed,
    lowered,
    part_of,
    quoted,
)
from waypost.model.definition_check.scope import MARKETING, Scope
from waypost.model.definition_check.texts import TextRule, check_text
from waypost.model.finding import FindingCode

MEDIA_FORMATS = ("image", "video", "gif", "document")
HEADER_FORMATS = ("text", *MEDIA_FORMATS, "location", "product")
HEADER_TEXT = TextRule(longest=60, most_variables=1)
"""A header may begin or end with its placeholder: Meta's own `Forget something {{1}}?` all but
does, headers like `{{season}} sale is on!` are in use, and the rule is told of bodies."""
FOOTER_TEXT = TextRule(longest=60, most_variables=0)
OFFER_TEXT = TextRule(longest=16, most_variables=0)
LONGEST_EXPIRATION_MIN = 90

KINDS = {
    "header": META_HEADER,
    "body": META_BODY,
    "footer": META_FOOTER,
    "buttons": META_INVALID,
    "carousel": META_INVALID,
    "limited_time_offer": META_INVALID,
    "tap_target_configuration": META_INVALID,
    "call_permission_request": META_INVALID,
    "order_status": META_INVALID,
}
"""The components that rules are known of, and what Meta answers when one is not right."""


def collect(owner: Part, values: list[Any], prefix: str = "The ") -> dict[str, Part]:
    """The components under their kinds; those of unknown kinds are Meta's to judge.

    prefix  what their names begin with: `The `, `The card's `
    """
    collected: dict[str, Part] = {}
    for position, value in enumerate(values):
        found = part_of(owner, value, f"components/{position}", f"{prefix}component")
        if found is None:
            continue
        kind = found.kind
        if not kind:
            found.missing("type", f"Give it a type: {listed(tuple(KINDS))}.")
        elif kind in collected:
            found.add(
                "",
                FindingCode.COMPONENT_REPEATED,
                f"{prefix}{kind} stands here a second time.",
                "Merge the two into one component.",
                KINDS[kind],
            )
        elif kind in KINDS:
            collected[kind] = replace(found, name=f"{prefix}{kind}", meta_code=KINDS[kind])
    return collected


def header_format(header: Part | None) -> str:
    """Its `format` in lower case; empty without one."""
    return lowered(header.value.get("format")) if header is not None else ""


def check_header(header: Part, scope: Scope) -> None:
    """A text of at most 60 characters with one placeholder, or media, a location, a product."""
    form = header.string("format", f"Give it a format: {listed(HEADER_FORMATS)}.")
    if form is None:
        return
    form = form.lower()
    if form not in HEADER_FORMATS:
        header.add(
            "format",
            FindingCode.DEFINITION_HEADER_FORMAT,
            f"{header.name} has the format {quoted(form)}, which does not exist.",
            f"Use one of {listed(HEADER_FORMATS)}.",
        )
    elif form == "text":
        text = header.string("text", 'Give it a "text" of at most 60 characters.')
        if text is not None:
            names = check_text(header, "text", text, HEADER_TEXT, scope)
            check_text_examples(header, "header", names, is_named=scope.is_named)
    elif form in MEDIA_FORMATS:
        check_media_example(header)
    if form == "gif" and scope.category and scope.category != MARKETING:
        header.add(
            "format",
            FindingCode.DEFINITION_HEADER_FORMAT,
            f"{header.name} is a GIF, which only marketing templates may have.",
            "Use IMAGE or VIDEO.",
        )


def check_body(body: Part, longest: int, scope: Scope) -> None:
    """A text that must be there, unless Meta words it itself.

    An authentication body may still have a text: Meta gives it one when it is read, and whoever
    takes such a definition as the pattern for another sends it along.
    """
    if scope.is_authentication:
        _check_authentication_body(body, longest, scope)
        return
    text = body.string("text", f'Give it a "text" of at most {longest} characters.')
    if text is not None:
        rule = TextRule(longest=longest, is_prose=True)
        names = check_text(body, "text", text, rule, scope)
        check_text_examples(body, "body", names, is_named=scope.is_named)


def _check_authentication_body(body: Part, longest: int, scope: Scope) -> None:
    recommends = body.value.get("add_security_recommendation")
    if recommends is not None and not isinstance(recommends, bool):
        body.wrong_type("add_security_recommendation", "true or false", "Write true or false.")
    text = body.value.get("text")
    if isinstance(text, str):
        check_text(body, "text", text, TextRule(longest=longest), scope)
    elif text is not None:
        body.wrong_type("text", "a string", "Leave it out: Meta words this body itself.")


def check_footer(footer: Part, scope: Scope) -> None:
    """A text of at most 60 characters without placeholders; or after how long a code expires.

    One page of Meta's speaks of placeholders in footers, all others exclude them (reference 13).
    """
    if scope.is_authentication:
        footer.integer(
            "code_expiration_minutes",
            1,
            LONGEST_EXPIRATION_MIN,
            f"Give the minutes after which the code expires, 1 to {LONGEST_EXPIRATION_MIN}.",
        )
        if footer.value.get("text") is None:
            return
    text = footer.string("text", 'Give it a "text" of at most 60 characters, or leave it out.')
    if text is not None:
        check_text(footer, "text", text, FOOTER_TEXT, scope)


def check_offer(component: Part, scope: Scope) -> None:
    """A limited-time offer: its own text, of at most 16 characters."""
    mend = '"limited_time_offer": {"text": "Expiring offer!", "has_expiration": true}'
    if component.value.get("limited_time_offer") is None:
        component.missing("limited_time_offer", f"Add {mend}.")
        return
    offer = part_of(
        component, component.value["limited_time_offer"], "limited_time_offer", "The offer"
    )
    if offer is None:
        return
    text = offer.string("text", "Say in at most 16 characters what is offered.")
    if text is not None:
        check_text(offer, "text", text, OFFER_TEXT, scope)
    expires = offer.value.get("has_expiration")
    if expires is not None and not isinstance(expires, bool):
        offer.wrong_type("has_expiration", "true or false", "Write true or false.")


Check = Callable[[Part, Scope], None]
CHECKS: dict[str, Check] = {
    "header": check_header,
    "footer": check_footer,
    "limited_time_offer": check_offer,
}
"""The components whose check needs nothing but themselves."""
