"""`meta-emulator openapi`: the description of the control API."""

from meta_emulator.cli.calling import URL, UrlOption
from meta_emulator.cli.output import print_json


def print_openapi(url: UrlOption = URL) -> None:
    """Print the OpenAPI 3.1 document of the control API; nothing has to run for it.

    Example: meta-emulator openapi > control-api.json
    """
    # The emulator's parts are many: help need not wait for them.
    from meta_emulator.local.description import describe_control  # noqa: PLC0415

    print_json(describe_control(url))
