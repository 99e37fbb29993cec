"""`waypost serve`: the gateway."""

from typing import Any

import uvloop

from waypost.cli.settings import ConfigOption, load, takes_settings


@takes_settings
def serve(config: ConfigOption = None, **flags: Any) -> None:
    """Run the gateway until SIGTERM or Ctrl-C.

    Example: waypost serve --host 0.0.0.0 --data-dir /var/lib/waypost
    """
    loaded = load(flags, config)
    # The gateway's parts are many: a configuration that is refused need not wait for them.
    from waypost.serve import run_gateway  # noqa: PLC0415

    uvloop.run(run_gateway(loaded.config))
