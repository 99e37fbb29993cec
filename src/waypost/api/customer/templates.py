"""`/v2/<SID>/whatsapp/<waba_id>/message_templates`, as documented (`reference` kaleyra-v2 6)."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any

from litestar import delete, get, post, put
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response
from msgspec.structs import asdict

from waypost.api.customer.door import meta_fault, processed, read_object, refuse
from waypost.api.customer.hands import CustomerHands
from waypost.directory.templates import TemplateQuery, find_named
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import MetaRefusedError, NotFoundError
from waypost.model.refusal import Fault
from waypost.model.template import Template

TEMPLATES = "/{sid:str}/whatsapp/{waba_id:str}/message_templates"
MOST_AT_ONCE = 100

Limit = Annotated[int | None, QueryParameter(ge=1, le=10_000)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Several = Annotated[
    str | None, QueryParameter(description="Several with commas between, at most 100.")
]


@post(TEMPLATES, status_code=200)
async def create_message_template(
    hands: NamedDependency[CustomerHands],
    sid: FromPath[str],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    waba_id: FromPath[str],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Give a new template to Meta's review.

    The body is Meta's own. It is checked first; with a fault nothing is asked of Meta.
    """
    definition = await _definition(request)
    created = await hands.templates.create(account, waba_id, definition, actor)
    if isinstance(created, tuple):
        raise refuse(*created)
    await hands.accounts.find_anew(sid)
    return processed(asdict(created))


@get(TEMPLATES)
async def list_message_templates(
    hands: NamedDependency[CustomerHands],
    sid: FromPath[str],
    waba_id: FromPath[str],
    account: NamedDependency[Account],
    name: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    language: FromQuery[str | None] = None,
    category: FromQuery[str | None] = None,
    limit: Limit = None,
    offset: Offset = 0,
) -> Response[bytes]:
    """List a WABA's templates, with their components as Meta has them."""
    fresh = await hands.accounts.find_anew(sid) or account
    query = TemplateQuery(name, language, status, category, limit, offset)
    found = hands.templates.list(fresh, waba_id, query)
    return processed([show_template(one, sid) for one in found])


@put(TEMPLATES)
async def edit_message_template(
    hands: NamedDependency[CustomerHands],
    sid: FromPath[str],
    waba_id: FromPath[str],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
    template_id: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Change a template.

    The body is Meta's own, with `template_id`, or `name` and `language`, to say which.
    """
    change = await _definition(request)
    if template_id is not None:
        change["template_id"] = template_id
    fresh = await hands.accounts.find_anew(sid) or account
    edited = await hands.templates.edit(fresh, waba_id, change, actor)
    if isinstance(edited, tuple):
        raise refuse(*edited)
    return processed(dict(edited))


@delete(TEMPLATES, status_code=200)
async def delete_message_templates(
    hands: NamedDependency[CustomerHands],
    sid: FromPath[str],
    waba_id: FromPath[str],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    name: FromQuery[str | None] = None,
    template_id: FromQuery[str | None] = None,
    names: Several = None,
    ids: Several = None,
) -> Response[bytes]:
    """Delete templates.

    By `name` all languages of one go, with `template_id` beside it the one. `names` or `ids`
    deletes several: what could not be deleted is listed under `failed`.
    """
    fresh = await hands.accounts.find_anew(sid) or account

    async def remove(name: str, template_id: str | None) -> None:
        await hands.templates.delete(fresh, waba_id, name, template_id, actor)
        await hands.accounts.find_anew(sid)

    if names or ids:
        wanted: list[tuple[str | None, str | None]] = [(one, None) for one in _split(names)]
        wanted += [(None, one) for one in _split(ids)]
        return await _delete_several(fresh, waba_id, wanted, remove)
    if not name and not template_id:
        message = "Say which template: by name, name and template_id, names, or ids."
        raise refuse(Fault("query/name", "required", message))
    named = name or find_named(fresh, waba_id, {"template_id": template_id}).name
    await remove(named, template_id)
    return processed({"success": True})


HANDLERS: Sequence[Any] = (
    create_message_template,
    list_message_templates,
    edit_message_template,
    delete_message_templates,
)


def show_template(template: Template, sid: str) -> dict[str, Any]:
    """A template as `data` lists it: Meta's keys, and the account's SID as `company_id`."""
    shown: dict[str, Any] = {
        "id": template.template_id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "parameter_format": template.parameter_format,
        "components": [dict(one) for one in template.components],
        "company_id": sid,
    }
    if template.quality:
        shown["quality_score"] = {"score": template.quality}
    if template.rejected_reason:
        shown["rejected_reason"] = template.rejected_reason
    return shown


async def _definition(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The body, taken out of `messaging_object` if it is wrapped."""
    body = read_object(await request.body(), request.headers.get("content-type", ""))
    wrapped = body.get("messaging_object")
    return wrapped if isinstance(wrapped, dict) and "name" not in body else body


def _split(several: str | None) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in (several or "").split(",") if one.strip()))


async def _delete_several(
    account: Account,
    waba_id: str,
    wanted: Sequence[tuple[str | None, str | None]],
    remove: Callable[[str, str | None], Coroutine[Any, Any, None]],
) -> Response[bytes]:
    """One after the other; those that fail do not stand in the way of the others."""
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        message = f"{len(wanted)} templates are named; one request deletes 1 to {MOST_AT_ONCE}."
        raise refuse(Fault("query/names", "too_many", message))
    deleted: list[dict[str, str | None]] = []
    failed: list[Fault] = []
    for name, template_id in wanted:
        which = "names" if template_id is None else "ids"
        try:
            named = name or find_named(account, waba_id, {"template_id": template_id}).name
            await remove(named, template_id)
        except MetaRefusedError as error:
            fault = meta_fault(error)
        except NotFoundError as error:
            fault = Fault("", "not_found", str(error))
        else:
            deleted.append({"name": named, "template_id": template_id})
            continue
        told = f"{name or template_id}: {fault.message}"
        failed.append(
            Fault(f"query/{which}", fault.code, told, None, None, fault.meta_code, fault.mend)
        )
    if not deleted:
        raise refuse(*failed)
    listed = [{"code": one.code, "message": one.message} for one in failed]
    return processed({"deleted": deleted, "failed": listed})
