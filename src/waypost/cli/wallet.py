"""`waypost wallet`: the money of accounts, and whether it adds up."""

import csv
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from waypost.cli import rates
from waypost.cli.amounts import read_amount
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import REFUSED, MisusedError, print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.ledger import Wallet
from waypost.model.money import Money
from waypost.model.statement import StatementLine

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Money of accounts.")
application.add_typer(rates.application, name="rates")

Sid = Annotated[str, typer.Argument(metavar="SID", help="The account.")]
Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="Like 100 or 12.50.")]
Reason = Annotated[str, typer.Option("--reason", help="For the ledger.")]


@application.command("show")
def show(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show an account's money: balance, what is held of it, credit, and what can be spent.

    Example: waypost wallet show HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> Wallet:
        return await tools.registrar.money.wallet(sid)

    _print_wallet(sid, work_on(load_for(data, config), work), as_json=as_json)


@application.command("topup")
def top_up(
    sid: Sid,
    amount: Amount,
    reason: Reason = "by the operator",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add money to an account's wallet.

    Example: waypost wallet topup HXIN1234567890IN 100 --reason "invoice 17"
    """
    amount_minor = read_amount("AMOUNT", amount)

    async def work(tools: "OperatorTools") -> Wallet:
        return await tools.registrar.money.top_up(sid, amount_minor, reason, actor=who_acts())

    wallet = work_on(load_for(data, config), work)
    balance = Money(wallet.balance_minor, wallet.currency)
    if as_json:
        print_json({"sid": sid, "balance": str(balance)})
    else:
        print_lines(f"{sid} has {balance} now.")


@application.command("adjust")
def adjust(
    sid: Sid,
    reason: Reason,
    add: Annotated[str | None, typer.Option(metavar="AMOUNT", help="To add.")] = None,
    take: Annotated[str | None, typer.Option(metavar="AMOUNT", help="To take away.")] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct an account's balance, upwards or downwards; no further than what can be spent.

    Example: waypost wallet adjust HXIN1234567890IN --take 2.50 --reason "booked twice"
    """
    if add is not None and take is None:
        amount_minor = read_amount("--add", add)
    elif take is not None and add is None:
        amount_minor = -read_amount("--take", take)
    else:
        raise MisusedError("Give either --add or --take.")

    async def work(tools: "OperatorTools") -> Wallet:
        return await tools.registrar.money.adjust(sid, amount_minor, reason, actor=who_acts())

    _print_wallet(sid, work_on(load_for(data, config), work), as_json=as_json)


@application.command("refund")
def refund(
    sid: Sid,
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE_ID", help="Which cost it.")],
    reason: Reason,
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Part of it; without it all.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give back what a message cost, or a part of it; once for a message.

    Example: waypost wallet refund HXIN1234567890IN A0LKQ1PCV00000000001 --reason "our fault"
    """
    amount_minor = None if amount is None else read_amount("--amount", amount)

    async def work(tools: "OperatorTools") -> Wallet:
        money = tools.registrar.money
        return await money.refund(sid, message_id, amount_minor, reason, actor=who_acts())

    _print_wallet(sid, work_on(load_for(data, config), work), as_json=as_json)


@application.command("statement")
def statement(
    sid: Sid,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="Like 2026-11-01, UTC.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="The last day, included.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what moved of an account's money, by day, template and country; by default this month.

    A day (UTC) is that of the movement: one that is over never changes.
    Example: waypost wallet statement HXIN1234567890IN --from 2026-10-01 --to 2026-10-31 --csv
    """
    from_day = None if first is None else _read_day("--from", first)
    to_day = None if last is None else _read_day("--to", last)

    async def work(tools: "OperatorTools") -> tuple[list[StatementLine], str]:
        money = tools.registrar.money
        lines = await money.statement(sid, from_day, to_day)
        return lines, (await money.wallet(sid)).currency

    lines, currency = work_on(load_for(data, config), work)
    rows = [_shown(line, currency) for line in lines]
    if as_json:
        print_json(rows)
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([tuple(row.values()) for row in rows])
    elif not rows:
        print_lines("Nothing moved in these days.")
    else:
        print_rows(_COLUMNS, [tuple(row.values()) for row in rows])


@application.command("audit")
def audit(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Hold every wallet against its ledger, and every entry against its message.

    Reads one moment of a database that may be in use. Ends with 1 if anything does not add up.
    Example: waypost wallet audit
    """

    async def work(tools: "OperatorTools") -> list[str]:
        return await tools.registrar.money.audit()

    findings = work_on(load_for(data, config), work)
    if as_json:
        print_json({"findings": findings})
    else:
        print_lines(*findings or ["Every wallet is the sum of its entries."])
    if findings:
        raise typer.Exit(REFUSED)


_COLUMNS: Sequence[str] = (
    "day",
    "template",
    "country",
    "category",
    "messages",
    "topped_up",
    "adjusted",
    "held",
    "captured",
    "released",
    "refunded",
    "currency",
)


def _shown(line: StatementLine, currency: str) -> dict[str, Any]:
    amounts = (
        line.topped_up_minor,
        line.adjusted_minor,
        line.held_minor,
        line.captured_minor,
        line.released_minor,
        line.refunded_minor,
    )
    cells = (
        line.day.isoformat(),
        line.template,
        line.country,
        line.category,
        line.messages,
        *(str(Money(amount, "")).strip() for amount in amounts),
        currency,
    )
    return dict(zip(_COLUMNS, cells, strict=True))


def _print_wallet(sid: str, wallet: Wallet, *, as_json: bool) -> None:
    amounts = {
        "balance": wallet.balance_minor,
        "held": wallet.held_minor,
        "credit_limit": wallet.credit_limit_minor,
        "spendable": wallet.spendable_minor,
    }
    shown = {name: str(Money(amount, wallet.currency)) for name, amount in amounts.items()}
    if as_json:
        print_json({"sid": sid, **shown})
    else:
        print_rows(("", ""), [(name.replace("_", " "), value) for name, value in shown.items()])


def _read_day(flag: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise MisusedError(f"{flag}: {text} is no day; write it like 2026-11-01.") from None
