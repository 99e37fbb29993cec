"""WhatsApp Business Accounts: what they are, their settings, their catalogue, their people."""

from typing import Any

from meta_emulator.graph.catalogues import catalogue_object
from meta_emulator.graph.profiles import boolean
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import invalid, object_unknown
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.parameters import parameters
from meta_emulator.world.objects import Waba
from meta_emulator.world.state import State

WABA_FIELDS = ("id", "name", "timezone_id", "message_template_namespace", "currency")
CLOSED = "disable_marketing_messages_on_cloud_api"
USER_ID = "122100000000000001"
TASKS = ("MANAGE", "DEVELOP", "MANAGE_TEMPLATES", "MANAGE_PHONE", "VIEW_COST", "MESSAGING")


class Wabas:
    """Answers `/<WABA id>`, its catalogues and its users, and the WABAs of a portfolio."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._replies = Replies(responder)

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("waba", "GET", ""): self.waba,
            ("waba", "POST", ""): self.change,
            ("waba", "GET", "product_catalogs"): self.catalogues,
            ("waba", "POST", "product_catalogs"): self.connect,
            ("waba", "DELETE", "product_catalogs"): self.disconnect,
            ("waba", "GET", "assigned_users"): self.users,
            ("any", "GET", "owned_whatsapp_business_accounts"): self.owned,
            ("any", "GET", "client_whatsapp_business_accounts"): self.shared,
        }

    def waba(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>`."""
        shown = pick(waba_object(waba), request.query.get("fields"), WABA_FIELDS)
        return self._replies.shown(shown, request, waba.id)

    def change(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>`: its name, and whether marketing must go by its own API."""
        given = parameters(request)
        if CLOSED in given:
            is_closed = boolean(given[CLOSED])
            if is_closed is None:
                return self._replies.refused(invalid(f"Param {CLOSED} must be a boolean."), request)
            waba.is_marketing_closed = is_closed
        if type(given.get("name")) is str and given["name"]:
            waba.name = given["name"]
        return self._replies.shown({"id": waba.id}, request, waba.id)

    def catalogues(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/product_catalogs`: the one that is connected, or none."""
        is_held = waba.is_catalogue_connected and waba.holdings.catalogue_id is not None
        held = [waba] if is_held else []
        return self._replies.listed(
            held, request, waba.id, lambda one: catalogue_object(one, request)
        )

    def connect(self, request: Request, waba: Waba) -> Answer:
        """`POST /<WABA id>/product_catalogs?catalog_id=`: its own catalogue again."""
        return self._connect(request, waba, is_connected=True)

    def disconnect(self, request: Request, waba: Waba) -> Answer:
        """`DELETE /<WABA id>/product_catalogs?catalog_id=`: sends find no product any more."""
        return self._connect(request, waba, is_connected=False)

    def _connect(self, request: Request, waba: Waba, *, is_connected: bool) -> Answer:
        catalogue_id = parameters(request).get("catalog_id")
        if catalogue_id is None:
            return self._replies.refused(invalid("The parameter catalog_id is required."), request)
        if self._state.catalogues.get(str(catalogue_id)) is not waba:
            unknown = object_unknown(str(catalogue_id), request.method)
            return self._replies.refused(unknown, request)
        waba.is_catalogue_connected = is_connected
        return self._replies.done(request, waba.id)

    def users(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/assigned_users`: the one whose token is used."""
        user = {"id": USER_ID, "name": "Emulated system user", "tasks": list(TASKS)}
        return self._replies.listed([user], request, waba.id, dict)

    def owned(self, request: Request, portfolio: str) -> Answer:
        """`GET /<portfolio id>/owned_whatsapp_business_accounts`; any id has them all."""
        fields = request.query.get("fields")
        named = [waba for waba in self._state.wabas.values() if waba.portfolio == portfolio]
        return self._replies.listed(
            named or list(self._state.wabas.values()),
            request,
            self._state.first_number.waba.id,
            lambda waba: pick(waba_object(waba), fields, WABA_FIELDS),
        )

    def shared(self, request: Request, _portfolio: str) -> Answer:
        """`GET /<portfolio id>/client_whatsapp_business_accounts`: none."""
        return self._replies.listed([], request, self._state.first_number.waba.id, dict)


def waba_object(waba: Waba) -> dict[str, Any]:
    """A WABA as Meta shows it."""
    number = waba.numbers[0] if waba.numbers else None
    onboarding = "ONBOARDED" if waba.has_marketing_messages else "ELIGIBLE"
    return {
        "id": waba.id,
        "name": waba.name,
        "timezone_id": "71",
        "message_template_namespace": f"{int(waba.id):032x}",
        "currency": "INR",
        "country": "IN",
        "status": "ACTIVE",
        "ownership_type": "SELF",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "is_enabled_for_insights": True,
        "marketing_messages_lite_api_status": onboarding,
        "marketing_messages_onboarding_status": onboarding,
        CLOSED: waba.is_marketing_closed,
        "primary_business_location": "IN",
        "owner_business_info": {"name": waba.name, "id": waba.portfolio or waba.id},
        "on_behalf_of_business_info": {
            "name": waba.name,
            "id": waba.portfolio or waba.id,
            "status": "APPROVED",
            "type": "SELF",
        },
        "whatsapp_business_manager_messaging_limit": (
            None if number is None else number.seed.messaging_limit
        ),
        "health_status": {
            "can_send_message": "AVAILABLE",
            "entities": [
                {"entity_type": "WABA", "id": waba.id, "can_send_message": "AVAILABLE"},
            ],
        },
    }
