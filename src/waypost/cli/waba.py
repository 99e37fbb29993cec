"""`waypost waba`: WhatsApp Business Accounts and their access tokens."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.account import Sid
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import MisusedError, print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.account import Account
from waypost.model.messaging_limit import Forecast

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="WhatsApp Business Accounts of an account.")


@application.command("add")
def add(
    sid: Sid,
    waba_id: Annotated[str, typer.Argument(metavar="WABA_ID", help="Meta's id of it.")],
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The access token; else read from standard input."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="For your own lists.")] = None,
    portfolio: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="The business portfolio whose messaging limit it shares; empty: its own.",
        ),
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a WABA, or give one a new access token.

    Example: waypost waba add HXIN1234567890IN 102290129340398 --token-file token.txt
    """
    token = read_token(token_file)

    async def work(tools: "OperatorTools") -> None:
        await tools.registrar.save_waba(sid, waba_id, token, name, actor=who_acts())
        if portfolio is not None:
            await tools.registrar.portfolios.assign(sid, waba_id, portfolio, actor=who_acts())

    work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "waba_id": waba_id})
    else:
        print_lines(f"{sid} has the WABA {waba_id}. Next: `waypost sender add {sid} …`.")


@application.command("list")
def list_wabas(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List an account's WABAs: what they have, and how the last reading from Meta went.

    Example: waypost waba list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> Account:
        return await tools.registrar.find(sid)

    rows = _rows(work_on(load_for(data, config), work))
    if as_json:
        print_json(rows)
    else:
        print_rows(
            (
                "WABA",
                "name",
                "portfolio",
                "senders",
                "templates",
                "catalogue",
                "read from Meta",
                "failure",
            ),
            [tuple(row.values()) for row in rows],
        )


@application.command("limit")
def show_limit(
    sid: Sid,
    waba_id: Annotated[str, typer.Argument(metavar="WABA_ID", help="Meta's id of it.")],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many users Meta allows in 24 hours, how many are used, and when the others go.

    Example: waypost waba limit HXIN1234567890IN 102290129340398
    """

    async def work(tools: "OperatorTools") -> Forecast:
        account = await tools.registrar.find(sid)
        return await tools.registrar.portfolios.forecast(account, waba_id)

    told = work_on(load_for(data, config), work)
    if as_json:
        print_json(told)
        return
    print_rows(
        ("portfolio", "users in 24 hours", "used", "free now", "waiting"),
        [(told.portfolio_id, _limit_words(told), told.used, _free_words(told), told.waiting)],
    )
    if told.hours:
        print_rows(("from", "users go"), [(show_time(at), users) for at, users in told.hours])


def read_token(file: Path | None) -> str:
    """The token in a file or, without one, on standard input. Raises MisusedError."""
    if file is None and sys.stdin.isatty():
        raise MisusedError(
            "The access token comes from --token-file or standard input, never as an argument: "
            "others could see it."
        )
    try:
        token = (sys.stdin.read() if file is None else file.read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MisusedError(f"{file} cannot be read: {error}.") from None
    if not token or len(token.split()) > 1:
        raise MisusedError("The access token must be one word without spaces.")
    return token


def _limit_words(told: Forecast) -> str:
    if not told.is_known:
        return "not known: Meta has not told"
    return "any number" if told.limit is None else str(told.limit)


def _free_words(told: Forecast) -> str:
    return "any number" if told.free is None else str(told.free)


def _rows(account: Account) -> list[dict[str, object]]:
    senders = [sender.waba_id for sender in account.senders.values()]
    templates = [waba_id for waba_id, _, _ in account.templates]
    return [
        {
            "waba_id": waba.waba_id,
            "name": waba.name,
            "portfolio_id": waba.portfolio_id,
            "senders": senders.count(waba.waba_id),
            "templates": templates.count(waba.waba_id),
            "catalogue_id": waba.catalogue_id,
            "synced_at": show_time(waba.synced_at),
            "sync_failure": waba.sync_failure,
        }
        for waba in account.wabas.values()
    ]
