"""`waypost block`: users that a sender does not want to hear from."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from waypost.cli.account import Sid
from waypost.cli.at_meta import MetaOption, choose_meta, work_at_meta
from waypost.cli.findings import tell_faults
from waypost.cli.opening import who_acts
from waypost.cli.output import REFUSED, print_json, print_lines
from waypost.cli.sender import PhoneNumber, find_sender, read_number
from waypost.cli.settings import ConfigOption, DataOption, JsonOption
from waypost.model.refusal import Fault

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.directory.blocks import BlockReport

application = typer.Typer(no_args_is_help=True, help="Users that a sender does not want to hear.")

Users = Annotated[
    list[str],
    typer.Argument(metavar="USER...", help="Those who wrote to it in the last 24 hours."),
]


@application.command("add")
def add(
    sid: Sid,
    phone_number: PhoneNumber,
    users: Users,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let nothing that these users write come in. Ends with 1 if one could not be blocked.

    Example: waypost block add HXIN1234567890IN +919800000001 +919812345678
    """
    where = choose_meta(meta_base_url, data, config)
    _ask((sid, phone_number), users, "blocked", where, as_json=as_json)


@application.command("remove")
def remove(
    sid: Sid,
    phone_number: PhoneNumber,
    users: Users,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let these users write again.

    Example: waypost block remove HXIN1234567890IN +919800000001 +919812345678
    """
    where = choose_meta(meta_base_url, data, config)
    _ask((sid, phone_number), users, "unblocked", where, as_json=as_json)


def _ask(of: tuple[str, str], users: list[str], done: str, config: Any, *, as_json: bool) -> None:
    sid, phone_number = of
    read_number(phone_number)

    async def work(tools: "OperatorTools") -> "BlockReport | tuple[Fault, ...]":
        account = await tools.registrar.find(sid)
        sender = find_sender(account, phone_number)
        act = tools.blocks.block if done == "blocked" else tools.blocks.unblock
        return await act(account, sender, users, who_acts())

    report = work_at_meta(config, work)
    if isinstance(report, tuple):
        print_lines("Refused: nothing was asked of Meta.", *tell_faults(report))
        raise typer.Exit(REFUSED)
    if as_json:
        print_json(report.users)
    else:
        print_lines(*(_line(one, done) for one in report.users))
    if any(one.failure is not None for one in report.users):
        raise typer.Exit(REFUSED)


def _line(one: Any, done: str) -> str:
    failure = one.failure
    if failure is None:
        return f"{one.user} is {done}."
    words = ". ".join(word.rstrip(".") for word in (failure.title, failure.detail) if word)
    return f"{one.user} is not {done} ({failure.code}): {words}. {failure.next_step}"
