"""Why a request was not accepted: values, never raised. `wire/codes.py` words them."""

from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """Every way a request can be refused at the door, in the order of the checks.

    The order is the contract's: credentials, account, sender, version, payload, balance.
    """

    CREDENTIALS = "credentials"
    ACCOUNT = "account"
    SENDER = "sender"
    WABA = "waba"
    SENDER_VERSION = "sender_version"
    RATE = "rate"
    PAYLOAD = "payload"
    IDEMPOTENCY = "idempotency"
    BALANCE = "balance"
    NOT_FOUND = "not_found"
    METHOD = "method"
    INTERNAL = "internal"


class Fault(Struct, frozen=True):
    """One thing that is wrong with a request, and how to mend it.

    path     where it stands: a JSON pointer (RFC 6901) into the body; empty for the whole body
    code     a snake-case word that never changes once published
    message  a sentence that says what is wrong and what would be right
    line, column   from 1, for faults of the JSON text itself
    meta_code      the error code that Meta would have answered with, had the message gone out
    mend           what to do about it, as a sentence; None where `message` says it already
    """

    path: str
    code: str
    message: str
    line: int | None = None
    column: int | None = None
    meta_code: int | None = None
    mend: str | None = None


class Refusal(Struct, frozen=True):
    """A request that was not accepted: nothing of it was kept, nothing was charged."""

    reason: Reason
    faults: tuple[Fault, ...] = ()
    retry_after_s: int | None = None
