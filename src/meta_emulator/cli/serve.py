"""`meta-emulator serve`: an emulator at an address, until it is told to stop."""

from pathlib import Path
from typing import Annotated

import typer
import uvloop

from meta_emulator.cli.output import MisusedError, UnreachableError, print_lines
from meta_emulator.cli.state import run_kept
from meta_emulator.faults import FaultsError, read_faults
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.seed import SeedError, default_seed, load_seed
from meta_emulator.settings import (
    LIMITS,
    MARKETING_CAP,
    Settings,
    SettingsError,
    parse_delays,
    parse_limits,
    parse_release,
    parse_webhook_url,
    parse_webhook_version,
)

SECRETS = "META_EMULATOR_"


def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen at; 0 takes a free one.", min=0, max=65535)
    ] = 8090,
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
        float,
        typer.Option(help="Longest gap between two tries of a webhook, in seconds.", min=0.001),
    ] = 300.0,
    review_delay: Annotated[
        int, typer.Option(help="Milliseconds that a new template is PENDING.", min=0)
    ] = 2000,
    forbidden_word: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD", help="A template with it is rejected; may be given several times."
        ),
    ] = None,
    strict_handles: Annotated[
        bool,
        typer.Option("--strict-handles", help="Take samples of templates uploaded here alone."),
    ] = False,
    limits: Annotated[
        str,
        typer.Option(
            metavar="LIMITS",
            help=f"Which of Meta's limits are kept: all, none, {','.join(LIMITS)}.",
        ),
    ] = "all",
    messaging_limit_code: Annotated[
        int,
        typer.Option(metavar="CODE", help="For templates to more users than the messaging limit."),
    ] = 131048,
    marketing_cap: Annotated[
        int,
        typer.Option(help="Marketing templates that a user may get in 24 hours.", min=0),
    ] = MARKETING_CAP,
    access_token: Annotated[
        str | None, typer.Option(envvar=SECRETS + "ACCESS_TOKEN", help="Random if not given.")
    ] = None,
    app_secret: Annotated[
        str | None, typer.Option(envvar=SECRETS + "APP_SECRET", help="Random if not given.")
    ] = None,
    verify_token: Annotated[
        str | None, typer.Option(envvar=SECRETS + "VERIFY_TOKEN", help="Random if not given.")
    ] = None,
    release_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The real Graph API, for `meta-emulator release`."),
    ] = None,
    release_number: Annotated[
        str | None, typer.Option(metavar="ID", help="The real phone number id to release from.")
    ] = None,
    release_to: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER", help="Who may get released messages; may be repeated."),
    ] = None,
    release_token: Annotated[
        str | None,
        typer.Option(envvar=SECRETS + "RELEASE_TOKEN", help="The real access token.", hidden=True),
    ] = None,
    control_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A further name that the control API and page are asked by."
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep the whole state here, and go on from it: a SQLite file."
        ),
    ] = None,
    renew_state: Annotated[
        bool,
        typer.Option(
            "--renew-state", help="Move a state file away that cannot be read, and begin anew."
        ),
    ] = False,
    faults: Annotated[
        str | None,
        typer.Option(metavar="FILE|JSON", help="What goes wrong on purpose, from the start."),
    ] = None,
    no_magic: Annotated[
        bool, typer.Option("--no-magic", help="No number chooses what becomes of a send.")
    ] = False,
    chance: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="The same gives the same ids at every start."),
    ] = None,
    until_stdin_closes: Annotated[
        bool,
        typer.Option("--until-stdin-closes", help="End with whoever holds the pipe of stdin."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Serve until SIGTERM or SIGINT."""
    # The emulator's parts are many: the other commands need not wait for them.
    from meta_emulator.server import (  # noqa: PLC0415
        PortTakenError,
        ReadyFileError,
        check_ready_file,
        free_port,
        serve,
    )

    try:
        held = load_seed(seed) if seed is not None else default_seed()
        settings = Settings(
            access_token=access_token or _random(),
            app_secret=app_secret or _random(),
            verify_token=verify_token or _random(),
            webhook_url=parse_webhook_url(webhook_url),
            status_delays=parse_delays(status_delays),
            webhook_version=parse_webhook_version(webhook_version),
            batch=webhook_batch,
            retry_cap_s=webhook_retry_cap,
            limits=parse_limits(limits),
            messaging_limit_code=messaging_limit_code,
            marketing_cap=marketing_cap,
            review_delay_s=review_delay / 1000,
            forbidden_words=tuple(forbidden_word or ()),
            is_strict_about_handles=strict_handles,
            magic=not no_magic,
            chance=chance,
            faults=None if faults is None else read_faults(faults),
            release=parse_release(release_url, release_token, release_number, release_to or []),
            control_hosts=frozenset(name.lower() for name in (*(control_host or ()), host)),
        )
    except (SeedError, SettingsError, FaultsError) as error:
        raise MisusedError(str(error)) from error
    try:
        check_ready_file(ready_file)
        free = free_port(host, port)
    except ReadyFileError as error:
        raise MisusedError(str(error)) from error
    except PortTakenError as error:
        raise UnreachableError(str(error)) from error
    if not quiet:
        number = held.wabas[0].phone_numbers[0]
        print_lines(
            f"Cloud API       http://{host}:{free}/v25.0/{number.id}/messages",
            f"access token    {settings.access_token}",
            f"app secret      {settings.app_secret}",
            f"verify token    {settings.verify_token}",
            f"webhooks go to  {settings.webhook_url or 'nobody'}",
            f"what was sent   http://{host}:{free}/_emulator/messages",
            f"a page of it    http://{host}:{free}/",
        )
    uvloop.install()
    run_kept(
        state,
        lambda file: serve(
            held,
            settings,
            (host, free),
            ready_file,
            state_file=file,
            until_stdin_closes=until_stdin_closes,
        ),
        renews=renew_state,
    )


def _random() -> str:
    """A credential of this run, for a program that guards nothing."""
    return f"{SeededChance().bits(128):032x}"
