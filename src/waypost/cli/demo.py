"""`waypost demo`: both documented sends, from the request to the last callback."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.live import Live
from rich.text import Text

from waypost.cli.calling import Caller, calling, read_answer
from waypost.cli.output import REFUSED, console, print_json, print_lines
from waypost.cli.ready import KEPT, Ready, require_ready
from waypost.cli.round_trip import Event, RoundTrip, see_callbacks, see_messages
from waypost.cli.samples import RECIPIENT, load_samples, send_url
from waypost.cli.settings import DataOption, JsonOption
from waypost.runtime.clock import Clock, SystemClock
from waypost.runtime.entropy import Entropy, SystemEntropy

LOOK_EVERY_S = 0.1
PAGE = 1000
STYLES = {"gateway": "cyan", "meta": "green", "webhook": "blue", "callback": "magenta"}

Show = Callable[[list[RoundTrip]], None]


def demo(
    ready_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="As `waypost dev --ready-file` wrote it.")
    ] = None,
    data: DataOption = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait at most.")] = 30.0,
    as_json: JsonOption = False,
) -> None:
    """Send both documented messages to a running `waypost dev` and watch what becomes of them.

    Ends with 0 only if both were read and every callback arrived. Example: waypost demo
    """
    if ready_file is None and data is not None:
        ready_file = Path(data) / KEPT
    ready = require_ready(ready_file)
    if as_json:
        trips = asyncio.run(travel(ready, timeout, _show_nothing))
        print_json(_result(trips))
    else:
        trips = _travel_on_screen(ready, timeout)
        _conclude(trips, timeout)
    if any(trip.missing() for trip in trips):
        raise typer.Exit(REFUSED)


async def travel(ready: Ready, timeout_s: float, show: Show) -> list[RoundTrip]:
    """Sends both, and looks until all arrived or the time is over. Raises UnreachableError."""
    clock = SystemClock()
    end = clock.monotonic() + timeout_s
    async with calling() as caller:
        messages = await _skip(_Feed(caller, f"{ready.emulator_url}/_emulator/messages"))
        callbacks = await _skip(_Feed(caller, f"{ready.emulator_url}/_emulator/callbacks"))
        trips: list[RoundTrip] = []
        recipient = _somebody(SystemEntropy())
        for sample in load_samples():
            body = sample.body.replace(RECIPIENT, recipient)
            trips.append(await _send(caller, clock, ready, (sample.name, body)))
            show(trips)
        while not all(trip.is_over() for trip in trips) and clock.monotonic() < end:
            see_messages(trips, await messages.read())
            see_messages(trips, [one for trip in trips for one in await messages.again(trip)])
            see_callbacks(trips, await callbacks.read())
            show(trips)
            await clock.sleep(LOOK_EVERY_S)
    return trips


@dataclass(slots=True)
class _Feed:
    """One of the emulator's lists, read from where it was read last."""

    caller: Caller
    url: str
    position: int = 0

    async def read(self) -> list[Any]:
        """What came since; at most a page."""
        answer = await self.caller.get(f"{self.url}?after={self.position}&limit={PAGE}")
        found: list[Any] = answer["data"]
        if found:
            self.position = found[-1]["position"]
        return found

    async def again(self, trip: RoundTrip) -> list[Any]:
        """A trip's message as it is now; nothing if it was not seen yet."""
        if trip.seen is None:
            return []
        answer = await self.caller.get(f"{self.url}?after={trip.position - 1}&limit=1")
        found: list[Any] = answer["data"]
        return found


def _somebody(entropy: Entropy) -> str:
    """Another recipient for each demo: what Meta allows to one in a day is soon used up."""
    return f"+919{int(entropy.jitter() * 1_000_000):06d}{RECIPIENT[-3:]}"


async def _skip(feed: _Feed) -> _Feed:
    """The feed behind all that it has now."""
    while await feed.read():
        pass
    return feed


async def _send(caller: Caller, clock: Clock, ready: Ready, sample: tuple[str, str]) -> RoundTrip:
    name, body = sample
    answer = await caller.post(
        send_url(ready.base_url, ready.sid, ready.sender),
        {"api-key": ready.api_key},
        body.encode(),
    )
    understood = read_answer(answer)
    text = " ".join(line.strip() for line in understood.lines)
    return RoundTrip(name, Event(clock.now(), "gateway", text), understood.message_id)


def _travel_on_screen(ready: Ready, timeout_s: float) -> list[RoundTrip]:
    if not sys.stdout.isatty():
        return asyncio.run(travel(ready, timeout_s, _LinePrinter()))
    with Live(console=console(), auto_refresh=False) as live:
        return asyncio.run(
            travel(ready, timeout_s, lambda trips: live.update(_render(trips), refresh=True))
        )


class _LinePrinter:
    """Prints each event once, as a line; several of one look in the order of their times."""

    def __init__(self) -> None:
        self._printed: set[tuple[str, Event]] = set()

    def __call__(self, trips: list[RoundTrip]) -> None:
        events = {(trip.name, event) for trip in trips for event in trip.events()}
        for name, event in sorted(events - self._printed, key=lambda one: one[1]):
            print_lines(f"{name:<10}{_render_event(event)}")
        self._printed |= events


def _render(trips: list[RoundTrip]) -> Group:
    lines: list[Text] = []
    for trip in trips:
        lines.append(Text(f"{trip.name}  {trip.message_id or ''}", style="bold"))
        lines += [_render_event(event) for event in trip.events()]
        waiting = ", ".join(trip.missing())
        lines.append(Text(f"  … {waiting}" if waiting else "  complete", style="dim"))
    return Group(*lines)


def _render_event(event: Event) -> Text:
    text = Text(f"  {event.at:%H:%M:%S}.{event.at.microsecond // 1000:03}  ")
    text.append(f"{event.who:<10}", STYLES[event.who])
    text.append(event.text)
    return text


def _conclude(trips: list[RoundTrip], timeout_s: float) -> None:
    if not any(trip.missing() for trip in trips):
        print_lines(f"All {len(trips)} messages were read, and every callback arrived.")
        return
    for trip in trips:
        if trip.missing():
            print_lines(f"{trip.name}: missing after {timeout_s:g} s: {', '.join(trip.missing())}")


def _result(trips: list[RoundTrip]) -> dict[str, object]:
    return {
        "complete": not any(trip.missing() for trip in trips),
        "messages": [
            {
                "sample": trip.name,
                "message_id": trip.message_id,
                "missing": trip.missing(),
                "events": trip.events(),
            }
            for trip in trips
        ],
    }


def _show_nothing(_: list[RoundTrip]) -> None:
    """For --json: only the end is shown."""
