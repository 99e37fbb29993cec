"""What each kind of button must have.

Source: reference/meta-cloud-api.md 7.2, 1.4, 1.5, 1.9. Kinds that have no row here are Meta's to
judge.
"""

from waypost.model.definition_check.part import Part, listed, part_of
from waypost.model.definition_check.scope import Scope
from waypost.model.definition_check.texts import TextRule, check_text, read
from waypost.model.finding import FindingCode

LABEL = TextRule(longest=25, most_variables=0)
LONGEST_PHONE_NUMBER = 20
LONGEST_URL = 2000
LONGEST_TTL_MIN = 43_200
MOST_APPS = 5
OTP_TYPES = ("copy_code", "one_tap", "zero_tap")
BUTTON_KINDS = (
    "quick_reply",
    "url",
    "phone_number",
    "copy_code",
    "catalog",
    "mpm",
    "spm",
    "flow",
    "otp",
    "order_details",
    "voice_call",
    "request_contact_info",
)
"""The kinds that are known; of any other it is not said where it may not stand."""
FLOW_SOURCES = ("flow_id", "flow_name", "flow_json")
LABELLED = ("quick_reply", "url", "phone_number", "flow")
"""Kinds that nobody labels but the customer; the others may have a label of WhatsApp's."""


def check_button(button: Part, scope: Scope) -> None:
    """One button by itself."""
    if not button.kind:
        button.missing("type", "Give it a type, like QUICK_REPLY or URL.")
        return
    _check_label(button, scope)
    check = _CHECKS.get(button.kind)
    if check is not None:
        check(button, scope)


def _check_label(button: Part, scope: Scope) -> None:
    text = button.value.get("text")
    if button.kind in LABELLED:
        text = button.string("text", 'Give it a label: "text", of at most 25 characters.')
    if isinstance(text, str):
        check_text(button, "text", text, LABEL, scope)


def _check_url(button: Part, scope: Scope) -> None:
    """At most 2000 characters, one placeholder, at the end, with an example."""
    url = button.string("url", 'Give the address it opens: "url": "https://...".')
    if url is None:
        return
    button.check_length("url", LONGEST_URL, len(url))
    reading = read(url)
    if not reading.names:
        if any("{{" in piece or "}}" in piece for piece in reading.pieces):
            _add_url_finding(button, "has double braces without their counterpart")
        return
    if len(reading.names) > 1:
        _add_url_finding(button, f"has {len(reading.names)} placeholders")
    elif reading.pieces[-1]:
        _add_url_finding(button, "has its placeholder elsewhere than at its end")
    elif reading.names[0] != "1" and not scope.is_named:
        _add_url_finding(button, "has a placeholder other than {{1}}")
    if not _example_of(button):
        button.add(
            "example",
            FindingCode.DEFINITION_EXAMPLE_MISSING,
            f"{button.name} has a placeholder in its url and no example.",
            'Add "example": ["..."] with a value for it.',
        )


def _add_url_finding(button: Part, what: str) -> None:
    button.add(
        "url",
        FindingCode.PLACEHOLDER_MALFORMED,
        f"The url of {button.name.lower()} {what}.",
        "Write one {{1}}, as the last characters of the url.",
    )


def _check_phone_number(button: Part, scope: Scope) -> None:  # noqa: ARG001
    number = button.string(
        "phone_number", 'Give the number to call: "phone_number": "15550051310".'
    )
    if number is not None:
        button.check_length("phone_number", LONGEST_PHONE_NUMBER, len(number))


def _check_copy_code(button: Part, scope: Scope) -> None:
    """The coupon's code as `"25OFF"`, or alone in an array."""
    code = _example_of(button)
    if code:
        button.check_length("example", scope.longest_code, len(code))
        return
    button.add(
        "example",
        FindingCode.DEFINITION_EXAMPLE_MISSING,
        f"{button.name} copies a code and has no example of one.",
        f'Add "example": "25OFF", of at most {scope.longest_code} characters.',
    )


def _example_of(button: Part) -> str:
    """The example, a text or an array of one; empty if there is none."""
    example = button.value.get("example")
    if isinstance(example, list) and len(example) == 1:
        example = example[0]
    return example if isinstance(example, str) and example.strip() else ""


def _check_otp(button: Part, scope: Scope) -> None:
    """How a one-time password gets into the app; the apps, where it is not copied by hand."""
    if scope.category and not scope.is_authentication:
        button.add(
            "type",
            FindingCode.DEFINITION_BUTTON_MISPLACED,
            f"{button.name} is an OTP button; only authentication templates have one.",
            'Set "category" to "AUTHENTICATION", or use a COPY_CODE button for a coupon.',
        )
    kind = button.word("otp_type", OTP_TYPES, f"Use one of {listed(OTP_TYPES)}.")
    if kind in ("one_tap", "zero_tap"):
        _check_apps(button)
    if kind == "zero_tap" and button.value.get("zero_tap_terms_accepted") is not True:
        button.add(
            "zero_tap_terms_accepted",
            FindingCode.WRONG_VALUE,
            f"{button.name} is ZERO_TAP, and its terms are not accepted.",
            'Add "zero_tap_terms_accepted": true, if you accept them.',
        )


def _check_apps(button: Part) -> None:
    """Up to five apps; or one, in the button itself, as Meta's OpenAPI examples still have it."""
    wanted = '{"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"}'
    if "supported_apps" not in button.value and "package_name" in button.value:
        apps = [button]
    else:
        values = button.array("supported_apps", f'Add "supported_apps": [{wanted}].')
        if values is None:
            return
        if len(values) > MOST_APPS:
            button.add(
                "supported_apps",
                FindingCode.OUT_OF_RANGE,
                f"{button.name} has {len(values)} apps; at most {MOST_APPS} are allowed.",
                f"Take out {len(values) - MOST_APPS}.",
            )
        read = [
            part_of(button, value, f"supported_apps/{position}", f"App {position}")
            for position, value in enumerate(values)
        ]
        apps = [app for app in read if app is not None]
    for app in apps:
        app.string("package_name", f"Name the app: {wanted}.")
        app.string("signature_hash", f"Give the hash of its signing key: {wanted}.")


def _check_flow(button: Part, scope: Scope) -> None:  # noqa: ARG001
    given = [key for key in FLOW_SOURCES if button.value.get(key) is not None]
    if not given:
        button.missing("flow_id", "Name the flow with one of flow_id, flow_name and flow_json.")
    elif len(given) > 1:
        button.add(
            given[1],
            FindingCode.WRONG_VALUE,
            f"{button.name} names its flow with {' and '.join(given)}; one is allowed.",
            f"Keep {given[0]} alone.",
        )


def _check_voice_call(button: Part, scope: Scope) -> None:  # noqa: ARG001
    button.integer("ttl_minutes", 1, LONGEST_TTL_MIN, f"Give minutes from 1 to {LONGEST_TTL_MIN}.")


_CHECKS = {
    "url": _check_url,
    "phone_number": _check_phone_number,
    "copy_code": _check_copy_code,
    "otp": _check_otp,
    "flow": _check_flow,
    "voice_call": _check_voice_call,
}
