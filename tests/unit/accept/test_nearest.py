"""Whoever misnames a template is told which one they may have meant, also among thousands."""

import pytest

from support.nouns import template
from waypost.accept.nearest import name_nearest, spell

MOST_AT_META = 6000
THINGS = ("order", "cart", "parcel", "invoice", "visit", "ticket")
ACTS = ("update", "reminder", "cancelled", "welcome", "feedback")


@pytest.fixture(scope="module")
def thousands():
    """As many templates as a WABA may have, many of them alike."""
    names = [
        f"{THINGS[n % 6]}_{ACTS[n % 5]}_{THINGS[n // 6 % 6]}_{n:04}" for n in range(MOST_AT_META)
    ]
    return [template(name=name) for name in [*names, "diwali_offer", "diwali_offer_second"]]


@pytest.mark.parametrize("meant", ["diwali_ofer", "diwalli_offer", "Diwali_Offer", "dwali_offer"])
def test_a_slip_in_a_name_is_found_out_among_thousands(thousands, meant):
    assert next(iter(name_nearest(meant, thousands))) == "diwali_offer"


def test_of_many_that_are_alike_the_likest_are_told_and_always_the_same(thousands):
    told = [name_nearest("parcel_cancelled_cart_1O38", thousands) for _ in range(3)]
    assert told == [told[0]] * 3
    assert len(told[0]) == 3
    assert all(name.startswith("parcel_cancelled_") for name in told[0])


@pytest.mark.parametrize("meant", ["", "x", "zz", "q" * 100_000])
def test_what_is_like_none_has_no_nearest(thousands, meant):
    assert name_nearest(meant, thousands) == {}


def test_only_approved_languages_are_told():
    known = [
        template(name="order_update", language="hi"),
        template(name="order_update", language="en_US"),
        template(name="order_update", language="fr", status="PAUSED"),
        template(name="order_updates", language="en", status="REJECTED"),
    ]
    nearest = name_nearest("order_updat", known)
    assert nearest == {"order_update": ["en_US", "hi"]}
    assert spell(nearest) == "order_update (en_US, hi)"
