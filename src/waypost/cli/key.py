"""`waypost key`: what an account proves itself with."""

from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import UNSET

from waypost.cli.account import Sid
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import MisusedError, print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.typed import read_duration, read_end
from waypost.model.account import ApiKey

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="API keys of an account.")

ANYWHERE = "anywhere"

Prefix = Annotated[str, typer.Argument(metavar="PREFIX", help="As `key list` shows it.")]


@application.command("create")
def create(
    sid: Sid,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Only from this address or network; repeatable."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so many days.")] = None,
    label: Annotated[str, typer.Option(help="What it is for, for your own lists.")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it: it is shown this once, only its hash is kept.

    Example: waypost key create HXIN1234567890IN --allow 203.0.113.0/24
    """

    async def work(tools: "OperatorTools") -> str:
        return await tools.registrar.make_key(
            sid, tuple(allow or ()), days, label=label, actor=who_acts()
        )

    key = work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "api_key": key})
    else:
        print_lines(key)


@application.command("list")
def list_keys(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List an account's keys by their first characters.

    Example: waypost key list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[ApiKey]:
        return list((await tools.registrar.find(sid)).keys.values())

    rows = [_row(key) for key in work_on(load_for(data, config), work)]
    if as_json:
        print_json(rows)
    else:
        print_rows(
            ("key", "label", "made", "expires", "revoked", "from"),
            [tuple(row.values()) for row in rows],
        )


@application.command("rotate")
def rotate(
    sid: Sid,
    prefix: Prefix,
    overlap: Annotated[
        str, typer.Option(metavar="DURATION", help="How long the old one stays valid: 30m, 24h.")
    ] = "24h",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key in an old one's place and print it, this once; both are valid for the overlap.

    Example: waypost key rotate HXIN1234567890IN A1b2c3 --overlap 24h
    """
    both = read_duration("--overlap", overlap)

    async def work(tools: "OperatorTools") -> str:
        return await tools.registrar.rotate_key(sid, prefix, both, actor=who_acts())

    key = work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "api_key": key})
    else:
        print_lines(key)


@application.command("set")
def change(
    sid: Sid,
    prefix: Prefix,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="Only from this address or network; repeatable; or anywhere."
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="2027-01-31, 2027-01-31T18:00Z or never."),
    ] = None,
    label: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a key's addresses, end or label; the rest stays as it is.

    Example: waypost key set HXIN1234567890IN A1b2c3 --allow 203.0.113.7 --expires never
    """
    if not allow and expires is None and label is None:
        raise MisusedError("Nothing is to change: give --allow, --expires or --label.")
    ends_at = UNSET if expires is None else read_end("--expires", expires)
    allowed = tuple(allow or ())
    if ANYWHERE in allowed and len(allowed) > 1:
        raise MisusedError("--allow anywhere stands alone: leave out the other addresses.")

    async def work(tools: "OperatorTools") -> ApiKey:
        from waypost.directory.keys import KeyChange  # noqa: PLC0415 - with serve

        wanted = KeyChange(
            label=UNSET if label is None else label,
            allowed_addresses=() if ANYWHERE in allowed else allowed or UNSET,
            expires_at=ends_at,
        )
        return await tools.registrar.change_key(sid, prefix, wanted, actor=who_acts())

    row = _row(work_on(load_for(data, config), work))
    if as_json:
        print_json(row)
    else:
        print_rows(("", ""), [(word.replace("_", " "), value) for word, value in row.items()])


@application.command("revoke")
def revoke(
    sid: Sid,
    prefix: Prefix,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuse a key from now on.

    Example: waypost key revoke HXIN1234567890IN A1b2c3
    """

    async def work(tools: "OperatorTools") -> int:
        return await tools.registrar.revoke_key(sid, prefix, actor=who_acts())

    revoked = work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "revoked": revoked})
    else:
        print_lines(f"{revoked} key{'s' if revoked > 1 else ''} of {sid} revoked.")


def _row(key: ApiKey) -> dict[str, str]:
    return {
        "prefix": key.prefix,
        "label": key.label,
        "created_at": show_time(key.created_at),
        "expires_at": show_time(key.expires_at),
        "revoked_at": show_time(key.revoked_at),
        "from": ", ".join(key.allowed_addresses) or ANYWHERE,
    }
