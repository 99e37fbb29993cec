"""The numbers of a WABA at Meta, and what it allows them (`reference` 5). Pure.

A number's `throughput` is a level, and its portfolio's messaging limit a tier that each of its
numbers tells. What has an odd shape tells nothing, and raises nothing.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from waypost.meta.graph import GraphCall
from waypost.meta.limits import COEXISTING, LEVELS, ToldLimit, read_limit

FIELDS = "id,throughput,is_on_biz_app,whatsapp_business_manager_messaging_limit"
OLDER_FIELDS = "id,throughput,messaging_limit_tier"
"""For versions of the Graph API that know no better: they refuse a field they do not know."""


class Allowance(Struct, frozen=True):
    """What Meta allows a number.

    throughput  messages a second; None: not told
    limit       of its portfolio; None: not told
    """

    phone_number_id: str
    throughput: int | None
    limit: ToldLimit | None


def numbers_call(waba_id: str, token: str, fields: str) -> GraphCall:
    """All numbers of a WABA, page by page."""
    return GraphCall("GET", f"{waba_id}/phone_numbers", token, {"fields": fields, "limit": "100"})


def read_allowances(objects: Iterable[Any]) -> list[Allowance]:
    """Meta's number objects; what is none is left out."""
    return [
        Allowance(
            one["id"],
            _throughput(one),
            read_limit(
                one.get("whatsapp_business_manager_messaging_limit")
                or one.get("messaging_limit_tier")
            ),
        )
        for one in objects
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    ]


def least(allowances: Iterable[Allowance]) -> ToldLimit | None:
    """The limit that numbers of one portfolio tell; should they differ, the one that is least."""
    told = [one.limit for one in allowances if one.limit is not None]
    finite = [one for one in told if one.users is not None]
    return min(finite, key=lambda one: one.users or 0) if finite else next(iter(told), None)


def _throughput(number: dict[str, Any]) -> int | None:
    if number.get("is_on_biz_app") is True:
        return COEXISTING
    throughput = number.get("throughput")
    level = throughput.get("level") if isinstance(throughput, dict) else None
    return LEVELS.get(level.upper()) if isinstance(level, str) else None
