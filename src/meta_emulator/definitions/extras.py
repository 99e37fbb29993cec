"""What a template may be created with besides its components, and is shown with afterwards.

Known from clients that give and ask for them; Meta's pages say little (reference 7.1).
"""

from typing import Any

from meta_emulator.protocol.errors import RefusedError, invalid

OPTED_OUT = "cta_url_link_tracking_opted_out"
FREEDOM = "degrees_of_freedom_spec"


def read_extras(body: dict[str, Any]) -> dict[str, Any]:
    """The extras of a request to create or edit; raises RefusedError."""
    extras: dict[str, Any] = {}
    if body.get(OPTED_OUT) is not None:
        if type(body[OPTED_OUT]) is not bool:
            raise RefusedError(invalid(f"Param {OPTED_OUT} must be a boolean."))
        extras[OPTED_OUT] = body[OPTED_OUT]
    if body.get(FREEDOM) is not None:
        if type(body[FREEDOM]) is not dict:
            raise RefusedError(invalid(f"Param {FREEDOM} must be an object."))
        extras[FREEDOM] = body[FREEDOM]
    return extras
