"""`waypost why`: what happened to a message, whose turn it is, and what to do."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from msgspec.structs import replace
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from waypost.cli.opening import work_on
from waypost.cli.output import CommandError, console, print_json, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.meta_error import Party
from waypost.model.story import (
    AnswerOfMeta,
    CallbackTry,
    Incoming,
    Line,
    RequestToMeta,
    Step,
    Story,
    Teller,
    Timeline,
    Trouble,
    View,
)

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

STYLES = {
    Teller.GATEWAY: "cyan",
    Teller.META: "green",
    Teller.CALLBACK: "magenta",
    Teller.MONEY: "yellow",
    Teller.RECIPIENT: "blue",
}
FINE = "green"
WAITS = "yellow"
FAILED = "red"
INDENT = 30
"""Columns before a line's text, and before what belongs to it."""


def why(
    message_id: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="The message_id of the 202, Meta's id of the message, or an incoming message's.",
        ),
    ],
    data: DataOption = None,
    config: ConfigOption = None,
    *,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show recipients and contents, which are masked else.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell what happened to a message, whose turn it is, and what to do.

    Example: waypost why A0MWPDAWKF0OPFFPU21L --data data/dev
    """
    loaded = load_for(data, config)
    view = View.REVEALED if reveal else View.OPERATOR

    async def work(tools: "OperatorTools") -> Story | None:
        return await tools.storyteller.find(message_id, view)

    story = work_on(loaded, work)
    if story is None:
        raise CommandError(
            f"There is no message {message_id} in {loaded.data_dir}; the id is the message_id of "
            "the 202 answer, Meta's id of the message (wamid), or that of an incoming message, and "
            "--data names the gateway's folder."
        )
    if as_json:
        print_json(story)
    else:
        print_story(story, console())


def print_story(story: Story, out: Console) -> None:
    """A story for a person: first where it stands and what to do, then what happened."""
    if story.messages:
        out.print(Text(f"{story.named} is a request with {len(story.messages)} recipients:"))
        print_rows(
            ("message", "to", "state", ""),
            [(one.message_id, one.recipient, one.state, one.headline) for one in story.messages],
        )
    if story.incoming is not None:
        print_incoming(story.incoming, out)
    if story.timeline is not None:
        print_timeline(story.timeline, out)


def print_incoming(incoming: Incoming, out: Console) -> None:
    """What a recipient wrote, and who was told of it."""
    out.print(
        Text(
            f"{incoming.inbound_id}: {incoming.kind} from {incoming.recipient} to "
            f"{incoming.sender}, {show_time(incoming.received_at)}",
            style="bold",
        )
    )
    for line in incoming.lines:
        print_line(line, None, out)
    if incoming.reply_to is not None:
        out.print(Text("\nWhat it answers:"))


def print_timeline(timeline: Timeline, out: Console) -> None:
    """The panel on top, what is known of the message, and its lines."""
    out.print(render_panel(timeline), soft_wrap=False)  # its words are broken within its borders
    facts = {
        "account": timeline.sid,
        "to": timeline.recipient,
        "wamid": timeline.wamid,
        "references": ", ".join(one for one in timeline.references if one),
        "price": f"{timeline.price}, {timeline.payment}",
        "valid until": show_time(timeline.expires_at),
        "trace": timeline.trace_id,
    }
    for word, value in facts.items():
        if value:
            out.print(Text(f"  {word:<12}{value}", style="dim"))
    out.print(Text(f"\n{timeline.accepted_at:%Y-%m-%d} (UTC)", style="dim"))
    asked: RequestToMeta | None = None
    for line in timeline.lines:
        # What is asked of Meta is the same with every attempt: once is enough for a person.
        print_line(replace(line, request=None) if line.request == asked else line, timeline, out)
        asked = line.request or asked


def render_panel(timeline: Timeline) -> Panel:
    """Where a message stands; and of a trouble what happened, whose turn it is, what to do."""
    trouble = timeline.trouble
    told = Text(timeline.headline, style="bold")
    style = FINE
    if trouble is not None:
        style = FAILED if timeline.state in ("failed", "not_sent") else WAITS
        for word, value in _words_of(trouble).items():
            if value:
                told.append(f"\n{word:<14}", "dim")
                told.append(value, "bold" if word == "What to do" else "not bold")
    return Panel(
        told, title=timeline.message_id, title_align="left", border_style=style, expand=False
    )


def print_line(line: Line, timeline: Timeline | None, out: Console) -> None:
    """`12:00:01.250  +1.25s  meta  delivered: …`; what is still to come has no time."""
    at = f"{line.at:%H:%M:%S}.{line.at.microsecond // 1000:03}" if line.at is not None else "…"
    since = ""
    if line.at is not None and timeline is not None:
        since = show_gap(line.at - timeline.accepted_at)
    text = Text(f"  {at:<14}")
    text.append(f"{since:>9}  ", "dim")
    text.append(f"{line.who:<10}", STYLES[line.who])
    text.append(line.text, WAITS if line.step is Step.WAITS else "")
    out.print(text)
    if line.request is not None:
        _print_below(_request_words(line.request), out)
    if line.answer is not None and line.answer.wamid is None:
        _print_below(_answer_words(line.answer), out)
    if len(line.tries) > 1 or any(one.status is None for one in line.tries):
        table = Table(*[""] * 4, box=None, show_header=False, pad_edge=False)
        for one in line.tries:
            table.add_row(*_try_words(one))
        with out.capture() as captured:
            out.print(table)
        for row in captured.get().splitlines():
            _print_below(row.rstrip(), out)


def show_gap(gap: timedelta) -> str:
    """How long after the message was accepted: `+0.25s`, `+3m12s`, `+2h05m`, `+1d04h`."""
    seconds = gap.total_seconds()
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"+{seconds:.2f}s"
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    if not hours:
        return f"+{minute}m{second:02}s"
    days, hour = divmod(hours, 24)
    return f"+{days}d{hour:02}h" if days else f"+{hour}h{minute:02}m"


def _words_of(trouble: Trouble) -> dict[str, str]:
    code = f" (error {trouble.code})" if trouble.code not in ("", "0") else ""
    turn = "nobody's" if trouble.turn is Party.NOBODY else f"the {trouble.turn}'s"
    if trouble.turn is Party.META:
        turn = "Meta's"
    return {
        "What happened": f"{trouble.happened}{code}",
        "In detail": trouble.detail,
        "Whose turn": turn,
        "What to do": trouble.next_step,
        "More": trouble.link,
    }


def _request_words(request: RequestToMeta) -> str:
    body = "(erased)" if request.body is None else msgspec.json.encode(request.body).decode()
    return f"{request.method} {request.path} {body}"


def _answer_words(answer: AnswerOfMeta) -> str:
    status = "no answer" if answer.http_status is None else f"HTTP {answer.http_status}"
    known = {
        "code": answer.code,
        "message": answer.message,
        "details": answer.details,
        "fbtrace_id": answer.fbtrace_id,
    }
    said = ", ".join(f"{name} {value}" for name, value in known.items() if value is not None)
    return f"{status}: {said or answer.body or 'nothing was said'}"


def _try_words(one: CallbackTry) -> tuple[str, str, str, str]:
    outcome = one.problem if one.status is None else f"HTTP {one.status}"
    return (
        f"{one.attempt}.",
        show_time(one.at),
        f"{outcome} after {one.duration_ms} ms",
        one.answer[:100].replace("\n", " "),
    )


def _print_below(words: str, out: Console) -> None:
    out.print(Text(" " * INDENT + words, style="dim"))
