"""`waypost key`: what an account proves itself with."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.account import Sid
from waypost.cli.opening import work_on
from waypost.cli.output import print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.account import ApiKey

if TYPE_CHECKING:
    from waypost.serve import OperatorTools

application = typer.Typer(no_args_is_help=True, help="API keys of an account.")


@application.command("create")
def create(
    sid: Sid,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Only from this address or network; repeatable."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so many days.")] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it: it is shown this once, only its hash is kept.

    Example: waypost key create HXIN1234567890IN --allow 203.0.113.0/24
    """

    async def work(tools: "OperatorTools") -> str:
        return await tools.registrar.make_key(sid, tuple(allow or ()), days)

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

    rows = [
        {
            "prefix": key.prefix,
            "created_at": show_time(key.created_at),
            "expires_at": show_time(key.expires_at),
            "revoked_at": show_time(key.revoked_at),
            "from": ", ".join(key.allowed_addresses) or "anywhere",
        }
        for key in work_on(load_for(data, config), work)
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(
            ("key", "made", "expires", "revoked", "from"), [tuple(row.values()) for row in rows]
        )


@application.command("revoke")
def revoke(
    sid: Sid,
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="As `key list` shows it.")],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuse a key from now on.

    Example: waypost key revoke HXIN1234567890IN A1b2c3
    """

    async def work(tools: "OperatorTools") -> int:
        return await tools.registrar.revoke_key(sid, prefix)

    revoked = work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "revoked": revoked})
    else:
        print_lines(f"{revoked} key{'s' if revoked > 1 else ''} of {sid} revoked.")
