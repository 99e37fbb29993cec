"""`meta-emulator advance`: days pass at once, here and at whoever follows the clock."""

from typing import Annotated, Any

import typer

from meta_emulator.cli.calling import URL, Control, JsonOption, UrlOption
from meta_emulator.cli.output import MisusedError, print_json, print_lines
from meta_emulator.runtime.durations import parse_duration

LONGEST_S = 3600.0
"""How long an answer is waited for: it comes when all that fell due has been brought."""


def advance(
    duration: Annotated[str, typer.Argument(help="How far: 90s, 24h, 7d, 1h30m.")],
    freeze: Annotated[
        bool | None,
        typer.Option("--freeze/--thaw", help="Let the clock stand still from now on, or go on."),
    ] = None,
    url: UrlOption = URL,
    as_json: JsonOption = False,
) -> None:
    """Move the clock of an emulator that runs; returns when all that fell due has been brought.

    Example: meta-emulator advance 24h
    """
    try:
        parse_duration(duration)
    except ValueError as error:
        raise MisusedError(f"{error}.") from error
    order: dict[str, Any] = {"advance": duration}
    if freeze is not None:
        order["freeze"] = freeze
    (shown,) = Control(url).post("clock", order, LONGEST_S)
    if as_json:
        print_json(shown)
        return
    ahead = f"{shown['ahead_s']:.0f} s ahead of its start" if shown["ahead_s"] else "as it began"
    print_lines(f"It is {shown['now']}, {ahead}.")
    if shown["is_frozen"]:
        print_lines("The clock stands still; `meta-emulator advance 0s --thaw` lets it go on.")
