"""Every answer of the customer's language: its HTTP status, its code and its texts. One table.

Law: the texts of the two documents are copied byte for byte, their slips included
(`customer.Please` without a space; `WA401` beside `WA-401`; `data` is a list in `RBC001` alone).
Source: the documents' "Sample Failure Response", reference/kaleyra-v2.md 8.1 and 8.2. The codes
WA404, WA405, WA409 and WA429 are ours, spelt after theirs, and so is WA401 for a WABA.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from waypost.model.refusal import Reason


@dataclass(frozen=True, slots=True)
class Wording:
    """What a customer reads: HTTP status, code and message.

    error_key, error_text   the one documented key of `error`; both empty in a success
    has_list_data           `data` is `[]` and not `{}`
    """

    status: int
    code: str
    message: str
    error_key: str = ""
    error_text: str = ""
    has_list_data: bool = False


ACCEPTED = Wording(202, "WA202", "Request Accepted")
PROCESSED = Wording(200, "WA200", "Request Processed Successfully")

_CREDENTIALS = "Incorrect SID or API key."
_ACCOUNT = "API is not available for given customer.Please contact support for more info"
_SENDER = "Phone number is not present or does not belong to the account."
_WABA = "WABA ID is not present or does not belong to the account."
_SENDER_VERSION = (
    "The phone number you're using is associated with different Version of our WA API. "
    "Please use the appropriate endpoint."
)
_BALANCE = "Please check your balance, You have a low balance!"
_RATE = "Too many requests. Please try again later"
_IDEMPOTENCY = "The Idempotency-Key was already used with another body."
_NOT_FOUND = "There is nothing at this address."
_METHOD = "This address does not answer to this method."

REFUSED: Mapping[Reason, Wording] = {
    Reason.CREDENTIALS: Wording(
        401, "RBC001", _CREDENTIALS, "error", _CREDENTIALS, has_list_data=True
    ),
    Reason.ACCOUNT: Wording(401, "WA-401", _ACCOUNT, "account", _ACCOUNT),
    Reason.SENDER: Wording(401, "WA401", _SENDER, "phone_number", _SENDER),
    Reason.WABA: Wording(401, "WA401", _WABA, "waba_id", _WABA),
    Reason.SENDER_VERSION: Wording(401, "WA-401", _SENDER_VERSION, "phone_number", _SENDER_VERSION),
    Reason.RATE: Wording(429, "WA429", _RATE, "rate", _RATE),
    Reason.PAYLOAD: Wording(
        400, "WA400", "Refer to correct payload format", "payload", "Incorrect payload format"
    ),
    Reason.IDEMPOTENCY: Wording(409, "WA409", _IDEMPOTENCY, "idempotency_key", _IDEMPOTENCY),
    Reason.BALANCE: Wording(400, "E110", _BALANCE, "balance", _BALANCE),
    Reason.NOT_FOUND: Wording(404, "WA404", _NOT_FOUND, "error", _NOT_FOUND),
    Reason.METHOD: Wording(405, "WA405", _METHOD, "method", _METHOD),
    Reason.INTERNAL: Wording(
        500, "WA500", "Please try again later", "error", "Internal server error"
    ),
}
