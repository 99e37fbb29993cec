"""Orders about access tokens: they expire, further ones are issued, all is as it was."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.durations import parse_duration
from meta_emulator.world.tokens import SAFE, Tokens, end_after


class ExpiryOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Which token ends, by default the settings' own, and after how long, by default at once."""

    token: str | None = None
    after: str | float = 0.0


class IssueOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A further token, by default one that is made up.

    life  how long it is good, by default for ever
    """

    token: str | None = None
    life: str | float | None = None


class ShownToken(msgspec.Struct):
    """A token. `is_main`: it is the settings' own; `expires_at`: null if it never does."""

    token: str
    is_main: bool
    is_valid: bool
    expires_at: datetime | None


class TokenOrders:
    """Carries them out. Requests with a token that has expired get 401, code 190, subcode 463."""

    def __init__(self, tokens: Tokens, clock: Clock, chance: Chance) -> None:
        self._tokens = tokens
        self._clock = clock
        self._chance = chance

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        restored = "Only the first token is good again, for ever."
        return (
            Route("GET", "tokens", "The access tokens.", self._all, gives=ShownToken),
            Route(
                "POST",
                "tokens",
                "Issue a token.",
                self._issue,
                IssueOrder,
                ShownToken,
                example={"life": "1h"},
            ),
            Route(
                "POST",
                "tokens/expire",
                "A token expires.",
                self._expire,
                ExpiryOrder,
                ShownToken,
                example={"after": "24h"},
            ),
            Route("POST", "tokens/restore", restored, self._restore, gives=ShownToken),
        )

    def _all(self, _call: Call) -> list[ShownToken]:
        return [self._shown(token) for token in self._tokens.ends]

    def _issue(self, call: Call) -> ShownToken:
        order: IssueOrder = call.order
        token = order.token
        if token is None:
            token = f"EAA{self._chance.bits(256):064x}"
        elif not SAFE.fullmatch(token):
            raise OrderError("token: 1 to 512 letters, digits and . _ ~ + / = | - only")
        life_s = None if order.life is None else _duration("life", order.life)
        self._tokens.issue(token, end_after(self._clock.now(), life_s))
        return self._shown(token)

    def _expire(self, call: Call) -> ShownToken:
        order: ExpiryOrder = call.order
        token = self._tokens.main if order.token is None else order.token
        if token not in self._tokens.ends:
            raise OrderError("token: there is no such token; GET /_emulator/tokens lists them")
        after_s = _duration("after", order.after)
        self._tokens.issue(token, end_after(self._clock.now(), after_s))
        return self._shown(token)

    def _restore(self, _call: Call) -> list[ShownToken]:
        self._tokens.renew()
        return [self._shown(token) for token in self._tokens.ends]

    def _shown(self, token: str) -> ShownToken:
        end = self._tokens.ends[token]
        is_valid = end is None or self._clock.now() < end
        return ShownToken(token, token == self._tokens.main, is_valid, end)


def _duration(name: str, given: str | float) -> float:
    try:
        return parse_duration(given)
    except ValueError as error:
        raise OrderError(f"{name}: {error}") from error
