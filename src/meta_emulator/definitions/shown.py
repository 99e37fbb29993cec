"""What Meta shows of a definition it was given: its spelling and its texts (reference 1.5, 6).

Types are upper case; a sample's handle comes back as an address; the body and the button of an
authentication template come back as what Meta made of them.
"""

from typing import Any

Object = dict[str, Any]

CODE_BODY = "*{{1}}* is your verification code."
CODE_ADVICE = " For your security, do not share this code."
CODE_FOOTER = "This code expires in {} minutes."
CODE_URL = "https://www.whatsapp.com/otp/code/?otp_type={}&code=otp{{{{1}}}}"
CODE_LABEL = "Copy code"
SAMPLES = "https://scontent.whatsapp.net/v/t61.29466-34/"
LABELS = {"MPM": "View items", "SPM": "View", "CATALOG": "View catalog", "COPY_CODE": "Copy code"}


def shown_components(components: list[Object], name: str) -> list[Object]:
    """The components as a template's list has them; `components` stay as they are."""
    return [_component(component, f"{name}_{place}") for place, component in enumerate(components)]


def _component(component: Object, name: str) -> Object:
    kind = str(component["type"]).upper()
    shown: Object = {**component, "type": kind}
    if kind == "HEADER":
        shown["format"] = str(component["format"]).upper()
        example = component.get("example")
        if example and "header_handle" in example:
            shown["example"] = {"header_handle": [f"{SAMPLES}{name}.bin"]}
    elif kind == "BODY" and "text" not in component:
        advice = CODE_ADVICE if component.get("add_security_recommendation") else ""
        shown["text"] = CODE_BODY + advice
        shown["example"] = {"body_text": [["123456"]]}
    elif kind == "FOOTER" and "text" not in component:
        shown["text"] = CODE_FOOTER.format(component.get("code_expiration_minutes"))
    elif kind == "BUTTONS":
        shown["buttons"] = [_button(button) for button in component["buttons"]]
    elif kind == "CAROUSEL":
        shown["cards"] = [
            {**card, "components": shown_components(card["components"], f"{name}_{place}")}
            for place, card in enumerate(component["cards"])
        ]
    return shown


def _button(button: Object) -> Object:
    kind = str(button["type"]).upper()
    if kind == "OTP":
        otp_type = str(button["otp_type"]).upper()
        url = CODE_URL.format(otp_type)
        return {
            "type": "URL",
            "text": button.get("text") or CODE_LABEL,
            "url": url,
            "example": [url.replace("{{1}}", "123456")],
        }
    shown = {**button, "type": kind}
    if kind in LABELS:
        shown.setdefault("text", LABELS[kind])
    if kind == "COPY_CODE" and type(button.get("example")) is str:
        shown["example"] = [button["example"]]
    return shown
