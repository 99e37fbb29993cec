"""What came of giving a message to Meta."""

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.meta_error import ErrorRow


class Taken(Struct, frozen=True):
    """Meta took it: its id there (a read receipt gets none), the number Meta says it reached."""

    wamid: str | None
    wa_id: str | None


class Refused(Struct, frozen=True):
    """Meta refused it, and said why; the row of its code says what is done about it."""

    failure: Failure
    row: ErrorRow


class NotReached(Struct, frozen=True):
    """The request certainly never reached Meta."""

    why: str


class TokenSealed(Struct, frozen=True):
    """No request was made: the access token it needs cannot be opened."""

    why: str


class Lost(Struct, frozen=True):
    """Meta may have taken it: the answer was lost."""

    why: str


Outcome = Taken | Refused | NotReached | TokenSealed | Lost
