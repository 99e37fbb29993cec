"""`waypost sender`: business phone numbers of an account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import UNSET
from msgspec.structs import replace

from waypost.cli.account import Sid
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    CommandError,
    MisusedError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.account import Account
from waypost.model.sender import ApiVersion, Sender, SenderState

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Business phone numbers of an account.")

PhoneNumber = Annotated[
    str, typer.Argument(metavar="PHONE_NUMBER", help="With its country code, like +919800000001.")
]


@application.command("add")
def add(
    sid: Sid,
    phone_number: PhoneNumber,
    phone_number_id: Annotated[str, typer.Argument(metavar="PHONE_NUMBER_ID", help="Meta's id.")],
    waba_id: Annotated[str, typer.Argument(metavar="WABA_ID", help="The WABA it belongs to.")],
    callback_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Where all that is told of it goes: a profile of its own."
        ),
    ] = None,
    throughput: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Messages per second; without it, as Meta tells."),
    ] = None,
    name: Annotated[str, typer.Option(help="Its display name.")] = "",
    api_version: Annotated[
        ApiVersion, typer.Option(help="Of the customer's API; only v2 is answered.")
    ] = ApiVersion.V2,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a sender, or change one.

    Example: waypost sender add SID +919800000001 106540352242922 102290129340398
    --callback-url https://shop.example.com/statuses
    """
    loaded = load_for(data, config)
    sender = Sender(
        sender_id=read_number(phone_number),
        phone_number_id=phone_number_id,
        waba_id=waba_id,
        access_token="",  # its WABA's
        throughput=throughput or loaded.sender_throughput,
        is_throughput_pinned=throughput is not None,
        display_name=name,
        api_version=api_version,
    )

    url = UNSET if callback_url is None else read_url(callback_url)

    async def work(tools: "OperatorTools") -> Account:
        await tools.registrar.save_sender(sid, sender, url, actor=who_acts())
        return await tools.registrar.find(sid)

    account = work_on(loaded, work)
    if as_json:
        print_json(_row(account, sender))
    else:
        print_lines(
            f"{sid} may send from +{sender.sender_id}. Next: `waypost template sync {sid}`."
        )


@application.command("list")
def list_senders(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List an account's senders.

    Example: waypost sender list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> Account:
        return await tools.registrar.find(sid)

    account = work_on(load_for(data, config), work)
    senders = list(account.senders.values())
    rows = [_row(account, sender) for sender in senders]
    if as_json:
        print_json(rows)
    else:
        print_rows(
            ("sender", "name", "WABA", "state", "held until", "throughput", "last heard"),
            [
                (
                    row["sender"],
                    row["name"],
                    row["waba_id"],
                    row["state"],
                    show_time(sender.held_until),
                    show_throughput(sender),
                    show_time(sender.heard_at) or "never",
                )
                for row, sender in zip(rows, senders, strict=True)
            ],
        )


@application.command("show")
def show(
    sid: Sid,
    phone_number: PhoneNumber,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a sender: its state, why it is held if it is, its throughput, its last webhook.

    Example: waypost sender show HXIN1234567890IN +919800000001
    """
    read_number(phone_number)

    async def work(tools: "OperatorTools") -> Account:
        return await tools.registrar.find(sid)

    account = work_on(load_for(data, config), work)
    sender = find_sender(account, phone_number)
    if as_json:
        print_json(_row(account, sender))
        return
    rows = {word.replace("_", " "): value for word, value in _row(account, sender).items()}
    rows["callback profiles"] = ", ".join(account.profiles_of(sender)) or "none"
    for word in ("is throughput pinned", "held for"):
        del rows[word]
    rows["throughput"] = show_throughput(sender)
    rows["held until"] = show_time(sender.held_until) or "not held"
    rows["heard at"] = show_time(sender.heard_at) or "never"
    held_for = sender.held_for
    if held_for is not None:
        code = f" ({held_for.code})" if held_for.code else ""
        rows["held for"] = f"{held_for.title}{code}"
        rows["what to do"] = held_for.next_step
    print_rows(("", ""), list(rows.items()))


@application.command("set")
def change(
    sid: Sid,
    phone_number: PhoneNumber,
    callback_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where all that is told of it goes; none for nowhere."),
    ] = None,
    throughput: Annotated[
        int | None,
        typer.Option(min=0, max=1000, help="Messages per second; 0: as Meta tells."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its display name.")] = None,
    api_version: Annotated[
        ApiVersion | None, typer.Option(help="Of the customer's API; only v2 is answered.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is given of a sender; the rest stays as it is.

    Example: waypost sender set HXIN1234567890IN +919800000001 --throughput 200
    """
    given: dict[str, Any] = {
        "throughput": throughput or None,
        "display_name": name,
        "api_version": api_version,
    }
    given = {word: value for word, value in given.items() if value is not None}
    if callback_url is not None:
        given["callback_url"] = None if callback_url == "none" else read_url(callback_url)
    if throughput is not None:
        given["is_throughput_pinned"] = throughput > 0
    if not given:
        raise MisusedError("Nothing is to change: give at least one of the options; see --help.")
    account, changed = _change((sid, phone_number), given, data, config)
    if as_json:
        print_json(_row(account, changed))
    else:
        print_lines(f"+{changed.sender_id} is changed; running gateways know within a second.")


@application.command("pause")
def pause(
    sid: Sid,
    phone_number: PhoneNumber,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let no message leave from a sender; what is accepted waits.

    Example: waypost sender pause HXIN1234567890IN +919800000001
    """
    _switch((sid, phone_number), SenderState.PAUSED, data, config, as_json=as_json)


@application.command("resume")
def resume(
    sid: Sid,
    phone_number: PhoneNumber,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let messages leave from a sender again, also from one that is held after Meta refused it.

    Example: waypost sender resume HXIN1234567890IN +919800000001
    """
    _switch((sid, phone_number), SenderState.ACTIVE, data, config, as_json=as_json)


def read_number(text: str) -> str:
    """The digits of a phone number with its country code. Raises MisusedError."""
    digits = text.replace(" ", "").removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):  # noqa: PLR2004 - E.164
        raise MisusedError(f"{text} is no phone number; write it like +919800000001.")
    return digits


def read_url(text: str) -> str:
    """An address of the web. Raises MisusedError."""
    if not text.startswith(("http://", "https://")):
        raise MisusedError("--callback-url must be an http:// or https:// address.")
    return text


def _switch(
    of: tuple[str, str],
    state: SenderState,
    data: DataOption,
    config: ConfigOption,
    *,
    as_json: bool,
) -> None:
    sid, phone_number = of
    read_number(phone_number)

    async def work(tools: "OperatorTools") -> tuple[Account, Sender]:
        account = await tools.registrar.find(sid)
        sender_id = find_sender(account, phone_number).sender_id
        act = tools.switch.pause if state is SenderState.PAUSED else tools.switch.resume
        return account, await act(account, sender_id, actor=who_acts())

    account, changed = work_on(load_for(data, config), work)
    if as_json:
        print_json(_row(account, changed))
    else:
        print_lines(f"+{changed.sender_id} is {state} now; running gateways know within a second.")


def find_sender(account: Account, phone_number: str) -> Sender:
    """The account's sender. Raises MisusedError for what is no number, CommandError if unknown."""
    sender = account.senders.get(read_number(phone_number))
    if sender is None:
        raise CommandError(
            f"{account.sid} has no sender {phone_number}; `waypost sender list {account.sid}` "
            "shows them."
        )
    return sender


def _change(
    of: tuple[str, str], given: Mapping[str, Any], data: DataOption, config: ConfigOption
) -> tuple[Account, Sender]:
    """A sender with some things changed, and its account. Raises as `find_sender` does."""
    sid, phone_number = of
    read_number(phone_number)

    async def work(tools: "OperatorTools") -> tuple[Account, Sender]:
        sender = find_sender(await tools.registrar.find(sid), phone_number)
        rest = {word: value for word, value in given.items() if word != "callback_url"}
        changed = replace(sender, **rest)
        url = given.get("callback_url", UNSET)
        await tools.registrar.save_sender(sid, changed, url, actor=who_acts())
        return await tools.registrar.find(sid), changed

    return work_on(load_for(data, config), work)


def show_throughput(sender: Sender) -> str:
    """Messages per second, and whose word that is."""
    whose = "pinned" if sender.is_throughput_pinned else "as Meta tells"
    return f"{sender.throughput} per second, {whose}"


def _row(account: Account, sender: Sender) -> dict[str, object]:
    return {
        "sender": f"+{sender.sender_id}",
        "name": sender.display_name,
        "phone_number_id": sender.phone_number_id,
        "waba_id": sender.waba_id,
        "state": sender.state.value,
        "throughput": sender.throughput,
        "api_version": sender.api_version.value,
        "is_throughput_pinned": sender.is_throughput_pinned,
        "held_until": sender.held_until,
        "held_for": sender.held_for,
        "heard_at": sender.heard_at,
        "callback_profiles": account.profiles_of(sender),
    }
