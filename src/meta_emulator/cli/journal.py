"""What happened at an emulator that runs: `messages` and `refusals`, and `assert` for scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import typer

from meta_emulator.cli.calling import URL, Control, JsonOption, UrlOption
from meta_emulator.cli.output import REFUSED, MisusedError, print_json, print_lines
from meta_emulator.control.shapes import MessageShape, RefusalShape
from meta_emulator.local.asking import ANY_STATUS
from meta_emulator.local.telling import counted, tell_message, tell_refusal
from meta_emulator.runtime.clock import SystemClock
from meta_emulator.runtime.durations import parse_duration

LONGEST_POLL_S = 60.0
"""A longer wait is asked for again."""

ToOption = Annotated[str | None, typer.Option(metavar="NUMBER", help="Only to this recipient.")]
TemplateOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only those that send this template.")
]
TypeOption = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help="Only of this type: text, image ...")
]
StatusOption = Annotated[
    str | None,
    typer.Option(
        metavar="STATUS", help="Only those that came to it: sent, delivered, read, failed."
    ),
]
ContainsOption = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Only those with this text in their words.")
]


def messages(
    to: ToOption = None,
    template: TemplateOption = None,
    kind: TypeOption = None,
    status: StatusOption = None,
    contains: ContainsOption = None,
    url: UrlOption = URL,
    as_json: JsonOption = False,
) -> None:
    """List what the emulator accepted, a line each.

    Example: meta-emulator messages --to +919876543210
    """
    _check_status(status)
    query = _query(to=to, template=template, type=kind, status=status, contains=contains)
    found = Control(url).get("messages", query)
    if as_json:
        print_json(found)
    else:
        print_lines(*_lines(found, []))


def refusals(
    code: Annotated[
        int | None, typer.Option(min=1, metavar="CODE", help="Only with this code of Meta's.")
    ] = None,
    to: ToOption = None,
    url: UrlOption = URL,
    as_json: JsonOption = False,
) -> None:
    """List the requests that got an error, a line each.

    Example: meta-emulator refusals --code 131009
    """
    found = Control(url).get("refusals", _query(code=code, to=to))
    if as_json:
        print_json(found)
    else:
        print_lines(*_lines([], found))


@dataclass(frozen=True, slots=True)
class Checked:
    """What an assertion came to."""

    is_so: bool
    sentence: str
    messages: list[Any]
    refusals: list[Any]


def assert_command(
    sent: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Exactly so many; else at least one. 0: none."),
    ] = None,
    to: ToOption = None,
    template: TemplateOption = None,
    kind: TypeOption = None,
    status: StatusOption = None,
    contains: ContainsOption = None,
    refused: Annotated[
        int | None,
        typer.Option(min=1, metavar="CODE", help="That Meta refused a request with this code."),
    ] = None,
    within: Annotated[
        str, typer.Option(metavar="DURATION", help="How long to wait until it is so: 5s, 2m.")
    ] = "0s",
    url: UrlOption = URL,
    as_json: JsonOption = False,
) -> None:
    """Say whether something was sent, or refused: exit code 0 if so, 1 if not.

    Waits by the machine's clock; `meta-emulator advance` moves the emulator's own.

    Example: meta-emulator assert --sent 1 --to +919876543210 --status read --within 5s
    """
    _check_status(status)
    try:
        wait_s = parse_duration(within)
    except ValueError as error:
        raise MisusedError(f"--within: {error}") from error
    asking = Asking(Control(url), SystemClock().monotonic() + wait_s)
    parts = []
    about = _query(template=template, type=kind, status=status)
    if refused is None or sent is not None or about:
        parts.append(asking.messages(sent, {**_query(to=to, contains=contains), **about}))
    if refused is not None:
        parts.append(asking.refusals(refused, _query(to=to, contains=contains)))
    is_so = all(part.is_so for part in parts)
    if as_json:
        print_json(parts[0] if len(parts) == 1 else _joined(parts))
    else:
        print_lines(*(part.sentence for part in parts))
        found = [one for part in parts for one in part.messages]
        turned_down = [one for part in parts for one in part.refusals]
        if not is_so:
            found, turned_down = asking.all_there_is()
        print_lines(*_lines(found, turned_down))
    if not is_so:
        raise typer.Exit(REFUSED)


class Asking:
    """Asks again and again until it is so, or `end`, a second of the machine's clock."""

    def __init__(self, control: Control, end: float) -> None:
        self._control = control
        self._end = end

    def messages(self, sent: int | None, query: dict[str, str]) -> Checked:
        """Whether `sent` messages are so, or any at all."""
        found = self._until("messages", query, max(1, sent or 0))
        instead = "" if sent in {None, len(found)} else f"; {sent} should be"
        is_so = bool(found) if sent is None else len(found) == sent
        about = ", ".join(f"{name} {value}" for name, value in query.items())
        what = counted(len(found), "message was", "messages were")
        sentence = f"{what} accepted{f' ({about})' if about else ''}{instead}."
        return Checked(is_so, sentence, found, [])

    def refusals(self, code: int, query: dict[str, str]) -> Checked:
        """Whether a request was refused with this code."""
        found = self._until("refusals", {**query, "code": str(code)}, 1)
        what = counted(len(found), "request was", "requests were")
        return Checked(bool(found), f"{what} refused with {code}.", [], found)

    def all_there_is(self) -> tuple[list[Any], list[Any]]:
        """Every message, and every refusal."""
        return self._control.get("messages"), self._control.get("refusals")

    def _until(self, path: str, query: Mapping[str, str], count: int) -> list[Any]:
        clock = SystemClock()
        while True:
            wait_s = max(0.0, min(LONGEST_POLL_S, self._end - clock.monotonic()))
            asked = {**query, "count": str(count), "wait_s": f"{wait_s:.3f}"}
            found: list[Any] = self._control.get(path, asked, wait_s)
            if len(found) >= count or clock.monotonic() >= self._end:
                return found


def _lines(found: list[Any], refused: list[Any]) -> list[str]:
    """A line for each message and each refusal."""
    shown = msgspec.convert(found, list[MessageShape])
    turned_down = msgspec.convert(refused, list[RefusalShape])
    return [*map(tell_message, shown), *map(tell_refusal, turned_down)]


def _check_status(status: str | None) -> None:
    """Raises MisusedError for a word that no status has: nothing would ever come to it."""
    if status not in {None, *ANY_STATUS}:
        raise MisusedError(f"{status!r} is no status; there are {', '.join(ANY_STATUS)}")


def _query(**given: str | int | None) -> dict[str, str]:
    return {name: str(value) for name, value in given.items() if value is not None}


def _joined(parts: list[Checked]) -> Checked:
    return Checked(
        all(part.is_so for part in parts),
        " ".join(part.sentence for part in parts),
        [one for part in parts for one in part.messages],
        [one for part in parts for one in part.refusals],
    )
