"""Tiers, levels and webhooks about limits are understood in every shape that Meta gives them."""

import json

import pytest

from waypost.meta.events import parse_webhook
from waypost.meta.limit_events import LimitEvent, read_limit_events
from waypost.meta.limits import ToldLimit, read_limit
from waypost.meta.numbers import Allowance, least, read_allowances

LIMIT = "whatsapp_business_manager_messaging_limit"


@pytest.mark.parametrize(
    ("told", "users"),
    [
        ("TIER_50", 50),
        ("TIER_250", 250),
        ("TIER_1K", 1000),
        ("TIER_2K", 2000),
        ("tier_10k", 10_000),
        ("TIER_100K", 100_000),
        ("2000", 2000),
        (2000, 2000),
        ("TIER_UNLIMITED", None),
        (-1, None),
    ],
)
def test_a_tier_or_a_number_is_a_limit(told, users):
    assert read_limit(told) == ToldLimit(users)


@pytest.mark.parametrize("told", [None, "", "TIER_NOT_SET", True, {}, [], 2.5, "TIER_-5", "x" * 99])
def test_anything_else_tells_nothing(told):
    assert read_limit(told) is None


def test_numbers_tell_their_throughput_and_their_portfolios_limit():
    listed = [
        {"id": "1", "throughput": {"level": "STANDARD"}, LIMIT: "TIER_250"},
        {"id": "2", "throughput": {"level": "HIGH"}, LIMIT: "TIER_UNLIMITED"},
        {"id": "3", "throughput": {"level": "HIGH"}, "is_on_biz_app": True},
        {"id": "4", "throughput": {"level": "NOT_APPLICABLE"}, "messaging_limit_tier": "TIER_1K"},
        {"id": "5", "throughput": "HIGH", LIMIT: 7.5},
        {"throughput": {"level": "HIGH"}},
        "6",
    ]
    assert read_allowances(listed) == [
        Allowance("1", 80, ToldLimit(250)),
        Allowance("2", 1000, ToldLimit(None)),
        Allowance("3", 20, None),
        Allowance("4", 20, ToldLimit(1000)),
        Allowance("5", None, None),
    ]


def test_of_several_limits_the_least_is_kept():
    told = read_allowances([{"id": str(number), LIMIT: one} for number, one in enumerate(LIMITS)])
    assert least(told) == ToldLimit(250)
    assert least(told[:1]) == ToldLimit(None)
    assert least([]) is None


LIMITS = ("TIER_UNLIMITED", "TIER_2K", "TIER_250")


@pytest.mark.parametrize(
    ("value", "number", "is_upgraded", "users"),
    [
        (
            {
                "display_phone_number": "15550783881",
                "event": "THROUGHPUT_UPGRADE",
                "max_daily_conversations_per_business": "TIER_UNLIMITED",
            },
            "15550783881",
            True,
            None,
        ),
        ({"max_daily_conversations_per_business": 2000}, "", False, 2000),
        ({"max_daily_conversation_per_phone": -1}, "", False, None),
        (
            {"display_phone_number": "+1 555 078", "event": "UPGRADE", "current_limit": "TIER_1K"},
            "1555078",
            False,
            1000,
        ),
    ],
)
def test_what_webhooks_tell_of_limits(value, number, is_upgraded, users):
    event = LimitEvent("102", number, is_upgraded, ToldLimit(users))
    assert read_limit_events(value, "102") == [event]


def test_an_onboarding_without_a_limit_tells_none():
    value = {"display_phone_number": "15550783881", "event": "ONBOARDING"}
    assert read_limit_events(value, "102") == [LimitEvent("102", "15550783881", False, None)]


def test_limits_stand_beside_everything_else_in_a_webhook():
    changes = [
        {"field": "business_capability_update", "value": {"max_phone_numbers_per_waba": 25}},
        {
            "field": "business_capability_update",
            "value": {"max_daily_conversations_per_business": "TIER_2K"},
        },
    ]
    entries = [{"id": "102", "time": 1, "changes": changes}, {"changes": changes[:1]}]
    understood = parse_webhook(json.dumps({"entry": entries}).encode())
    assert [one.limit for one in understood.limits] == [None, ToldLimit(2000)]
    assert understood.dropped == ["/entry/1/changes/0/value/event: its entry has no `id`"]
