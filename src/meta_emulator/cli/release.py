"""`meta-emulator release`: one captured message goes out to a real phone."""

from typing import Annotated
from urllib.parse import quote

import msgspec
import typer

from meta_emulator.cli.calling import URL, Control, JsonOption, UrlOption
from meta_emulator.cli.output import CommandError, print_json, print_lines

OK = 200


def release(
    wamid: Annotated[str, typer.Argument(metavar="WAMID", help="The message's id.")],
    again: Annotated[bool, typer.Option("--again", help="Also if it was released before.")] = False,
    url: UrlOption = URL,
    as_json: JsonOption = False,
) -> None:
    """Send one message that the emulator captured to the real API.

    Only to numbers that the emulator was started with (--release-to).

    Example: meta-emulator release wamid.HBgMOTE5ODc2NTQzMjEwFQIAERgS
    """
    path = f"messages/{quote(wamid, safe='')}/release"
    (released,) = Control(url).post(path, {"again": again}, 60)
    if as_json:
        print_json(released)
    else:
        answer = msgspec.json.encode(released["answer"]).decode()
        print_lines(f"The real API answers HTTP {released['status']}: {answer}")
    if released["status"] != OK:
        raise CommandError("It was not accepted there.")
