"""The catalogue of a WABA: products in their order, by retailer id, and by filter.

Made for a hundred thousand products: a page costs its own length. A search by name looks at all
products once and is remembered until a product changes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from meta_emulator.protocol.errors import RefusedError, invalid
from meta_emulator.seed import ProductSeed

PUBLISHED = "published"
MOST_SEARCHES = 16
TEXT_KEYS = ("retailer_id", "name", "availability", "visibility")


class Catalogue:
    """Products that can be looked up, paged and changed.

    As a container it holds the retailer ids that can be sent: those of published products.
    """

    def __init__(self, products: list[ProductSeed]) -> None:
        self.version = 0
        """How often it changed."""
        self._by_retailer_id = {product.retailer_id: product for product in products}
        self._listed: list[ProductSeed] | None = None
        self._by_id: dict[str, ProductSeed] | None = None
        self._searches: dict[tuple[str, str, str], list[ProductSeed]] = {}

    def __contains__(self, retailer_id: object) -> bool:
        product = self._by_retailer_id.get(retailer_id) if isinstance(retailer_id, str) else None
        return product is not None and product.visibility == PUBLISHED

    def __iter__(self) -> Iterator[ProductSeed]:
        return iter(self.products)

    @property
    def products(self) -> list[ProductSeed]:
        """All products, in the order they came."""
        if self._listed is None:
            self._listed = list(self._by_retailer_id.values())
        return self._listed

    def set(self, product: ProductSeed) -> None:
        """Add a product, or change that of the same retailer id."""
        self._by_retailer_id[product.retailer_id] = product
        self._changed()

    def hold(self, products: list[ProductSeed]) -> None:
        """Have these products and no others."""
        self._by_retailer_id = {product.retailer_id: product for product in products}
        self._changed()

    def get(self, retailer_id: str) -> ProductSeed | None:
        """The product of a retailer id."""
        return self._by_retailer_id.get(retailer_id)

    def of_id(self, product_id: str) -> ProductSeed | None:
        """The product of Meta's own id."""
        if self._by_id is None:
            self._by_id = {product.id: product for product in self._by_retailer_id.values()}
        return self._by_id.get(product_id)

    def remove(self, retailer_id: str) -> bool:
        """Whether there was such a product; it is no more."""
        was_there = self._by_retailer_id.pop(retailer_id, None) is not None
        self._changed()
        return was_there

    def found(self, query: str | None) -> list[ProductSeed]:
        """The products that the `filter` of a query asks for; raises RefusedError.

        One key with one of `eq`, `is_any`, `contains` and `i_contains`, or `and` / `or` of such.
        """
        if not query:
            return self.products
        try:
            return self._matching(msgspec.json.decode(query))
        except (msgspec.DecodeError, RecursionError) as error:
            raise RefusedError(invalid(f"Param filter must be JSON: {error}")) from error

    def _matching(self, rule: Any) -> list[ProductSeed]:
        if type(rule) is not dict or len(rule) != 1:
            raise RefusedError(invalid("Param filter must be an object of one key."))
        ((key, condition),) = rule.items()
        if key in {"and", "or"} and type(condition) is list and condition:
            return self._joined(key, [self._matching(part) for part in condition])
        if key not in TEXT_KEYS or type(condition) is not dict or len(condition) != 1:
            raise RefusedError(invalid(f"Param filter has an unknown field or rule: {key}"))
        ((operator, wanted),) = condition.items()
        if key == "retailer_id" and operator in {"eq", "is_any"}:
            return self._by_ids(wanted if operator == "is_any" else [wanted])
        return self._searched(key, operator, wanted)

    def _joined(self, key: str, parts: list[list[ProductSeed]]) -> list[ProductSeed]:
        ids = [{product.retailer_id for product in part} for part in parts]
        wanted = set.intersection(*ids) if key == "and" else set.union(*ids)
        return [product for product in self.products if product.retailer_id in wanted]

    def _by_ids(self, wanted: Any) -> list[ProductSeed]:
        if type(wanted) is not list:
            raise RefusedError(invalid("Param filter: is_any needs an array."))
        found = (self._by_retailer_id.get(str(one)) for one in dict.fromkeys(map(str, wanted)))
        return [product for product in found if product is not None]

    def _searched(self, key: str, operator: str, wanted: Any) -> list[ProductSeed]:
        search = key, operator, msgspec.json.encode(wanted).decode()
        found = self._searches.get(search)
        if found is None:
            fits = _condition(operator, wanted)
            found = [product for product in self.products if fits(getattr(product, key))]
            if len(self._searches) >= MOST_SEARCHES:
                self._searches.clear()
            self._searches[search] = found
        return found

    def _changed(self) -> None:
        self.version += 1
        self._listed = self._by_id = None
        self._searches.clear()


def _condition(operator: str, wanted: Any) -> Any:
    """What a text must fulfil."""
    if operator == "is_any" and type(wanted) is list:
        words = {str(word) for word in wanted}
        return words.__contains__
    text = str(wanted)
    lowered = text.lower()
    conditions: Mapping[str, Any] = {
        "eq": lambda value: value == text,
        "neq": lambda value: value != text,
        "contains": lambda value: text in value,
        "i_contains": lambda value: lowered in value.lower(),
    }
    if operator not in conditions:
        raise RefusedError(invalid(f"Param filter has an unknown operator: {operator}"))
    return conditions[operator]


def product_object(product: ProductSeed) -> dict[str, Any]:
    """A product as Meta shows it."""
    return {
        "id": product.id,
        "retailer_id": product.retailer_id,
        "name": product.name,
        "price": f"{product.price // 100}.{product.price % 100:02d} {product.currency}",
        "currency": product.currency,
        "availability": product.availability,
        "visibility": product.visibility,
    }
