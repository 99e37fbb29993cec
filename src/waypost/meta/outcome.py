"""What came of giving a message to Meta."""

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.meta_error import ErrorRow


class Taken(Struct, frozen=True):
    """Meta took it: its id there (a read receipt gets none), the number Meta says it reached.

    held  what Meta does before it sends it on: `held_for_quality_assessment`, `paused`; empty:
          nothing
    """

    wamid: str | None
    wa_id: str | None
    held: str = ""


class Refused(Struct, frozen=True):
    """Meta refused it, and said why; the row of its code says what is done about it.

    status  the HTTP status of its answer; None: it is not known
    said    the answer, as it may be kept
    """

    failure: Failure
    row: ErrorRow
    status: int | None = None
    said: str = ""


class NotReached(Struct, frozen=True):
    """The request certainly never reached Meta."""

    why: str


class TokenSealed(Struct, frozen=True):
    """No request was made: the access token it needs cannot be opened."""

    why: str


class Lost(Struct, frozen=True):
    """Meta may have taken it: the answer was lost.

    status  of what came in its place; None: nothing came
    said    what came, as it may be kept
    """

    why: str
    status: int | None = None
    said: str = ""


Outcome = Taken | Refused | NotReached | TokenSealed | Lost
