"""`waypost account`: customers of this gateway, and their money."""

from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.amounts import read_amount
from waypost.cli.opening import work_on
from waypost.cli.output import MisusedError, print_json, print_lines, print_rows, show_time
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.account import Account, AccountKind, AccountState
from waypost.model.ledger import Wallet
from waypost.model.money import Money

if TYPE_CHECKING:
    from waypost.serve import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Customers of this gateway.")

COUNTRY_LENGTH = 2

Sid = Annotated[str, typer.Argument(metavar="SID", help="The account.")]
Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="Like 100 or 12.50.")]


@application.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="For your own lists.")],
    kind: Annotated[AccountKind, typer.Option(help="Pays before or after.")] = AccountKind.PREPAID,
    country: Annotated[str, typer.Option(help="The SID's last two letters.")] = "IN",
    price: Annotated[str | None, typer.Option(help="Of a message, if its own.")] = None,
    credit_limit: Annotated[str, typer.Option(help="How far below nothing it may go.")] = "0",
    requests_per_s: Annotated[int | None, typer.Option(min=1, help="Its own limit.")] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open an account with an empty wallet.

    Example: waypost account create "My shop" --kind postpaid --credit-limit 500
    """
    loaded = load_for(data, config)
    if not (len(country) == COUNTRY_LENGTH and country.isascii() and country.isalpha()):
        raise MisusedError("--country must be two letters, like IN.")
    price_minor = None if price is None else read_amount("--price", price)
    credit_limit_minor = read_amount("--credit-limit", credit_limit)

    async def work(tools: "OperatorTools") -> Account:
        from waypost.directory.changes import NewAccount  # noqa: PLC0415 - with serve

        return await tools.registrar.open_account(
            NewAccount(
                name=name,
                kind=kind,
                country=country.upper(),
                currency=loaded.currency,
                price_minor=price_minor,
                credit_limit_minor=credit_limit_minor,
                requests_per_s=requests_per_s,
            )
        )

    account = work_on(loaded, work, may_be_new=True)
    if as_json:
        print_json({"sid": account.sid, "name": account.name, "kind": account.kind})
    else:
        print_lines(
            f"{account.sid} is open. Next: `waypost key create {account.sid}`, "
            f"`waypost account top-up {account.sid} 100`, `waypost waba add`, `waypost sender add`."
        )


@application.command("list")
def list_accounts(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all accounts with their money.

    Example: waypost account list --json
    """

    async def work(tools: "OperatorTools") -> list[tuple[Account, Wallet]]:
        return await tools.registrar.accounts()

    accounts = work_on(load_for(data, config), work)
    if as_json:
        print_json([_summary(account, wallet) for account, wallet in accounts])
        return
    print_rows(
        ("SID", "name", "kind", "state", "balance", "held"),
        [
            (
                account.sid,
                account.name,
                account.kind,
                account.state,
                Money(wallet.balance_minor, wallet.currency),
                Money(wallet.held_minor, wallet.currency),
            )
            for account, wallet in accounts
        ],
    )


@application.command("show")
def show(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show an account with its money, keys, senders and templates.

    Example: waypost account show HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> tuple[Account, Wallet]:
        account = await tools.registrar.find(sid)
        wallets = await tools.store.read(
            lambda transaction: transaction.wallets.load([account.account_id])
        )
        return account, wallets[account.account_id]

    account, wallet = work_on(load_for(data, config), work)
    summary = _summary(account, wallet)
    if as_json:
        print_json(
            {
                **summary,
                "keys": [key.prefix for key in account.keys.values()],
                "senders": [f"+{sender_id}" for sender_id in account.senders],
                "templates": [f"{name} ({language})" for _, name, language in account.templates],
            }
        )
        return
    print_rows(("", ""), [(word.replace("_", " "), value) for word, value in summary.items()])
    for key in account.keys.values():
        revoked = f", revoked {show_time(key.revoked_at)}" if key.revoked_at else ""
        print_lines(f"key {key.prefix}…, made {show_time(key.created_at)}{revoked}")
    for sender in account.senders.values():
        print_lines(f"sender +{sender.sender_id}, {sender.state}, of WABA {sender.waba_id}")
    print_lines(f"{len(account.templates)} templates; `waypost template list {sid}` shows them")


@application.command("suspend")
def suspend(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Refuse an account's requests from now on; what was accepted is still sent.

    Example: waypost account suspend HXIN1234567890IN
    """
    _set_state(sid, AccountState.SUSPENDED, data, config, as_json=as_json)


@application.command("resume")
def resume(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Accept a suspended account's requests again.

    Example: waypost account resume HXIN1234567890IN
    """
    _set_state(sid, AccountState.ACTIVE, data, config, as_json=as_json)


@application.command("top-up")
def top_up(
    sid: Sid,
    amount: Amount,
    reason: Annotated[str, typer.Option(help="For the ledger.")] = "by the operator",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add money to an account's wallet.

    Example: waypost account top-up HXIN1234567890IN 100 --reason "invoice 17"
    """
    amount_minor = read_amount("AMOUNT", amount)

    async def work(tools: "OperatorTools") -> Wallet:
        return await tools.registrar.top_up(sid, amount_minor, reason)

    wallet = work_on(load_for(data, config), work)
    balance = Money(wallet.balance_minor, wallet.currency)
    if as_json:
        print_json({"sid": sid, "balance": str(balance)})
    else:
        print_lines(f"{sid} has {balance} now.")


def _set_state(
    sid: str, state: AccountState, data: str | None, config: "ConfigOption", *, as_json: bool
) -> None:
    async def work(tools: "OperatorTools") -> None:
        await tools.registrar.set_state(sid, state)

    work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "state": state})
    else:
        print_lines(f"{sid} is {state} now; running gateways know within a second.")


def _summary(account: Account, wallet: Wallet) -> dict[str, object]:
    price = account.price_minor
    return {
        "sid": account.sid,
        "name": account.name,
        "kind": account.kind.value,
        "state": account.state.value,
        "price": "the deployment's" if price is None else str(Money(price, wallet.currency)),
        "requests_per_s": account.requests_per_s,
        "balance": str(Money(wallet.balance_minor, wallet.currency)),
        "held": str(Money(wallet.held_minor, wallet.currency)),
        "credit_limit": str(Money(wallet.credit_limit_minor, wallet.currency)),
    }
