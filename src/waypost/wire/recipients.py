"""Whom a send is for: `to`, one or several numbers; or `recipient`, a business-scoped user id.

Law: all or nothing; every bad number is named; the same number twice counts once; no number is
rewritten. If both keys are there the phone wins, as at Meta.
Source: design contract, "Recipients"; reference/meta-cloud-api.md 1.2 and 4.7.
"""

import re
from typing import Any

from waypost.model.recipient import Recipient
from waypost.wire.faults import ABSENT, FaultCode, Faults, OutsizeNumber, quoted
from waypost.wire.numbers import parse_phone

_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
_RIGHT = "a phone number with its country code, or several with commas between"


def parse_recipients(
    message: dict[str, Any], base: str, max_recipients: int, faults: Faults
) -> tuple[Recipient, ...]:
    """The recipients of a message object at `base`, in order, each once."""
    to = message.get("to", ABSENT)
    if to is ABSENT and "recipient" in message:
        return _parse_user_id(message["recipient"], f"{base}/recipient", faults)
    path = f"{base}/to"
    text = _text_of(to)
    if text is None:
        faults.absent_or_wrong(path, to, _RIGHT)
        return ()
    return _parse_numbers(text, path, max_recipients, faults)


def _text_of(to: Any) -> str | None:
    """`to` as it is written: a JSON number is read as its digits."""
    if isinstance(to, str):
        return to
    if isinstance(to, int) and not isinstance(to, bool):
        return str(to) if to >= 0 else None
    if isinstance(to, OutsizeNumber) and to.text.isdigit():
        return to.text
    return None


def _parse_numbers(
    text: str, path: str, max_recipients: int, faults: Faults
) -> tuple[Recipient, ...]:
    found: dict[str, None] = {}
    for part in text.split(","):
        if faults.is_full:
            break
        digits = parse_phone(part)
        if isinstance(digits, str):
            found[digits] = None
        else:
            faults.add(path, FaultCode.INVALID_PHONE_NUMBER, digits.message)
    if len(found) > max_recipients:
        faults.add(
            path,
            FaultCode.TOO_MANY_RECIPIENTS,
            f"to names {len(found)} recipients; one request may have {max_recipients}",
        )
    return tuple(Recipient(phone=digits) for digits in found)


def _parse_user_id(value: Any, path: str, faults: Faults) -> tuple[Recipient, ...]:
    if not isinstance(value, str):
        faults.wrong_kind(path, value, "a business-scoped user id, like US.13491208655302741918")
        return ()
    if not _USER_ID.fullmatch(value):
        faults.add(
            path,
            FaultCode.INVALID_USER_ID,
            f"{quoted(value)} is no business-scoped user id; one looks like "
            "US.13491208655302741918",
        )
        return ()
    return (Recipient(user_id=value),)
