"""What is wrong with a profile's own URL and body, told by their fields."""

from waypost.model.refusal import Fault
from waypost.wire.profile_template import check_template

TEMPLATE = "template_invalid"
PLACEHOLDERS = "docs/callbacks.md lists what `<name>` may stand for."


def find_template_faults(url: str, body: str | None, content_type: str) -> list[Fault]:
    """One fault for each placeholder that is none, and for a body that is none once filled."""
    faults = [
        Fault("/url", TEMPLATE, f"{told}.", mend=PLACEHOLDERS)
        for told in check_template(url, None, content_type)
    ]
    if body is not None:
        faults += [
            Fault("/body", TEMPLATE, f"{told}.", mend=PLACEHOLDERS)
            for told in check_template("", body, content_type)
        ]
    return faults
