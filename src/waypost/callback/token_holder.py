"""Bearer tokens of customers' own doors, by client credentials; each kept for its life.

One token serves all events of a profile that are under way; while it is fetched, they wait for
that one call. A call that failed is remembered for a moment, so that those who waited do not make
it again one after another. Source: reference/kaleyra-v2.md 4, "Advanced"; RFC 6749, 4.4.
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from waypost.callback.caller import Caller
from waypost.callback.request import MOST_ANSWER_BYTES, USER_AGENT
from waypost.model.callback import BearerAuth
from waypost.runtime.addresses import ForbiddenAddressError
from waypost.runtime.clock import Clock
from waypost.runtime.http import HttpCall, HttpError
from waypost.store.ports import Key

MARGIN = 0.1
LONGEST_MARGIN_S = 60.0
"""A token is not used in the last tenth of its life, a minute at most."""

UNSAID_LIFE_S = 300.0
"""The life of a token that does not say how long it lives."""

LONGEST_LIFE_S = 86_400.0
FAILED_FOR_S = 1.0
MOST_TOKENS = 2048
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class TokenError(HttpError):
    """There is no token; the text says why, in words."""


@dataclass(slots=True)
class _Kept:
    """One profile's token; `problem` stands in its place after a call that failed."""

    token: str
    ends_at: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TokenShelf:
    """The tokens of all profiles."""

    caller: Caller
    clock: Clock
    _kept: OrderedDict[tuple[Key, BearerAuth], _Kept] = field(default_factory=OrderedDict)
    _locks: dict[tuple[Key, BearerAuth], asyncio.Lock] = field(default_factory=dict)

    async def token(self, key: Key, auth: BearerAuth, timeout_s: float) -> str:
        """A token that is alive. Raises TokenError."""
        place = (key, auth)
        if (known := self._alive(place)) is None:
            lock = self._locks.setdefault(place, asyncio.Lock())
            try:
                async with lock:
                    if (known := self._alive(place)) is None:
                        known = await self._fetch(auth, timeout_s)
                        self._keep(place, known)
            finally:
                if not lock.locked():
                    self._locks.pop(place, None)
        if known.problem:
            raise TokenError(known.problem)
        return known.token

    def drop(self, key: Key, auth: BearerAuth, token: str) -> None:
        """The endpoint refused this token; a newer one stays."""
        known = self._kept.get((key, auth))
        if known is not None and known.token == token:
            del self._kept[key, auth]

    def _alive(self, place: tuple[Key, BearerAuth]) -> _Kept | None:
        known = self._kept.get(place)
        return known if known is not None and self.clock.monotonic() < known.ends_at else None

    def _keep(self, place: tuple[Key, BearerAuth], kept: _Kept) -> None:
        self._kept[place] = kept
        self._kept.move_to_end(place)
        if len(self._kept) > MOST_TOKENS:
            self._kept.popitem(last=False)

    async def _fetch(self, auth: BearerAuth, timeout_s: float) -> _Kept:
        form = {
            "grant_type": "client_credentials",
            "client_id": auth.client_id,
            "client_secret": auth.client_secret,
            **({"scope": auth.scope} if auth.scope else {}),
        }
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
            "user-agent": USER_AGENT,
        }
        call = HttpCall("POST", auth.url, headers, urlencode(form).encode(), MOST_ANSWER_BYTES)
        try:
            answer = await self.caller.call(call, timeout_s)
        except (HttpError, ForbiddenAddressError) as error:
            return self._failed(str(error))
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's
            return self._failed(f"HTTP {answer.status}")
        try:
            said = msgspec.json.decode(answer.body, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError):
            return self._failed("its answer is no JSON object")
        token = said.get("access_token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return self._failed("its answer has no access_token that a header can hold")
        life_s = _life_s(said.get("expires_in"))
        usable_s = life_s - min(LONGEST_MARGIN_S, life_s * MARGIN)
        return _Kept(token, self.clock.monotonic() + usable_s)

    def _failed(self, why: str) -> _Kept:
        problem = f"no token from the authentication URL: {why}"
        return _Kept("", self.clock.monotonic() + FAILED_FOR_S, problem)


def _life_s(said: Any) -> float:
    """Seconds, as a number or as a text."""
    try:
        life_s = float(said)
    except (TypeError, ValueError, OverflowError):
        return UNSAID_LIFE_S
    return min(life_s, LONGEST_LIFE_S) if life_s > 0 else UNSAID_LIFE_S
