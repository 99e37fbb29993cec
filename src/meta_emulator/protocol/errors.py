"""Meta's errors as the emulator gives them: values, and the table of their titles.

Codes, titles and HTTP statuses are those of Meta's error page of November 2025 (reference 3.3);
details that were seen in the field stand where they are raised (reference 3.4).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GraphError:
    """One refusal, before it is put into Meta's envelope.

    message  as `error.message`, with its `(#code)` where Meta has one
    kind     `error.type`
    user     `error_user_title` and `error_user_msg`, where Meta words the error for people
    """

    code: int
    message: str
    status: int = 400
    kind: str = "OAuthException"
    subcode: int | None = None
    details: str | None = None
    user: tuple[str, str] | None = None


class RefusedError(Exception):
    """Raised within the checks; their callers hand its error back as a value."""

    def __init__(self, error: GraphError) -> None:
        super().__init__(error.message)
        self.error = error


TITLES: dict[int, tuple[str, int]] = {
    0: ("AuthException", 401),
    1: ("API Unknown", 400),
    2: ("API Service", 503),
    3: ("API Method", 500),
    4: ("Application request limit reached", 400),
    10: ("Application does not have permission for this action", 403),
    33: ("Parameter value is not valid", 400),
    100: ("Invalid parameter", 400),
    190: ("Access token has expired", 401),
    200: ("Permissions error", 403),
    368: ("Temporarily blocked for policies violations", 403),
    2200: ("Callback verification failed", 400),
    80008: ("There have been too many calls to this WhatsApp Business account", 400),
    80007: ("Rate limit issues", 400),
    130403: ("Business has blocked the user", 400),
    130429: ("Rate limit hit", 400),
    130472: ("User's number is part of an experiment", 400),
    130497: ("Business account is restricted from messaging users in this country.", 403),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 500),
    131020: ("Group has a single member", 400),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Account has been locked", 403),
    131037: ("Display name approval is needed before a message can be sent", 400),
    131041: ("Group unknown", 400),
    131042: ("Business eligibility payment issue", 400),
    131044: ("Business eligibility payment issue", 400),
    131045: ("Incorrect certificate", 500),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131049: (
        "This message was not delivered to maintain healthy ecosystem engagement.",
        400,
    ),
    131050: ("User has stopped receipt of marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131052: ("Media download error", 400),
    131053: ("Media upload error", 400),
    131055: ("Method not allowed", 400),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 400),
    131057: ("Account in maintenance mode", 500),
    131059: ("Invalid cursor", 400),
    131062: ("Business-scoped user ids are not supported for this message", 400),
    131063: ("Marketing templates are disabled on Cloud API", 400),
    131064: ("Messaging limit lowered for template classification violations", 400),
    131207: ("Group suspended", 403),
    131208: ("Group rate limit hit", 429),
    132000: (
        "Number of parameters does not match the expected number of params",
        400,
    ),
    132001: ("Template name does not exist in the translation", 404),
    132005: ("Translated text too long", 400),
    132007: ("Template format character policy violated", 400),
    132008: ("Template parameter value is not valid", 400),
    132012: ("Parameter format does not match format in the created template", 400),
    132015: ("Template is paused", 400),
    132016: ("Template is disabled", 400),
    132018: ("Template validation error", 400),
    132068: ("Flow is blocked", 400),
    132069: ("Flow is throttled", 400),
    133000: ("Incomplete deregistration", 500),
    133004: ("Server temporarily unavailable", 503),
    133005: ("Two step verification PIN mismatch", 400),
    133006: ("Phone number re-verification needed", 400),
    133008: ("Too many two step verification PIN guesses", 400),
    133009: ("Two step verification PIN guessed too fast", 400),
    133010: ("Phone number not registered", 400),
    133015: ("Please wait a few minutes before attempting to register this phone number", 400),
    133016: ("Account register/deregister rate limit exceeded", 400),
    134011: ("WhatsApp Payments terms of service not accepted", 400),
    134100: ("Only marketing messages supported", 400),
    134101: ("Template syncing", 400),
    134102: ("Template unavailable for use", 500),
    135000: ("Generic user error", 400),
    137000: ("Recipient identity key hash mismatch", 400),
    139100: ("Failed to block/unblock some users", 400),
    139101: ("Blocklist limit reached", 400),
}

DETAILS: dict[int, str] = {
    130429: "Cloud API message throughput has been reached.",
    131026: "Message undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer"
    " last replied to this number.",
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be"
    " delivered.",
    131056: "Message failed to send because there were too many messages sent from this phone"
    " number to the same phone number in a short period of time.",
}

HREF = "/documentation/business-messaging/whatsapp/support/error-codes"


def refused(code: int, details: str | None = None) -> GraphError:
    """The error `code` as the table words it; an unknown code is a generic user error's kin."""
    title, status = TITLES.get(code, ("Unknown error", 400))
    return GraphError(code, f"(#{code}) {title}", status, details=details or DETAILS.get(code))


def invalid(text: str) -> GraphError:
    """Code 100 with a text of its own: `(#100) The parameter to is required.`."""
    return GraphError(100, f"(#100) {text}")


def definition_refused(subcode: int | None, title: str, text: str) -> GraphError:
    """A template's definition that cannot be: code 100, with words for people (reference 3.1)."""
    return GraphError(100, "Invalid parameter", subcode=subcode, user=(title, text))


def token_missing() -> GraphError:
    """No access token came with the request."""
    return GraphError(190, "An access token is required to request this resource.", 401)


def token_wrong() -> GraphError:
    """An access token came that the emulator did not issue."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token", 401)


def token_expired(ended: str, now: str) -> GraphError:
    """A token whose time is over; both moments in Meta's words."""
    return GraphError(
        190,
        "Error validating access token: Session has expired on"
        f" {ended}. The current time is {now}.",
        401,
        subcode=463,
    )


def object_unknown(object_id: str, method: str) -> GraphError:
    """No such object, or none that this token may see: Meta does not tell which."""
    verb = method.lower()
    return GraphError(
        100,
        f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be"
        " loaded due to missing permissions, or does not support this operation. Please read"
        " the Graph API documentation at https://developers.facebook.com/docs/graph-api",
        kind="GraphMethodException",
        subcode=33,
    )


def path_unknown(path: str) -> GraphError:
    """A path that is no edge of the Graph API."""
    return GraphError(2500, f"Unknown path components: {path}")


def method_unknown(method: str) -> GraphError:
    """A method that no edge of the Graph API has."""
    text = f"Unsupported request - method type: {method.lower()}"
    return GraphError(100, text, kind="GraphMethodException")


def body_too_large(most: int) -> GraphError:
    """More bytes than the emulator reads; Meta's own limit is not documented."""
    return GraphError(1, f"(#1) The request has more than {most} bytes.", 413)


def several_at_once() -> GraphError:
    """A batch, or several ids in one question, which the emulator does not answer."""
    return GraphError(
        1,
        "(#1) The emulator answers neither batch requests nor ?ids=; ask for each object by its"
        " own request.",
    )


def webhook_error(code: int, details: str | None = None) -> dict[str, Any]:
    """The same error as it stands in a failed status: no `fbtrace_id`, no `type`."""
    title = TITLES.get(code, ("Unknown error", 400))[0]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or DETAILS.get(code, title)},
        "href": HREF,
    }
