"""How commands answer: exit codes, JSON, and sentences for what went wrong.

What was asked for goes to standard output, everything else to standard error.
"""

import sys
from typing import Any

import msgspec

REFUSED = 1
MISUSED = 2
UNREACHABLE = 3


class CommandError(Exception):
    """A command that cannot do what it was told; the text is a sentence for its user."""

    exit_code = REFUSED


class MisusedError(CommandError):
    """What was typed makes no sense."""

    exit_code = MISUSED


class UnreachableError(CommandError):
    """Somebody who is needed does not answer, or an address cannot be had."""

    exit_code = UNREACHABLE


def print_json(value: Any) -> None:
    """Any value as indented JSON; times are ISO 8601, bytes base64."""
    encoded = msgspec.json.encode(value)
    print_lines(msgspec.json.format(encoded, indent=2).decode())


def print_lines(*lines: str) -> None:
    """Lines as they are: never broken, never coloured, fit to be copied."""
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
