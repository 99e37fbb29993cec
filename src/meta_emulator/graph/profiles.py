"""What a number shows and how it behaves: profile, commerce settings, settings, automation.

Limits of the profile's texts are those of Meta's page about business profiles.
"""

from typing import Any

from meta_emulator.graph.registration import product_fault
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, RefusedError, invalid
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.parameters import parameters
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State

PROFILE_LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128}
WEBSITE_LIMIT = 256
MOST_WEBSITES = 2
VERTICALS = (
    "UNDEFINED",
    "OTHER",
    "AUTO",
    "BEAUTY",
    "APPAREL",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GROCERY",
    "GOVT",
    "HOTEL",
    "HEALTH",
    "NONPROFIT",
    "PROF_SERVICES",
    "RETAIL",
    "TRAVEL",
    "RESTAURANT",
    "NOT_A_BIZ",
    "ALCOHOL",
    "ONLINE_GAMBLING",
    "PHYSICAL_GAMBLING",
    "OTC_DRUGS",
    "MATRIMONY_SERVICE",
)
PICTURE = "https://pps.whatsapp.net/v/emulated.jpg"
COMMERCE = {"is_cart_enabled": "is_cart_enabled", "is_catalog_visible": "is_catalogue_visible"}
"""Meta's key of each commerce setting, and ours."""

SETTINGS = (
    "calling",
    "storage_configuration",
    "user_identity_change",
    "payload_encryption",
    "data_localization_region",
)
MOST_PROMPTS, LONGEST_PROMPT = 4, 80
MOST_COMMANDS, LONGEST_COMMAND, LONGEST_HINT = 30, 32, 256


class Profiles:
    """Answers the edges of a number's profile and settings."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._replies = Replies(responder)

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "GET", "whatsapp_business_profile"): self.profile,
            ("number", "POST", "whatsapp_business_profile"): self.set_profile,
            ("number", "GET", "whatsapp_commerce_settings"): self.commerce,
            ("number", "POST", "whatsapp_commerce_settings"): self.set_commerce,
            ("number", "GET", "settings"): self.settings,
            ("number", "POST", "settings"): self.set_settings,
            ("number", "POST", "conversational_automation"): self.set_automation,
            ("number", "GET", "whatsapp_business_encryption"): self.public_key,
            ("number", "POST", "whatsapp_business_encryption"): self.set_public_key,
        }

    def profile(self, request: Request, number: Number) -> Answer:
        """`GET …/whatsapp_business_profile`; what was never set is left out, but the vertical."""
        item = {"messaging_product": "whatsapp", "vertical": VERTICALS[0], **number.profile}
        fields = request.query.get("fields")
        shown = pick(item, fields and f"{fields},messaging_product", ("messaging_product",))
        return self._replies.shown({"data": [shown]}, request, number.waba.id)

    def set_profile(self, request: Request, number: Number) -> Answer:
        """`POST …/whatsapp_business_profile`: the keys that are given change."""
        given = parameters(request)
        fault = product_fault(given)
        try:
            changed = read_profile(given, self._state.handles)
        except RefusedError as refusal:
            fault = fault or refusal.error
        if fault is not None:
            return self._replies.refused(fault, request)
        number.profile.update(changed)
        return self._replies.done(request, number.waba.id)

    def commerce(self, request: Request, number: Number) -> Answer:
        """`GET …/whatsapp_commerce_settings`."""
        item: dict[str, Any] = {key: getattr(number, ours) for key, ours in COMMERCE.items()}
        shown = pick({**item, "id": number.id}, request.query.get("fields"), tuple(item))
        return self._replies.shown({"data": [shown]}, request, number.waba.id)

    def set_commerce(self, request: Request, number: Number) -> Answer:
        """`POST …/whatsapp_commerce_settings?is_cart_enabled=&is_catalog_visible=`."""
        given = {
            ours: boolean(parameters(request)[key])
            for key, ours in COMMERCE.items()
            if key in parameters(request)
        }
        if None in given.values():
            error = invalid("Params is_cart_enabled and is_catalog_visible must be booleans.")
            return self._replies.refused(error, request)
        for ours, value in given.items():
            setattr(number, ours, value)
        return self._replies.done(request, number.waba.id)

    def settings(self, request: Request, number: Number) -> Answer:
        """`GET …/settings`: what was set, and Meta's defaults."""
        item: dict[str, Any] = {
            "storage_configuration": {"status": "DEFAULT"},
            "user_identity_change": {"enable_identity_key_check": False},
            "calling": {"status": "DISABLED"},
        }
        item.update({key: number.options[key] for key in SETTINGS if key in number.options})
        shown = pick(item, request.query.get("fields"), tuple(item))
        return self._replies.shown(shown, request, number.waba.id)

    def set_settings(self, request: Request, number: Number) -> Answer:
        """`POST …/settings`: the objects that are given take the place of the last."""
        given = parameters(request)
        known = {key: given[key] for key in SETTINGS if key in given}
        if not known:
            listed = ", ".join(SETTINGS)
            return self._replies.refused(invalid(f"One of {{{listed}}} is required."), request)
        number.options.update(known)
        return self._replies.done(request, number.waba.id)

    def set_automation(self, request: Request, number: Number) -> Answer:
        """`POST …/conversational_automation`: prompts, commands, the welcome message."""
        given = parameters(request)
        fault = automation_fault(given)
        if fault is not None:
            return self._replies.refused(fault, request)
        for key in ("prompts", "commands", "enable_welcome_message"):
            if key in given:
                number.automation[key] = given[key]
        return self._replies.done(request, number.waba.id)

    def public_key(self, request: Request, number: Number) -> Answer:
        """`GET …/whatsapp_business_encryption`."""
        item: dict[str, Any] = {}
        if number.public_key is not None:
            item = {
                "business_public_key": number.public_key,
                "business_public_key_signature_status": "VALID",
            }
        return self._replies.shown(item, request, number.waba.id)

    def set_public_key(self, request: Request, number: Number) -> Answer:
        """`POST …/whatsapp_business_encryption`: a public key in PEM."""
        key = parameters(request).get("business_public_key")
        if type(key) is not str or "BEGIN PUBLIC KEY" not in key:
            error = invalid("Param business_public_key must be a public key in PEM.")
            return self._replies.refused(error, request)
        number.public_key = key
        return self._replies.done(request, number.waba.id)


def read_profile(given: dict[str, Any], handles: dict[str, str]) -> dict[str, Any]:
    """The keys of a profile that `given` sets; raises RefusedError."""
    changed: dict[str, Any] = {}
    for key, most in PROFILE_LIMITS.items():
        if key in given:
            changed[key] = _text(given[key], key, most)
    if "about" in changed and not changed["about"]:
        raise RefusedError(invalid("Param about must not be empty."))
    if "vertical" in given:
        if given["vertical"] not in VERTICALS:
            listed = ", ".join(VERTICALS)
            raise RefusedError(
                invalid(f'Param vertical must be one of {{{listed}}} - got "{given["vertical"]}".')
            )
        changed["vertical"] = given["vertical"]
    if "websites" in given:
        sites = given["websites"]
        if type(sites) is not list or len(sites) > MOST_WEBSITES:
            raise RefusedError(invalid(f"Param websites must have at most {MOST_WEBSITES} items."))
        changed["websites"] = [_text(site, "websites", WEBSITE_LIMIT) for site in sites]
    if "profile_picture_handle" in given:
        if str(given["profile_picture_handle"]) not in handles:
            raise RefusedError(
                invalid("Param profile_picture_handle must be the handle of an uploaded file.")
            )
        changed["profile_picture_url"] = PICTURE
    return changed


def automation_fault(given: dict[str, Any]) -> GraphError | None:
    """What is wrong with ice breakers and commands."""
    prompts, commands = given.get("prompts", []), given.get("commands", [])
    if type(prompts) is not list or len(prompts) > MOST_PROMPTS:
        return invalid(f"Param prompts must be an array of at most {MOST_PROMPTS} texts.")
    if any(type(prompt) is not str or len(prompt) > LONGEST_PROMPT for prompt in prompts):
        return invalid(f"Param prompts: each is a text of at most {LONGEST_PROMPT} characters.")
    if type(commands) is not list or len(commands) > MOST_COMMANDS:
        return invalid(f"Param commands must be an array of at most {MOST_COMMANDS} objects.")
    for command in commands:
        held = command if type(command) is dict else {}
        name, hint = held.get("command_name"), held.get("command_description")
        if type(name) is not str or not 1 <= len(name) <= LONGEST_COMMAND:
            return invalid("Param commands: command_name must be 1 to 32 characters long.")
        if type(hint) is not str or not 1 <= len(hint) <= LONGEST_HINT:
            return invalid("Param commands: command_description must be 1 to 256 characters long.")
    return None


def boolean(value: Any) -> bool | None:
    """A boolean, also where it came as text; None for anything else."""
    if type(value) is bool:
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def _text(value: Any, key: str, most: int) -> str:
    if type(value) is not str or len(value) > most:
        raise RefusedError(invalid(f"Param {key} must be a text of at most {most} characters."))
    return value
