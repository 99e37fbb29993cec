"""Templates of a WABA: looked at, made, changed, deleted, and what became of them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import asdict

from waypost.api.management.door import Before, Limit, Management
from waypost.api.management.shapes import (
    CheckShape,
    CreatedShape,
    Page,
    TemplateChangeShape,
    TemplateShape,
    show_changes,
    show_template,
)
from waypost.api.problem import ProblemError, details_of
from waypost.directory.templates import TemplateQuery, find_named, waba_of
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.definition_check.check import check_definition
from waypost.model.refusal import Fault

WABA = "/{sid:str}/wabas/{waba_id:str}"
TEMPLATES = f"{WABA}/templates"
TEMPLATE = f"{TEMPLATES}/{{template_id:str}}"
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000, description="How many are passed over.")]


@get(TEMPLATES)
async def list_templates(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    name: FromQuery[str | None] = None,
    language: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Page[TemplateShape]:
    """List what is known of a WABA's templates.

    They are by name and language; `next` is the offset of those that follow.
    """
    query = TemplateQuery(name, language, status, category, limit + 1, offset)
    found = management.templates.list(account, waba_id, query)
    shown = [show_template(one) for one in found[:limit]]
    return Page(shown, str(offset + limit) if len(found) > limit else None)


@get(f"{WABA}/template_changes")
async def list_template_changes(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    limit: Limit = 100,
    before: Before = None,
) -> Page[TemplateChangeShape]:
    """List what became of a WABA's templates: paused, recategorised, edited, gone.

    The newest first.
    """
    changes = await management.templates.changes(account, waba_id, limit, before)
    return show_changes(changes, limit)


@post(TEMPLATES, status_code=201)
async def create_template(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[dict[str, Any]],
) -> CreatedShape:
    """Give a new template to Meta's review.

    The body is Meta's own. It is checked here first; with a fault nothing is asked of Meta.
    """
    created = await management.templates.create(account, waba_id, data, actor)
    if isinstance(created, tuple):
        raise _refuse(created)
    await management.fresh(account.sid)
    return CreatedShape(**asdict(created))


@post(f"{TEMPLATES}/check", status_code=200)
async def check_template(
    account: NamedDependency[Account], waba_id: FromPath[str], data: JSONBody[dict[str, Any]]
) -> CheckShape:
    """Check a definition as `create` would, and ask nothing of Meta."""
    waba_of(account, waba_id)
    return CheckShape(details_of(check_definition(data)))


@patch(TEMPLATE)
async def edit_template(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    template_id: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[dict[str, Any]],
) -> dict[str, Any]:
    """Change a template.

    The body is Meta's own: `components`, or `category`. Answers as Meta did.
    """
    change = {**data, "template_id": template_id}
    edited: Mapping[str, Any] | tuple[Fault, ...] = await management.templates.edit(
        account, waba_id, change, actor
    )
    if isinstance(edited, tuple):
        raise _refuse(edited)
    return dict(edited)


@delete(TEMPLATES)
async def delete_template(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    actor: NamedDependency[Actor],
    name: Annotated[str, QueryParameter(min_length=1, max_length=512)],
    template_id: FromQuery[str | None] = None,
) -> None:
    """Delete a template at Meta.

    By its name all its languages go; with `template_id` only that one.
    """
    await management.templates.delete(account, waba_id, name, template_id, actor)
    await management.fresh(account.sid)


@post(f"{TEMPLATE}/unpause", status_code=200)
async def unpause_template(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    waba_id: FromPath[str],
    template_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> TemplateShape:
    """Ask Meta to let a paused template be sent again.

    Answers with the template as it is known now; what Meta makes of it is read within seconds.
    """
    await management.templates.unpause(account, waba_id, template_id, actor)
    fresh = await management.fresh(account.sid)
    return show_template(find_named(fresh, waba_id, {"template_id": template_id}))


HANDLERS: Sequence[Any] = (
    list_templates,
    list_template_changes,
    create_template,
    check_template,
    edit_template,
    delete_template,
    unpause_template,
)


def _refuse(faults: Sequence[Fault]) -> ProblemError:
    return ProblemError(
        "invalid_definition", f"Faults of the definition: {len(faults)}.", details_of(faults)
    )
