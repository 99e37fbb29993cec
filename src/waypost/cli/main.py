"""The command line: all commands, and the one place where their surprises become sentences.

Exit codes: 0 done, 1 refused, 2 misused, 3 somebody needed does not answer.
"""

import contextlib
import os
import sys
from typing import NoReturn

import typer

from waypost.cli import (
    account,
    alarm,
    audit,
    block,
    callback,
    catalogue,
    config,
    database,
    demo,
    dev,
    emulate,
    inbound,
    key,
    media,
    message,
    opt_out,
    profile,
    recipient,
    report,
    send,
    sender,
    serve,
    template,
    unknown,
    waba,
    wallet,
    why,
)
from waypost.cli.output import (
    DONE,
    MISUSED,
    REFUSED,
    UNREACHABLE,
    CommandError,
    MisusedError,
)
from waypost.model.errors import WaypostError
from waypost.runtime.config import ConfigError
from waypost.runtime.http import HttpError
from waypost.runtime.listening import AddressInUseError
from waypost.runtime.supervisor import PartFailedError
from waypost.runtime.vault_error import VaultError

START = "Start"
USE = "Use"
OPERATE = "Operate"

application = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A WhatsApp Business messaging gateway. `waypost dev` is the place to begin.",
    epilog="Exit codes: 0 done, 1 refused, 2 misused, 3 somebody needed does not answer.",
)
application.command("dev", rich_help_panel=START)(dev.dev)
application.command("demo", rich_help_panel=START)(demo.demo)
application.command("serve", rich_help_panel=START)(serve.serve)
application.command("emulate", rich_help_panel=START, **emulate.PASS_ON)(emulate.emulate)
application.command("send", rich_help_panel=USE)(send.send)
application.command("why", rich_help_panel=USE)(why.why)
application.add_typer(message.application, name="message", rich_help_panel=USE)
application.add_typer(report.application, name="report", rich_help_panel=USE)
for name, noun in {
    "account": account,
    "key": key,
    "waba": waba,
    "sender": sender,
    "profile": profile,
    "callback": callback,
    "template": template,
    "media": media,
    "catalogue": catalogue,
    "inbound": inbound,
    "optout": opt_out,
    "recipient": recipient,
    "block": block,
    "wallet": wallet,
    "alarm": alarm,
    "unknown": unknown,
    "audit": audit,
    "db": database,
}.items():
    application.add_typer(noun.application, name=name, rich_help_panel=OPERATE)
application.command("config", rich_help_panel=OPERATE)(config.config)
application.command("version", rich_help_panel=OPERATE)(config.version)


def main() -> NoReturn:
    """The entry point; ends the process."""
    try:
        _run()
    except SystemExit as ended:
        code = ended.code
    end(code if isinstance(code, int) else REFUSED if code else DONE)


def end(code: int) -> NoReturn:
    """Ends the process at once: all is closed and said, and nothing is left to finalize.

    pyreqwest's native thread may still take the interpreter's lock after its client was closed
    (seen with 0.15.1, in 2 to 9 of 100 ends); one that meets the interpreter's finalization there
    aborts the process, and a command that was done would be reported as killed by signal 6.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # nobody listens any more
            stream.flush()
    os._exit(code)


def _run() -> None:
    try:
        application(prog_name="waypost")
    except (
        CommandError,
        ConfigError,
        WaypostError,
        AddressInUseError,
        HttpError,
        PartFailedError,
        VaultError,
        BaseExceptionGroup,
    ) as error:
        leave(error)
    except UnicodeEncodeError:
        named = next((word for word in sys.argv[1:] if not is_text(word)), None)
        if named is None:
            raise
        leave(MisusedError(f"{named!a} is no text in UTF-8; write it anew."))


def is_text(word: str) -> bool:
    """Whether a word of the command line was UTF-8; its other bytes come as half characters."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def leave(error: BaseException) -> NoReturn:
    """Says what went wrong and ends; raises on what nobody foresaw."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case CommandError():
            code = error.exit_code
        case ConfigError():
            code = MISUSED
        case AddressInUseError() | HttpError():
            code = UNREACHABLE
        case WaypostError() | PartFailedError() | VaultError():
            code = REFUSED
        case _:
            raise error
    sys.stderr.write(f"{error}\n")
    raise SystemExit(code)
