"""Who is out of a number's reach, and which media cannot be had (reference 3.3).

Users whom the number has blocked, users who stopped its marketing, files of another kind than the
message, and links of hosts that do not exist.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from meta_emulator.checks.content import MEDIA, media_mismatch
from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.state import State

BLOCKED = 130403
STOPPED = 131050
MEDIA_REFUSED = 131053


class Blocks(Law):
    """The list of `block_users` (reference 3.3)."""

    def refusal(self, send: Send) -> int | None:
        """130403 if the number has blocked the recipient."""
        blocked = send.number.blocked
        if not blocked:
            return None
        is_blocked = send.address in blocked or send.user_id in blocked
        return BLOCKED if is_blocked else None


class Preferences(Law):
    """Users who stopped marketing of a number (reference 4.6)."""

    def __init__(self, state: State) -> None:
        self._state = state

    def failure(self, send: Send) -> int | None:
        """131050 for marketing to who stopped it."""
        if send.category != "marketing" or not self._state.stopped:
            return None
        return STOPPED if (send.number.id, send.digits) in self._state.stopped else None


class MediaKinds(Law):
    """Media of another kind than the message is taken, and fails when it is fetched."""

    def failure(self, send: Send) -> int | None:
        """131053 for media of the wrong kind."""
        is_wrong = media_mismatch(send.kind, send.body, send.number.waba.holdings)
        return MEDIA_REFUSED if is_wrong else None


class MediaLinks(Law):
    """Links that Meta could not fetch; nothing is fetched here.

    A host below `.invalid`, which never exists (RFC 2606), stands for all that cannot be reached.
    """

    def failure(self, send: Send) -> int | None:
        """131053 for such a link."""
        if not MAYBE_DEAD.search(send.raw):
            return None
        return MEDIA_REFUSED if any(map(is_dead, links_of(send))) else None


MAYBE_DEAD = re.compile(rb"\.invalid|\\u00", re.IGNORECASE)
"""What no request without such a link has, unless it escapes letters: spares looking for links."""


def is_dead(link: Any) -> bool:
    """Whether the link's host is below `.invalid`."""
    if type(link) is not str or ".invalid" not in link.lower():
        return False
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return True
    return host.rstrip(".").endswith(".invalid")


def links_of(send: Send) -> list[Any]:
    """The links of the media that a message has, in headers of a template's cards as well."""
    if send.kind in MEDIA:
        return [send.body[send.kind].get("link")]
    if send.kind == "template":
        return _header_links(send.body["template"].get("components") or ())
    if send.kind == "interactive":
        return _links_within(send.body["interactive"].get("header"))
    return []


def _header_links(components: Any) -> list[Any]:
    links: list[Any] = []
    for component in components:
        for parameter in component.get("parameters") or ():
            links += _links_within(parameter)
        for card in component.get("cards") or ():
            links += _header_links(card.get("components") or ())
    return links


def _links_within(holder: Any) -> list[Any]:
    """The links of the media in an object: a header, or a parameter of one."""
    if type(holder) is not dict:
        return []
    media = (holder.get(kind) for kind in ("image", "video", "document"))
    return [medium["link"] for medium in media if type(medium) is dict and "link" in medium]
