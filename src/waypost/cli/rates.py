"""`waypost wallet rates`: what messages cost, by country, category and day."""

from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any

import typer

from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import MisusedError, print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.typed import read_bytes
from waypost.model.money import Money

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.directory.treasurer import HeldCard

application = typer.Typer(no_args_is_help=True, help="What messages cost, by rate card.")

STAR = "*"

AccountOption = Annotated[
    str | None,
    typer.Option("--account", metavar="SID", help="Its own card; without it the deployment's."),
]


@application.command("import")
def import_rates(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV; - is standard input.")],
    account: AccountOption = None,
    is_whole: Annotated[
        bool, typer.Option("--replace", help="What else the card said is gone.")
    ] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add the rates of a file to a card: a rate of the same country, category and day is replaced.

    Example: waypost wallet rates import rates.csv --account HXIN1234567890IN
    """
    from waypost.wallet.card_file import read_card  # noqa: PLC0415 - with the phone metadata

    loaded = load_for(data, config)
    try:
        text = read_bytes(file).decode()
    except UnicodeDecodeError:
        raise MisusedError(f"{file} is no text in UTF-8; save it as CSV in UTF-8.") from None

    async def work(tools: "OperatorTools") -> int:
        money = tools.registrar.money
        currency = await money.currency_of(account, loaded.currency)
        read = read_card(text, currency)
        if read.faults:
            told = [f"{file}: line {fault.line}: {fault.message}" for fault in read.faults]
            raise MisusedError("\n".join([*told, "Nothing was imported."]))
        await money.save_rates(account, currency, read.rates, is_whole=is_whole, actor=who_acts())
        return len(read.rates)

    count = work_on(loaded, work, may_be_new=account is None)
    if as_json:
        print_json({"account": account, "rates": count})
    else:
        whose = "the deployment's card" if account is None else f"the card of {account}"
        print_lines(f"{count} rates are in {whose} now; running gateways know within a second.")


@application.command("list")
def list_rates(
    account: AccountOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a card's rates.

    Example: waypost wallet rates list --json
    """

    async def work(tools: "OperatorTools") -> "HeldCard":
        return await tools.registrar.money.card(account)

    card = work_on(load_for(data, config), work)
    rows: list[dict[str, Any]] = [
        {
            "country": rate.country or STAR,
            "category": rate.category or STAR,
            "valid_from": rate.valid_from.isoformat(),
            "price": str(Money(rate.price_minor, card.currency or "")),
        }
        for rate in card.rates
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        print_lines("There is no rate: messages cost the fixed price of their account.")
    else:
        print_rows(tuple(rows[0]), [tuple(row.values()) for row in rows])


@application.command("sample")
def sample() -> None:
    """Print a sample of a rate card, to be changed and imported; its figures are invented.

    Example: waypost wallet rates sample > rates.csv
    """
    text = resources.files("waypost.cli").joinpath("samples", "rates.csv").read_text("utf-8")
    print_lines(*text.splitlines())
