"""Buttons of a template's definition (reference 1.5, 7.2)."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from meta_emulator.definitions.texts import (
    BRACED,
    FIELD_MISSING,
    Object,
    check_length,
    fail,
    missing,
)

MOST_BUTTONS = 10
MOST_OF = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1}
LABEL_LIMIT = 25
URL_LIMIT = 2000
PHONE_LIMIT = 20
COUPON_LIMIT = 20
OFFER_COUPON_LIMIT = 15
LONGEST_CALL_MINUTES = 43200
ALONE = frozenset({"OTP", "MPM", "SPM", "CATALOG", "FLOW", "ORDER_DETAILS"})
"""Kinds of which a template has one."""

MOST_APPS = 5
OTP_TYPES = frozenset({"COPY_CODE", "ONE_TAP", "ZERO_TAP"})
FLOW_KEYS = ("flow_id", "flow_name", "flow_json")
TITLE = "Message Buttons Format Is Incorrect"


def read_buttons(buttons: Any, *, has_offer: bool = False) -> list[str]:
    """The kinds of `buttons`, upper case, in order; raises RefusedError."""
    if type(buttons) is not list or not buttons:
        raise missing("BUTTONS", "buttons")
    if len(buttons) > MOST_BUTTONS:
        raise wrong(f"There are {len(buttons)} buttons; at most {MOST_BUTTONS} are allowed.")
    kinds = [_kind(button, has_offer=has_offer) for button in buttons]
    for kind in dict.fromkeys(kinds):
        most = 1 if kind in ALONE else MOST_OF.get(kind, MOST_BUTTONS)
        if kinds.count(kind) > most:
            raise wrong(
                f"There are {kinds.count(kind)} {kind} buttons; at most {most} are allowed."
            )
    if has_offer and "COPY_CODE" in kinds and kinds[0] != "COPY_CODE":
        raise wrong("The code of a limited-time offer stands before its URL.")
    replies = [kind == "QUICK_REPLY" for kind in kinds]
    changes = sum(before != after for before, after in pairwise(replies))
    if changes > 1:
        raise wrong("Quick replies and other buttons must each stand together.")
    return kinds


def wrong(text: str) -> Exception:
    """The refusal of buttons, to be raised."""
    return fail(FIELD_MISSING, TITLE, text)


def _kind(button: Any, *, has_offer: bool) -> str:
    kind = button.get("type") if type(button) is dict else None
    if type(kind) is not str:
        raise missing("BUTTONS", "type")
    kind = kind.upper()
    check = CHECKS.get(kind)
    if check is None:
        raise wrong(f"There is no button of type {kind}; there are {', '.join(sorted(CHECKS))}.")
    text = button.get("text")
    if text is None and kind in NEEDS_LABEL:
        raise missing("BUTTONS", "text")
    if text is not None:
        if type(text) is not str or not text or "{{" in text:
            raise wrong("The text of a button must be a text without variables.")
        check_length(text, LABEL_LIMIT, "text of a button")
    check(button)
    if kind == "COPY_CODE":
        limit = OFFER_COUPON_LIMIT if has_offer else COUPON_LIMIT
        check_length(first_example(button) or "", limit, "example of a code")
    return kind


def _url(button: Object) -> None:
    url = button.get("url")
    if type(url) is not str or not url.lower().startswith(("http://", "https://")):
        raise wrong("The url of a button must begin with https:// or http://.")
    check_length(url, URL_LIMIT, "url of a button")
    variables = BRACED.findall(url)
    if "{{" not in url:
        return
    if variables != ["1"] or not url.endswith("{{1}}"):
        raise wrong("The url of a button may have one variable, {{1}}, at its end.")
    if first_example(button) is None or len(list_of(button["example"])) != 1:
        raise missing("BUTTONS", "example")


def _phone(button: Object) -> None:
    phone = button.get("phone_number")
    if type(phone) is not str or not phone:
        raise missing("BUTTONS", "phone_number")
    check_length(phone, PHONE_LIMIT, "phone number of a button")


def _coupon(button: Object) -> None:
    example = first_example(button)
    if example is None:
        raise missing("BUTTONS", "example")
    if not (example.isascii() and example.isalnum()):
        raise wrong("The example of a code must be letters and digits.")


def _flow(button: Object) -> None:
    if sum(key in button for key in FLOW_KEYS) != 1:
        raise wrong(f"A flow button has exactly one of {', '.join(FLOW_KEYS)}.")


def _password(button: Object) -> None:
    kind = str(button.get("otp_type", "")).upper()
    if kind not in OTP_TYPES:
        raise wrong(f"otp_type must be one of {', '.join(sorted(OTP_TYPES))}.")
    if kind == "ZERO_TAP" and button.get("zero_tap_terms_accepted") is not True:
        raise wrong("zero_tap_terms_accepted must be true.")
    autofill = button.get("autofill_text")
    if autofill is not None:
        if type(autofill) is not str:
            raise wrong("The autofill_text of a button must be a text.")
        check_length(autofill, LABEL_LIMIT, "autofill text of a button")
    if kind != "COPY_CODE":
        _apps(button)


def _apps(button: Object) -> None:
    """The apps that the code is handed to: an array, or one named by the button itself."""
    apps = button.get("supported_apps")
    if apps is None and "package_name" in button:
        apps = [button]
    if type(apps) is not list or not apps:
        raise missing("BUTTONS", "supported_apps")
    if len(apps) > MOST_APPS:
        raise wrong(f"There are {len(apps)} supported_apps; at most {MOST_APPS} are allowed.")
    for app in apps:
        for key in ("package_name", "signature_hash"):
            if type(app) is not dict or type(app.get(key)) is not str or not app[key]:
                raise missing("BUTTONS", f"supported_apps.{key}")


def _plain(_button: Object) -> None:
    """Nothing but its label."""


def _call(button: Object) -> None:
    minutes = button.get("ttl_minutes")
    if minutes is not None and not (type(minutes) is int and 1 <= minutes <= LONGEST_CALL_MINUTES):
        raise wrong(f"ttl_minutes must be 1 to {LONGEST_CALL_MINUTES}.")


def list_of(given: Any) -> list[Any]:
    """An array as it is, and anything else as an array of it alone."""
    return given if type(given) is list else [given]


def first_example(button: Object) -> str | None:
    """The example of a button, given alone or in an array; None if there is none."""
    given = button.get("example")
    if type(given) is list and given:
        given = given[0]
    return given if type(given) is str and given else None


CHECKS: dict[str, Callable[[Object], None]] = {
    "QUICK_REPLY": _plain,
    "URL": _url,
    "PHONE_NUMBER": _phone,
    "COPY_CODE": _coupon,
    "CATALOG": _plain,
    "MPM": _plain,
    "SPM": _plain,
    "FLOW": _flow,
    "OTP": _password,
    "ORDER_DETAILS": _plain,
    "VOICE_CALL": _call,
    "REQUEST_CONTACT_INFO": _plain,
}
NEEDS_LABEL = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW"})
