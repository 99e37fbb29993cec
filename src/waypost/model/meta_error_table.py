"""Meta's error codes: what each means, and what is done about it. One table.

Source: Meta, error codes, as read on 2026-09-11 (`reference` 3.3). Decisions hang on `code`
alone: Meta says not to build on HTTP status, title or subcode. A code that is not here is
judged by the HTTP status of its answer: a server's error is transient, all else permanent. The
ranges that Meta names without telling their codes apart have one row: 200 for 200 to 299, 138000
for all of 138xxx.
"""

from collections.abc import Callable, Mapping
from functools import partial

from waypost.model.meta_error import ErrorClass, ErrorRow, Party, RetryRule

PERMISSIONS = range(200, 300)
CALLING = range(138000, 139000)

_SLOWER = "Nothing: Waypost sends it again by itself, more slowly."
_RETRY = "Nothing: Waypost tries again by itself."
_RENEW = (
    "Operator: renew the WABA's access token at Meta and give it to Waypost (`waypost waba add`)."
)
_REGISTER = "Operator: register the number with the Cloud API, then `waypost sender resume`."
_BUSINESS = "Account owner: look at the account in Meta's Business Manager and appeal or settle."
_PAY = "Account owner: settle the payment method in Meta's Business Manager."
_SPAM = "Account owner: see the number's quality in WhatsApp Manager; write to fewer, who asked."
_CATEGORY = "Account owner: give templates their right category; Meta lifts it by itself."
_MEND = "Customer: mend the message as the detail says and send it anew."
_GROUP = "Customer: groups are not sent to by this gateway; send to each recipient."
_TEMPLATE = "Customer: look at the template in WhatsApp Manager; send once it is approved."
_FLOW = "Customer: mend the flow that the template opens, in WhatsApp Manager."
_NOBODY = "Nobody: do not send this kind of message to this recipient."
_BLOCKED = "Customer: unblock the recipient first, if you want to write to it."
_CALLS = "Nobody: calls do not pass this gateway."
_BLOCKS = "Customer: ask for the list of blocked recipients, then block or unblock the rest."
_NAMES = "Operator: mend the number's username in WhatsApp Manager."
_DEFINITION = "Customer: mend the template's definition as the detail says."


def _kind(error_class: ErrorClass, rule: RetryRule, fault: Party) -> Callable[[str, str], ErrorRow]:
    """Rows of one kind: they lack a title and a next step."""

    def row(title: str, next_step: str) -> ErrorRow:
        return ErrorRow(title, error_class, rule, fault, next_step)

    return row


_throttle = partial(_kind, ErrorClass.THROTTLE)
_transient = partial(_kind, ErrorClass.TRANSIENT)
_account = partial(_kind, ErrorClass.ACCOUNT, RetryRule.HOLD_SENDER)
_recipient = partial(_kind, ErrorClass.RECIPIENT)
_permanent = partial(_kind, ErrorClass.PERMANENT, RetryRule.END)

_NUM = _throttle(RetryRule.SLOW_SENDER, Party.NOBODY)
_WABA = _throttle(RetryRule.SLOW_WABA, Party.NOBODY)
_APP = _throttle(RetryRule.SLOW_APP, Party.OPERATOR)
_PAIR = _throttle(RetryRule.SLOW_PAIR, Party.CUSTOMER)
_FLOW_PACE = _throttle(RetryRule.RETRY_SLOWLY, Party.CUSTOMER)
_RESTRICTED = _throttle(RetryRule.HOLD_SENDER, Party.OWNER)
_REGISTRATION_PACE = _throttle(RetryRule.HOLD_SENDER, Party.OPERATOR)
_TRY = _transient(RetryRule.RETRY, Party.META)
_FEW = _transient(RetryRule.RETRY_FEW, Party.META)
_LATER = _transient(RetryRule.RETRY_SLOWLY, Party.META)
_LINK = _transient(RetryRule.RETRY_LINK, Party.CUSTOMER)
_CREDENTIALS = _account(Party.OPERATOR)
_OWNER = _account(Party.OWNER)
_STOPPED = _kind(ErrorClass.TEMPLATE, RetryRule.HOLD_TEMPLATE, Party.CUSTOMER)
_CHARACTERS = _kind(ErrorClass.TEMPLATE, RetryRule.END, Party.CUSTOMER)
_UNREACHABLE = _recipient(RetryRule.END, Party.RECIPIENT)
_UNWANTED = _recipient(RetryRule.END, Party.NOBODY)
_UNBLOCK = _recipient(RetryRule.END, Party.CUSTOMER)
_CAPPED = _recipient(RetryRule.WAIT_A_DAY, Party.NOBODY)
_WRONG = _permanent(Party.CUSTOMER)
_BARRED = _permanent(Party.OWNER)
_UNLISTED = _permanent(Party.OPERATOR)
_INBOUND = _permanent(Party.RECIPIENT)

TABLE: Mapping[int, ErrorRow] = {
    0: _CREDENTIALS("Meta cannot authenticate the app", _RENEW),
    1: _FEW("Meta had an unknown error, or the request was invalid", _RETRY),
    2: _TRY("Meta's service is down or overloaded", _RETRY),
    3: _CREDENTIALS("The app lacks a capability or permission", _RENEW),
    4: _APP("The app makes too many calls", _SLOWER),
    10: _CREDENTIALS("Permission denied", _RENEW),
    33: _OWNER("The business number was deleted", _BUSINESS),
    100: _WRONG("A parameter is invalid", _MEND),
    104: _CREDENTIALS("The access token is missing", _RENEW),
    190: _CREDENTIALS("The access token has expired or is invalid", _RENEW),
    200: _CREDENTIALS("The app has no permission for this account", _RENEW),
    368: _OWNER("The account is blocked for a violation of policies", _BUSINESS),
    80007: _WABA("The WABA makes too many calls", _SLOWER),
    80008: _WABA("The WABA makes too many calls", _SLOWER),
    130403: _UNBLOCK("The business has blocked this recipient", _BLOCKED),
    130429: _NUM("The number's throughput was reached", _SLOWER),
    130472: _UNWANTED("The recipient is part of an experiment of Meta's", _NOBODY),
    130497: _BARRED("The business may not write to this country", _BUSINESS),
    131000: _TRY("Meta had an unknown error", _RETRY),
    131005: _CREDENTIALS("Access denied", _RENEW),
    131008: _WRONG("A required parameter is missing", _MEND),
    131009: _WRONG("A parameter's value is not valid", _MEND),
    131016: _TRY("Meta's service is unavailable", _RETRY),
    131020: _WRONG("The group has no other member", _GROUP),
    131021: _WRONG("Recipient and sender are the same number", _MEND),
    131026: _UNREACHABLE(
        "The message cannot be delivered",
        "Customer: the number may not be on WhatsApp, or its app is too old; reach it otherwise.",
    ),
    131030: _UNLISTED(
        "The recipient is not on the test number's list",
        "Operator: add the recipient to the test number's list at Meta.",
    ),
    131031: _OWNER("The account is locked", _BUSINESS),
    131037: _OWNER("The number's display name is not approved", _BUSINESS),
    131041: _WRONG("The group is not known", _GROUP),
    131042: _OWNER("There is a payment issue with the account", _PAY),
    131044: _OWNER("There is a payment issue with the account's calls", _PAY),
    131045: _CREDENTIALS("The number is not registered correctly", _REGISTER),
    131047: _WRONG(
        "More than 24 hours have passed since the recipient wrote",
        "Customer: send an approved template instead.",
    ),
    131048: _RESTRICTED("The number is restricted after blocks or reports", _SPAM),
    131049: _CAPPED(
        "Meta held the message back to keep marketing bearable",
        "Nobody for 24 hours: then it may be sent again.",
    ),
    131050: _UNWANTED("The recipient stopped marketing messages", _NOBODY),
    131051: _WRONG("The message type is not supported", _MEND),
    131052: _INBOUND(
        "Meta could not load what the recipient sent",
        "Recipient: send the file again.",
    ),
    131053: _LINK(
        "Meta could not take the media",
        "Customer: see that the link answers, and that type and size are allowed; send it anew.",
    ),
    131055: _WRONG("The Marketing Messages API takes marketing templates alone", _MEND),
    131056: _PAIR("Too many messages to this recipient in a short time", _SLOWER),
    131057: _TRY("The account is in maintenance", _RETRY),
    131059: _FEW("The cursor of a list is invalid", _RETRY),
    131062: _WRONG("This template needs a phone number", _MEND),
    131063: _STOPPED("Marketing must go by the Marketing Messages API", _BUSINESS),
    131064: _RESTRICTED("The messaging limit was lowered for wrong template categories", _CATEGORY),
    131201: _WRONG("A group request was refused (131201)", _GROUP),
    131202: _WRONG("A group request was refused (131202)", _GROUP),
    131203: _WRONG("A group request was refused (131203)", _GROUP),
    131204: _WRONG("A group request was refused (131204)", _GROUP),
    131205: _WRONG("A group request was refused (131205)", _GROUP),
    131206: _WRONG("A group request was refused (131206)", _GROUP),
    131207: _WRONG("The group is suspended", _GROUP),
    131208: _NUM("Too many group requests", _SLOWER),
    131209: _WRONG("A group request was refused (131209)", _GROUP),
    131210: _WRONG("A group request was refused (131210)", _GROUP),
    131211: _WRONG("A group request was refused (131211)", _GROUP),
    131212: _WRONG("A group request was refused (131212)", _GROUP),
    131213: _WRONG("A group request was refused (131213)", _GROUP),
    131214: _WRONG("A group request was refused (131214)", _GROUP),
    131215: _WRONG("A group request was refused (131215)", _GROUP),
    132000: _WRONG("The number of parameters does not fit the template", _MEND),
    132001: _STOPPED("The template does not exist or is not approved", _TEMPLATE),
    132005: _WRONG("The filled-in text is too long", _MEND),
    132007: _CHARACTERS("The text has characters that are not allowed", _MEND),
    132008: _WRONG("A parameter's value is not valid", _MEND),
    132012: _WRONG("A parameter's kind does not fit the template", _MEND),
    132015: _STOPPED("The template is paused", _TEMPLATE),
    132016: _STOPPED(
        "The template is disabled for good",
        "Customer: make another template; this one will not come back.",
    ),
    132018: _WRONG("The template's parameters are not valid", _MEND),
    132068: _STOPPED("The flow is blocked", _FLOW),
    132069: _FLOW_PACE("The flow is throttled", _FLOW),
    133000: _CREDENTIALS("The number was not deregistered completely", _REGISTER),
    133004: _TRY("Meta's server is temporarily unavailable", _RETRY),
    133005: _CREDENTIALS("The number's PIN is wrong", _REGISTER),
    133006: _CREDENTIALS("The number must be verified again", _REGISTER),
    133008: _CREDENTIALS("The number's PIN was guessed too often", _REGISTER),
    133009: _CREDENTIALS("The number's PIN was guessed too fast", _REGISTER),
    133010: _CREDENTIALS("The number is not registered", _REGISTER),
    133015: _LATER("The number was deregistered a moment ago", _RETRY),
    133016: _REGISTRATION_PACE("The number was registered or deregistered too often", _REGISTER),
    134011: _OWNER("The terms of payments are not accepted", _BUSINESS),
    134100: _WRONG("The Marketing Messages API takes marketing messages alone", _MEND),
    134101: _LATER("The template is still being synchronised", _RETRY),
    134102: _STOPPED("The template cannot be used now", _TEMPLATE),
    135000: _WRONG("Meta had an error with the parameters", _MEND),
    137000: _WRONG(
        "The recipient's identity has changed",
        "Customer: confirm the new identity of the recipient, then send it anew.",
    ),
    138000: _WRONG("Calling is not enabled (138000)", _CALLS),
    139100: _WRONG("Not every recipient could be blocked", _BLOCKS),
    139101: _WRONG("The list of blocked recipients is full", _BLOCKS),
    139102: _WRONG("The list of blocked recipients changed meanwhile", _BLOCKS),
    139103: _WRONG("Blocking had an error at Meta", _BLOCKS),
    147001: _UNLISTED("A request about usernames was refused (147001)", _NAMES),
    147002: _UNLISTED("A request about usernames was refused (147002)", _NAMES),
    147003: _UNLISTED("A request about usernames was refused (147003)", _NAMES),
    147004: _UNLISTED("A request about usernames was refused (147004)", _NAMES),
    147005: _UNLISTED("A request about usernames was refused (147005)", _NAMES),
    1752041: _WRONG("The request to the Marketing Messages API came twice", _MEND),
    2388019: _WRONG("The WABA holds as many templates as it may", _DEFINITION),
    2388039: _WRONG("The template's status cannot be changed so", _DEFINITION),
    2388040: _WRONG("A text of the template is too long", _DEFINITION),
    2388047: _WRONG("The template's header is not valid", _DEFINITION),
    2388072: _WRONG("The template's body is not valid", _DEFINITION),
    2388073: _WRONG("The template's footer is not valid", _DEFINITION),
    2388293: _WRONG("The template has too many variables for its length", _DEFINITION),
    2388299: _WRONG("A variable stands at the template's beginning or end", _DEFINITION),
    2494100: _TRY("The number is in maintenance", _RETRY),
}


def classify(code: int, http_status: int) -> ErrorRow:
    """The row of a code; for one that is not in the table, by the status of its answer."""
    row = TABLE.get(code)
    if row is not None:
        return row
    if code in PERMISSIONS:
        return TABLE[PERMISSIONS.start]
    if code in CALLING:
        return TABLE[CALLING.start]
    if http_status >= 500 or http_status == 429:  # noqa: PLR2004 - HTTP's own numbers
        return _TRY(f"Meta answered with error {code}", _RETRY)
    return _WRONG(f"Meta refused with error {code}", _MEND)
