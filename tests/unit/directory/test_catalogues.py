"""Catalogues come from feeds and from Meta, and the door looks products up in them."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_emulator.seed import CatalogueSeed, NumberSeed, ProductSeed, Seed, WabaSeed
from support.asgi import GatewayHttp, Network, call
from support.emulated import emulated
from support.nouns import ACCOUNT, NOW, PHONE_NUMBER_ID, VAULT, WABA_ID, account, later, waba
from support.stored import opened
from waypost.directory.catalogues import (
    FEED_HOLDS,
    MOST_AT_ONCE,
    PER_SECOND,
    CatalogueKeeper,
)
from waypost.directory.feed import FeedError
from waypost.directory.product_memory import KNOWN_S, MISSING_S
from waypost.meta.graph import GraphClient
from waypost.model.audit import Actor
from waypost.model.catalogue import CatalogueSource, Product
from waypost.model.errors import DirectoryError, MetaRefusedError, NotFoundError
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.http import NeverLeftError

CATALOGUE = "194836987003835"
ACTOR = Actor("operator", "127.0.0.1")
HEADING = "id,title,availability,price"


def seeded(count, **changes):
    """Products at Meta."""
    return [
        ProductSeed(str(number), f"sku-{number:04}", f"Plant {number}", 100, **changes)
        for number in range(count)
    ]


def feed(*retailer_ids, word="in stock"):
    return "\n".join([HEADING, *(f"{one},Plant,{word},1 USD" for one in retailer_ids)]).encode()


def as_meta_has_it(number):
    return Product(f"sku-{number:04}", f"Plant {number}", "in stock", price="1.00 INR")


class Shop:
    """A keeper between a store and an emulator of Meta with one catalogue."""

    def __init__(self, stored, products):
        self.stored = stored
        number = NumberSeed(PHONE_NUMBER_ID, "+91 98000 00001", "Shop")
        catalogue = None if products is None else CatalogueSeed(CATALOGUE, "Plants", products)
        self.emulated = emulated(Seed([WabaSeed(WABA_ID, "Shop", [number], [], catalogue)]))
        self.network = Network({"meta": self.emulated.emulator.app})
        self.clock = TestClock(NOW)
        graph = GraphClient(GatewayHttp(self.network), "http://meta", "v25.0", 30, VAULT)
        self.keeper = CatalogueKeeper(stored.store, graph, self.clock, SeededEntropy(1))
        stored.furnish()
        self.account = account(wabas={WABA_ID: waba(catalogue_id=CATALOGUE)})

    def run(self, coroutine):
        return self.stored.run(coroutine)

    def load(self, text, catalogue_id=CATALOGUE):
        return self.run(self.keeper.load_feed(self.account, catalogue_id, text, ACTOR))

    def refresh(self, **changes):
        return self.run(self.keeper.refresh(waba(**changes)))

    def find(self, *retailer_ids, **changes):
        return self.run(
            self.keeper.find_products(account(**changes), WABA_ID, retailer_ids)
            if changes
            else self.keeper.find_products(self.account, WABA_ID, retailer_ids)
        )

    def listed(self):
        page = self.run(self.keeper.page_products(self.account, CATALOGUE))
        return [one.retailer_id for one in page]

    def catalogue(self):
        (one,) = self.run(self.keeper.list_catalogues(self.account))
        return one

    def order(self, **order):
        """Something changes at Meta."""
        body = json.dumps(order).encode()
        answer = self.run(
            call(self.emulated.emulator.app, "POST", "/_emulator/products", body=body)
        )
        assert answer.status == 200

    def asked(self):
        """How often Meta was asked since the last time."""
        count = len(self.network.calls)
        self.network.calls.clear()
        return count


@pytest.fixture
def shop(tmp_path, request):
    with opened(tmp_path) as stored:
        yield Shop(stored, getattr(request, "param", seeded(3)))


def test_a_feed_is_loaded_and_told_to_the_audit_log(shop):
    report = shop.load(feed("b", "a", ""))

    assert (report.products, report.skipped) == (2, 1)
    assert [(one.line, one.column) for one in report.faults] == [(4, "id")]
    assert shop.listed() == ["a", "b"]
    assert (shop.catalogue().source, shop.catalogue().products) == (CatalogueSource.FEED, 2)
    (entry,) = shop.stored.ask(lambda t: t.audit.entries(ACCOUNT, 10, None))
    assert (entry.actor, entry.act, entry.target) == (ACTOR, "catalogue.loaded", CATALOGUE)
    assert entry.detail == {"products": 2, "skipped": 1}


def test_a_feed_comes_in_pieces_of_any_size(shop):
    async def pieces():
        text = feed(*(f"sku-{number:05}" for number in range(5000)))
        for start in range(0, len(text), 200_000):
            yield text[start : start + 200_000]

    commits = len(shop.stored.commits)

    assert shop.load(pieces()).products == 5000
    assert len(shop.stored.commits) - commits == 4, "two of two thousand, the rest, the end"


def test_a_new_feed_takes_the_place_of_the_old_one(shop):
    shop.load(feed("a", "b"))
    shop.load(feed("b", "c", word="out of stock"))

    assert shop.listed() == ["b", "c"]
    assert shop.catalogue().products == 2


def test_of_a_repeated_id_the_last_row_counts(shop):
    report = shop.load(feed("a") + b"\na,New,out of stock,")

    assert (report.products, report.skipped, len(report.faults)) == (1, 0, 1)
    assert shop.find("a").products["a"].name == "New"


@pytest.mark.parametrize("text", [b"", b"id,title\n1,2\n", HEADING.encode(), feed("", "")])
def test_a_feed_that_cannot_be_used_changes_nothing(shop, text):
    shop.load(feed("a"))

    with pytest.raises(DirectoryError):
        shop.load(text)

    assert shop.listed() == ["a"]


def test_a_refused_feed_says_what_is_wrong(shop):
    with pytest.raises(FeedError, match="does not name availability"):
        shop.load(b"id,title\n")
    with pytest.raises(DirectoryError, match=r"no product that can be used.*Line 2: id is empty"):
        shop.load(feed(""))
    with pytest.raises(DirectoryError, match="'plants' is no catalogue id"):
        shop.load(feed("a"), "plants")


def test_products_are_listed_of_catalogues_that_are_known(shop):
    with pytest.raises(NotFoundError, match="There is no catalogue 1"):
        shop.run(shop.keeper.page_products(shop.account, "1"))


@pytest.mark.parametrize("shop", [seeded(1203)], indirect=True)
def test_a_catalogue_is_read_from_meta_page_by_page(shop):
    assert shop.refresh() == CATALOGUE

    assert shop.asked() == 4, "which catalogue, and three pages"
    assert (shop.catalogue().source, shop.catalogue().products) == (CatalogueSource.META, 1203)
    assert shop.find("sku-1202").products == {"sku-1202": as_meta_has_it(1202)}


def test_what_meta_no_longer_has_goes(shop):
    shop.refresh()
    shop.order(remove=["sku-0001"])
    hidden = {"id": "7", "retailer_id": "new", "name": "New", "price": 5, "visibility": "hidden"}
    shop.order(set=[{**hidden, "availability": "out of stock"}])

    shop.refresh()

    assert shop.listed() == ["new", "sku-0000", "sku-0002"]
    new = shop.find("new").products["new"]
    assert (new.availability, new.is_hidden) == ("out of stock", True)


@pytest.mark.parametrize("shop", [None], indirect=True)
def test_a_waba_may_have_no_catalogue(shop):
    assert shop.refresh() is None


def test_a_token_that_may_not_see_catalogues_is_told(shop):
    with pytest.raises(MetaRefusedError):
        shop.refresh(access_token=VAULT.seal("wrong"))


def test_a_fresh_feed_is_not_overwritten_by_meta(shop):
    shop.load(feed("only-here"))

    assert shop.refresh() == CATALOGUE
    assert shop.listed() == ["only-here"]

    shop.clock.advance(FEED_HOLDS / timedelta(seconds=1))
    assert shop.refresh() == CATALOGUE
    assert shop.listed() == ["sku-0000", "sku-0001", "sku-0002"]


def test_whoever_asks_for_a_reading_gets_it_though_a_feed_is_fresh(shop):
    shop.load(feed("only-here"))

    shop.run(shop.keeper.refresh(waba(), Actor("operator")))

    assert shop.listed() == ["sku-0000", "sku-0001", "sku-0002"]


def test_products_are_read_once_for_a_whole_campaign(shop):
    shop.load(feed("a", "b"))
    first = shop.find("a", "b")
    shop.stored.do(lambda t: t.catalogues.drop_stale(ACCOUNT, CATALOGUE, NOW + timedelta(days=1)))

    assert shop.find("b", "a") == first
    assert set(first.products) == {"a", "b"}
    assert first.catalogue_id == CATALOGUE

    shop.clock.advance(KNOWN_S)
    assert shop.find("a", "b").products == {}


def test_a_feed_that_was_just_loaded_is_seen_at_once(shop):
    shop.load(feed("a"))
    assert shop.find("b").products == {}

    shop.load(feed("b"))

    assert set(shop.find("a", "b").products) == {"b"}
    assert shop.asked() == 0, "a feed's catalogue is not asked for at Meta"


def test_a_product_that_is_new_at_meta_is_asked_for_once_and_kept(shop):
    shop.refresh()
    new = {"id": "7", "retailer_id": "new", "name": "New", "price": 500}
    shop.order(set=[new])
    shop.asked()

    found = shop.find("new", "sku-0000")

    assert found.products["new"] == Product("new", "New", "in stock", price="5.00 INR")
    assert (set(found.products), found.unchecked) == ({"new", "sku-0000"}, frozenset())
    shop.clock.advance(KNOWN_S)
    assert set(shop.find("new").products) == {"new"}
    assert shop.asked() == 1


def test_a_product_that_meta_does_not_have_is_asked_for_once_a_minute(shop):
    shop.refresh()
    shop.asked()

    for _ in range(3):
        assert shop.find("missing").products == {}
    assert shop.asked() == 1

    shop.clock.advance(MISSING_S)
    shop.find("missing")
    assert shop.asked() == 1


def test_many_who_miss_the_same_product_ask_once(shop):
    shop.refresh()
    shop.asked()

    async def all_at_once():
        return await asyncio.gather(
            *(shop.keeper.find_products(shop.account, WABA_ID, ["missing"]) for _ in range(20))
        )

    assert {str(one) for one in shop.run(all_at_once())} == {str(shop.find("missing"))}
    assert shop.asked() == 1


def test_many_ids_are_asked_for_in_questions_of_fifty(shop):
    shop.refresh()
    shop.asked()

    assert shop.find(*(f"missing-{number}" for number in range(101))).products == {}
    assert shop.asked() == 3


def test_what_meta_cannot_be_asked_counts_against_nobody(shop):
    shop.refresh()
    shop.asked()
    app = shop.network.hosts.pop("meta")

    found = shop.find("missing", "sku-0000")

    assert (set(found.products), found.unchecked) == ({"sku-0000"}, {"missing"})
    assert shop.find("another").unchecked == {"another"}
    assert shop.asked() == 1, "it is left in peace for a while"

    shop.network.hosts["meta"] = app
    shop.clock.advance(KNOWN_S)
    assert shop.find("missing").unchecked == frozenset()


def test_a_reading_that_breaks_off_leaves_no_gap(shop):
    shop.refresh()
    shop.order(remove=["sku-0001"])
    pages = shop.network.ask

    async def breaks_off(method, url, headers, body):
        if "/products" in url:
            raise NeverLeftError("gone")
        return await pages(method, url, headers, body)

    shop.network.ask = breaks_off
    with pytest.raises(NeverLeftError):
        shop.refresh()

    assert shop.listed() == ["sku-0000", "sku-0001", "sku-0002"]


def test_a_reading_that_ends_behind_a_later_one_leaves_nothing_of_itself(shop):
    """An operator loads a feed while the catalogue is being read from Meta."""

    async def slow_feed():
        yield feed("old", "both")
        shop.clock.advance(5)
        await shop.keeper.load_feed(shop.account, CATALOGUE, feed("new", "both"), ACTOR)

    shop.load(slow_feed())

    assert shop.listed() == ["both", "new"]
    assert shop.catalogue().products == 2
    assert shop.catalogue().refreshed_at == later(5)


def test_unknown_products_without_end_use_up_few_of_metas_calls(shop):
    shop.refresh()
    shop.asked()
    for number in range(3 * MOST_AT_ONCE):
        shop.find(f"unknown-{number}")
    assert shop.asked() == MOST_AT_ONCE
    assert shop.find("unknown-x").unchecked == {"unknown-x"}

    shop.clock.advance(10)
    for number in range(3 * MOST_AT_ONCE):
        shop.find(f"other-{number}")
    assert shop.asked() == 10 * PER_SECOND


def test_a_send_does_not_wait_for_its_turn_without_end(shop):
    shop.refresh()
    keeper = replace(shop.keeper, door_timeout_s=0.02)
    answering, app = asyncio.Event(), shop.network.hosts["meta"]

    async def held(scope, receive, send):
        await answering.wait()
        await app(scope, receive, send)

    async def two():
        shop.network.hosts["meta"] = held
        sends = {
            asyncio.create_task(keeper.find_products(shop.account, WABA_ID, [retailer_id]))
            for retailer_id in ("some", "others")
        }
        done, waiting = await asyncio.wait(sends, return_when=asyncio.FIRST_COMPLETED)
        answering.set()
        return [one.result() for one in done], [await one for one in waiting]

    (turned_away,), (answered,) = shop.run(two())
    assert len(turned_away.unchecked) == 1
    assert (answered.products, answered.unchecked) == ({}, frozenset())


def test_without_a_catalogue_nothing_can_be_said(shop):
    unread = shop.find("a")
    assert (unread.catalogue_id, unread.products, unread.unchecked) == (CATALOGUE, None, set())

    unknown = shop.find("a", wabas={})
    assert (unknown.catalogue_id, unknown.products) == (None, None)


def test_the_only_feed_of_an_account_stands_for_a_waba_whose_catalogue_is_not_known(shop):
    wabas = {WABA_ID: waba()}
    shop.load(feed("a"))

    found = shop.find("a", "b", wabas=wabas)
    assert (found.catalogue_id, set(found.products)) == (CATALOGUE, {"a"})

    shop.load(feed("b"), "2")
    assert shop.find("a", wabas=wabas).products is None
