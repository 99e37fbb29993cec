"""The edges of templates: create, list, show, edit, remove, unpause (reference 7.1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from meta_emulator.checks.forms import compile_form
from meta_emulator.definitions.rules import Definition, check_category, check_heading, check_life
from meta_emulator.definitions.shown import shown_components
from meta_emulator.graph.messages import SUCCESS, read_object
from meta_emulator.graph.room import Edges
from meta_emulator.physics.review import Reviewer
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import (
    GraphError,
    RefusedError,
    definition_refused,
    invalid,
    refused,
)
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.paging import page
from meta_emulator.settings import Settings
from meta_emulator.world.objects import Template, Waba
from meta_emulator.world.state import State

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
FILTERS = ("status", "language", "category", "quality_score")
TEMPLATE_LIMIT = 250
CREATIONS_AN_HOUR = 100
HOUR = timedelta(hours=1)
NAME_REST = timedelta(days=30)
MOST_IDS = 100
EDITABLE = frozenset({"APPROVED", "REJECTED", "PAUSED"})
EDITS = ((timedelta(days=1), 1), (timedelta(days=30), 10))
"""Of an approved template, in how long how many."""

LANGUAGE_EXISTS = 2388024
LANGUAGE_RESTS = 2388023
TOO_MANY = 2388019
STATUS_FIXED = 2388039
NOT_FOUND = 2593002


class Templates:
    """Answers the edges of templates."""

    def __init__(
        self, state: State, responder: Responder, reviewer: Reviewer, settings: Settings
    ) -> None:
        self._state = state
        self._responder = responder
        self._reviewer = reviewer
        self._settings = settings

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("waba", "GET", "message_templates"): self.listed,
            ("waba", "POST", "message_templates"): self.create,
            ("waba", "DELETE", "message_templates"): self.remove,
            ("template", "GET", ""): self.show,
            ("template", "POST", ""): self.edit,
            ("template", "POST", "unpause"): self.unpause,
        }

    def create(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/message_templates`."""
        return self._answer(request, waba.id, lambda: self._create(request, waba))

    def edit(self, request: Request, template: Template) -> Answer:
        """`POST /<template id>`."""
        return self._answer(request, template.waba_id, lambda: self._edit(request, template))

    def remove(self, request: Request, waba: Waba) -> Answer:
        """`DELETE /<WABA id>/message_templates`."""
        return self._answer(request, waba.id, lambda: self._remove(request, waba))

    def unpause(self, request: Request, template: Template) -> Answer:
        """`POST /<template id>/unpause`."""
        if template.status != "PAUSED":
            fault = definition_refused(
                STATUS_FIXED, "Template Status", f"The template is {template.status}, not PAUSED."
            )
            return self._responder.error(fault, request.version)
        info = {"title": "UNPAUSE", "description": "The template was unpaused."}
        self._reviewer.set_status(template, "APPROVED", "NONE", {"other_info": info})
        return self._responder.success(SUCCESS, request.version, template.waba_id)

    def show(self, request: Request, template: Template) -> Answer:
        """`GET /<template id>`."""
        shown = pick(template_object(template), request.query.get("fields"), TEMPLATE_FIELDS)
        return self._responder.success(encode(shown), request.version, template.waba_id)

    def listed(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/message_templates`, filtered by the query."""
        query = request.query
        wanted = {
            key: {word.strip(' "').lower() for word in query[key].strip("[]").split(",")}
            for key in FILTERS
            if query.get(key)
        }
        name = query.get("name", "").lower()
        content = query.get("content", "").lower()
        found = [
            template
            for template in waba.templates.values()
            if name in template.name.lower()
            and (not content or content in encode(template.components).decode().lower())
            and all(_value(template, key).lower() in words for key, words in wanted.items())
        ]
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
                "message_template_limit": TEMPLATE_LIMIT,
                "are_translations_complete": True,
            }
        return self._responder.success(encode(shown), request.version, waba.id)

    def _answer(self, request: Request, waba_id: str, work: Callable[[], bytes]) -> Answer:
        try:
            body = work()
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version)
        return self._responder.success(body, request.version, waba_id)

    def _create(self, request: Request, waba: Waba) -> bytes:
        body = read_object(request.body)
        check_heading(body)
        category = body["category"].upper()
        parameter_format = str(body.get("parameter_format") or "POSITIONAL").upper()
        check_life(body.get("message_send_ttl_seconds"), category)
        components: Any = body.get("components")
        self._definition(category, parameter_format).check(components)
        self._check_place(waba, body["name"], body["language"])
        self._check_limits(waba)
        if category == "UTILITY":
            category = self._reviewer.rule.category or category
        now = self._state.clock.now()
        template_id = str(10**15 + self._state.chance.bits(50))
        template = Template(
            template_id,
            body["name"],
            body["language"],
            category,
            "PENDING",
            parameter_format,
            shown_components(components, template_id),
            compile_form(components, parameter_format),
            waba.id,
            quality="UNKNOWN",
            quality_at=int(now.timestamp()),
            life_s=body.get("message_send_ttl_seconds"),
            sub_category=body.get("sub_category"),
        )
        self._state.add_template(waba, template)
        waba.created_at.append(now)
        self._reviewer.begin(template)
        return encode({"id": template.id, "status": template.status, "category": template.category})

    def _definition(self, category: str, parameter_format: str) -> Definition:
        is_named = parameter_format == "NAMED"
        return Definition(category, is_named=is_named, handle_kind=self._handle_kind)

    def _handle_kind(self, handle: str) -> str | None:
        mime_type = self._state.handles.get(handle)
        if mime_type is None:
            if self._settings.is_strict_about_handles:
                raise RefusedError(
                    definition_refused(
                        2388047,
                        "Message Header Format Is Incorrect",
                        "The sample of the header was not uploaded: its handle is not known.",
                    )
                )
            return None
        kind = mime_type.partition("/")[0].upper()
        return kind if kind in {"IMAGE", "VIDEO"} else "DOCUMENT"

    def _check_place(self, waba: Waba, name: str, language: str) -> None:
        """Raise RefusedError if the name has this language already, or rests after a deletion."""
        if (name, language) in waba.templates:
            raise RefusedError(
                definition_refused(
                    LANGUAGE_EXISTS,
                    "Content in This Language Already Exists",
                    f"There is already {language} content for this template. You can create a new"
                    " template and try again.",
                )
            )
        removed_at = waba.removed_at.get((name, language))
        if removed_at is not None and self._state.clock.now() < removed_at + NAME_REST:
            raise RefusedError(
                definition_refused(
                    LANGUAGE_RESTS,
                    "Message Template Language Is Being Deleted",
                    f"New {language} content can't be added while the existing {language} content"
                    " is being deleted. Try again in 4 weeks or consider creating a new message"
                    " template.",
                )
            )

    def _check_limits(self, waba: Waba) -> None:
        """Raise RefusedError for the account's limits, where they are kept."""
        if not self._settings.keeps_limits:
            return
        now = self._state.clock.now()
        while waba.created_at and waba.created_at[0] <= now - HOUR:
            waba.created_at.popleft()
        if len(waba.created_at) >= CREATIONS_AN_HOUR:
            raise RefusedError(refused(80008))
        if len(waba.templates) >= TEMPLATE_LIMIT:
            raise RefusedError(
                definition_refused(
                    TOO_MANY,
                    "Message Template Limit Exceeded",
                    f"The account has {TEMPLATE_LIMIT} templates, as many as it may have.",
                )
            )

    def _edit(self, request: Request, template: Template) -> bytes:
        body = read_object(request.body)
        if not {"category", "components", "message_send_ttl_seconds"} & set(body):
            raise RefusedError(invalid("The parameter components is required."))
        if template.status not in EDITABLE:
            raise _fixed(f"The template is {template.status} and cannot be edited.")
        category = str(body.get("category") or template.category)
        check_category(category)
        category = category.upper()
        is_approved = template.status == "APPROVED"
        if is_approved and category != template.category:
            raise _fixed("The category of an approved template cannot be changed.")
        check_life(body.get("message_send_ttl_seconds"), category)
        components = body.get("components")
        if components is not None:
            self._definition(category, template.parameter_format).check(components)
        if is_approved and self._settings.keeps_limits:
            self._check_edits(template)
        template.edited_at.append(self._state.clock.now())
        template.category = category
        template.life_s = body.get("message_send_ttl_seconds", template.life_s)
        if components is not None:
            self._reviewer.set_components(template, components, is_told=False)
            self._reviewer.begin(template)
        return SUCCESS

    def _check_edits(self, template: Template) -> None:
        now = self._state.clock.now()
        for span, most in EDITS:
            if sum(at > now - span for at in template.edited_at) >= most:
                raise _fixed(f"An approved template is edited {most} times in {span.days} days.")

    def _remove(self, request: Request, waba: Waba) -> bytes:
        found = self._meant(request, waba)
        for template in found:
            if template.status == "DISABLED":
                raise _fixed("A disabled template cannot be deleted.")
        for template in found:
            if template.status == "APPROVED":
                key = template.name, template.language
                waba.removed_at[key] = self._state.clock.now()
            self._reviewer.set_status(template, "DELETED", "NONE", {})
        return SUCCESS

    def _meant(self, request: Request, waba: Waba) -> list[Template]:
        """The templates that a deletion names: all languages of a name, one id, or many."""
        query = request.query
        many = [word.strip(' "') for word in query.get("hsm_ids", "").strip("[]").split(",")]
        if many != [""]:
            if len(many) > MOST_IDS or "name" in query or "hsm_id" in query:
                raise RefusedError(
                    invalid(f"Param hsm_ids has at most {MOST_IDS} ids and stands alone.")
                )
            return [self._by_id(template_id, waba) for template_id in many]
        name = query.get("name")
        if not name:
            raise RefusedError(invalid("The parameter name is required."))
        if query.get("hsm_id"):
            template = self._by_id(query["hsm_id"], waba)
            if template.name != name:
                raise _not_found(name)
            return [template]
        found = [template for template in waba.templates.values() if template.name == name]
        if not found:
            raise _not_found(name)
        return found

    def _by_id(self, template_id: str, waba: Waba) -> Template:
        template = self._state.templates.get(template_id)
        if template is None or template.waba_id != waba.id:
            raise _not_found(template_id)
        return template


def _fixed(text: str) -> RefusedError:
    return RefusedError(definition_refused(STATUS_FIXED, "Message Template Cannot Be Edited", text))


def _not_found(name: str) -> RefusedError:
    text = f"There is no message template {name} in this account."
    return RefusedError(definition_refused(NOT_FOUND, "Message Template Not Found", text))


def _value(template: Template, key: str) -> str:
    return template.quality if key == "quality_score" else str(getattr(template, key))


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
        "id": template.id,
    }
    return {key: value for key, value in shown.items() if value is not None}
