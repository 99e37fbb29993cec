"""Orders to an emulator that runs: a person writes, faults come, all is forgotten."""

from typing import Annotated, Any

import msgspec
import typer

from meta_emulator.cli.calling import URL, Control, JsonOption, UrlOption
from meta_emulator.cli.output import MisusedError, print_json, print_lines


def says(
    text: Annotated[str, typer.Argument(help="What is written.")],
    sender: Annotated[
        str, typer.Option("--from", metavar="NUMBER", help="Who writes, as +919876543210.")
    ],
    phone_number_id: Annotated[
        str | None, typer.Option(metavar="ID", help="To which number; by default the first.")
    ] = None,
    url: UrlOption = URL,
    as_json: JsonOption = False,
) -> None:
    """Have a person write to the business; prints the id of the message.

    Example: meta-emulator says --from +919876543210 "hi"
    """
    order = {"from": sender, "text": text}
    if phone_number_id is not None:
        order["phone_number_id"] = phone_number_id
    (said,) = Control(url).post("inbound", order)
    if as_json:
        print_json(said)
    else:
        print_lines(said["id"])


def faults(
    plan: Annotated[
        str | None,
        typer.Argument(metavar="[JSON]", help="What goes wrong from now on; {} lifts all."),
    ] = None,
    url: UrlOption = URL,
) -> None:
    """Put faults in force, or show those that are; prints them as JSON.

    Example: meta-emulator faults '{"refuse": {"code": 130429, "count": 3}}'
    """
    control = Control(url)
    (shown,) = control.get("faults") if plan is None else control.post("faults", _object(plan))
    print_json(shown)


def reset(url: UrlOption = URL) -> None:
    """Have the emulator forget all that happened.

    Example: meta-emulator reset
    """
    Control(url).post("reset")


def _object(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MisusedError(f"{text!r} is no JSON object: {error}") from error
