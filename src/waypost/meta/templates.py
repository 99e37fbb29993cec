"""Templates in Meta's words: from its list to ours, and what it is asked for. Pure.

Source: `reference` 7.1, 7.6. What has an odd shape is skipped and counted, never raised.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from waypost.meta.graph import GraphCall
from waypost.meta.template_events import reason_of, word_of
from waypost.model.components import Components
from waypost.model.template import Template

FIELDS = (
    "id,name,language,category,status,components,parameter_format,quality_score,rejected_reason"
)
PAGE = "100"
"""How many templates one page of Meta's list has; a template may have some tens of kilobytes."""

EDITABLE = ("category", "components", "message_send_ttl_seconds", "parameter_format")


class ReadTemplates(Struct, frozen=True):
    """A list as it was understood; `skipped` counts what was no template."""

    templates: tuple[Template, ...]
    skipped: int


def read_templates(objects: Iterable[Any]) -> ReadTemplates:
    """Meta's template objects as templates; the last of a name and language that stand twice."""
    read: dict[tuple[str, str], Template] = {}
    skipped = 0
    for one in objects:
        template = read_template(one)
        if template is None:
            skipped += 1
        else:
            read[template.key] = template
    return ReadTemplates(tuple(read.values()), skipped)


def join_pages(pages: Iterable[ReadTemplates]) -> ReadTemplates:
    """The pages of one list as one; a template that moved from page to page stands once."""
    joined: dict[tuple[str, str], Template] = {}
    skipped = 0
    for page in pages:
        skipped += page.skipped
        joined.update({one.key: one for one in page.templates})
    return ReadTemplates(tuple(joined.values()), skipped)


def read_template(one: Any) -> Template | None:
    """One template object; None for what has no name, language or components of any use."""
    if not isinstance(one, dict):
        return None
    name, language, components = one.get("name"), one.get("language"), one.get("components", [])
    if not (isinstance(name, str) and name and isinstance(language, str) and language):
        return None
    if not isinstance(components, list) or not all(isinstance(part, dict) for part in components):
        return None
    return Template(
        name=name,
        language=language,
        category=word_of(one.get("category")),
        status=word_of(one.get("status")),
        components=Components.of(components).folded(),
        template_id=_id(one.get("id")),
        parameter_format=word_of(one.get("parameter_format")) or "POSITIONAL",
        quality=_quality(one.get("quality_score")),
        rejected_reason=reason_of(one.get("rejected_reason")),
    )


def list_call(waba_id: str, token: str) -> GraphCall:
    """All templates of a WABA, page by page."""
    query = {"fields": FIELDS, "limit": PAGE}
    return GraphCall("GET", f"{waba_id}/message_templates", token, query)


def find_call(waba_id: str, token: str, name: str) -> GraphCall:
    """The templates of a WABA whose names contain this one, page by page (`reference` 7.1)."""
    query = {"fields": FIELDS, "limit": PAGE, "name": name}
    return GraphCall("GET", f"{waba_id}/message_templates", token, query)


def create_call(waba_id: str, token: str, definition: Mapping[str, Any]) -> GraphCall:
    """A new template, as the customer defined it."""
    return GraphCall("POST", f"{waba_id}/message_templates", token, body=dict(definition))


def edit_call(template_id: str, token: str, change: Mapping[str, Any]) -> GraphCall:
    """A change of a template: its category, or its components as a whole."""
    body = {key: change[key] for key in EDITABLE if key in change}
    return GraphCall("POST", template_id, token, body=body)


def delete_call(waba_id: str, token: str, name: str, template_id: str | None) -> GraphCall:
    """All languages of a template, or the one of this id."""
    query = {"name": name} if template_id is None else {"name": name, "hsm_id": template_id}
    return GraphCall("DELETE", f"{waba_id}/message_templates", token, query)


def unpause_call(template_id: str, token: str) -> GraphCall:
    """A paused template is to be sent again."""
    return GraphCall("POST", f"{template_id}/unpause", token)


def read_created(answer: Mapping[str, Any]) -> tuple[str, str, str]:
    """Id, status and category of a template that was just made; empty where Meta gave none."""
    return _id(answer.get("id")), word_of(answer.get("status")), word_of(answer.get("category"))


def _id(id_: Any) -> str:
    """Ids are strings in answers, numbers in webhooks."""
    return str(id_) if isinstance(id_, str | int) and not isinstance(id_, bool) else ""


def _quality(score: Any) -> str:
    if isinstance(score, dict):
        score = score.get("score")
    return word_of(score)
