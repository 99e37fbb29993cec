"""A recipient stops or resumes marketing (reference 4.6)."""

from typing import Any

from meta_emulator.webhook.bodies import UNNAMED, Update, render_preference
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State

STOP, RESUME = "stop", "resume"


def wish(
    number: Number, person: tuple[str, str], value: str, state: State, reporter: Reporter
) -> dict[str, Any]:
    """The preference as the webhook tells it; the webhook is on its way.

    person  digits and name
    value   `stop` or `resume`
    """
    digits, name = person
    if value == STOP:
        state.stopped.add((number.id, digits))
    else:
        state.stopped.discard((number.id, digits))
    preference = {
        "wa_id": digits,
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(state.clock.now().timestamp()),
    }
    change = render_preference(number, digits, name or UNNAMED, preference)
    reporter.tell_app(Update(number.waba.id, change, person=digits))
    return preference
