"""A place on the map.

Source: `reference` 1.4 (coordinates as strings) and its OpenAPI examples (as numbers).
"""

from waypost.model.content_check.part import INVALID, NOT_VALID, Part
from waypost.model.finding import FindingCode

_LIMITS = {"latitude": 90, "longitude": 180}


def check_location(message: Part) -> None:
    """The content of a location message."""
    location = message.part(
        "location", 'an object like {"latitude": 12.9716, "longitude": 77.5946}'
    )
    if location is None:
        return
    for key, limit in _LIMITS.items():
        _check_degrees(location, key, limit)
    for key in ("name", "address"):
        if location.value.get(key) != "":
            location.text(key, is_required=False)


def _check_degrees(location: Part, key: str, limit: int) -> None:
    right = f"a number of degrees from -{limit} to {limit}"
    if key not in location.value:
        location.missing(key, right)
        return
    value = location.value[key]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        location.wrong_kind(key, right)
        return
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        degrees = None
    if degrees is None:
        location.add(
            key, FindingCode.WRONG_TYPE, INVALID, f"the {key} is no number", f"Make {key} {right}."
        )
    elif not -limit <= degrees <= limit:
        location.add(
            key,
            FindingCode.OUT_OF_RANGE,
            NOT_VALID,
            f"the {key} is beyond {limit} degrees; it must be {right}",
            "Look whether latitude and longitude changed places.",
        )
