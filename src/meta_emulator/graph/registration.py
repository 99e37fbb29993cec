"""Registration of a number: verification code, two-step verification, register, deregister.

Codes and their meaning: reference 3.3. How many wrong pins are one too many, and how long they
count, Meta does not say: the constants here are judgements.
"""

import re
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, invalid, refused
from meta_emulator.protocol.parameters import parameters
from meta_emulator.runtime.clock import Clock
from meta_emulator.world.objects import Number

PIN = re.compile(r"[0-9]{6}")
METHODS = ("SMS", "VOICE")
GUESS_GAP = timedelta(seconds=1)
MOST_GUESSES = 5
GUESSES_LAST = timedelta(hours=1)
MOST_REGISTRATIONS = 10
REGISTRATIONS_LAST = timedelta(hours=72)
VERIFIED = "VERIFIED"
CODE_DIGITS = 6


class Registration:
    """Answers `register`, `deregister`, `request_code` and `verify_code` of a number."""

    def __init__(self, responder: Responder, clock: Clock) -> None:
        self._replies = Replies(responder)
        self._clock = clock

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", "register"): self.register,
            ("number", "POST", "deregister"): self.deregister,
            ("number", "POST", "request_code"): self.request_code,
            ("number", "POST", "verify_code"): self.verify_code,
        }

    def register(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/register`; the first pin that is given is the number's."""
        given = parameters(request)
        fault = (
            product_fault(given)
            or pin_fault(given)
            or self._rate_fault(number)
            or self._verification_fault(number)
            or self._guess_fault(number, str(given["pin"]))
        )
        if fault is not None:
            return self._replies.refused(fault, request)
        number.pin = str(given["pin"])
        number.wrong_pins.clear()
        number.registrations.append(self._clock.now())
        number.is_registered = True
        return self._replies.done(request, number.waba.id)

    def deregister(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/deregister`: it cannot send until it is registered again."""
        fault = self._rate_fault(number)
        if fault is None and not number.is_registered:
            fault = refused(133010, "The phone number is not registered.")
        if fault is not None:
            return self._replies.refused(fault, request)
        number.registrations.append(self._clock.now())
        number.is_registered = False
        return self._replies.done(request, number.waba.id)

    def request_code(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/request_code?code_method=&language=`."""
        given = parameters(request)
        method = str(given.get("code_method", "")).upper()
        if method not in METHODS:
            listed = ", ".join(METHODS)
            error = invalid(f'Param code_method must be one of {{{listed}}} - got "{method}".')
            return self._replies.refused(error, request)
        if not given.get("language"):
            return self._replies.refused(invalid("The parameter language is required."), request)
        return self._replies.done(request, number.waba.id)

    def verify_code(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/verify_code?code=`: the number's last six digits are right."""
        code = str(parameters(request).get("code", "")).replace("-", "")
        if code != number.digits[-CODE_DIGITS:]:
            error = invalid("Param code is not the one that was sent.")
            return self._replies.refused(error, request)
        number.seed = replace(number.seed, code_verification_status=VERIFIED)
        return self._replies.done(request, number.waba.id)

    def _rate_fault(self, number: Number) -> GraphError | None:
        since = self._clock.now() - REGISTRATIONS_LAST
        number.registrations[:] = [at for at in number.registrations if at > since]
        if len(number.registrations) < MOST_REGISTRATIONS:
            return None
        return refused(
            133016, f"At most {MOST_REGISTRATIONS} registrations are allowed within 72 hours."
        )

    def _verification_fault(self, number: Number) -> GraphError | None:
        if number.is_registered or number.seed.code_verification_status == VERIFIED:
            return None
        return refused(133006, "Verify the phone number by request_code and verify_code first.")

    def _guess_fault(self, number: Number, pin: str) -> GraphError | None:
        """133008 and 133009 come before the pin is looked at."""
        now = self._clock.now()
        number.wrong_pins[:] = [at for at in number.wrong_pins if now - at < GUESSES_LAST]
        if len(number.wrong_pins) >= MOST_GUESSES:
            return refused(133008, "Too many wrong pins were given; try again in an hour.")
        if number.wrong_pins and now - number.wrong_pins[-1] < GUESS_GAP:
            return refused(133009, "Pins are given too fast.")
        if number.pin is None or pin == number.pin:
            return None
        number.wrong_pins.append(now)
        return refused(133005, "The pin is not that of the phone number.")


def product_fault(given: dict[str, Any]) -> GraphError | None:
    """What is wrong with `messaging_product` (code 100)."""
    if str(given.get("messaging_product", "")).lower() != "whatsapp":
        return invalid("The parameter messaging_product is required.")
    return None


def pin_fault(given: dict[str, Any]) -> GraphError | None:
    """What is wrong with `pin` (code 100)."""
    if given.get("pin") is None:
        return invalid("The parameter pin is required.")
    if not PIN.fullmatch(str(given["pin"])):
        return invalid("Param pin must be six digits.")
    return None
