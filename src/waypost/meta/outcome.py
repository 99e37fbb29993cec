"""What came of giving a message to Meta."""

from dataclasses import dataclass

from waypost.meta.errors import ErrorClass
from waypost.model.failure import Failure


@dataclass(frozen=True, slots=True)
class Taken:
    """Meta took it: its id there, and the number Meta says it reached."""

    wamid: str
    wa_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Meta refused it, and said why."""

    failure: Failure
    error_class: ErrorClass


@dataclass(frozen=True, slots=True)
class NotReached:
    """The request certainly never reached Meta."""

    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Meta may have taken it: the answer was lost."""

    why: str


Outcome = Taken | Refused | NotReached | Lost
