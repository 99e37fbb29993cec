"""The command `meta-emulator`: serve, or print the default seed."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvloop

from meta_emulator.runtime.chance import SeededChance
from meta_emulator.seed import SeedError, default_seed, default_seed_bytes, load_seed
from meta_emulator.server import PortTakenError, free_port, serve
from meta_emulator.settings import (
    Settings,
    SettingsError,
    parse_delays,
    parse_webhook_version,
)

MISUSED = 2
CANNOT_REACH = 3
COMMANDS = ("serve", "seed", "--help")
SECRETS = "META_EMULATOR_"

application = typer.Typer(
    add_completion=False,
    help="Plays Meta's WhatsApp Cloud API: sends, templates, media, webhooks.",
    pretty_exceptions_enable=False,
)


@application.command("seed")
def print_seed() -> None:
    """Print the default seed: a start for one of your own."""
    sys.stdout.write(default_seed_bytes().decode())


@application.command("serve")
def serve_command(  # noqa: PLR0913, PLR0917 typer's way to declare options
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at; 0 takes a free one.")] = 8090,
    seed: Annotated[Path | None, typer.Option(help="Seed, JSON or TOML.")] = None,
    webhook_url: Annotated[str | None, typer.Option(help="Where webhooks go.")] = None,
    ready_file: Annotated[
        Path | None, typer.Option(help="Written once it answers: URL, secrets, ids.")
    ] = None,
    status_delays: Annotated[
        str, typer.Option(help="Milliseconds after acceptance, or none.")
    ] = "sent=150,delivered=600,read=1500",
    webhook_version: Annotated[
        str, typer.Option(help="Version of the webhook subscription.")
    ] = "v25.0",
    webhook_batch: Annotated[
        int, typer.Option(help="Updates in one webhook, at most.", min=1, max=1000)
    ] = 100,
    webhook_retry_cap: Annotated[
        float, typer.Option(help="Longest gap between two tries of a webhook, in seconds.")
    ] = 300.0,
    review_delay: Annotated[
        int, typer.Option(help="Milliseconds that a new template is PENDING.", min=0)
    ] = 2000,
    strict_handles: Annotated[  # noqa: FBT002 typer's way
        bool,
        typer.Option("--strict-handles", help="Take samples of templates uploaded here alone."),
    ] = False,
    limits: Annotated[  # noqa: FBT002 typer's way
        bool, typer.Option("--limits", help="Refuse sends beyond Meta's rates.")
    ] = False,
    messaging_limit_code: Annotated[
        int | None,
        typer.Option(
            metavar="CODE",
            help="Refuse templates to more users in 24 hours than the messaging limit, with this.",
        ),
    ] = None,
    access_token: Annotated[
        str | None, typer.Option(envvar=SECRETS + "ACCESS_TOKEN", help="Random if not given.")
    ] = None,
    app_secret: Annotated[
        str | None, typer.Option(envvar=SECRETS + "APP_SECRET", help="Random if not given.")
    ] = None,
    verify_token: Annotated[
        str | None, typer.Option(envvar=SECRETS + "VERIFY_TOKEN", help="Random if not given.")
    ] = None,
    until_stdin_closes: Annotated[  # noqa: FBT002 typer's way
        bool,
        typer.Option("--until-stdin-closes", help="End with whoever holds the pipe of stdin."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,  # noqa: FBT002 typer's way
) -> None:
    """Serve until SIGTERM or SIGINT."""
    try:
        held = load_seed(seed) if seed is not None else default_seed()
        settings = Settings(
            access_token=access_token or _random(),
            app_secret=app_secret or _random(),
            verify_token=verify_token or _random(),
            webhook_url=webhook_url,
            status_delays=parse_delays(status_delays),
            webhook_version=parse_webhook_version(webhook_version),
            batch=webhook_batch,
            retry_cap_s=webhook_retry_cap,
            keeps_limits=limits,
            messaging_limit_code=messaging_limit_code,
            review_delay_s=review_delay / 1000,
            is_strict_about_handles=strict_handles,
        )
    except (SeedError, SettingsError) as error:
        _leave(str(error), MISUSED)
    try:
        free = free_port(host, port)
    except PortTakenError as error:
        _leave(str(error), CANNOT_REACH)
    if not quiet:
        number = held.wabas[0].phone_numbers[0]
        _say(f"Cloud API       http://{host}:{free}/v25.0/{number.id}/messages")
        _say(f"access token    {settings.access_token}")
        _say(f"app secret      {settings.app_secret}")
        _say(f"verify token    {settings.verify_token}")
        _say(f"webhooks go to  {settings.webhook_url or 'nobody'}")
        _say(f"what was sent   http://{host}:{free}/_emulator/messages")
    uvloop.install()
    asyncio.run(
        serve(held, settings, host, free, ready_file, until_stdin_closes=until_stdin_closes)
    )


def main() -> None:
    """The entry point; `serve` may be left out."""
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:  # noqa: PLR2004 the program and a word
        sys.argv.insert(1, "serve")
    application(prog_name="meta-emulator")


def _random() -> str:
    """A credential of this run, for a program that guards nothing."""
    return f"{SeededChance().bits(128):032x}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _leave(sentence: str, code: int) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
