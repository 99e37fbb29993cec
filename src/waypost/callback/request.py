"""One event for one profile as an HTTP request. Pure."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from waypost.callback.signature import sign
from waypost.model.callback import BasicAuth, CallbackProfile, ProfileSecrets
from waypost.model.outbox import CallbackRow
from waypost.runtime.http import HttpCall
from waypost.version import __version__
from waypost.wire.profile_template import Values, fill_body, fill_url

MOST_ANSWER_BYTES = 64 * 1024
"""How much of an answer is read."""

USER_AGENT = f"Waypost/{__version__} callbacks"

OURS = frozenset(
    (
        *("content-type", "content-length", "host", "user-agent", "expect", "connection"),
        *("keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te"),
        *("trailer", "transfer-encoding", "upgrade", "accept-encoding"),
    )
)
"""Headers that no profile sets: those of one connection, and those that the gateway sets."""

OUR_BEGINNINGS = ("webhook-", "waypost-")

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_decode_variables = msgspec.json.Decoder(dict[str, str]).decode


def is_ours(name: str) -> bool:
    """Whether a header is not the customer's to set."""
    return name.lower() in OURS or name.lower().startswith(OUR_BEGINNINGS)


def check_headers(headers: Mapping[str, str]) -> list[str]:
    """What is wrong with a profile's own headers, in words; nothing if they may be used."""
    faults = []
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            faults.append(f"{name!r} is no name of a header")
        elif is_ours(name):
            faults.append(f"{name} is set by the gateway or the connection; leave it out")
        elif not _HEADER_VALUE.fullmatch(value):
            faults.append(f"the value of {name} holds characters that no header may hold")
    return faults


def make_call(
    profile: CallbackProfile,
    secrets: ProfileSecrets,
    row: CallbackRow,
    attempt: int,
    now: datetime,
) -> HttpCall:
    """The request of one attempt, signed for this moment, without a bearer token.

    attempt  of all times, from 1
    Raises ValueError for a signing secret that is none.
    """
    variables = {**_decode_variables(row.variables), "callback_profile_id": profile.profile_id}
    values = Values(variables, row.body)
    url = fill_url(profile.url, values)
    body: bytes | None = row.body
    if profile.method == "GET":
        body = None
    elif profile.body is not None:
        body = fill_body(profile.body, profile.content_type, values)
    headers = {
        name: value
        for name, value in secrets.headers.items()
        if not is_ours(name) and _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)
    }
    if isinstance(secrets.auth, BasicAuth):
        shown = f"{secrets.auth.user}:{secrets.auth.password}".encode()
        headers = authorised(headers, f"Basic {base64.b64encode(shown).decode()}")
    if body is not None:
        headers["content-type"] = (
            profile.content_type if profile.body is not None else "application/json"
        )
    headers["user-agent"] = USER_AGENT
    headers["waypost-sequence"] = str(row.sequence)
    headers["waypost-attempt"] = str(attempt)
    headers |= sign(secrets.signing, row.event_id, now, body or b"")
    return HttpCall(profile.method, url, headers, body, MOST_ANSWER_BYTES, is_head_enough=True)


def authorised(headers: Mapping[str, str], value: str) -> dict[str, str]:
    """These headers with this authorization and no other."""
    kept = {name: one for name, one in headers.items() if name.lower() != "authorization"}
    return {**kept, "authorization": value}
