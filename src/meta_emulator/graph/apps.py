"""The app and its token: who asks, where the app's webhooks go, which apps hear of a WABA.

Overrides are verified by a handshake first (reference 4.1, 4.3, 4.9).
"""

from dataclasses import replace
from typing import Any

from meta_emulator.graph.hooks import APP_ID, APP_NAME, override_url
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.graph.wabas import USER_ID
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, invalid, refused
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.parameters import parameters
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.http import Http
from meta_emulator.settings import Settings
from meta_emulator.webhook.delivery import shake_hands
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.state import State
from meta_emulator.world.tokens import Tokens

OBJECT = "whatsapp_business_account"
ALONE = ("me", "debug_token", "oauth", "app")
"""First parts of a path that are no ids."""

FIELDS = (
    "messages",
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
    "account_update",
    "account_alerts",
    "business_capability_update",
    "phone_number_quality_update",
    "user_preferences",
)
SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging", "catalog_management")


class Apps:
    """Answers `/me`, `/debug_token`, `/oauth/access_token` and `/<app id>/subscriptions`."""

    def __init__(
        self,
        state: State,
        responder: Responder,
        run_with: tuple[Settings, Tokens],
        reporter: Reporter,
        outside: tuple[Http, Chance],
    ) -> None:
        self._state = state
        self._replies = Replies(responder)
        self._settings, self._tokens = run_with
        self._reporter = reporter
        self._http, self._chance = outside

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("me", "GET", ""): self.me,
            ("app", "GET", ""): self.app,
            ("debug_token", "GET", ""): self.token,
            ("oauth", "GET", "access_token"): self.exchange,
            ("any", "GET", "subscriptions"): self.subscriptions,
            ("any", "POST", "subscriptions"): self.subscribe,
            ("any", "DELETE", "subscriptions"): self.unsubscribe,
        }

    def find(self, object_id: str) -> tuple[str, str] | None:
        """What stands where other paths have an id."""
        return (object_id, object_id) if object_id in ALONE else None

    def me(self, request: Request, _me: str) -> Answer:
        """`GET /me`: the system user of the token."""
        item = {"id": USER_ID, "name": "Emulated system user"}
        return self._shown(pick(item, request.query.get("fields"), ("name", "id")), request)

    def app(self, request: Request, _app: str) -> Answer:
        """`GET /app`: the app of the token."""
        return self._shown({"id": APP_ID, "name": APP_NAME, "link": "/"}, request)

    def token(self, request: Request, _token: str) -> Answer:
        """`GET /debug_token?input_token=`."""
        given = request.query.get("input_token")
        if not given:
            return self._replies.refused(invalid("The parameter input_token is required."), request)
        if self._tokens.fault(given, self._state.clock.now()) is not None:
            problem = {"code": 190, "message": "Invalid OAuth access token."}
            return self._shown({"data": {"error": problem, "is_valid": False}}, request)
        end = self._tokens.ends.get(given)
        told = {
            "app_id": APP_ID,
            "type": "SYSTEM_USER",
            "application": APP_NAME,
            "expires_at": 0 if end is None else int(end.timestamp()),
            "data_access_expires_at": 0,
            "is_valid": True,
            "issued_at": 1735689600,
            "scopes": list(SCOPES),
            "granular_scopes": [
                {"scope": scope, "target_ids": list(self._state.wabas)} for scope in SCOPES[:2]
            ],
            "user_id": USER_ID,
        }
        return self._shown({"data": told}, request)

    def exchange(self, request: Request, _oauth: str) -> Answer:
        """`GET /oauth/access_token`: the settings' token, for any app and code."""
        if not request.query.get("client_id"):
            return self._replies.refused(invalid("Missing client_id parameter."), request)
        shown = {"access_token": self._settings.access_token, "token_type": "bearer"}
        return self._shown(shown, request)

    def subscriptions(self, request: Request, _app_id: str) -> Answer:
        """`GET /<app id>/subscriptions`."""
        url = self._reporter.webhook_url
        version = ".".join(map(str, self._settings.webhook_version))
        subscribed = {
            "object": OBJECT,
            "callback_url": url,
            "active": True,
            "fields": [{"name": name, "version": f"v{version}"} for name in FIELDS],
        }
        return self._shown({"data": [] if url is None else [subscribed]}, request)

    async def subscribe(self, request: Request, _app_id: str) -> Answer:
        """`POST /<app id>/subscriptions`: where the app's webhooks go from now on."""
        given = parameters(request)
        if given.get("object") != OBJECT:
            error = invalid(f"Param object must be one of {{{OBJECT}}}.")
            return self._replies.refused(error, request)
        url = override_url({"override_callback_uri": given.get("callback_url")})
        if url is None:
            url = invalid("The parameter callback_url is required.")
        if isinstance(url, GraphError):
            return self._replies.refused(url, request)
        verify_token = str(given.get("verify_token", ""))
        settings = replace(self._settings, verify_token=verify_token)
        wrong = await shake_hands(url, settings, self._http, self._chance)
        if wrong is not None:
            return self._replies.refused(refused(2200, wrong), request)
        self._reporter.webhook_url = url
        return self._replies.done(request, self._waba_id)

    def unsubscribe(self, request: Request, _app_id: str) -> Answer:
        """`DELETE /<app id>/subscriptions`: nothing is told any more."""
        self._reporter.webhook_url = None
        return self._replies.done(request, self._waba_id)

    @property
    def _waba_id(self) -> str:
        return self._state.first_number.waba.id

    def _shown(self, item: dict[str, Any], request: Request) -> Answer:
        return self._replies.shown(item, request, self._waba_id)
