"""Templates are archived and unarchived, many at a time (reference 7.1)."""

from collections.abc import Callable

from meta_emulator.graph.room import Edges
from meta_emulator.graph.templates import read_ids
from meta_emulator.physics.template_life import TemplateLife
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import RefusedError
from meta_emulator.protocol.parameters import parameters
from meta_emulator.world.objects import Template, Waba
from meta_emulator.world.state import State

UNKNOWN = "There is no such message template in this account."

Act = Callable[[Template], str | None]
"""Does it, and says why it cannot be done if it cannot."""


class TemplateArchive:
    """Answers the edges of the archive.

    The reference names no paths; they are those that a public client calls.
    """

    def __init__(self, state: State, responder: Responder, life: TemplateLife) -> None:
        self._state = state
        self._responder = responder
        self._life = life

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("waba", "POST", "message_templates/archive"): self.archive,
            ("waba", "POST", "message_templates/unarchive"): self.unarchive,
        }

    def archive(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/message_templates/archive`."""
        return self._each(request, waba, "archived_templates", self._life.archive)

    def unarchive(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/message_templates/unarchive`."""
        return self._each(request, waba, "unarchived_templates", self._life.unarchive)

    def _each(self, request: Request, waba: Waba, key: str, act: Act) -> Answer:
        """Some may fail while the others are done: each failed one has its reason."""
        try:
            ids = read_ids(parameters(request).get("hsm_ids", ""))
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version)
        done: list[str] = []
        failed: dict[str, str] = {}
        for template_id in ids:
            template = self._state.templates.get(template_id)
            is_known = template is not None and template.waba_id == waba.id
            fault = act(template) if template is not None and is_known else UNKNOWN
            if fault is None:
                done.append(template_id)
            else:
                failed[template_id] = fault
        answer = encode({key: done, "failed_templates": failed})
        return self._responder.success(answer, request.version, waba.id)
