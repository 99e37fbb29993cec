"""The command line: all commands, and the one place where their surprises become sentences.

Exit codes: 0 done, 1 refused or not so, 2 misused, 3 somebody needed does not answer.
"""

import sys
from importlib.metadata import PackageNotFoundError, version

import typer

from meta_emulator.cli import clock, journal, openapi, orders, proxy, release, seed, serve, state
from meta_emulator.cli.output import CommandError, print_lines

HELP = ("--help", "-h")
VERSION = "--version"

application = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": list(HELP)},
    help="Plays Meta's WhatsApp Cloud API: sends, templates, media, webhooks. "
    "Without a command, it serves.",
    epilog="Exit codes: 0 done, 1 refused or not so, 2 misused, 3 nobody answers.",
)
application.command("serve")(serve.serve_command)
application.command("snapshot")(state.snapshot)
application.command("restore")(state.restore)
application.command("seed")(seed.print_seed)
application.command("advance")(clock.advance)
application.command("release")(release.release)
application.command("proxy")(proxy.proxy)
application.command("messages")(journal.messages)
application.command("refusals")(journal.refusals)
application.command("assert")(journal.assert_command)
application.command("says")(orders.says)
application.command("faults")(orders.faults)
application.command("reset")(orders.reset)
application.command("openapi")(openapi.print_openapi)


def main() -> None:
    """The entry point; `serve` may be left out."""
    arguments = sys.argv[1:]
    if arguments == [VERSION]:
        print_lines(f"meta-emulator {_version()}")
        return
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in HELP):
        arguments = ["serve", *arguments]
    try:
        application(arguments, prog_name="meta-emulator")
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from error


def _version() -> str:
    """The version that is installed; of sources that nobody installed, a word."""
    try:
        return version("waypost")
    except PackageNotFoundError:
        return "(not installed)"
