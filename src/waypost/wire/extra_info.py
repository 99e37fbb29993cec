"""`extra_info`: what the customer wants back, where the request comes from, what to track, when.

Law: unknown keys are ignored, an unknown `wa_source` is `api`, a reference is cut and never
refused for its length. Null stands for a key that is not there.
Source: the documents' table of `extra_info`; design contract, "Body". `send_at`,
`validity_period` and `priority` are ours (`timing`); `callback_profile_id` is a key of the
documents' older version, and ours (docs/decisions/0028).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec

from waypost.model.submission import References
from waypost.model.work import Priority
from waypost.wire.faults import FaultCode, Faults, OutsizeNumber
from waypost.wire.flags import BOOLEAN, parse_flag
from waypost.wire.suspects import SURROGATE_TEXT, is_utf8
from waypost.wire.timing import parse_priority, parse_send_at, parse_validity

LONGEST_REFERENCE = 255
"""Code points."""

Source = Literal[
    "api",
    "braze",
    "clevertap",
    "eloqua",
    "hubspot",
    "leadsquared",
    "moengage",
    "responsys",
    "salesforce",
    "shopify",
    "webengage",
    "zapier",
    "zoho",
]
"""Where a request may say that it comes from: the documents' list."""

SOURCES: frozenset[str] = frozenset(get_args(Source))
DEFAULT_SOURCE: Final = "api"

_NO_REFERENCES = References()


@dataclass(frozen=True, slots=True)
class ExtraInfo:
    """`extra_info`, understood."""

    references: References = _NO_REFERENCES
    source: str = DEFAULT_SOURCE
    track_body: bool = False
    track_button: bool = False
    send_at: datetime | None = None
    validity_s: int | None = None
    priority: Priority | None = None
    callback_profile_id: str | None = None


_NOTHING = ExtraInfo()


def parse_extra_info(value: Any, path: str, faults: Faults) -> ExtraInfo:
    """What stands in `extra_info` at `path`; None is nothing."""
    if value is None:
        return _NOTHING
    if not isinstance(value, dict):
        faults.wrong_kind(path, value, "an object")
        return _NOTHING
    return ExtraInfo(
        References(
            _reference(value.get("ref"), f"{path}/ref", faults),
            _reference(value.get("ref1"), f"{path}/ref1", faults),
            _reference(value.get("ref2"), f"{path}/ref2", faults),
        ),
        _source(value.get("wa_source")),
        _flag(value, "enable_url_tracking_body", path, faults),
        _flag(value, "enable_url_tracking_button", path, faults),
        parse_send_at(value.get("send_at"), f"{path}/send_at", faults),
        parse_validity(value.get("validity_period"), f"{path}/validity_period", faults),
        parse_priority(value.get("priority"), f"{path}/priority", faults),
        _profile_id(value.get("callback_profile_id"), f"{path}/callback_profile_id", faults),
    )


def _reference(value: Any, path: str, faults: Faults) -> str | None:
    """A reference as text: a number is read as its digits; NUL, which databases refuse, is out."""
    if value is None:
        return None
    if isinstance(value, bool):
        text = None
    elif isinstance(value, (str, int)):
        text = str(value)
    elif isinstance(value, msgspec.Raw):
        text = bytes(value).decode()
    elif isinstance(value, OutsizeNumber):
        text = value.text
    else:
        text = None
    if text is None:
        faults.wrong_kind(path, value, "a string")
        return None
    if not is_utf8(text):
        faults.add(path, FaultCode.LONE_SURROGATE, SURROGATE_TEXT)
        return None
    return text.replace("\0", "")[:LONGEST_REFERENCE]


def _profile_id(value: Any, path: str, faults: Faults) -> str | None:
    """The profile that a request names; whether there is one, its account says."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        faults.wrong_kind(path, value, "a string")
        return None
    return value


def _source(value: Any) -> str:
    if isinstance(value, str):
        lowered = value.lower()
        if lowered in SOURCES:
            return lowered
    return DEFAULT_SOURCE


def _flag(extra: dict[str, Any], key: str, path: str, faults: Faults) -> bool:
    value = extra.get(key)
    if value is None:
        return False
    flag = parse_flag(value)
    if flag is None:
        faults.wrong_kind(f"{path}/{key}", value, BOOLEAN)
    return flag is True
