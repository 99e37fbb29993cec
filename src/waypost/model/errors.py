"""The exception tree: surprises, not decisions. What was decided is a value.

    WaypostError
      StoreError           the database did not do what was asked
        UnknownSchemaError     this program does not know this database; nothing was touched
        StoreBusyError         another gateway owns this data directory
      DirectoryError       an operator asked for something that cannot be

Beside it, in the room that knows nothing of messages: `runtime.config.ConfigError`, and
`runtime.http.NeverLeftError` and `AnswerLostError`.
"""


class WaypostError(Exception):
    """The root; its text is a sentence for a person, with what to do next."""


class StoreError(WaypostError):
    """The database did not do what was asked."""


class UnknownSchemaError(StoreError):
    """This program does not know this database; nothing was touched."""


class StoreBusyError(StoreError):
    """Another gateway owns this data directory."""


class DirectoryError(WaypostError):
    """An operator asked for something that cannot be."""
