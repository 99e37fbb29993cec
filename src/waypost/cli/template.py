"""`waypost template`: what Meta approved, what became of it, and what is to be approved."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from msgspec.structs import asdict

from waypost.cli.account import Sid
from waypost.cli.at_meta import MetaOption, choose_meta, work_at_meta
from waypost.cli.findings import tell_faults
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    REFUSED,
    CommandError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.template_text import tell_template
from waypost.cli.typed import read_object
from waypost.model.account import Account
from waypost.model.definition_check.check import check_definition
from waypost.model.refusal import Fault
from waypost.model.template import Template, TemplateChange

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Templates of an account.")

DEFINITION = "the definition"

Found = list[tuple[str, Template]]
"""Templates, each with the id of its WABA."""

WabaId = Annotated[str, typer.Argument(metavar="WABA_ID", help="Meta's id of the WABA.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The template's.")]
Language = Annotated[str, typer.Argument(metavar="LANGUAGE", help="Like en_US.")]
File = Annotated[
    str, typer.Argument(metavar="FILE", help="Its definition, JSON; - reads standard input.")
]
WabaOption = Annotated[str | None, typer.Option("--waba", metavar="WABA_ID", help="Of this WABA.")]


@application.command("list")
def list_templates(
    sid: Sid,
    name: Annotated[str | None, typer.Option(help="Whose name has this in it.")] = None,
    status: Annotated[str | None, typer.Option(help="Like APPROVED, PAUSED, REJECTED.")] = None,
    language: Annotated[str | None, typer.Option(help="Like en_US.")] = None,
    waba: WabaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List an account's templates, as last read from Meta.

    Example: waypost template list HXIN1234567890IN --status PAUSED
    """

    async def work(tools: "OperatorTools") -> Account:
        return await tools.registrar.find(sid)

    found = [
        (of_waba, one)
        for (of_waba, _, _), one in work_on(load_for(data, config), work).templates.items()
        if (waba is None or of_waba == waba)
        and (name is None or name.lower() in one.name.lower())
        and (status is None or one.status.upper() == status.upper())
        and (language is None or one.language.lower() == language.lower())
    ]
    _print_listed(found, as_json=as_json)


@application.command("show")
def show(
    sid: Sid,
    name: Name,
    language: Annotated[
        str | None, typer.Argument(metavar="LANGUAGE", help="Like en_US; else all of them.")
    ] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a template with its components, as last read from Meta.

    Example: waypost template show HXIN1234567890IN abandoned_cart en_US
    """

    async def work(tools: "OperatorTools") -> Account:
        return await tools.registrar.find(sid)

    account = work_on(load_for(data, config), work)
    found = find_templates(account, name, language)
    if as_json:
        print_json([{"waba_id": waba_id, **asdict(one)} for waba_id, one in found])
        return
    for place, (waba_id, one) in enumerate(found):
        print_lines(*([""] if place else []), *tell_template(one, waba_id))


@application.command("sync")
def sync(
    sid: Sid,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read all templates of an account's WABAs from Meta.

    Example: waypost template sync HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> tuple[int, Account]:
        reports = await tools.synchronizer.sync_account(sid, who_acts())
        return sum(one.changes for one in reports), await tools.registrar.find(sid)

    changes, account = work_at_meta(choose_meta(meta_base_url, data, config), work)
    found = [(waba_id, one) for (waba_id, _, _), one in account.templates.items()]
    if as_json:
        _print_listed(found, as_json=True)
        return
    if not account.wabas:
        raise CommandError(f"{sid} has no WABA to read: `waypost waba add {sid} WABA_ID` first.")
    see = f"; `waypost template changes {sid}` shows what changed" if changes else ", as before"
    print_lines(f"{len(found)} templates of {sid} read from Meta{see}.")


@application.command("changes")
def changes(
    sid: Sid,
    waba: WabaOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of templates, the newest first: paused, recategorised, edited, gone.

    Example: waypost template changes HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[TemplateChange]:
        account = await tools.registrar.find(sid)
        wabas = list(account.wabas) if waba is None else [waba]
        found = [
            change
            for waba_id in wabas
            for change in await tools.templates.changes(account, waba_id, limit, None)
        ]
        return sorted(found, key=lambda one: one.change_id, reverse=True)[:limit]

    found = work_on(load_for(data, config), work)
    if as_json:
        print_json(found)
        return
    print_rows(
        ("when", "name", "language", "what", "before", "after", "reason", "told by"),
        [
            (
                show_time(one.changed_at),
                one.name,
                one.language,
                one.what,
                one.before,
                one.after,
                one.reason,
                one.source,
            )
            for one in found
        ],
    )


@application.command("check")
def check(file: File, as_json: JsonOption = False) -> None:
    """Hold a definition against Meta's rules, here and without asking anybody.

    Ends with 1 if Meta would not take it. Example: waypost template check template.json
    """
    faults = check_definition(read_object(file))
    if faults:
        _refuse(faults, as_json=as_json)
    if as_json:
        print_json({"findings": []})
    else:
        print_lines(
            f"{file} is a definition that Meta should take. Next: `waypost template create`."
        )


@application.command("create")
def create(
    sid: Sid,
    waba_id: WabaId,
    file: File,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a new template and give it to Meta's review.

    Example: waypost template create HXIN1234567890IN 102290129340398 template.json
    """
    definition = read_object(file)

    async def work(tools: "OperatorTools") -> Any:
        account = await tools.registrar.find(sid)
        return await tools.templates.create(account, waba_id, definition, who_acts())

    made = work_at_meta(choose_meta(meta_base_url, data, config), work)
    if isinstance(made, tuple):
        _refuse(made, as_json=as_json)
    if as_json:
        print_json(made)
    else:
        print_lines(
            f"{definition.get('name')} is {made.status} at Meta as {made.id}, category "
            f"{made.category}. `waypost template sync {sid}` reads what becomes of it; a running "
            "gateway is told by Meta."
        )


@application.command("edit")
def edit(
    sid: Sid,
    waba_id: WabaId,
    name: Name,
    language: Language,
    file: File,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a template's components or its category; FILE holds what changes.

    Example: waypost template edit HXIN1234567890IN 102290129340398 spring_sale en_US change.json
    """
    wanted = read_object(file)

    async def work(tools: "OperatorTools") -> Any:
        account = await tools.registrar.find(sid)
        template_id = _id_of(account, waba_id, name, language)
        asked = {**wanted, "template_id": template_id}
        return await tools.templates.edit(account, waba_id, asked, who_acts())

    answer = work_at_meta(choose_meta(meta_base_url, data, config), work)
    if isinstance(answer, tuple):
        _refuse(answer, as_json=as_json)
    if as_json:
        print_json(answer)
    else:
        print_lines(
            f"Meta took the change of {name} ({language}) and may review it again; "
            f"`waypost template sync {sid}` reads what becomes of it."
        )


@application.command("delete")
def delete(
    sid: Sid,
    waba_id: WabaId,
    name: Name,
    language: Annotated[
        str | None, typer.Option(help="Only this one; else the template in every language.")
    ] = None,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a template at Meta, in all languages or one.

    Example: waypost template delete HXIN1234567890IN 102290129340398 spring_sale --language en_US
    """

    async def work(tools: "OperatorTools") -> None:
        account = await tools.registrar.find(sid)
        id_ = None if language is None else _id_of(account, waba_id, name, language)
        await tools.templates.delete(account, waba_id, name, id_, who_acts())

    work_at_meta(choose_meta(meta_base_url, data, config), work)
    if as_json:
        print_json({"sid": sid, "waba_id": waba_id, "name": name, "language": language})
    else:
        which = "in every language" if language is None else f"in {language}"
        print_lines(f"{name} is deleted {which}; Meta keeps its name from new ones for 30 days.")


@application.command("unpause")
def unpause(
    sid: Sid,
    waba_id: WabaId,
    name: Name,
    language: Language,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask Meta to let a paused template be sent again.

    Example: waypost template unpause HXIN1234567890IN 102290129340398 spring_sale en_US
    """

    async def work(tools: "OperatorTools") -> None:
        account = await tools.registrar.find(sid)
        template_id = _id_of(account, waba_id, name, language)
        await tools.templates.unpause(account, waba_id, template_id, who_acts())

    work_at_meta(choose_meta(meta_base_url, data, config), work)
    if as_json:
        print_json({"sid": sid, "waba_id": waba_id, "name": name, "language": language})
    else:
        print_lines(
            f"Meta unpauses {name} ({language}); `waypost template sync {sid}` reads its status."
        )


def find_templates(account: Account, name: str, language: str | None) -> Found:
    """The templates of this name, in one language or in all. Raises CommandError."""
    found = [
        (waba_id, one)
        for (waba_id, _, _), one in account.templates.items()
        if one.name == name and language in (None, one.language)
    ]
    if found:
        return found
    languages = sorted({one.language for one in account.templates.values() if one.name == name})
    if languages:
        raise CommandError(f"{name} is not known in {language}, but in {', '.join(languages)}.")
    raise CommandError(
        f"{account.sid} has no template {name}, as last read from Meta. `waypost template list "
        f"{account.sid}` shows those it has; `waypost template sync {account.sid}` reads them anew."
    )


def _id_of(account: Account, waba_id: str, name: str, language: str) -> str:
    """Meta's id of a template. Raises CommandError."""
    for of_waba, one in find_templates(account, name, language):
        if of_waba == waba_id and one.template_id:
            return one.template_id
    raise CommandError(
        f"{name} ({language}) is none of the WABA {waba_id}, or its id is not known: "
        f"`waypost template sync {account.sid}` reads it from Meta."
    )


def _refuse(faults: tuple[Fault, ...], *, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"findings": faults})
    else:
        things = "1 thing is" if len(faults) == 1 else f"{len(faults)} things are"
        print_lines(f"Refused: {things} to mend.", *tell_faults(faults, DEFINITION))
    raise typer.Exit(REFUSED)


def _print_listed(found: Found, *, as_json: bool) -> None:
    rows = [_row(*one) for one in found]
    if as_json:
        print_json(rows)
    else:
        print_rows(
            ("name", "language", "category", "status", "quality", "WABA"),
            [tuple(row.values()) for row in rows],
        )


def _row(waba_id: str, template: Template) -> Mapping[str, str]:
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "quality": template.quality,
        "waba_id": waba_id,
    }
