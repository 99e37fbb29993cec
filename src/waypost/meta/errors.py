"""Meta's error codes: what each means, and what we do about it. One table.

Source: Meta, error codes, as read on 2026-09-11 (`reference` 3.3). Decisions hang on `code`
alone: Meta says not to build on HTTP status, title or subcode. A code that is not here is
judged by the HTTP status of its answer: a server's error is transient, all else permanent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ErrorClass(StrEnum):
    """What a code asks of us."""

    THROTTLE = "throttle"
    """Too fast: back off, then go on."""
    TRANSIENT = "transient"
    """Meta's trouble: try again, with a limit."""
    ACCOUNT = "account"
    """A credential or the account is at fault: an operator must act."""
    TEMPLATE = "template"
    """The template cannot be sent now."""
    RECIPIENT = "recipient"
    """This recipient cannot be reached; others can."""
    PERMANENT = "permanent"
    """This message will never be taken as it is."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One code."""

    title: str
    error_class: ErrorClass
    next_step: str


T, R, A, P, U, N = (
    ErrorClass.THROTTLE,
    ErrorClass.TRANSIENT,
    ErrorClass.ACCOUNT,
    ErrorClass.TEMPLATE,
    ErrorClass.RECIPIENT,
    ErrorClass.PERMANENT,
)

_WAIT = "Nothing: Waypost sends it again by itself, more slowly."
_RETRY = "Nothing: Waypost tries again by itself."
_RENEW = "Operator: renew the WABA's access token at Meta and give it to Waypost."
_BUSINESS = "Account owner: look at the account in Meta's Business Manager and appeal or settle."
_MEND = "Customer: mend the message as the detail says and send it anew."
_TEMPLATE = "Customer: look at the template in WhatsApp Manager; send once it is approved."
_NOBODY = "Nobody: do not send this kind of message to this recipient."

TABLE: Mapping[int, ErrorRow] = {
    0: ErrorRow("Meta cannot authenticate the app", A, _RENEW),
    1: ErrorRow("Meta had an unknown error", R, _RETRY),
    2: ErrorRow("Meta's service is down or overloaded", R, _RETRY),
    3: ErrorRow("The app lacks a capability or permission", A, _RENEW),
    4: ErrorRow("The app makes too many calls", T, _WAIT),
    10: ErrorRow("Permission denied", A, _RENEW),
    33: ErrorRow("The business number was deleted", A, _BUSINESS),
    100: ErrorRow("A parameter is invalid", N, _MEND),
    104: ErrorRow("The access token is missing", A, _RENEW),
    190: ErrorRow("The access token has expired or is invalid", A, _RENEW),
    200: ErrorRow("The app has no permission for this account", A, _RENEW),
    368: ErrorRow("The account is blocked for a violation of policies", A, _BUSINESS),
    80007: ErrorRow("The WABA makes too many calls", T, _WAIT),
    130403: ErrorRow("The business has blocked this recipient", U, _NOBODY),
    130429: ErrorRow("The number's throughput was reached", T, _WAIT),
    130472: ErrorRow("The recipient is part of an experiment of Meta's", U, _NOBODY),
    130497: ErrorRow("The business may not write to this country", N, _BUSINESS),
    131000: ErrorRow("Meta had an unknown error", R, _RETRY),
    131005: ErrorRow("Access denied", A, _RENEW),
    131008: ErrorRow("A required parameter is missing", N, _MEND),
    131009: ErrorRow("A parameter's value is not valid", N, _MEND),
    131016: ErrorRow("Meta's service is unavailable", R, _RETRY),
    131021: ErrorRow("Recipient and sender are the same number", N, _MEND),
    131026: ErrorRow(
        "The message cannot be delivered",
        U,
        "Customer: the number may not be on WhatsApp, or its app is too old; reach it otherwise.",
    ),
    131030: ErrorRow(
        "The recipient is not on the test number's list",
        N,
        "Operator: add the recipient to the test number's list at Meta.",
    ),
    131031: ErrorRow("The account is locked", A, _BUSINESS),
    131037: ErrorRow("The number's display name is not approved", A, _BUSINESS),
    131042: ErrorRow("There is a payment issue with the account", A, _BUSINESS),
    131045: ErrorRow("The number is not registered correctly", A, _BUSINESS),
    131047: ErrorRow(
        "More than 24 hours have passed since the recipient wrote",
        N,
        "Customer: send an approved template instead.",
    ),
    131048: ErrorRow("The number is restricted after blocks or reports", T, _BUSINESS),
    131049: ErrorRow(
        "Meta held the message back to keep marketing bearable",
        U,
        "Nobody for 24 hours: then it may be sent again.",
    ),
    131050: ErrorRow("The recipient stopped marketing messages", U, _NOBODY),
    131051: ErrorRow("The message type is not supported", N, _MEND),
    131053: ErrorRow("Meta could not take the media", N, _MEND),
    131056: ErrorRow("Too many messages to this recipient in a short time", T, _WAIT),
    131057: ErrorRow("The account is in maintenance", R, _RETRY),
    131062: ErrorRow("This template needs a phone number", N, _MEND),
    131063: ErrorRow("Marketing must go by the Marketing Messages API", P, _BUSINESS),
    131064: ErrorRow("The messaging limit was lowered", T, _BUSINESS),
    132000: ErrorRow("The number of parameters does not fit the template", N, _MEND),
    132001: ErrorRow("The template does not exist or is not approved", P, _TEMPLATE),
    132005: ErrorRow("The filled-in text is too long", N, _MEND),
    132007: ErrorRow("The text has characters that are not allowed", P, _MEND),
    132008: ErrorRow("A parameter's value is not valid", N, _MEND),
    132012: ErrorRow("A parameter's kind does not fit the template", N, _MEND),
    132015: ErrorRow("The template is paused", P, _TEMPLATE),
    132016: ErrorRow("The template is disabled for good", P, _TEMPLATE),
    132018: ErrorRow("The template's parameters are not valid", N, _MEND),
    132068: ErrorRow("The flow is blocked", P, _TEMPLATE),
    132069: ErrorRow("The flow is throttled", T, _WAIT),
    133004: ErrorRow("Meta's server is temporarily unavailable", R, _RETRY),
    133010: ErrorRow(
        "The number is not registered", A, "Operator: register the number with the Cloud API."
    ),
    134101: ErrorRow("The template is still being synchronised", R, _RETRY),
    135000: ErrorRow("Meta had an error with the parameters", N, _MEND),
    137000: ErrorRow("The recipient's identity has changed", N, _MEND),
}


def classify(code: int, http_status: int) -> ErrorRow:
    """The row of a code; for one that is not in the table, by the status of its answer."""
    row = TABLE.get(code)
    if row is not None:
        return row
    if 200 <= code <= 299:  # noqa: PLR2004 - Meta reserves the hundred for permissions
        return TABLE[200]
    if http_status >= 500 or http_status == 429:  # noqa: PLR2004 - HTTP's own numbers
        return ErrorRow(f"Meta answered with error {code}", R, _RETRY)
    return ErrorRow(f"Meta refused with error {code}", N, _MEND)
