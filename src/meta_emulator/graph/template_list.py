"""The list of templates: filters, fields, pages (reference 7.1)."""

from typing import Any

from meta_emulator.definitions.review_rule import texts_of
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.paging import page
from meta_emulator.world.objects import Template, Waba

TEMPLATE_FIELDS = (
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "sub_category",
    "previous_category",
    "message_send_ttl_seconds",
)
FILTERS = {
    "status": "status",
    "language": "language",
    "category": "category",
    "quality_score": "quality",
    "quality": "quality",
}
"""Parameters of the query that have one word or several, and what of a template they mean."""

TEMPLATE_LIMIT = 250
VERIFIED_LIMIT = 6000


class TemplateList:
    """Answers the edges that show templates."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("waba", "GET", "message_templates"): self.listed,
            ("template", "GET", ""): self.show,
        }

    def show(self, request: Request, template: Template) -> Answer:
        """`GET /<template id>`."""
        shown = pick(template_object(template), request.query.get("fields"), TEMPLATE_FIELDS)
        return self._responder.success(encode(shown), request.version, template.waba_id)

    def listed(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/message_templates`, filtered by the query."""
        query = request.query
        found = matching(waba, query)
        shown = page(
            found,
            request,
            lambda template: pick(template_object(template), query.get("fields"), TEMPLATE_FIELDS),
        )
        if isinstance(shown, GraphError):
            return self._responder.error(shown, request.version)
        if query.get("summary", "false") != "false":
            shown["summary"] = {
                "total_count": len(found),
                "message_template_count": len(waba.templates),
                "message_template_limit": limit_of(waba),
                "are_translations_complete": True,
            }
        return self._responder.success(encode(shown), request.version, waba.id)


def limit_of(waba: Waba) -> int:
    """How many templates the account may have: more if it is verified and has a known name."""
    is_named = any(number.seed.name_status == "APPROVED" for number in waba.numbers)
    return VERIFIED_LIMIT if waba.is_verified and is_named else TEMPLATE_LIMIT


def matching(waba: Waba, query: dict[str, str]) -> list[Template]:
    """The account's templates that the query's filters let through, in order of creation."""
    wanted = [
        (attribute, {word.strip(' "').lower() for word in query[key].strip("[]").split(",")})
        for key, attribute in FILTERS.items()
        if query.get(key)
    ]
    name, content, either = (
        query.get(key, "").lower() for key in ("name", "content", "name_or_content")
    )
    return [
        template
        for template in waba.templates.values()
        if all(str(getattr(template, attribute)).lower() in words for attribute, words in wanted)
        and name in template.name.lower()
        and (not content or content in _content(template))
        and (not either or either in template.name.lower() or either in _content(template))
    ]


def _content(template: Template) -> str:
    return "\n".join(texts_of(template.components)).lower()


def template_object(template: Template) -> dict[str, Any]:
    """A template as Meta shows it; what it does not have is left out."""
    shown = {
        "name": template.name,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "sub_category": template.sub_category,
        "previous_category": template.previous_category,
        "correct_category": template.correct_category,
        "message_send_ttl_seconds": template.life_s,
        "quality_score": {"score": template.quality, "date": template.quality_at},
        "rejected_reason": template.rejected_reason,
        **template.extras,
        "id": template.id,
    }
    return {key: value for key, value in shown.items() if value is not None}
