"""`meta-emulator proxy`: between a client and the real Graph API, to record, replay and disturb."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from meta_emulator.cli.output import MisusedError, UnreachableError, print_lines
from meta_emulator.faults import Faults, FaultsError, parse_faults


def proxy(
    upstream: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The real API, as https://graph.facebook.com."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Append every exchange, without its secrets."),
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answer from a recording; ask nobody.")
    ] = None,
    faults: Annotated[
        str | None, typer.Option(metavar="FILE|JSON", help="What goes wrong on purpose.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen at; 0 takes a free one.", min=0, max=65535)
    ] = 8091,
    ready_file: Annotated[
        Path | None, typer.Option(help="Written once it answers: its URL.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Stand between a client and the real API: record it, replay it, let things go wrong.

    Example: meta-emulator proxy --upstream https://graph.facebook.com --record exchanges.jsonl
    """
    if (upstream is None) == (replay is None):
        raise MisusedError("Give either --upstream URL or --replay FILE.")
    if record is not None and upstream is None:
        raise MisusedError("A replay cannot be recorded: leave --record away.")
    if upstream is not None and not upstream.startswith(("http://", "https://")):
        raise MisusedError(f"--upstream must begin with https://; it is {upstream!r}.")
    # The server's parts are many: help need not wait for them.
    from meta_emulator.proxy.server import Plan, serve_proxy  # noqa: PLC0415
    from meta_emulator.proxy.values import RecordingError  # noqa: PLC0415
    from meta_emulator.server import (  # noqa: PLC0415
        PortTakenError,
        ReadyFileError,
        check_ready_file,
        free_port,
    )

    try:
        check_ready_file(ready_file)
        plan = Plan(
            upstream,
            record,
            replay,
            read_faults(faults),
            host,
            free_port(host, port),
            ready_file,
        )
        if not quiet:
            print_lines(f"Cloud API  http://{host}:{plan.port}  ({upstream or replay})")
        uvloop.install()
        asyncio.run(serve_proxy(plan))
    except (FaultsError, RecordingError) as error:
        raise MisusedError(f"{error}.") from error
    except ReadyFileError as error:
        raise MisusedError(str(error)) from error
    except PortTakenError as error:
        raise UnreachableError(str(error)) from error


def read_faults(given: str | None) -> Faults:
    """The plan in a file or in the option itself; raises MisusedError or FaultsError."""
    if given is None:
        return Faults()
    if given.lstrip().startswith("{"):
        return parse_faults(given.encode())
    try:
        return parse_faults(Path(given).read_bytes())
    except OSError as error:
        raise MisusedError(f"{given} cannot be read: {error.strerror}.") from error
