"""Why a WABA could not be read, as it is kept with it: all of it, or its catalogue alone. Pure."""

from msgspec.structs import replace

from waypost.model.errors import MetaRefusedError
from waypost.model.waba import Waba
from waypost.runtime.http import HttpError
from waypost.runtime.vault_error import VaultError

FAILURES = (MetaRefusedError, HttpError, VaultError)
"""Why a WABA cannot be read now; it is tried again."""

OF_CATALOGUE = "Its catalogue: "
"""How the failure of a WABA begins whose templates could be read."""


def failure_words(error: Exception) -> str:
    """Why a WABA could not be read."""
    if isinstance(error, MetaRefusedError):
        told = str(error).rstrip(". ")
        return f"Meta refused ({error.failure.code}): {told}. {error.failure.next_step}"
    if isinstance(error, HttpError):
        return f"Meta does not answer: {error}."
    return str(error)


def failure_of_catalogue(error: Exception) -> str:
    """Why its catalogue could not be read, while its templates could."""
    return OF_CATALOGUE + failure_words(error)


def catalogue_failure(waba: Waba) -> str | None:
    """Why its catalogue could not be read; None if that did not fail, or all of it did."""
    failure = waba.sync_failure
    return failure if failure is not None and failure.startswith(OF_CATALOGUE) else None


def with_catalogue_failure(waba: Waba, failure: str | None) -> Waba:
    """With this failure of its catalogue, unless its templates could not be read either."""
    if waba.sync_failure != catalogue_failure(waba):
        return waba
    return replace(waba, sync_failure=failure)
