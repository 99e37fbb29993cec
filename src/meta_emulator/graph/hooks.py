"""Where webhooks go: the overrides of a number and of a WABA, verified first (reference 4.3)."""

from dataclasses import replace
from typing import Any

from meta_emulator.graph.messages import SUCCESS, read_object
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, invalid, refused
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.http import Http
from meta_emulator.settings import Settings
from meta_emulator.webhook.delivery import shake_hands
from meta_emulator.world.objects import Number, Waba

LONGEST_URL = 200


class Hooks:
    """Answers `/<WABA id>/subscribed_apps` and `POST /<phone number id>`."""

    def __init__(
        self, responder: Responder, settings: Settings, http: Http, chance: Chance
    ) -> None:
        self._responder = responder
        self._settings = settings
        self._http = http
        self._chance = chance

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", ""): self._override_number,
            ("waba", "GET", "subscribed_apps"): self._listed,
            ("waba", "POST", "subscribed_apps"): self._override_waba,
            ("waba", "DELETE", "subscribed_apps"): self._unsubscribe,
        }

    async def _override_number(self, request: Request, number: Number) -> Answer:
        configured = read_object(request.body).get("webhook_configuration")
        return await self._override(request, number, configured)

    async def _override_waba(self, request: Request, waba: Waba) -> Answer:
        return await self._override(request, waba, read_object(request.body))

    async def _override(self, request: Request, owner: Number | Waba, configured: object) -> Answer:
        """Set or reset where the webhooks of `owner` go, after a handshake (reference 4.1)."""
        given = configured if isinstance(configured, dict) else {}
        url = override_url(given)
        if isinstance(url, GraphError):
            return self._responder.error(url, request.version)
        if url is not None:
            settings = self._settings
            if isinstance(given.get("verify_token"), str):
                settings = replace(settings, verify_token=given["verify_token"])
            wrong = await shake_hands(url, settings, self._http, self._chance)
            if wrong is not None:
                return self._responder.error(refused(2200, wrong), request.version)
        owner.webhook_url = url
        waba = owner if isinstance(owner, Waba) else owner.waba
        return self._responder.success(SUCCESS, request.version, waba.id)

    def _listed(self, request: Request, waba: Waba) -> Answer:
        app: dict[str, Any] = {
            "whatsapp_business_api_data": {"id": "1000", "name": "emulator", "link": "/"}
        }
        if waba.webhook_url is not None:
            app["override_callback_uri"] = waba.webhook_url
        return self._responder.success(encode({"data": [app]}), request.version, waba.id)

    def _unsubscribe(self, request: Request, waba: Waba) -> Answer:
        waba.webhook_url = None
        return self._responder.success(SUCCESS, request.version, waba.id)


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
