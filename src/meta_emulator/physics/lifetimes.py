"""How long a message waits for its recipient: what is not delivered by then is dropped silently.

The template's `message_send_ttl_seconds`, or Meta's own: ten minutes for authentication, thirty
days for all else (reference 7.2). No webhook tells of it (reference 11), so that a client hears
`sent` and then nothing. A life ends what would have come after it, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import replace

from meta_emulator.physics.laws import Fate, Send
from meta_emulator.world.message import FAILED, Course, Step

DAYS_30 = 30 * 24 * 3600.0
MINUTES_10 = 600.0
METAS_OWN = -1
AUTHENTICATION = "authentication"

ARRIVALS = frozenset({"delivered", "read"})
"""Of these the first is bound to the life; what was delivered may be read years later."""


class Lifetimes(Fate):
    """Ends what the other fates decided, or the settings' delays, with the message's life."""

    def __init__(self, delays: Sequence[tuple[str, float]], fates: Sequence[Fate]) -> None:
        self._fates = [fate.course for fate in fates]
        usual = Course(tuple(Step(status, after_s) for status, after_s in delays))
        self._usual = usual
        self._usual_arrival_s = arrival_s(usual)

    def course(self, send: Send, failure: int | None) -> Course | None:
        """The course as it was decided, without what the life of the message does not allow."""
        life = life_s(send)
        for course_of in self._fates:
            course = course_of(send, failure)
            if course is not None:
                return within(course, life)
        if failure is not None or self._usual_arrival_s <= life:
            return None
        return within(self._usual, life)


def life_s(send: Send) -> float:
    """How long the message waits for its recipient."""
    template = send.template
    if template is not None and template.life_s is not None:
        return DAYS_30 if template.life_s == METAS_OWN else float(template.life_s)
    is_code = template is not None and template.category.lower() == AUTHENTICATION
    return MINUTES_10 if is_code else DAYS_30


def arrival_s(course: Course) -> float:
    """When a message reaches its recipient; 0 of one that never does."""
    return min((step.after_s for step in course.steps if step.status in ARRIVALS), default=0.0)


def within(course: Course, life: float) -> Course:
    """The course of a message that is dropped if it has not arrived within its life."""
    if arrival_s(course) <= life:
        return course
    kept = tuple(
        step
        for step in course.steps
        if step.status not in ARRIVALS and (step.status != FAILED or step.after_s <= life)
    )
    return replace(course, steps=kept)
