"""An emulator as a test has it at hand: what was sent, what the recipients do, and time.

`LocalEmulator` is for any test; its `aio` does the same without blocking a loop, for a test that
is a coroutine and serves the webhooks itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from meta_emulator.control.shapes import CallbackShape, MessageShape, RefusalShape
from meta_emulator.emulator import Emulator
from meta_emulator.local.asking import asked_message, asked_refusal
from meta_emulator.local.hand import Hand, NotSoError
from meta_emulator.local.server import LocalServer
from meta_emulator.local.telling import came_to, counted, tell_wanted

T = TypeVar("T")

PERSON = "+919876543210"
"""Who speaks where nobody is named."""

DAY = "24h"
PATIENCE = "1s"


class LocalEmulator:
    """A running emulator on a port of this machine.

    Its clock stands still until the test moves it, unless it was told otherwise: no status falls
    due, and no webhook is sent for one, before `wait_for` or `advance`. Messages and refusals are
    shown as they were at the moment they were asked for.
    """

    def __init__(self, server: LocalServer, emulator: Emulator, hand: Hand) -> None:
        self._server = server
        self._emulator = emulator
        self._hand = hand
        number = emulator.state.first_number
        self.url = server.url
        """What a client takes for https://graph.facebook.com."""
        self.access_token = emulator.settings.access_token
        self.app_secret = emulator.settings.app_secret
        """Webhooks are signed with it."""
        self.verify_token = emulator.settings.verify_token
        self.phone_number_id = number.id
        self.phone_number = f"+{number.digits}"
        self.waba_id = number.waba.id
        self.aio = AsyncHand(server, hand)

    @property
    def emulator(self) -> Emulator:
        """What all this is about; it lives on a thread of its own."""
        return self._emulator

    @property
    def now(self) -> datetime:
        """The moment on the emulator's clock, in UTC."""
        return self._do(self._hand.now)

    @property
    def messages(self) -> list[MessageShape]:
        """All that was accepted, oldest first."""
        return self.sent()

    @property
    def refusals(self) -> list[RefusalShape]:
        """All requests that got an error, oldest first."""
        return self._do(lambda: self._hand.refusals(asked_refusal({})))

    @property
    def callbacks(self) -> list[CallbackShape]:
        """What came to `url` + `/_emulator/inbox`, a place for callbacks of the tested system."""
        return self._do(self._hand.callbacks)

    def sent(self, **wanted: str) -> list[MessageShape]:
        """The accepted messages that are so, oldest first.

        wanted  any of `to`, `template`, `type`, `status`, `contains`, `id`
        """
        __tracebackhide__ = True
        asked = asked_message(wanted)
        return self._do(lambda: self._hand.messages(asked))

    def assert_sent(self, *, count: int | None = None, **wanted: str) -> MessageShape:
        """The latest message that is so, and that there is one, or exactly `count`.

        wanted  any of `to`, `template`, `type`, `status`, `contains`, `id`
        """
        __tracebackhide__ = True
        found = self.sent(**wanted)
        if not found or count not in {None, len(found)}:
            self._fail(found, f" instead of {count}" if count is not None else "", wanted)
        return found[-1]

    def assert_not_sent(self, **wanted: str) -> None:
        """That no accepted message is so."""
        __tracebackhide__ = True
        found = self.sent(**wanted)
        if found:
            self._fail(found, " instead of none", wanted)

    def assert_refused(self, code: int | None = None, **wanted: str) -> RefusalShape:
        """The latest refusal that is so, and that there is one.

        wanted  any of `to`, `contains`
        """
        __tracebackhide__ = True
        asked = asked_refusal({"code": code, **wanted})
        found = self._do(lambda: self._hand.refusals(asked))
        if not found:
            told = self._do(self._hand.told)
            raise AssertionError(f"No request was refused{f' with {code}' * bool(code)}.\n{told}")
        return found[-1]

    def wait_for(
        self,
        status: str | None = None,
        *,
        count: int = 1,
        within: str | float = DAY,
        patience: str | float = PATIENCE,
        **wanted: str,
    ) -> MessageShape:
        """The latest message once `count` are so; the clock goes on to whatever falls due next.

        within    how far the clock is moved at most, as `90s`, `24h`, `7d`
        patience  how long, by the machine's clock, a message that was not sent yet is waited for
        wanted    any of `to`, `template`, `type`, `contains`, `id`

        Raises AssertionError with what did happen.
        """
        __tracebackhide__ = True
        asked = asked_message({"status": status, **wanted})
        try:
            return self._do(lambda: self._hand.wait_for(asked, count, within, patience))
        except NotSoError as error:
            raise AssertionError(str(error)) from None

    def advance(self, duration: str | float) -> None:
        """Move the clock by `24h`, or seconds; returns when all that fell due was brought."""
        self._do(lambda: self._hand.advance(duration))

    def says(self, text: str | None = None, from_: str = PERSON, **more: Any) -> str:
        """A person writes; the id of what was written, once the webhook was brought.

        more  any of `message`, `medium`, `name`, `phone_number_id`, as the control API's `inbound`
        """
        return _id(self.order("inbound", _said(text, from_, more)))

    def taps(self, message: MessageShape | str, *, card: int | None = None, button: int = 0) -> str:
        """Who got `message` taps one of its buttons, of a carousel's card; the answer's id."""
        return _id(self.order("inbound", _tapped(self._message(message), card, button)))

    def orders(
        self, message: MessageShape | str, items: Mapping[str, int], *, text: str = ""
    ) -> str:
        """Who got `message` orders `items` of it, retailer id and quantity; the answer's id."""
        return _id(self.order("inbound", _ordered(self._message(message), items, text)))

    def faults(self, **faults: Any) -> None:
        """Put faults in force, as the control API's `faults`; none: lift all."""
        self.order("faults", faults)

    def webhooks_to(self, url: str) -> None:
        """Send webhooks to `url` from now on, if it passes Meta's handshake.

        Raises AssertionError if it does not.
        """
        __tracebackhide__ = True
        (shaken,) = self.order("handshake", {"url": url})
        if not shaken["verified"]:
            raise AssertionError(
                f"{url} did not pass the handshake with the verify token "
                f"{self.verify_token!r}: {shaken['reason']}"
            )

    def reset(self) -> None:
        """Forget all that happened."""
        self.order("reset")

    def snapshot(self) -> dict[str, Any]:
        """The whole state, for `restore`; JSON can hold it."""

        async def kept() -> dict[str, Any]:
            return self._emulator.snapshot()

        return self._do(kept)

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go on from a snapshot; raises ValueError for what is none."""

        async def restored() -> None:
            self._emulator.restore(snapshot)

        self._do(restored)

    def order(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """`data` of a call of the control API, as `order("numbers", {"throughput": 20})`.

        Returns when all that follows from it without time passing was brought. Raises OrderError,
        a ValueError.
        """
        return self._do(lambda: self._hand.order(path, body, method))

    def _do(self, wanted: Callable[[], Awaitable[T]]) -> T:
        __tracebackhide__ = True
        return self._server.call(wanted)

    def _fail(self, found: list[MessageShape], instead: str, wanted: dict[str, str]) -> None:
        __tracebackhide__ = True
        asked, number = asked_message(wanted), len(found)
        whom = f"{counted(number, 'message', 'messages')}{tell_wanted(asked)}"
        told = self._do(self._hand.told)
        raise AssertionError(f"{whom} {came_to(asked, number)}{instead}.\n{told}")

    def _message(self, message: MessageShape | str) -> MessageShape:
        __tracebackhide__ = True
        return message if isinstance(message, MessageShape) else self.assert_sent(id=message)


class AsyncHand:
    """What takes time or tells a webhook, to be awaited on the test's own asyncio loop."""

    def __init__(self, server: LocalServer, hand: Hand) -> None:
        self._server = server
        self._hand = hand

    async def wait_for(
        self,
        status: str | None = None,
        *,
        count: int = 1,
        within: str | float = DAY,
        patience: str | float = PATIENCE,
        **wanted: str,
    ) -> MessageShape:
        """As `LocalEmulator.wait_for`."""
        __tracebackhide__ = True
        asked = asked_message({"status": status, **wanted})
        try:
            return await self._do(lambda: self._hand.wait_for(asked, count, within, patience))
        except NotSoError as error:
            raise AssertionError(str(error)) from None

    async def advance(self, duration: str | float) -> None:
        """As `LocalEmulator.advance`."""
        await self._do(lambda: self._hand.advance(duration))

    async def says(self, text: str | None = None, from_: str = PERSON, **more: Any) -> str:
        """As `LocalEmulator.says`."""
        return _id(await self.order("inbound", _said(text, from_, more)))

    async def taps(self, message: MessageShape, *, card: int | None = None, button: int = 0) -> str:
        """As `LocalEmulator.taps`."""
        return _id(await self.order("inbound", _tapped(message, card, button)))

    async def orders(
        self, message: MessageShape, items: Mapping[str, int], *, text: str = ""
    ) -> str:
        """As `LocalEmulator.orders`."""
        return _id(await self.order("inbound", _ordered(message, items, text)))

    async def order(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """As `LocalEmulator.order`."""
        return await self._do(lambda: self._hand.order(path, body, method))

    async def _do(self, wanted: Callable[[], Awaitable[T]]) -> T:
        return await asyncio.wrap_future(self._server.begin(wanted))


def _said(text: str | None, from_: str, more: Mapping[str, Any]) -> dict[str, Any]:
    said = {} if text is None else {"text": text}
    return {"from": from_, **said, **more}


def _tapped(message: MessageShape, card: int | None, button: int) -> dict[str, Any]:
    place = {} if card is None else {"card": card}
    return {"from": _recipient(message), "tap": {"id": message.id, "button": button, **place}}


def _ordered(message: MessageShape, items: Mapping[str, int], text: str) -> dict[str, Any]:
    order = {"id": message.id, "items": dict(items), "text": text}
    return {"from": _recipient(message), "order": order}


def _recipient(message: MessageShape) -> str:
    """The recipient's phone number, with a plus."""
    return f"+{message.to.lstrip('+')}"


def _id(given: list[dict[str, Any]]) -> str:
    inbound_id: str = given[0]["id"]
    return inbound_id
