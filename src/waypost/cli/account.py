"""`waypost account`: customers of this gateway, and their money."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from waypost.cli.amounts import read_amount
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import MisusedError, print_json, print_lines, print_rows, show_time
from waypost.cli.policies import (
    OF_DEPLOYMENT,
    CappedOption,
    DailyOption,
    TemplateOption,
    UnknownOption,
    ValidityOption,
    read_policies,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.typed import read_count, read_words
from waypost.cli.wallet import top_up
from waypost.model.account import (
    Account,
    AccountKind,
    AccountState,
    ApiKey,
    CheckMode,
)
from waypost.model.ledger import Wallet
from waypost.model.money import Money

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Customers of this gateway.")

COUNTRY_LENGTH = 2

Sid = Annotated[str, typer.Argument(metavar="SID", help="The account.")]
RequestsOption = Annotated[
    str | None,
    typer.Option(
        "--requests-per-second",
        "--requests-per-s",
        metavar="NUMBER",
        help="Its own limit; unlimited is none.",
    ),
]


@application.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="For your own lists.")],
    kind: Annotated[AccountKind, typer.Option(help="Pays before or after.")] = AccountKind.PREPAID,
    country: Annotated[str, typer.Option(help="The SID's last two letters.")] = "IN",
    price: Annotated[str | None, typer.Option(help="Of a message, if its own.")] = None,
    credit_limit: Annotated[str, typer.Option(help="How far below nothing it may go.")] = "0",
    requests_per_second: RequestsOption = None,
    check_mode: Annotated[
        CheckMode, typer.Option(help="What becomes of sends in which something is found.")
    ] = CheckMode.STRICT,
    unknown_policy: UnknownOption = None,
    template_policy: TemplateOption = None,
    capped_policy: CappedOption = None,
    validity: ValidityOption = None,
    daily_limit: DailyOption = None,
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
    requests_per_s = _read_requests(requests_per_second)
    policies = read_policies(
        (unknown_policy, template_policy, capped_policy), validity, daily_limit
    )

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
                check_mode=check_mode,
                **policies,
            ),
            actor=who_acts(),
        )

    account = work_on(loaded, work, may_be_new=True)
    if as_json:
        print_json(
            {
                "sid": account.sid,
                "name": account.name,
                "kind": account.kind,
                "check_mode": account.check_mode,
            }
        )
    else:
        print_lines(
            f"{account.sid} is open. Next: `waypost key create {account.sid}`, "
            f"`waypost wallet topup {account.sid} 100`, `waypost waba add`, `waypost sender add`."
        )


@application.command("set")
def change(
    sid: Sid,
    name: Annotated[str | None, typer.Option(help="For your own lists.")] = None,
    kind: Annotated[AccountKind | None, typer.Option(help="Pays before or after.")] = None,
    price: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Of a message; default is everybody's.")
    ] = None,
    credit_limit: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="How far below nothing it may go.")
    ] = None,
    requests_per_second: RequestsOption = None,
    check_mode: Annotated[
        CheckMode | None, typer.Option(help="What becomes of sends in which something is found.")
    ] = None,
    opt_out_words: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="By which recipients leave, like stop,leave; default."),
    ] = None,
    opt_in_words: Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="By which they come back, like start; default."),
    ] = None,
    unknown_policy: UnknownOption = None,
    template_policy: TemplateOption = None,
    capped_policy: CappedOption = None,
    validity: ValidityOption = None,
    daily_limit: DailyOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is given of an account; the rest stays as it is.

    Example: waypost account set HXIN1234567890IN --check-mode warn --requests-per-second 50
    """
    given: dict[str, Any] = {"name": name, "kind": kind, "check_mode": check_mode}
    given = {word: value for word, value in given.items() if value is not None}
    if price is not None:
        is_own = price.strip().lower() != OF_DEPLOYMENT
        given["price_minor"] = read_amount("--price", price) if is_own else None
    if credit_limit is not None:
        given["credit_limit_minor"] = read_amount("--credit-limit", credit_limit)
    if requests_per_second is not None:
        given["requests_per_s"] = _read_requests(requests_per_second)
    if opt_out_words is not None:
        given["opt_out_keywords"] = read_words(opt_out_words)
    if opt_in_words is not None:
        given["opt_in_keywords"] = read_words(opt_in_words)
    given |= read_policies((unknown_policy, template_policy, capped_policy), validity, daily_limit)
    if not given:
        raise MisusedError("Nothing is to change: give at least one of the options; see --help.")

    async def work(tools: "OperatorTools") -> tuple[Account, Wallet]:
        from waypost.directory.changes import AccountChange  # noqa: PLC0415 - with serve

        await tools.registrar.change_account(sid, AccountChange(**given), actor=who_acts())
        return await _find(tools, sid)

    account, wallet = work_on(load_for(data, config), work)
    if as_json:
        print_json(_summary(account, wallet))
    else:
        print_lines(f"{sid} is changed; running gateways know within a second.")
        _print_summary(account, wallet)


@application.command("list")
def list_accounts(
    data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all accounts with their money and what they have.

    Example: waypost account list --json
    """

    async def work(tools: "OperatorTools") -> list[tuple[Account, Wallet]]:
        listed = await tools.registrar.accounts()
        return [(await tools.registrar.find(one.sid), wallet) for one, wallet in listed]

    accounts = work_on(load_for(data, config), work)
    if as_json:
        print_json([_summary(account, wallet) for account, wallet in accounts])
        return
    print_rows(
        ("SID", "name", "kind", "state", "check", "balance", "held", "senders", "templates"),
        [
            (
                account.sid,
                account.name,
                account.kind,
                account.state,
                account.check_mode,
                Money(wallet.balance_minor, wallet.currency),
                Money(wallet.held_minor, wallet.currency),
                len(account.senders),
                len(account.templates),
            )
            for account, wallet in accounts
        ],
    )


@application.command("show")
def show(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show an account with its money, limits, keys, WABAs and senders.

    Example: waypost account show HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> tuple[Account, Wallet]:
        return await _find(tools, sid)

    account, wallet = work_on(load_for(data, config), work)
    if as_json:
        print_json(
            {
                **_summary(account, wallet),
                "keys": [key.prefix for key in account.keys.values()],
                "wabas": list(account.wabas),
                "senders": [f"+{sender_id}" for sender_id in account.senders],
                "templates": [f"{name} ({language})" for _, name, language in account.templates],
            }
        )
        return
    _print_summary(account, wallet)
    for key in account.keys.values():
        print_lines(_line_of_key(key))
    for waba in account.wabas.values():
        failure = "" if waba.sync_failure is None else f": {waba.sync_failure}"
        state = "not read yet" if waba.synced_at is None else f"read {show_time(waba.synced_at)}"
        print_lines(f"WABA {waba.waba_id} {waba.name}".rstrip() + f", {state}{failure}")
    for sender in account.senders.values():
        held = f", held until {show_time(sender.held_until)}" if sender.held_until else ""
        print_lines(f"sender +{sender.sender_id}, {sender.state}{held}, of WABA {sender.waba_id}")
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


# The word of earlier releases.
application.command("top-up", hidden=True)(top_up)


def _set_state(
    sid: str, state: AccountState, data: str | None, config: "ConfigOption", *, as_json: bool
) -> None:
    async def work(tools: "OperatorTools") -> None:
        await tools.registrar.set_state(sid, state, actor=who_acts())

    work_on(load_for(data, config), work)
    if as_json:
        print_json({"sid": sid, "state": state})
    else:
        print_lines(f"{sid} is {state} now; running gateways know within a second.")


async def _find(tools: "OperatorTools", sid: str) -> tuple[Account, Wallet]:
    account = await tools.registrar.find(sid)
    wallets = await tools.store.read(
        lambda transaction: transaction.wallets.load([account.account_id])
    )
    return account, wallets[account.account_id]


def _read_requests(text: str | None) -> int | None:
    return None if text is None else read_count("--requests-per-second", text)


def _line_of_key(key: ApiKey) -> str:
    label = f" ({key.label})" if key.label else ""
    expires = f", expires {show_time(key.expires_at)}" if key.expires_at else ""
    revoked = f", revoked {show_time(key.revoked_at)}" if key.revoked_at else ""
    return f"key {key.prefix}…{label}, made {show_time(key.created_at)}{expires}{revoked}"


def _print_summary(account: Account, wallet: Wallet) -> None:
    rows = {word.replace("_", " "): value for word, value in _summary(account, wallet).items()}
    rows["requests per s"] = account.requests_per_s or "unlimited"
    rows["daily limit"] = account.daily_limit or "unlimited"
    rows["validity s"] = account.validity_s or "the deployment's"
    for word in ("opt out words", "opt in words"):
        rows[word] = ", ".join(rows[word]) or "none"
    print_rows(("", ""), list(rows.items()))


def _summary(account: Account, wallet: Wallet) -> dict[str, Any]:
    price = account.price_minor
    return {
        "sid": account.sid,
        "name": account.name,
        "kind": account.kind.value,
        "state": account.state.value,
        "check_mode": account.check_mode.value,
        "price": "the deployment's" if price is None else str(Money(price, wallet.currency)),
        "requests_per_s": account.requests_per_s,
        "balance": str(Money(wallet.balance_minor, wallet.currency)),
        "held": str(Money(wallet.held_minor, wallet.currency)),
        "credit_limit": str(Money(wallet.credit_limit_minor, wallet.currency)),
        "spendable": str(Money(wallet.spendable_minor, wallet.currency)),
        "opt_out_words": account.opt_out_keywords,
        "opt_in_words": account.opt_in_keywords,
        "unknown_policy": account.unknown_policy.value,
        "template_policy": account.template_policy.value,
        "capped_policy": account.capped_policy.value,
        "validity_s": account.validity_s,
        "daily_limit": account.daily_limit,
        "wabas": len(account.wabas),
        "senders": len(account.senders),
        "templates": len(account.templates),
    }
