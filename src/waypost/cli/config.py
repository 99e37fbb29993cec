"""`waypost config` and `waypost version`: what this installation is."""

from typing import Any

from waypost.cli.output import print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, JsonOption, load, takes_settings
from waypost.runtime.config import render_config
from waypost.version import __version__


@takes_settings
def config(config: ConfigOption = None, as_json: JsonOption = False, **flags: Any) -> None:
    """Show every setting with its value and where that came from; secrets as stars.

    Example: WAYPOST_PORT=9000 waypost config
    """
    rows = render_config(load(flags, config))
    if as_json:
        print_json({row.name: {"value": row.value, "origin": row.origin} for row in rows})
    else:
        print_rows(("setting", "value", "from"), [row[:3] for row in rows])


def version(as_json: JsonOption = False) -> None:
    """Show the version."""
    if as_json:
        print_json({"version": __version__})
    else:
        print_lines(__version__)
