"""Failure: why a message did not arrive. A value, never raised."""

from msgspec import Struct


class Failure(Struct, frozen=True):
    """One reason, in words a customer can act on.

    code       Meta's error code, or the documented code of our own: `131026`, `WAV2101`
    title      what happened, in a few words
    detail     what Meta, or we, said of this one case; empty if nothing
    next_step  whose turn it is and what to do
    """

    code: str
    title: str
    detail: str
    next_step: str
