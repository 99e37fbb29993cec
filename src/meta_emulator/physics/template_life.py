"""What time does to templates: idle ones are archived, deleted ones wait for their messages.

A template that nobody has sent for 12 months is archived, and deleted 28 days later unless it was
unarchived. One that is deleted while messages are on their way is PENDING_DELETION: until they
have arrived, which is looked at every hour, and for 30 days at most (reference 7.1).
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.laws import Law, Send
from meta_emulator.physics.review import Reviewer
from meta_emulator.world.message import FAILED, Message
from meta_emulator.world.objects import Template
from meta_emulator.world.state import State

IDLE, EXPIRY, REMOVAL = "idle", "expiry", "removal"
IDLE_SPAN = timedelta(days=365)
EXPIRY_S = 28 * 24 * 3600.0
REMOVAL_SPAN = timedelta(days=30)
LOOK_S = 3600.0
SOON_S = 24 * 3600.0
ARCHIVABLE = frozenset({"APPROVED", "PAUSED", "REJECTED"})
ARCHIVED, PENDING_DELETION = "ARCHIVED", "PENDING_DELETION"
OVER = frozenset({"delivered", "read", FAILED})


class TemplateLife(Law):
    """When each template was sent last, and what it was before it was archived."""

    def __init__(self, state: State, reviewer: Reviewer, deadlines: Deadlines) -> None:
        self._state = state
        self._reviewer = reviewer
        self._deadlines = deadlines
        self._used_at: dict[str, datetime] = {}
        self._before: dict[str, str] = {}
        self._removed_at: dict[str, datetime] = {}
        deadlines.carry_out(IDLE, self._look_for_use)
        deadlines.carry_out(EXPIRY, self._expire)
        deadlines.carry_out(REMOVAL, self._look_for_messages)
        for template in state.templates.values():
            self.begin(template)

    def accept(self, send: Send) -> None:
        """A template that is sent is not idle."""
        if send.template is not None:
            self._used_at[send.template.id] = send.at

    def begin(self, template: Template) -> None:
        """The template is new: from now on it may become idle."""
        self._used_at[template.id] = self._state.clock.now()
        self._deadlines.add(IDLE, template.id, IDLE_SPAN.total_seconds())

    def archive(self, template: Template) -> str | None:
        """Archive it; why it cannot be, as a sentence, if it cannot."""
        if template.status not in ARCHIVABLE:
            return f"The template is {template.status} and cannot be archived."
        self._before[template.id] = template.status
        self._deadlines.add(EXPIRY, template.id, EXPIRY_S)
        self._reviewer.set_status(template, ARCHIVED, "NONE", {})
        return None

    def unarchive(self, template: Template) -> str | None:
        """Put it back into its status before; why that cannot be, if it cannot."""
        if template.status != ARCHIVED:
            return f"The template is {template.status} and not archived."
        self._deadlines.drop(EXPIRY, template.id)
        self.begin(template)
        self._reviewer.set_status(template, "UNARCHIVED", "NONE", {})
        before = self._before.pop(template.id, "APPROVED")
        self._reviewer.set_status_untold(template, before, None)
        return None

    def remove(self, template: Template) -> None:
        """Delete it, at once or when its messages have arrived."""
        if self._is_on_its_way(template):
            self._removed_at[template.id] = self._state.clock.now()
            self._reviewer.set_status(template, PENDING_DELETION, None, {})
            self._deadlines.add(REMOVAL, template.id, LOOK_S)
        else:
            self._end(template)

    def _look_for_use(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is None:
            return
        left = self._used_at[template_id] + IDLE_SPAN - self._state.clock.now()
        if left > timedelta(seconds=1):
            self._deadlines.add(IDLE, template_id, left.total_seconds())
        elif self.archive(template) is not None:
            self._deadlines.add(IDLE, template_id, SOON_S)

    def _expire(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is not None and template.status == ARCHIVED:
            self._end(template)

    def _look_for_messages(self, template_id: str) -> None:
        template = self._state.templates.get(template_id)
        if template is None or template.status != PENDING_DELETION:
            return
        since = self._state.clock.now() - self._removed_at[template_id]
        if since < REMOVAL_SPAN and self._is_on_its_way(template):
            self._deadlines.add(REMOVAL, template_id, LOOK_S)
        else:
            self._end(template)

    def _end(self, template: Template) -> None:
        for kind in (IDLE, EXPIRY, REMOVAL):
            self._deadlines.drop(kind, template.id)
        for kept in (self._used_at, self._before, self._removed_at):
            kept.pop(template.id, None)
        self._reviewer.set_status(template, "DELETED", "NONE", {})

    def _is_on_its_way(self, template: Template) -> bool:
        return any(
            is_of(message, template)
            for message in self._state.messages
            if not any(status.status in OVER for status in message.statuses)
        )

    def snapshot(self) -> Any:
        """Times and statuses by template; the deadlines keep themselves."""
        return {
            "used_at": {one: at.isoformat() for one, at in self._used_at.items()},
            "before": dict(self._before),
            "removed_at": {one: at.isoformat() for one, at in self._removed_at.items()},
        }

    def restore(self, kept: Any) -> None:
        """What a snapshot kept."""
        self._used_at = _times(kept["used_at"])
        self._before = dict(kept["before"])
        self._removed_at = _times(kept["removed_at"])


def is_of(message: Message, template: Template) -> bool:
    """Whether the message was made of the template."""
    if message.kind != "template" or message.number.waba.id != template.waba_id:
        return False
    if template.name.encode() not in message.request:
        return False  # most messages are told apart without being decoded
    shown = msgspec.json.decode(message.request)["template"]
    named = shown["name"], shown["language"]["code"]
    return bool(named == (template.name, template.language))


def _times(kept: dict[str, str]) -> dict[str, datetime]:
    return {one: datetime.fromisoformat(at) for one, at in kept.items()}
