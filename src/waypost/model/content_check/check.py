"""The content check: whether a free-form message keeps Meta's rules for its kind.

Templates are another check's; of them only what stands beside the template is looked at.
Source: `reference` 1.2 and 1.10; reference/kaleyra-v2.md 12. Whatever JSON the message is, it
gives findings and raises nothing; the time is linear in its size.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from waypost.model.content_check.contacts import check_contacts
from waypost.model.content_check.interactive import check_interactive
from waypost.model.content_check.location import check_location
from waypost.model.content_check.media import MEDIA_KINDS, check_media
from waypost.model.content_check.part import INVALID, Part
from waypost.model.content_check.unknown import add_unknown
from waypost.model.finding import Findings
from waypost.model.refusal import Fault
from waypost.model.submission import READ_RECEIPT

_LONGEST_TEXT = 4096


def check_content(kind: str, message: Mapping[str, Any], path: str) -> tuple[Fault, ...]:
    """All findings of a message of `kind`, whose message object stands at `path`."""
    findings = Findings()
    part = Part(message, path, findings)
    context = part.part("context", 'an object like {"message_id": "wamid..."}', is_required=False)
    if context is not None:
        context.text("message_id")
    if kind != "template":
        check = _CHECKS.get(kind)
        if check is None:
            add_unknown(part, "type", f"messages of type {kind[:40]}")
        else:
            check(part)
    return findings.listed()


def _check_text(message: Part) -> None:
    text = message.part("text", 'an object like {"body": "..."}')
    if text is None:
        return
    text.text("body", _LONGEST_TEXT, too_long_code=INVALID)
    if not isinstance(text.value.get("preview_url", False), bool):
        text.wrong_kind("preview_url", "true or false")


def _check_reaction(message: Part) -> None:
    """An empty emoji takes the reaction back."""
    reaction = message.part("reaction", "an object with message_id and emoji")
    if reaction is None:
        return
    reaction.text("message_id")
    if reaction.value.get("emoji") != "":
        reaction.text("emoji")


def _check_read_receipt(message: Part) -> None:
    message.word("status", ("read",))
    message.text("message_id")
    indicator = message.part(
        "typing_indicator", 'an object like {"type": "text"}', is_required=False
    )
    if indicator is not None:
        indicator.word("type", ("text",))


_CHECKS: Mapping[str, Callable[[Part], None]] = {
    "text": _check_text,
    **{kind: partial(check_media, kind=kind) for kind in MEDIA_KINDS},
    "location": check_location,
    "contacts": check_contacts,
    "reaction": _check_reaction,
    "interactive": check_interactive,
    READ_RECEIPT: _check_read_receipt,
}
