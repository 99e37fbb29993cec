"""Where webhooks go: the overrides of a number and of a WABA, verified first (reference 4.3)."""

from dataclasses import replace
from typing import Any

from meta_emulator.graph.registration import pin_fault
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, invalid, refused
from meta_emulator.protocol.parameters import parameters
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.http import Http
from meta_emulator.settings import Settings
from meta_emulator.webhook.delivery import OK, shake_hands
from meta_emulator.world.objects import Number, Waba

LONGEST_URL = 200
LONGEST_NAME = 128
APP_ID, APP_NAME = "1000", "emulator"


class Hooks:
    """Answers `/<WABA id>/subscribed_apps` and `POST /<phone number id>`."""

    def __init__(
        self, responder: Responder, settings: Settings, http: Http, chance: Chance
    ) -> None:
        self._replies = Replies(responder)
        self._settings = settings
        self._http = http
        self._chance = chance

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", ""): self._change_number,
            ("waba", "GET", "subscribed_apps"): self._listed,
            ("waba", "POST", "subscribed_apps"): self._subscribe,
            ("waba", "DELETE", "subscribed_apps"): self._unsubscribe,
        }

    async def _change_number(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>`: where its webhooks go, its pin, its display name."""
        given = parameters(request)
        if "pin" in given:
            fault = pin_fault(given)
            if fault is not None:
                return self._replies.refused(fault, request)
            number.pin = str(given["pin"])
        elif "new_display_name" in given:
            name = given["new_display_name"]
            if type(name) is not str or not 1 <= len(name) <= LONGEST_NAME:
                fault = invalid(f"Param new_display_name must be 1 to {LONGEST_NAME} characters.")
                return self._replies.refused(fault, request)
            number.options.update(new_display_name=name, new_name_status="PENDING_REVIEW")
        elif "webhook_configuration" in given:
            return await self._override(request, number, given["webhook_configuration"])
        else:
            fault = invalid("One of {webhook_configuration, pin, new_display_name} is required.")
            return self._replies.refused(fault, request)
        return self._replies.done(request, number.waba.id)

    async def _subscribe(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/subscribed_apps`: the app hears of it, at its URL or at another."""
        answer = await self._override(request, waba, parameters(request))
        if answer.status == OK:
            waba.is_subscribed = True
        return answer

    async def _override(self, request: Request, owner: Number | Waba, configured: object) -> Answer:
        """Set or reset where the webhooks of `owner` go, after a handshake (reference 4.1)."""
        given = configured if isinstance(configured, dict) else {}
        url = override_url(given)
        if isinstance(url, GraphError):
            return self._replies.refused(url, request)
        if url is not None:
            settings = self._settings
            if isinstance(given.get("verify_token"), str):
                settings = replace(settings, verify_token=given["verify_token"])
            wrong = await shake_hands(url, settings, self._http, self._chance)
            if wrong is not None:
                return self._replies.refused(refused(2200, wrong), request)
        owner.webhook_url = url
        waba = owner if isinstance(owner, Waba) else owner.waba
        return self._replies.done(request, waba.id)

    def _listed(self, request: Request, waba: Waba) -> Answer:
        app: dict[str, Any] = {
            "whatsapp_business_api_data": {"id": APP_ID, "name": APP_NAME, "link": "/"}
        }
        if waba.webhook_url is not None:
            app["override_callback_uri"] = waba.webhook_url
        shown = {"data": [app] if waba.is_subscribed else []}
        return self._replies.shown(shown, request, waba.id)

    def _unsubscribe(self, request: Request, waba: Waba) -> Answer:
        """`DELETE /<WABA id>/subscribed_apps`: nothing is told of it any more."""
        waba.webhook_url = None
        waba.is_subscribed = False
        return self._replies.done(request, waba.id)


def override_url(body: dict[str, Any]) -> str | GraphError | None:
    """The `override_callback_uri` of a body; None if it has none or an empty one: both reset it."""
    url = body.get("override_callback_uri")
    if url is None or url == "":
        return None
    if type(url) is not str or not url.startswith(("http://", "https://")):
        return invalid("Param override_callback_uri must be a valid URI.")
    if len(url) > LONGEST_URL:
        return invalid(
            f"Param override_callback_uri must be at most {LONGEST_URL} characters long."
        )
    return url
