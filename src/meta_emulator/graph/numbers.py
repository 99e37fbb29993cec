"""Business phone numbers as Meta shows them: by their id, and in the list of a WABA.

Fields are those that clients ask for; what is unknown is left out of the answer (reference 5).
"""

from collections.abc import Callable
from typing import Any

import msgspec

from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder, Version
from meta_emulator.protocol.errors import RefusedError, invalid
from meta_emulator.protocol.fields import pick
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.objects import Number, Waba
from meta_emulator.world.recipients import country_of

NUMBER_FIELDS = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "last_onboarded_time",
    "webhook_configuration",
)
UPGRADED = 1000
LIMIT_SINCE: Version = (24, 0)
"""The version from which the portfolio's limit can be asked for (reference 1.1)."""

ONBOARDED = "2025-01-01T00:00:00+0000"
RULES: dict[str, Callable[[Any, Any], bool]] = {
    "EQUAL": lambda held, wanted: str(held) == str(wanted),
    "NOT_EQUAL": lambda held, wanted: str(held) != str(wanted),
    "IN": lambda held, wanted: type(wanted) is list and str(held) in map(str, wanted),
    "CONTAIN": lambda held, wanted: str(wanted) in str(held),
}
ORDERS = {
    f"{key}_{direction}": (key, direction == "descending")
    for key in ("creation_time", "last_onboarded_time")
    for direction in ("ascending", "descending")
}


class Numbers:
    """Answers `GET /<phone number id>` and `GET /<WABA id>/phone_numbers`."""

    def __init__(self, responder: Responder, reporter: Reporter) -> None:
        self._replies = Replies(responder)
        self._reporter = reporter

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "GET", ""): self.number,
            ("waba", "GET", "phone_numbers"): self.listed,
        }

    def number(self, request: Request, number: Number) -> Answer:
        """`GET /<phone number id>`."""
        return self._replies.shown(self._shown(number, request), request, number.waba.id)

    def listed(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/phone_numbers`, by `filtering` and `sort`."""
        try:
            fits = read_filtering(request.query.get("filtering"))
            order = read_sort(request.query.get("sort"))
        except RefusedError as refusal:
            return self._replies.refused(refusal.error, request)
        found = [number for number in waba.numbers if fits(number_object(number))]
        if order is not None:
            found.sort(key=lambda number: str(number_object(number).get(order[0])))
            if order[1]:
                found.reverse()
        return self._replies.listed(
            found, request, waba.id, lambda number: self._shown(number, request)
        )

    def _shown(self, number: Number, request: Request) -> dict[str, Any]:
        item = number_object(number)
        hooks = {
            "phone_number": number.webhook_url,
            "whatsapp_business_account": number.waba.webhook_url,
            "application": self._reporter.webhook_url,
        }
        item["webhook_configuration"] = {
            owner: url for owner, url in hooks.items() if url is not None
        }
        if request.version < LIMIT_SINCE:
            del item["whatsapp_business_manager_messaging_limit"]
        return pick(item, request.query.get("fields"), NUMBER_FIELDS)


def read_filtering(text: str | None) -> Callable[[dict[str, Any]], bool]:
    """Whether a number is wanted by `[{"field", "operator", "value"}]`; raises RefusedError."""
    if not text:
        return lambda _number: True
    try:
        rules = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise RefusedError(
            invalid("Param filtering must be an array of {field, operator, value} objects.")
        ) from error
    for rule in rules:
        if str(rule.get("operator")) not in RULES or type(rule.get("field")) is not str:
            listed = ", ".join(RULES)
            raise RefusedError(
                invalid(f"Param filtering needs a field, and an operator of {{{listed}}}.")
            )
    return lambda number: all(
        RULES[rule["operator"]](number.get(rule["field"]), rule.get("value")) for rule in rules
    )


def read_sort(text: str | None) -> tuple[str, bool] | None:
    """The key to sort by, and whether the greatest comes first; raises RefusedError."""
    if not text:
        return None
    order = ORDERS.get(text.strip("\"[]'").lower())
    if order is None:
        listed = ", ".join(ORDERS)
        raise RefusedError(invalid(f'Param sort must be one of {{{listed}}} - got "{text}".'))
    return order


def number_object(number: Number) -> dict[str, Any]:
    """A phone number as Meta shows it."""
    seed = number.seed
    level = "HIGH" if number.throughput >= UPGRADED else "STANDARD"
    can_send = "AVAILABLE" if number.is_registered else "BLOCKED"
    return {
        "id": number.id,
        "verified_name": seed.verified_name,
        "code_verification_status": seed.code_verification_status,
        "display_phone_number": number.display_phone_number,
        "quality_rating": seed.quality_rating,
        "quality_score": {"score": seed.quality_rating},
        "platform_type": "CLOUD_API" if number.is_registered else "NOT_APPLICABLE",
        "throughput": {"level": level},
        "last_onboarded_time": ONBOARDED,
        "creation_time": ONBOARDED,
        "status": seed.status if number.is_registered else "DISCONNECTED",
        "name_status": seed.name_status,
        "new_name_status": number.options.get("new_name_status", "NONE"),
        "new_display_name": number.options.get("new_display_name", ""),
        "is_official_business_account": False,
        "official_business_account": {"oba_status": "NOT_STARTED"},
        "is_pin_enabled": True,
        "is_preverified_number": False,
        "account_mode": "LIVE",
        "country_code": country_of(number.digits),
        "country_dial_code": number.digits[: len(number.digits) - 10],
        "certificate": "",
        "search_visibility": "VISIBLE",
        "eligibility_for_api_business_global_search": "NON_ELIGIBLE_UNDEFINED_COUNTRY",
        "is_on_biz_app": seed.is_on_biz_app,
        "conversational_automation": {"id": number.id, **number.automation},
        "health_status": {
            "can_send_message": can_send,
            "entities": [
                {
                    "entity_type": "PHONE_NUMBER",
                    "id": number.id,
                    "can_send_message": can_send,
                },
                {
                    "entity_type": "WABA",
                    "id": number.waba.id,
                    "can_send_message": "AVAILABLE",
                },
            ],
        },
        "messaging_limit_tier": seed.messaging_limit,
        "whatsapp_business_manager_messaging_limit": seed.messaging_limit,
    }
