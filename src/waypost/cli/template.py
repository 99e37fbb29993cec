"""`waypost template`: what Meta approved."""

from typing import TYPE_CHECKING

import typer

from waypost.cli.account import Sid
from waypost.cli.opening import work_on
from waypost.cli.output import print_json, print_lines, print_rows
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.template import Template

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
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Read all templates of an account's WABAs from Meta.

    Example: waypost template sync HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[Template]:
        return await tools.registrar.sync_templates(sid, tools.meta)

    found = work_on(load_for(data, config), work)
    if as_json:
        print_json([_row(template) for template in found])
    else:
        print_lines(f"{len(found)} templates of {sid} read from Meta.")


def _row(template: Template) -> dict[str, str]:
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
    }
