"""The exception tree: surprises, not decisions. What was decided is a value.

    WaypostError
      ConfigError          the start is refused: a setting is unknown or wrong (runtime/config.py)
      StoreError           the database did not do what was asked
        UnknownSchemaError     this program does not know this database; nothing was touched
        StoreBusyError         another gateway owns this data directory
      DirectoryError       an operator asked for something that cannot be
      TransportError       an HTTP call gave no answer
        NeverLeftError         it certainly never reached the other side
        AnswerLostError        it may have reached the other side
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


class TransportError(WaypostError):
    """An HTTP call gave no answer."""


class NeverLeftError(TransportError):
    """The request certainly never reached the other side."""


class AnswerLostError(TransportError):
    """The request may have reached the other side; its answer did not come back."""
