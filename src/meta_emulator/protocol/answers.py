"""How the Graph API answers: headers, the error envelope, ids of requests.

Every answer carries its own `x-fb-request-id`; an error repeats it as `error.fbtrace_id`. Slashes
in error bodies are escaped and the text is ASCII, as recorded exchanges show.
"""

import json
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import msgspec

from meta_emulator.protocol.errors import GraphError
from meta_emulator.runtime.chance import Chance

Version = tuple[int, int]
Header = tuple[bytes, bytes]

NEWEST: Version = (26, 0)
"""The version of a path that names none (reference 1.1)."""

OLDEST: Version = (21, 0)
"""Earlier ones have expired and are answered as this one."""

VERSION = re.compile(r"v([0-9]{1,6})\.([0-9]{1,6})")
REVISION = b"1030214897"
JSON_TYPE: Header = (b"content-type", b"application/json; charset=UTF-8")
UNAUTHORISED = 401
LONGEST_CHALLENGE = 1000
"""Characters of an error that its header repeats."""

SUCCESS = b'{"success":true}'

encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Request:
    """One request to the Graph API. `segments` are the path's, without the version."""

    method: str
    path: str
    segments: tuple[str, ...]
    version: Version
    headers: list[Header]
    query: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Answer:
    """What goes back. `is_lost`: the work was done, and the client shall not learn of it."""

    status: int
    body: bytes
    headers: list[Header] = field(default_factory=list)
    is_lost: bool = False


class Responder:
    """Makes answers: one per emulator, it holds what is the same in all of them."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._fixed: dict[tuple[Version, str], list[Header]] = {}

    def success(self, body: bytes, version: Version, waba_id: str) -> Answer:
        """200 with Meta's headers; `body` is JSON."""
        fixed = self._fixed.get((version, waba_id))
        if fixed is None:
            fixed = self._remember(version, waba_id)
        return Answer(
            200,
            body,
            [
                *fixed,
                (b"x-fb-request-id", self._request_id().encode()),
                (b"x-fb-trace-id", b"%011x" % self._chance.bits(44)),
            ],
        )

    def error(
        self, error: GraphError, version: Version, beside: dict[str, Any] | None = None
    ) -> Answer:
        """Meta's envelope around `error`, with what stands beside it in the body."""
        request_id = self._request_id()
        envelope: dict[str, Any] = {
            "message": error.message,
            "type": error.kind,
            "code": error.code,
        }
        if error.details is not None:
            envelope["error_data"] = {
                "messaging_product": "whatsapp",
                "details": error.details,
            }
        if error.subcode is not None:
            envelope["error_subcode"] = error.subcode
        if error.user is not None:
            envelope["is_transient"] = False
            envelope["error_user_title"], envelope["error_user_msg"] = error.user
        envelope["fbtrace_id"] = request_id
        text = json.dumps({**(beside or {}), "error": envelope}, separators=(",", ":")).replace(
            "/", "\\/"
        )
        reason = "invalid_token" if error.status == UNAUTHORISED else "invalid_request"
        challenge = f'OAuth "Facebook Platform" "{reason}" "{_in_header(error.message)}"'
        return Answer(
            error.status,
            text.encode(),
            [
                JSON_TYPE,
                (b"facebook-api-version", version_text(served(version)).encode()),
                (b"www-authenticate", challenge.encode()),
                (b"x-fb-request-id", request_id.encode()),
                (b"x-fb-rev", REVISION),
                (b"x-fb-trace-id", b"%011x" % self._chance.bits(44)),
            ],
        )

    def _remember(self, version: Version, waba_id: str) -> list[Header]:
        usage = {
            waba_id: [
                {
                    "type": "whatsapp",
                    "call_count": 1,
                    "total_cputime": 1,
                    "total_time": 1,
                    "estimated_time_to_regain_access": 0,
                }
            ]
        }
        fixed = [
            JSON_TYPE,
            (b"facebook-api-version", version_text(served(version)).encode()),
            (b"x-business-use-case-usage", encode(usage)),
            (b"x-fb-rev", REVISION),
        ]
        if len(self._fixed) < 1000:  # noqa: PLR2004 a bound against made-up versions
            self._fixed[version, waba_id] = fixed
        return fixed

    def _request_id(self) -> str:
        return "A" + urlsafe_b64encode(self._chance.bits(128).to_bytes(16))[:22].decode()


def _in_header(message: str) -> str:
    """The message as a header can carry it: one line, printable, ASCII, not endless."""
    line = " ".join(message.split())[:LONGEST_CHALLENGE].replace('"', "'")
    return "".join(sign if " " <= sign <= "~" else "?" for sign in line)


def served(version: Version) -> Version:
    """The version that answers: the nearest one there is (a judgement for those beyond)."""
    return min(max(version, OLDEST), NEWEST)


def version_text(version: Version) -> str:
    """`v25.0`."""
    return f"v{version[0]}.{version[1]}"


def parse_version(text: str) -> Version | None:
    """(25, 0) for `v25.0`; None for what is no version."""
    found = VERSION.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]))
