"""`waypost serve`: the gateway."""

from typing import Any

import structlog
import uvloop

from waypost.cli.settings import ConfigOption, load, takes_settings

_log = structlog.get_logger("waypost.serve")


@takes_settings
def serve(config: ConfigOption = None, **flags: Any) -> None:
    """Run the gateway until SIGTERM or Ctrl-C.

    Example: waypost serve --host 0.0.0.0 --data-dir /var/lib/waypost
    """
    loaded = load(flags, config)
    # The gateway's parts are many: a configuration that is refused need not wait for them.
    from waypost.assembly import Gateway  # noqa: PLC0415
    from waypost.serve import run_gateway  # noqa: PLC0415

    def announce(gateway: Gateway) -> None:
        data_dir = str(loaded.config.data_dir)
        _log.info("gateway.started", url=gateway.base_url, port=gateway.port, data_dir=data_dir)

    uvloop.run(run_gateway(loaded.config, ready=announce))
