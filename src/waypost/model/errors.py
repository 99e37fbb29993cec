"""The exception tree: surprises, not decisions. What was decided is a value.

    WaypostError
      StoreError           the database did not do what was asked
        UnknownSchemaError     this program does not know this database; nothing was touched
        StoreBusyError         another gateway owns this data directory
        ConflictError          another process changed what this was drawn from; try again
      DirectoryError       somebody asked for something that cannot be
        NotFoundError          what was named does not exist
        TooFastError           it was asked for too often; it says when to ask again
        NotSetUpError          a setting of the gateway that this needs is not set
      MetaRefusedError     Meta refused what the directory asked of it, in Meta's words

Beside it, in the room that knows nothing of messages: `runtime.config.ConfigError`, and
`runtime.http.NeverLeftError` and `AnswerLostError`.
"""

from waypost.model.failure import Failure


class WaypostError(Exception):
    """The root; its text is a sentence for a person, with what to do next."""


class StoreError(WaypostError):
    """The database did not do what was asked."""


class UnknownSchemaError(StoreError):
    """This program does not know this database; nothing was touched."""


class StoreBusyError(StoreError):
    """Another gateway owns this data directory."""


class ConflictError(StoreError):
    """Another process changed what this was drawn from, and nothing was kept.

    The same may be tried again at once; stores do so by themselves, a few times.
    """


class DirectoryError(WaypostError):
    """Somebody asked for something that cannot be.

    place  a JSON pointer to what is wrong of what was given, by its name there; empty if it is
           no one thing
    """

    def __init__(self, told: str, place: str = "") -> None:
        super().__init__(told)
        self.place = place


class NotFoundError(DirectoryError):
    """What was named does not exist, or belongs to somebody else."""


class TooFastError(DirectoryError):
    """Something was asked for too often.

    retry_after_s  seconds until it may be asked for again
    """

    def __init__(self, told: str, retry_after_s: float) -> None:
        super().__init__(told)
        self.retry_after_s = retry_after_s


class NotSetUpError(DirectoryError):
    """A setting of the gateway that this needs is not set; the text is for its operator.

    setting  its name
    """

    def __init__(self, told: str, setting: str) -> None:
        super().__init__(told)
        self.setting = setting


class MetaRefusedError(WaypostError):
    """Meta refused what the directory asked of it.

    failure  Meta's code, and whose turn it is
    status   the HTTP status of Meta's answer
    subcode  Meta's `error_subcode`, 2388xxx for templates; None if it gave none
    """

    def __init__(self, told: str, failure: Failure, status: int, subcode: int | None) -> None:
        super().__init__(told)
        self.failure = failure
        self.status = status
        self.subcode = subcode
