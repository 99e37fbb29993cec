"""Who a send is for, and whether its template may go there at all (reference 1.2, 1.11, 1.12)."""

import re
from dataclasses import dataclass
from typing import Any

from meta_emulator.checks.content import MEDIA
from meta_emulator.graph.send_shape import is_for_group
from meta_emulator.protocol.errors import RefusedError, invalid, refused
from meta_emulator.world.objects import Number, Template
from meta_emulator.world.recipients import dialled, identity_of, user_id_of, wa_id_of

UNAVAILABLE = {
    "PAUSED": 132015,
    "DISABLED": 132016,
}
APPROVED = "APPROVED"
MARKETING = "MARKETING"
OWN_CODES_SINCE = (23, 0)
"""Versions in which the Marketing Messages API has codes of its own (reference 3.3)."""

USER_ID = re.compile(r"[A-Z0-9]{2,3}\.(ENT\.)?[A-Za-z0-9]{1,128}")
"""A user's id for one business, or for a parent of businesses (reference 4.7)."""

TO_GROUPS = frozenset({"text", "template", *MEDIA})
GROUP_HEADERS = frozenset({None, "TEXT", "IMAGE", "VIDEO", "DOCUMENT"})
GROUP_BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a send is for.

    shown    as `contacts[].input` repeats it
    digits   the WhatsApp id; None of a user id and of a group
    user_id  of a person, whichever way it was addressed; None of a group
    address  what stands for it: the digits, else the user id, else the group's id
    group    the group, by Meta's keys
    """

    shown: str
    digits: str | None
    user_id: str | None
    address: str
    group: dict[str, Any] | None = None


def recipient_of(body: dict[str, Any], number: Number) -> Recipient:
    """Whom `to` names, or `recipient` where there is no `to`; raises RefusedError."""
    to = body.get("to")
    if is_for_group(body):
        return _group_of(to, number)
    if to is None:
        user_id = body.get("recipient")
        if user_id is None:
            raise RefusedError(invalid("The parameter to is required."))
        if type(user_id) is not str or not USER_ID.fullmatch(user_id):
            raise RefusedError(refused(131009, "recipient is not a business-scoped user id"))
        return Recipient(user_id, None, user_id, user_id)
    digits = dialled(to, number.digits)
    if digits is None:
        raise RefusedError(refused(131009, "to is not a phone number"))
    if digits == wa_id_of(number.digits):
        raise RefusedError(refused(131021))
    return Recipient(str(to), digits, user_id_of(digits), digits)


def _group_of(to: Any, number: Number) -> Recipient:
    if to is None:
        raise RefusedError(invalid("The parameter to is required."))
    group = number.groups.get(str(to))
    if group is None:
        raise RefusedError(refused(131041, f"The group {to} does not exist."))
    if group.get("suspended"):
        raise RefusedError(refused(131207, f"The group {to} is suspended."))
    if not group["participants"]:
        raise RefusedError(refused(131020, f"The group {to} has no other participant."))
    return Recipient(str(to), None, None, str(to), group)


def check_identity(body: dict[str, Any], recipient: Recipient) -> None:
    """Raise RefusedError if the user's identity is not the one that the send is for."""
    wanted = body.get("recipient_identity_key_hash")
    if wanted is None:
        return
    if type(wanted) is not str:
        raise RefusedError(invalid("Param recipient_identity_key_hash must be a string."))
    if recipient.digits is not None and wanted != identity_of(recipient.digits):
        raise RefusedError(
            refused(137000, "The recipient's identity has changed; the message was not sent.")
        )


def available(template: dict[str, Any], number: Number) -> Template:
    """The approved template that a send names; raises RefusedError."""
    found = named_template(template, number)
    if found.status == APPROVED:
        return found
    code = UNAVAILABLE.get(found.status)
    if code is not None:
        detail = f"template ({found.name}) is {found.status.lower()}"
        raise RefusedError(refused(code, detail))
    detail = f"template name ({found.name}) is not approved in {found.language}"
    raise RefusedError(refused(132001, detail))


def named_template(template: dict[str, Any], number: Number) -> Template:
    """The template that a send names, whatever its status; raises RefusedError."""
    name, language = template["name"], template["language"]["code"]
    found = number.waba.templates.get((name, language))
    if found is None:
        raise RefusedError(refused(132001, f"template name ({name}) does not exist in {language}"))
    return found


def check_template(template: Template, recipient: Recipient) -> None:
    """Raise RefusedError if `template` cannot go to this kind of recipient."""
    if recipient.group is not None and not _goes_to_groups(template):
        detail = "Only text templates and media templates can be sent to a group."
        raise RefusedError(refused(131051, detail))
    if template.form.has_code and recipient.digits is None:
        raise RefusedError(
            refused(131062, "Authentication templates can be sent to a phone number only.")
        )


def check_kind(kind: str, recipient: Recipient) -> None:
    """Raise RefusedError if no message of `kind` can go to this kind of recipient."""
    if recipient.group is not None and kind not in TO_GROUPS:
        raise RefusedError(refused(131051, f"Messages of type {kind} cannot be sent to a group."))


def _goes_to_groups(template: Template) -> bool:
    form = template.form
    is_plain = form.cards is None and form.header_kind in GROUP_HEADERS
    return is_plain and all(button.kind in GROUP_BUTTONS for button in form.buttons)


def check_cloud_api(template: Template, number: Number) -> None:
    """Raise RefusedError if marketing must go by the Marketing Messages API."""
    if template.category == MARKETING and number.waba.is_marketing_closed:
        raise RefusedError(
            refused(131063, "Send marketing templates by the marketing_messages endpoint.")
        )


def marketing_template(body: dict[str, Any], number: Number, version: tuple[int, int]) -> Template:
    """The template of a send by the Marketing Messages API; raises RefusedError."""
    has_own_codes = version >= OWN_CODES_SINCE
    found = named_template(body["template"], number)
    if found.category != MARKETING:
        code = 134100 if has_own_codes else 131055
        raise RefusedError(refused(code, "Only marketing templates are supported."))
    if body.get("product_policy") == "STRICT" and not number.waba.has_marketing_messages:
        raise RefusedError(
            refused(131055, "The account is not onboarded to the Marketing Messages API.")
        )
    if found.status in UNAVAILABLE and has_own_codes:
        raise RefusedError(refused(134102, f"template ({found.name}) is {found.status.lower()}"))
    return available(body["template"], number)
