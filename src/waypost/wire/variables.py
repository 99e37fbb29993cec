"""The documented variables of each event, for customers' own templates.

Source: reference/kaleyra-v2.md 2.5 (statuses), 3.2 (incoming), 3.3 to 3.5 (the others).
"""

from collections.abc import Mapping

from waypost.model.callback import CallbackEvent


def variables_of(event: CallbackEvent) -> Mapping[str, str]:
    """Texts by name."""
    return {"timestamp": str(int(event.occurred_at.timestamp()))}
