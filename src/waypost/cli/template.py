"""`waypost template`: what Meta approved."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.account import Sid
from waypost.cli.opening import work_on
from waypost.cli.output import UnreachableError, print_json, print_lines, print_rows
from waypost.cli.ready import KEPT, read_ready
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load, load_for
from waypost.model.template import Template
from waypost.runtime.config import SETTINGS, Config
from waypost.runtime.http import HttpError

if TYPE_CHECKING:
    from waypost.serve import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Templates of an account.")


@application.command("list")
def list_templates(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List an account's templates, as last read from Meta.

    Example: waypost template list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[Template]:
        return list((await tools.registrar.find(sid)).templates.values())

    rows = [_row(template) for template in work_on(load_for(data, config), work)]
    if as_json:
        print_json(rows)
    else:
        print_rows(
            ("name", "language", "category", "status"), [tuple(row.values()) for row in rows]
        )


@application.command("sync")
def sync(
    sid: Sid,
    meta_base_url: Annotated[
        str | None, typer.Option(metavar="URL", help=SETTINGS["meta_base_url"].about)
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read all templates of an account's WABAs from Meta.

    Example: waypost template sync HXIN1234567890IN
    """
    loaded = choose_meta(meta_base_url, data, config)

    async def work(tools: "OperatorTools") -> list[Template]:
        try:
            await tools.synchronizer.sync_account(sid)
        except HttpError as error:
            raise UnreachableError(f"{loaded.meta_base_url} does not answer: {error}.") from None
        return list((await tools.registrar.find(sid)).templates.values())

    found = work_on(loaded, work)
    if as_json:
        print_json([_row(template) for template in found])
    else:
        print_lines(f"{len(found)} templates of {sid} read from Meta.")


def choose_meta(meta_base_url: str | None, data: str | None, file: Path | None) -> Config:
    """The configuration; in a folder of `waypost dev` nothing set means its emulator.

    An account of the demo is unknown to Meta, and its token is nothing to tell Meta.
    Raises ConfigError.
    """
    loaded = load({"data_dir": data, "meta_base_url": meta_base_url}, file)
    if loaded.origins["meta_base_url"] == "default":
        demo = read_ready(loaded.config.data_dir / KEPT)
        if demo is not None:
            return replace(loaded.config, meta_base_url=demo.emulator_url)
    return loaded.config


def _row(template: Template) -> dict[str, str]:
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
    }
