"""Catalogues: found by id at the door, read page by page, replaced without a gap."""

from support.nouns import ACCOUNT, NOW, later
from waypost.model.catalogue import Catalogue, CatalogueSource, Product

CATALOGUE = "194836987003835"


def product(retailer_id, **changes):
    made = {"name": f"Product {retailer_id}", "availability": "in stock", **changes}
    return Product(retailer_id, **made)


def keep(stored, *products, at=NOW, catalogue_id=CATALOGUE):
    stored.do(lambda t: t.catalogues.save_products(ACCOUNT, catalogue_id, products, at))


def found(stored, *retailer_ids):
    return stored.ask(lambda t: t.catalogues.products(ACCOUNT, CATALOGUE, retailer_ids))


def page(stored, after="", limit=100):
    return stored.ask(lambda t: t.catalogues.page(ACCOUNT, CATALOGUE, after, limit))


def test_a_catalogue_is_found_with_its_numbers(stored):
    kept = Catalogue(ACCOUNT, CATALOGUE, CatalogueSource.FEED, 3, NOW)
    other = Catalogue(2, CATALOGUE, CatalogueSource.META, 1, NOW)
    for one in (kept, other):
        stored.do(lambda t, one=one: t.catalogues.save(one))

    assert stored.ask(lambda t: t.catalogues.find(ACCOUNT, CATALOGUE)) == kept
    assert stored.ask(lambda t: t.catalogues.find(ACCOUNT, "1")) is None
    assert stored.ask(lambda t: t.catalogues.of_account(ACCOUNT)) == [kept]

    again = Catalogue(ACCOUNT, CATALOGUE, CatalogueSource.META, 4, later(1))
    stored.do(lambda t: t.catalogues.save(again))
    assert stored.ask(lambda t: t.catalogues.of_account(ACCOUNT)) == [again]


def test_products_are_found_by_their_ids(stored):
    hidden = product("b", is_hidden=True, price="9.99 USD", availability="out of stock")
    keep(stored, product("a"), hidden, product("c"))
    keep(stored, product("a", name="another"), catalogue_id="1")

    assert found(stored, "b", "a", "missing") == {"a": product("a"), "b": hidden}
    assert found(stored) == {}


def test_any_number_of_products_is_found(stored):
    everything = [product(f"sku-{number:03}") for number in range(150)]
    keep(stored, *everything)

    for count in (1, 2, 3, 30, 31, 32, 33, 63, 64, 65, 150):
        wanted = everything[:count]
        assert found(stored, *(one.retailer_id for one in wanted)) == {
            one.retailer_id: one for one in wanted
        }


def test_a_product_that_changed_is_kept_as_it_is_now(stored):
    keep(stored, product("a"))
    keep(stored, product("a", name="New", availability="discontinued"), at=later(1))

    assert found(stored, "a") == {"a": product("a", name="New", availability="discontinued")}


def test_what_was_read_later_stays(stored):
    keep(stored, product("a", name="New"), at=later(1))
    keep(stored, product("a", name="Old"), product("b"))
    for at in (later(1), NOW):
        read = Catalogue(ACCOUNT, CATALOGUE, CatalogueSource.META, 1, at)
        stored.do(lambda t, read=read: t.catalogues.save(read))

    assert [one.name for one in page(stored)] == ["New", "Product b"]
    assert stored.ask(lambda t: t.catalogues.find(ACCOUNT, CATALOGUE)).refreshed_at == later(1)


def test_products_that_were_not_read_again_go(stored):
    keep(stored, product("a"), product("b"))
    keep(stored, product("b"), at=later(1), catalogue_id="1")
    keep(stored, product("b"), product("c"), at=later(1))

    stored.do(lambda t: t.catalogues.drop_stale(ACCOUNT, CATALOGUE, later(1)))

    assert [one.retailer_id for one in page(stored)] == ["b", "c"]
    assert stored.ask(lambda t: t.catalogues.count(ACCOUNT, CATALOGUE)) == 2
    assert stored.ask(lambda t: t.catalogues.count(ACCOUNT, "1")) == 1


def test_products_are_listed_page_by_page(stored):
    keep(stored, *(product(one) for one in "edcba"))

    assert [one.retailer_id for one in page(stored, limit=2)] == ["a", "b"]
    assert [one.retailer_id for one in page(stored, after="b", limit=2)] == ["c", "d"]
    assert page(stored, after="e") == []
