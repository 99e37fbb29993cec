"""`waypost emulate`: the emulator of Meta's Cloud API, in this process's place."""

import os
import sys
from typing import Any

import typer

EMULATOR = (sys.executable, "-m", "meta_emulator")
"""The emulator is another program: it is started, never imported."""

PASS_ON: dict[str, Any] = {
    "context_settings": {
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    },
}


def emulate(context: typer.Context) -> None:
    """Run the emulator of Meta's Cloud API: all that meta-emulator takes, commands and options.

    Example: waypost emulate --port 8090 --webhook-url http://127.0.0.1:8080/webhooks/meta
    """
    os.execv(EMULATOR[0], [*EMULATOR, *context.args])  # noqa: S606 - our own interpreter
