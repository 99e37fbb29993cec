"""`waypost callback`: what customers were told, what came of it, and telling it once more."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from waypost.cli.account import Sid
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import MisusedError, print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.typed import read_moment
from waypost.model.callback import EventKind
from waypost.model.outbox import CallbackState

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="What customers were told.")

ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="PROFILE_ID", help="Only of this profile.")
]


@application.command("list")
def list_events(
    sid: Sid,
    profile: ProfileOption = None,
    state: Annotated[CallbackState | None, typer.Option(help="Only those in this state.")] = None,
    kind: Annotated[EventKind | None, typer.Option(help="Only of this kind.")] = None,
    message: Annotated[
        str | None, typer.Option(metavar="MESSAGE_ID", help="Only about this message.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="MOMENT", help="2027-01-31T18:00Z or a day.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="MOMENT", help="Before then, in UTC.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    after: Annotated[str, typer.Option(metavar="ID", help="Where the list before ended.")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List callback events, the newest first.

    Example: waypost callback list HXIN1234567890IN --state given_up
    """
    span = (_moment("--from", since), _moment("--to", until))

    async def work(tools: "OperatorTools") -> Any:
        from waypost.directory.event_desk import EventFilter  # noqa: PLC0415 - with serve

        wanted = EventFilter(profile or "", state, kind, message or "", *span)
        return await tools.events.page(await tools.registrar.find(sid), wanted, after, limit)

    page = work_on(load_for(data, config), work)
    if as_json:
        from waypost.api.callback_shapes import show_events  # noqa: PLC0415 - with serve

        print_json(show_events(page))
        return
    print_rows(
        ("event", "what", "state", "attempts", "last answer", "happened", "settled", "URL"),
        [
            (
                one.event_id,
                one.status,
                one.state.value.replace("_", " "),
                one.attempts,
                one.last_answer,
                show_time(one.created_at),
                show_time(one.settled_at),
                one.url,
            )
            for one in page.events
        ],
    )
    if page.after:
        print_lines(f"Older ones: --after {page.after}")


@application.command("show")
def show(
    sid: Sid,
    event_id: Annotated[
        str, typer.Argument(metavar="EVENT_ID", help="The webhook-id of its callback.")
    ],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a callback event with its body and every attempt.

    Example: waypost callback show HXIN1234567890IN A0MW5RTEV6CPHWJSUFPM.sent.1a5b3c4d5e6f
    """

    async def work(tools: "OperatorTools") -> Any:
        return await tools.events.show(await tools.registrar.find(sid), event_id)

    from waypost.api.callback_shapes import show_told  # noqa: PLC0415 - with serve

    told = show_told(work_on(load_for(data, config), work))
    if as_json:
        print_json(told)
        return
    event = told.event
    print_rows(
        ("", ""),
        [
            ("event", event.event_id),
            ("what", f"{event.kind} {event.status}"),
            ("state", event.state.value.replace("_", " ")),
            ("profile", f"{event.profile_id} {event.url or '(removed)'}"),
            ("happened", show_time(event.created_at)),
            ("settled", show_time(event.settled_at) or "not yet"),
        ],
    )
    print_lines("", told.body, "")
    print_rows(
        ("attempt", "at", "took ms", "status", "problem", "answer"),
        [
            (one.attempt, show_time(one.at), one.duration_ms, one.status, one.problem, one.answer)
            for one in told.attempts
        ],
    )


@application.command("replay")
def replay(
    sid: Sid,
    event_id: Annotated[
        str, typer.Argument(metavar="[EVENT_ID]", help="One event; or say which by the options.")
    ] = "",
    profile: ProfileOption = None,
    given_up_since: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="All that were given up from then on.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--attempted-from", metavar="MOMENT", help="All attempted from then on ..."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--attempted-to", metavar="MOMENT", help="... until then.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell events once more, to where their profiles point now; what waits is left as it is.

    Example: waypost callback replay HXIN1234567890IN --given-up-since 2027-01-31T18:00Z
    """
    moments = (
        _moment("--given-up-since", given_up_since),
        _moment("--attempted-from", since),
        _moment("--attempted-to", until),
    )
    if sum((bool(event_id), given_up_since is not None, since is not None)) != 1:
        raise MisusedError(
            "Say what is to be told: an event's id, --given-up-since or --attempted-from."
        )

    async def work(tools: "OperatorTools") -> int:
        from waypost.directory.event_desk import Replay  # noqa: PLC0415 - with serve

        account = await tools.registrar.find(sid)
        wanted = Replay(event_id, profile or "", *moments)
        return await tools.events.replay(account, wanted, who_acts())

    count = work_on(load_for(data, config), work)
    if as_json:
        print_json({"events": count})
    else:
        events = "event is" if count == 1 else "events are"
        print_lines(f"{count} {events} told once more, by a gateway that runs.")


def _moment(flag: str, text: str | None) -> datetime | None:
    """A moment, if one is given. Raises MisusedError."""
    return None if text is None else read_moment(flag, text)
