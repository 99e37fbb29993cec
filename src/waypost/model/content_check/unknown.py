"""What nobody here knows: it may be a slip, or new at Meta."""

from waypost.model.content_check.part import Part
from waypost.model.finding import FindingCode

_UNSUPPORTED = 131051


def add_unknown(part: Part, key: str, what: str) -> None:
    """A finding at `key`: `what` ("messages of type x") are not known here."""
    shown = what.encode("utf-8", "replace").decode()
    part.add(
        key,
        FindingCode.KIND_UNKNOWN,
        _UNSUPPORTED,
        f"{shown} are not known here",
        "Look whether it is misspelt; if Meta has added it, have the account's check mode set to "
        "warn or off.",
    )
