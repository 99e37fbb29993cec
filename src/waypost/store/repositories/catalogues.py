"""Catalogues and their products."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waypost.model.catalogue import Catalogue, CatalogueSource, Product
from waypost.store.driver import Driver
from waypost.store.querybook import LARGEST_CHUNK
from waypost.store.repositories.instants import from_ms, to_ms


def catalogue_of(columns: Sequence[Any]) -> Catalogue:
    """A catalogue from its five columns."""
    account_id, catalogue_id, source, products, refreshed_at = columns
    return Catalogue(
        account_id, catalogue_id, CatalogueSource(source), products, from_ms(refreshed_at)
    )


def product_of(columns: Sequence[Any]) -> Product:
    """A product from its five columns."""
    retailer_id, name, availability, is_hidden, price = columns
    return Product(retailer_id, name, availability, bool(is_hidden), price)


@dataclass(frozen=True, slots=True)
class CataloguesRepository:
    """`ports.Catalogues` over named queries."""

    driver: Driver

    async def find(self, account_id: int, catalogue_id: str) -> Catalogue | None:
        """One catalogue, once it was read to its end."""
        rows = await self.driver.fetch(
            "catalogues.find", {"account_id": account_id, "catalogue_id": catalogue_id}
        )
        return catalogue_of(rows[0]) if rows else None

    async def of_account(self, account_id: int) -> list[Catalogue]:
        """All catalogues of an account."""
        rows = await self.driver.fetch("catalogues.of_account", {"account_id": account_id})
        return [catalogue_of(row) for row in rows]

    async def save(self, catalogue: Catalogue) -> None:
        """A catalogue, new or read again; one that was read later stays."""
        await self.driver.execute(
            "catalogues.save",
            {
                "account_id": catalogue.account_id,
                "catalogue_id": catalogue.catalogue_id,
                "source": catalogue.source.value,
                "products": catalogue.products,
                "refreshed_at": to_ms(catalogue.refreshed_at),
            },
        )

    async def save_products(
        self,
        account_id: int,
        catalogue_id: str,
        products: Sequence[Product],
        refreshed_at: datetime,
    ) -> None:
        """Products, new or changed, each id at most once; those read later stay."""
        at = to_ms(refreshed_at)
        await self.driver.execute_rows(
            "catalogues.save_products",
            [
                (
                    account_id,
                    catalogue_id,
                    one.retailer_id,
                    one.name,
                    one.availability,
                    one.is_hidden,
                    one.price,
                    at,
                )
                for one in products
            ],
        )

    async def drop_stale(self, account_id: int, catalogue_id: str, before: datetime) -> None:
        """Forgets products that were last read before this."""
        await self.driver.execute(
            "catalogues.drop_stale",
            {"account_id": account_id, "catalogue_id": catalogue_id, "before": to_ms(before)},
        )

    async def count(self, account_id: int, catalogue_id: str) -> int:
        """How many products are kept; walks through all of them."""
        ((products,),) = await self.driver.fetch(
            "catalogues.count", {"account_id": account_id, "catalogue_id": catalogue_id}
        )
        return int(products)

    async def products(
        self, account_id: int, catalogue_id: str, retailer_ids: Sequence[str]
    ) -> dict[str, Product]:
        """The products of these ids that are kept, by id."""
        rows = [(account_id, catalogue_id, one) for one in retailer_ids]
        if 0 < len(rows) < LARGEST_CHUNK:  # one statement: rows come in powers of two
            rows += rows[-1:] * ((1 << (len(rows) - 1).bit_length()) - len(rows))
        found = [
            product_of(row) for row in await self.driver.fetch_rows("catalogues.products", rows)
        ]
        return {one.retailer_id: one for one in found}

    async def page(
        self, account_id: int, catalogue_id: str, after: str, limit: int
    ) -> list[Product]:
        """Products by id, after this one; the empty text is before all."""
        rows = await self.driver.fetch(
            "catalogues.page",
            {
                "account_id": account_id,
                "catalogue_id": catalogue_id,
                "after": after,
                "limit": limit,
            },
        )
        return [product_of(row) for row in rows]
