"""The edges of templates that change them: create, edit, remove, unpause (reference 7.1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from meta_emulator.checks.forms import compile_form
from meta_emulator.definitions.extras import read_extras
from meta_emulator.definitions.rules import (
    Definition,
    check_category,
    check_format,
    check_heading,
    check_life,
)
from meta_emulator.definitions.shown import shown_components
from meta_emulator.graph.room import Edges
from meta_emulator.graph.template_list import limit_of
from meta_emulator.physics.pausing import Pausing
from meta_emulator.physics.review import Reviewer
from meta_emulator.physics.template_life import PENDING_DELETION, TemplateLife
from meta_emulator.protocol.answers import SUCCESS, Answer, Request, Responder, encode
from meta_emulator.protocol.errors import RefusedError, definition_refused, invalid, refused
from meta_emulator.protocol.parameters import parameters
from meta_emulator.settings import Settings
from meta_emulator.world.kept_limits import TEMPLATES
from meta_emulator.world.objects import Template, Waba
from meta_emulator.world.state import State

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

EDITS_OF = frozenset(
    {
        "category",
        "components",
        "cta_url_link_tracking_opted_out",
        "message_send_ttl_seconds",
        "parameter_format",
    }
)
"""What an edit may name."""

Object = dict[str, Any]


class Templates:
    """Answers the edges of templates."""

    def __init__(
        self,
        state: State,
        responder: Responder,
        settings: Settings,
        reviewer: Reviewer,
        physics: tuple[TemplateLife, Pausing],
    ) -> None:
        self._state = state
        self._responder = responder
        self._reviewer = reviewer
        self._settings = settings
        self._life, self._pausing = physics

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("waba", "POST", "message_templates"): self.create,
            ("waba", "DELETE", "message_templates"): self.remove,
            ("waba", "POST", "upsert_message_templates"): self.upsert,
            ("template", "POST", ""): self.edit,
            ("template", "POST", "unpause"): self.unpause,
        }

    def create(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/message_templates`."""
        return self._answer(request, waba.id, lambda: self._create(request, waba))

    def edit(self, request: Request, template: Template) -> Answer:
        """`POST /<template id>`."""
        return self._answer(request, template.waba_id, lambda: self._edit(request, template))

    def upsert(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/upsert_message_templates`: a one-time code in several languages."""
        return self._answer(request, waba.id, lambda: self._upsert(request, waba))

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
        self._pausing.unpause(template)
        return self._responder.success(SUCCESS, request.version, template.waba_id)

    def _answer(self, request: Request, waba_id: str, work: Callable[[], bytes]) -> Answer:
        try:
            body = work()
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version)
        return self._responder.success(body, request.version, waba_id)

    def _create(self, request: Request, waba: Waba) -> bytes:
        body = parameters(request)
        check_heading(body)
        template = self._made(body, waba)
        self._reviewer.begin(template)
        return encode({"id": template.id, "status": template.status, "category": template.category})

    def _made(self, body: Object, waba: Waba) -> Template:
        """The new template of a body whose heading is sound; raises RefusedError."""
        category = body["category"].upper()
        parameter_format = str(body.get("parameter_format") or "POSITIONAL").upper()
        life_s = read_life(body, category)
        extras = read_extras(body)
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
            life_s=life_s,
            sub_category=read_text(body, "sub_category"),
            extras=extras,
        )
        self._state.add_template(waba, template)
        self._life.begin(template)
        waba.created_at.append(now)
        return template

    def _upsert(self, request: Request, waba: Waba) -> bytes:
        """Each language is created, or gets the components; Meta reviews none of them for long."""
        body = parameters(request)
        languages = body.get("languages")
        if type(languages) is not list or not languages:
            raise RefusedError(invalid("The parameter languages is required."))
        for language in languages:
            check_heading({**body, "language": language})
        if body["category"].upper() != "AUTHENTICATION":
            raise RefusedError(invalid("Param category must be one of {AUTHENTICATION}."))
        components: Any = body.get("components")
        self._definition("AUTHENTICATION", "POSITIONAL").check(components)
        life_s = read_life(body, "AUTHENTICATION")
        # All that can be refused is looked at before the first language is touched.
        read_extras(body)
        read_text(body, "sub_category")
        existing = self._existing(waba, body["name"], list(dict.fromkeys(languages)))
        done: list[Object] = []
        for language, template in existing.items():
            if template is None:
                template = self._made({**body, "language": language}, waba)  # noqa: PLW2901
            else:
                self._reviewer.set_components(template, components, is_told=False)
                template.status, template.life_s = "PENDING", life_s
            self._reviewer.decide(template)
            done.append({"id": template.id, "language": language, "status": template.status})
        return encode({"data": done})

    def _existing(self, waba: Waba, name: str, languages: list[str]) -> dict[str, Template | None]:
        """What there is of each language; raises RefusedError if one of them cannot be upserted."""
        existing = {language: waba.templates.get((name, language)) for language in languages}
        for language, template in existing.items():
            if template is None or template.status == PENDING_DELETION:
                self._check_place(waba, name, language)
            elif template.category != "AUTHENTICATION":
                raise _fixed("The category of an existing template cannot be changed.")
        new = sum(template is None for template in existing.values())
        if new:
            self._check_limits(waba, new)
        return existing

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
        existing = waba.templates.get((name, language))
        if existing is not None and existing.status == PENDING_DELETION:
            raise _resting(language)
        if existing is not None:
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
            raise _resting(language)

    def _check_limits(self, waba: Waba, new: int = 1) -> None:
        """Raise RefusedError if `new` more pass the account's limits, where they are kept."""
        if TEMPLATES not in self._state.limits.names:
            return
        now = self._state.clock.now()
        while waba.created_at and waba.created_at[0] <= now - HOUR:
            waba.created_at.popleft()
        if len(waba.created_at) + new > CREATIONS_AN_HOUR:
            raise RefusedError(refused(80008))
        most = limit_of(waba)
        if len(waba.templates) + new > most:
            raise RefusedError(
                definition_refused(
                    TOO_MANY,
                    "Message Template Limit Exceeded",
                    f"The account has {most} templates, as many as it may have.",
                )
            )

    def _edit(self, request: Request, template: Template) -> bytes:
        body = parameters(request)
        if not EDITS_OF & set(body):
            raise RefusedError(invalid("The parameter components is required."))
        if template.status not in EDITABLE:
            raise _fixed(f"The template is {template.status} and cannot be edited.")
        category = str(body.get("category") or template.category)
        check_category(category)
        category = category.upper()
        is_approved = template.status == "APPROVED"
        if is_approved and category != template.category:
            raise _fixed("The category of an approved template cannot be changed.")
        parameter_format = str(body.get("parameter_format") or template.parameter_format)
        check_format(parameter_format)
        life_s = read_life({"message_send_ttl_seconds": template.life_s, **body}, category)
        extras = read_extras(body)
        components = body.get("components")
        if components is not None:
            self._definition(category, parameter_format.upper()).check(components)
        if is_approved and TEMPLATES in self._state.limits.names:
            self._check_edits(template)
        template.edited_at.append(self._state.clock.now())
        is_reviewed = components is not None or category != template.category
        template.category, template.life_s = category, life_s
        template.parameter_format = parameter_format.upper()
        template.extras.update(extras)
        if components is not None:
            self._reviewer.set_components(template, components, is_told=True)
            self._pausing.forget(template)
        if is_reviewed:
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
            self._life.remove(template)
        return SUCCESS

    def _meant(self, request: Request, waba: Waba) -> list[Template]:
        """The templates that a deletion names: all languages of a name, one id, or many."""
        given = parameters(request)
        if "hsm_ids" in given:
            if "name" in given or "hsm_id" in given:
                raise RefusedError(invalid("Param hsm_ids stands alone."))
            return [self._by_id(template_id, waba) for template_id in read_ids(given["hsm_ids"])]
        name = str(given.get("name") or "")
        if not name:
            raise RefusedError(invalid("The parameter name is required."))
        if given.get("hsm_id"):
            template = self._by_id(str(given["hsm_id"]), waba)
            if template.name != name:
                raise _not_found(name)
            return [template]
        found = [
            template
            for template in waba.templates.values()
            if template.name == name and template.status != PENDING_DELETION
        ]
        if not found:
            raise _not_found(name)
        return found

    def _by_id(self, template_id: str, waba: Waba) -> Template:
        template = self._state.templates.get(template_id)
        if template is None or template.waba_id != waba.id:
            raise _not_found(template_id)
        return template


def read_ids(given: Any) -> list[str]:
    """Ids of an array, or of a text with commas, each once; raises RefusedError."""
    words = given.strip("[]").split(",") if type(given) is str else given
    words = words if type(words) is list else [words]
    ids = list(dict.fromkeys(str(word).strip(' "') for word in words))
    if not all(ids) or not 1 <= len(ids) <= MOST_IDS:
        raise RefusedError(invalid(f"Param hsm_ids must have 1 to {MOST_IDS} ids."))
    return ids


def read_text(body: Object, key: str) -> str | None:
    """A text that may be left out; raises RefusedError."""
    value = body.get(key)
    if value is not None and type(value) is not str:
        raise RefusedError(invalid(f"Param {key} must be a string."))
    return value


def read_life(body: Object, category: str) -> int | None:
    """`message_send_ttl_seconds`, as it was given; raises RefusedError."""
    life_s: int | None = body.get("message_send_ttl_seconds")
    check_life(life_s, category)
    return life_s


def _resting(language: str) -> RefusedError:
    return RefusedError(
        definition_refused(
            LANGUAGE_RESTS,
            "Message Template Language Is Being Deleted",
            f"New {language} content can't be added while the existing {language} content"
            " is being deleted. Try again in 4 weeks or consider creating a new message"
            " template.",
        )
    )


def _fixed(text: str) -> RefusedError:
    return RefusedError(definition_refused(STATUS_FIXED, "Message Template Cannot Be Edited", text))


def _not_found(name: str) -> RefusedError:
    text = f"There is no message template {name} in this account."
    return RefusedError(definition_refused(NOT_FOUND, "Message Template Not Found", text))
