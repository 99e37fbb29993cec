"""`waypost profile`: where an account's callbacks go, and how."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from msgspec import UNSET

from waypost.cli.account import Sid
from waypost.cli.findings import tell_faults
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    REFUSED,
    MisusedError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.typed import read_bytes, read_duration, read_object
from waypost.model.account import Account
from waypost.model.callback import ASKABLE, BasicAuth, BearerAuth, EventKind, NoAuth, ProfileAuth

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.directory.profile_changes import ProfileChange
    from waypost.directory.profile_desk import KnownProfile, ProfileDesk
    from waypost.model.refusal import Fault

application = typer.Typer(no_args_is_help=True, help="Where an account's callbacks go, and how.")

ProfileId = Annotated[
    str,
    typer.Argument(metavar="PROFILE_ID", help="The whole id, or its last twelve characters."),
]
Target = Annotated[
    str,
    typer.Argument(metavar="TARGET", help="sender/<its number>, waba/<its id> or account."),
]
EventOption = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="EVENT", help=f"What it is told: {', '.join(ASKABLE)}."),
]
MethodOption = Annotated[
    str | None, typer.Option(metavar="METHOD", help="POST, GET, PUT or DELETE.")
]
BodyOption = Annotated[
    str | None,
    typer.Option(
        "--body", metavar="FILE", help="A body of one's own; - for standard input; or documented."
    ),
]
TypeOption = Annotated[
    str | None, typer.Option(metavar="TYPE", help="Of a body of one's own, like text/xml.")
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option("--header", metavar="'NAME: VALUE'", help="Repeatable; or none."),
]
AuthOption = Annotated[
    str | None,
    typer.Option(
        "--auth",
        metavar="FILE",
        help='JSON: {"kind": "basic", "user": ..., "password": ...}, {"kind": "bearer", "url": '
        '..., "client_id": ..., "client_secret": ...} or {"kind": "none"}; - for standard input.',
    ),
]
DOCUMENTED = "documented"
NONE = "none"


@application.command("add")
def add(
    sid: Sid,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is called.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="May hold <name> placeholders.")],
    event: EventOption = None,
    method: MethodOption = None,
    body: BodyOption = None,
    content_type: TypeOption = None,
    header: HeaderOption = None,
    auth: AuthOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a callback profile and print it with the secret that signs its callbacks.

    Example: waypost profile add SID Shop https://shop.example.com/whatsapp --event message_status
    """
    given = _given((event, method, body, content_type, header, auth))
    given = {"events": ASKABLE, **given, "title": title, "url": url}

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.make(account, _change(given), who_acts())

    made = _work(sid, act, data, config)
    _leave_on_faults(made)
    if as_json:
        print_json({"profile": _row(made.known), "secret": made.secret})
        return
    _print(made.known)
    print_lines(
        "",
        f"It is signed with {made.secret}",
        f"Next: `waypost profile attach {sid} {made.known.profile.profile_id} account`.",
    )


@application.command("list")
def list_profiles(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List an account's callback profiles, without their secrets.

    Example: waypost profile list HXIN1234567890IN
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.list(account)

    found = _work(sid, act, data, config)
    if as_json:
        print_json([_row(one) for one in found])
        return
    print_rows(
        ("profile", "title", "state", "events", "of", "method", "URL"),
        [
            (
                one.profile.profile_id,
                one.profile.title,
                one.profile.state.value,
                ", ".join(one.profile.events),
                ", ".join(one.targets),
                one.profile.method,
                one.profile.url,
            )
            for one in found
        ],
    )


@application.command("show")
def show(
    sid: Sid,
    profile_id: ProfileId,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a callback profile, without its secrets.

    Example: waypost profile show HXIN1234567890IN 1a5b3c4d5e6f
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.show(account, profile_id)

    _tell(_work(sid, act, data, config), as_json=as_json)


@application.command("set")
def change(
    sid: Sid,
    profile_id: ProfileId,
    title: Annotated[str | None, typer.Option(metavar="TITLE", help="What it is called.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where it is called.")] = None,
    event: EventOption = None,
    method: MethodOption = None,
    body: BodyOption = None,
    content_type: TypeOption = None,
    header: HeaderOption = None,
    auth: AuthOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is given of a profile; events and headers are given all anew.

    Example: waypost profile set HXIN1234567890IN 1a5b3c4d5e6f --event message_status
    """
    given = _given((event, method, body, content_type, header, auth))
    given |= {} if title is None else {"title": title}
    given |= {} if url is None else {"url": url}
    if not given:
        raise MisusedError("Nothing is to change: give at least one of the options; see --help.")

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.change(account, profile_id, _change(given), who_acts())

    changed = _work(sid, act, data, config)
    _leave_on_faults(changed)
    _tell(changed, as_json=as_json)


@application.command("remove")
def remove(
    sid: Sid,
    profile_id: ProfileId,
    force: Annotated[
        bool, typer.Option("--force", help="Also if somebody's events go there.")
    ] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a profile; what waits for it is given up.

    Example: waypost profile remove HXIN1234567890IN 1a5b3c4d5e6f --force
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.remove(account, profile_id, who_acts(), is_forced=force)

    given_up = _work(sid, act, data, config)
    if as_json:
        print_json({"profile_id": profile_id, "given_up": given_up})
    else:
        print_lines(f"{profile_id} is removed; {given_up} events that waited are given up.")


@application.command("attach")
def attach(
    sid: Sid,
    profile_id: ProfileId,
    target: Target,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the events of a sender, a WABA or the account go to a profile.

    Example: waypost profile attach HXIN1234567890IN 1a5b3c4d5e6f sender/919800000001
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.attach(account, profile_id, target, who_acts())

    _tell(_work(sid, act, data, config), as_json=as_json)


@application.command("detach")
def detach(
    sid: Sid,
    profile_id: ProfileId,
    target: Target,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the events of a sender, a WABA or the account go to a profile no more.

    Example: waypost profile detach HXIN1234567890IN 1a5b3c4d5e6f account
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.attach(account, profile_id, target, who_acts(), is_attached=False)

    _tell(_work(sid, act, data, config), as_json=as_json)


@application.command("rotate")
def rotate(
    sid: Sid,
    profile_id: ProfileId,
    overlap: Annotated[
        str, typer.Option(metavar="DURATION", help="How long the old ones sign too: 30m, 24h.")
    ] = "24h",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new signing secret and print all that sign, the newest first.

    Example: waypost profile rotate HXIN1234567890IN 1a5b3c4d5e6f --overlap 24h
    """
    both: timedelta = read_duration("--overlap", overlap)

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.rotate(account, profile_id, both, who_acts())

    _tell_secrets(_work(sid, act, data, config), as_json=as_json)


@application.command("secret")
def secret(
    sid: Sid,
    profile_id: ProfileId,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the secrets that sign now, the newest first; the audit log tells who did.

    Example: waypost profile secret HXIN1234567890IN 1a5b3c4d5e6f
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.secrets(account, profile_id, who_acts())

    _tell_secrets(_work(sid, act, data, config), as_json=as_json)


@application.command("pause")
def pause(
    sid: Sid,
    profile_id: ProfileId,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call an endpoint no more until it is resumed; its events wait.

    Example: waypost profile pause HXIN1234567890IN 1a5b3c4d5e6f
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.pause(account, profile_id, who_acts())

    _tell(_work(sid, act, data, config), as_json=as_json)


@application.command("resume")
def resume(
    sid: Sid,
    profile_id: ProfileId,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call an endpoint again that was paused, suspended or gone; what waits is due at once.

    Example: waypost profile resume HXIN1234567890IN 1a5b3c4d5e6f
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.resume(account, profile_id, who_acts())

    _tell(_work(sid, act, data, config), as_json=as_json)


@application.command("test")
def try_out(
    sid: Sid,
    profile_id: ProfileId,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell a profile a test event; a running gateway delivers it.

    Example: waypost profile test HXIN1234567890IN 1a5b3c4d5e6f
    """

    async def act(desk: "ProfileDesk", account: Account) -> Any:
        return await desk.test(account, profile_id, who_acts())

    event_id = _work(sid, act, data, config)
    if as_json:
        print_json({"event_id": event_id})
    else:
        print_lines(
            f"{event_id} is on its way; `waypost callback show {sid} {event_id}` tells what "
            "came of it."
        )


def read_header(text: str) -> tuple[str, str]:
    """`Name: value`. Raises MisusedError, which does not repeat the value."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise MisusedError("--header must be 'Name: value'.")
    return name.strip(), value.strip()


def read_auth(file: str) -> ProfileAuth:
    """The authentication that a file holds. Raises MisusedError."""
    try:
        return msgspec.convert(read_object(file), NoAuth | BasicAuth | BearerAuth)
    except msgspec.ValidationError as error:
        raise MisusedError(f"--auth: {error}.") from None


def read_events(events: list[str]) -> tuple[EventKind, ...]:
    """Kinds of events. Raises MisusedError."""
    for one in events:
        if one not in ASKABLE:
            raise MisusedError(f"--event: {one} is none; there are {', '.join(ASKABLE)}.")
    return tuple(EventKind(one) for one in events)


def _given(options: tuple[Any, ...]) -> dict[str, Any]:
    """The options that are given, by the names of what they change."""
    event, method, body, content_type, header, auth = options
    given: dict[str, Any] = {}
    if event:
        given["events"] = read_events(event)
    if method is not None:
        given["method"] = method.upper()
    if body is not None:
        given["body"] = None if body == DOCUMENTED else _text_of(body)
    if content_type is not None:
        given["content_type"] = content_type
    if header:
        given["headers"] = {} if header == [NONE] else dict(read_header(one) for one in header)
    if auth is not None:
        given["auth"] = read_auth(auth)
    return given


def _text_of(file: str) -> str:
    try:
        return read_bytes(file).decode()
    except UnicodeDecodeError:
        raise MisusedError(f"{Path(file).name} is no text in UTF-8.") from None


def _change(given: Mapping[str, Any]) -> "ProfileChange":
    from waypost.directory.profile_changes import ProfileChange  # noqa: PLC0415 - with serve

    return ProfileChange(
        **{word: given.get(word, UNSET) for word in ProfileChange.__struct_fields__}
    )


def _work(
    sid: str,
    act: "Callable[[ProfileDesk, Account], Coroutine[Any, Any, Any]]",
    data: DataOption,
    config: ConfigOption,
) -> Any:
    async def work(tools: "OperatorTools") -> Any:
        return await act(tools.profiles, await tools.registrar.find(sid))

    return work_on(load_for(data, config), work)


def _leave_on_faults(told: "object | tuple[Fault, ...]") -> None:
    """Says what is wrong with a profile and ends with 1."""
    if isinstance(told, tuple):
        print_lines("Refused: nothing was changed.", *tell_faults(told))
        raise typer.Exit(REFUSED)


def _row(known: "KnownProfile") -> Any:
    from waypost.api.callback_shapes import show_profile  # noqa: PLC0415 - with serve

    return show_profile(known)


def _tell(known: "KnownProfile", *, as_json: bool) -> None:
    if as_json:
        print_json(_row(known))
    else:
        _print(known)


def _print(known: "KnownProfile") -> None:
    profile = known.profile
    rows: dict[str, object] = {
        "profile": profile.profile_id,
        "title": profile.title,
        "state": f"{profile.state} {profile.state_reason}".rstrip(),
        "events": ", ".join(profile.events),
        "of": ", ".join(known.targets) or "nobody: attach it, or name it in requests",
        "called": f"{profile.method} {profile.url}",
        "body": "the documented one" if profile.body is None else profile.content_type,
        "authentication": known.auth,
        "own headers": ", ".join(known.header_names) or "none",
        "secrets": len(known.expiries),
        "failing since": show_time(profile.failing_since) or "not failing",
        "next probe": show_time(profile.probe_at),
        "changed": show_time(profile.changed_at),
    }
    print_rows(("", ""), [row for row in rows.items() if row[1] != ""])


def _tell_secrets(signing: Any, *, as_json: bool) -> None:
    if as_json:
        print_json([{"secret": one.secret, "expires_at": one.expires_at} for one in signing])
    else:
        print_rows(
            ("secret", "signs until"),
            [(one.secret, show_time(one.expires_at) or "it is rotated") for one in signing],
        )
