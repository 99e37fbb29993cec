"""`waypost dev`: a gateway and an emulated WhatsApp, ready to be tried out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import uvloop
from rich.panel import Panel
from rich.text import Text

from waypost.cli.output import console, print_json, print_lines, program
from waypost.cli.ready import DEV_DATA, Ready
from waypost.cli.samples import load_samples, render_curl
from waypost.cli.settings import ConfigOption, DataOption, JsonOption

if TYPE_CHECKING:
    from waypost.cli.pair import Plan


def dev(
    host: Annotated[str, typer.Option(help="The address that both listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The gateway's; 0 takes a free one.")
    ] = 8080,
    emulator_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The emulator's; 0 takes a free one.")
    ] = 8090,
    data: DataOption = None,
    ready_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Written, as JSON, once both answer.")
    ] = None,
    status_delays: Annotated[
        str | None,
        typer.Option(
            metavar="DELAYS", help="Of the emulator, in ms: sent=150,delivered=600,read=1500."
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a gateway and the emulator of Meta's Cloud API, with a demo account.

    Prints a ready curl for each documented message. Ctrl-C stops both.

    Example: waypost dev --port 9000
    """
    # The gateway's parts are many: help need not wait for them.
    from waypost.cli.pair import Plan, run_pair  # noqa: PLC0415

    plan = Plan(
        host=host,
        port=port,
        emulator_port=emulator_port,
        data=DEV_DATA if data is None else Path(data),
        config_file=config,
        ready_file=ready_file,
        status_delays=status_delays,
    )

    def present(ready: Ready) -> None:
        if as_json:
            print_json(ready)
        else:
            print_welcome(ready, plan)

    uvloop.run(run_pair(plan, present))


def print_welcome(ready: Ready, plan: "Plan") -> None:
    """What there is, what to paste, and where to look then."""
    facts = Text()
    for word, value in {
        "Gateway": ready.base_url,
        "Emulator": f"{ready.emulator_url}  (plays Meta's Cloud API; a browser shows its phone)",
        "Account": ready.sid,
        "Sender": ready.sender,
        "Data": str(plan.data),
    }.items():
        facts.append(f"{word:<10}", "bold cyan")
        facts.append(f"{value}\n")
    facts.rstrip()
    out = console()
    out.print(Panel(facts, title="Waypost is ready", expand=False, border_style="green"))
    for sample in load_samples():
        out.print(Text(f"\n# {sample.title}", style="bold green"))
        print_lines(render_curl(sample, ready))
    is_default = plan.data == DEV_DATA
    where = "" if is_default else f" --data {plan.data}"
    out.print(Text("\n# What became of it", style="bold green"))
    print_lines(
        f"{program()} why ID --data {plan.data}",
        f"curl -s {ready.emulator_url}/_emulator/messages     # what Meta was sent",
        f"curl -s {ready.emulator_url}/_emulator/callbacks    # the callbacks as they came",
        f"{program()} demo{where}     # both messages, from the request to the last callback",
        "",
        "Ctrl-C stops both.",
    )
