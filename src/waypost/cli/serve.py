"""`waypost serve`: the gateway."""

import os
import sys
from typing import Annotated, Any

import structlog
import typer
import uvloop

from waypost.cli.settings import ConfigOption, load, takes_settings

_log = structlog.get_logger("waypost.serve")


@takes_settings
def serve(
    config: ConfigOption = None,
    worker: Annotated[int | None, typer.Option(hidden=True)] = None,
    **flags: Any,
) -> None:
    """Run the gateway, or a role of it, until SIGTERM or Ctrl-C.

    Examples: waypost serve --host 0.0.0.0 --data-dir /var/lib/waypost
    waypost serve --role dispatch --workers 4
    """
    loaded = load(flags, config)
    # The gateway's parts are many: a configuration that is refused need not wait for them.
    from waypost.assembly import Gateway  # noqa: PLC0415
    from waypost.serve import name_database, run_gateway, run_workers  # noqa: PLC0415

    if loaded.config.workers > 1 and worker is None:
        command = [sys.executable, "-m", "waypost", *sys.argv[1:]]
        raise typer.Exit(uvloop.run(run_workers(loaded.config, command)))

    def announce(gateway: Gateway) -> None:
        about = {} if worker is None else {"worker": worker}
        _log.info(
            "gateway.started",
            url=gateway.base_url,
            port=gateway.port,
            role=gateway.config.role,
            database=name_database(gateway.config),
            pid=os.getpid(),
            data_dir=str(loaded.config.data_dir),
            **about,
        )

    uvloop.run(run_gateway(loaded.config, ready=announce, worker=worker))
