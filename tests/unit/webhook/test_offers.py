"""An order most probably came from the newest message that offered one of its products."""

import json

import pytest

from support.nouns import ACCOUNT, SENDER_ID, WABA_ID
from waypost.meta.inbound_parts import Ordered
from waypost.model.inbound import SentMessage
from waypost.model.submission import Content, References
from waypost.webhook.offers import Offer, find_source, read_offer

ORDERED = Ordered("1", ("aloe", "fern"))


def sent(message_id, shown):
    content = Content("interactive", json.dumps(shown).encode())
    return SentMessage(
        ACCOUNT, message_id, SENDER_ID, WABA_ID, "+919876543210", References(), content
    )


def listed(*products, catalogue="1"):
    items = [{"product_retailer_id": one} for one in products]
    return {"action": {"catalog_id": catalogue, "sections": [{"product_items": items}]}}


PRODUCT = {"action": {"catalog_id": "1", "product_retailer_id": "fern"}}
CARD = {"cards": [{"header": {"product": {"product_retailer_id": "fern", "catalog_id": "1"}}}]}
THUMBNAIL = {"action": {"thumbnail_product_retailer_id": "fern"}}
CATALOGUE = {"type": "catalog_message", "action": {"name": "catalog_message"}}
CATALOGUE_BUTTON = {"components": [{"type": "button", "sub_type": "CATALOG"}]}


@pytest.mark.parametrize("shown", [listed("fern"), PRODUCT, CARD, THUMBNAIL])
def test_a_product_is_offered_wherever_it_stands(shown):
    assert "fern" in read_offer(Content("x", json.dumps(shown).encode())).products


@pytest.mark.parametrize("shown", [CATALOGUE, CATALOGUE_BUTTON])
def test_a_message_may_open_the_whole_catalogue(shown):
    offer = read_offer(Content("x", json.dumps(shown).encode()))

    assert offer == Offer(frozenset(), frozenset(), opens_all=True)


@pytest.mark.parametrize(
    ("messages", "source"),
    [
        ([], None),
        ([sent("A1", listed("fern")), sent("A2", listed("aloe"))], "A2"),
        ([sent("A2", listed("rose")), sent("A1", listed("aloe"))], "A1"),
        ([sent("A1", listed("aloe")), sent("A2", listed("aloe", catalogue="2"))], "A1"),
        ([sent("A1", listed("aloe")), sent("A2", CATALOGUE)], "A1"),
        ([sent("A1", CATALOGUE), sent("A2", CATALOGUE), sent("A3", listed("rose"))], "A2"),
        ([sent("A1", {"text": {"body": "aloe"}})], None),
    ],
)
def test_the_newest_that_names_a_product_is_the_source(messages, source):
    found = find_source(ORDERED, messages, {})

    assert (found.message_id if found else None) == source
