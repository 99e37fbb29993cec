"""Catalogues of an account: loaded from a feed, read from Meta, looked into."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import get, post, put
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter
from msgspec import convert

from waypost.api.bounded import MIB, MOST_BYTES
from waypost.api.management.bodies import Refresh
from waypost.api.management.door import After, Limit, Management
from waypost.api.management.shapes import (
    CatalogueShape,
    FeedShape,
    Page,
    ProductShape,
    RefreshedShape,
)
from waypost.api.problem import ProblemError
from waypost.directory.templates import waba_of
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError

CATALOGUES = "/{sid:str}/catalogues"
CATALOGUE = f"{CATALOGUES}/{{catalogue_id:str}}"
CatalogueInPath = Annotated[str, PathParameter(pattern="^[0-9]{1,25}$")]
FEED_TYPES = ("text/csv", "text/tab-separated-values")


@get(CATALOGUES)
async def list_catalogues(
    management: NamedDependency[Management], account: NamedDependency[Account]
) -> Page[CatalogueShape]:
    """List an account's catalogues, and how many products each has."""
    found = await management.catalogues.list_catalogues(account)
    return Page([convert(one, CatalogueShape, from_attributes=True) for one in found])


@put(f"{CATALOGUE}/feed", opt={MOST_BYTES: 256 * MIB})
async def load_feed(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    catalogue_id: CatalogueInPath,
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> FeedShape:
    """Put a feed's products in the place of a catalogue's.

    The body is the file: CSV or TSV in Meta's columns, at most 256 MiB. Rows that cannot be used
    are left out and named.
    """
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if told not in FEED_TYPES:
        raise ProblemError("wrong_content_type", f"Content-Type must be {' or '.join(FEED_TYPES)}.")
    try:
        report = await management.catalogues.load_feed(
            account, catalogue_id, request.stream(), actor
        )
    except DirectoryError as error:
        raise ProblemError("invalid_feed", str(error)) from None
    return convert(report, FeedShape, from_attributes=True)


@post(f"{CATALOGUES}/refresh", status_code=200)
async def refresh_catalogue(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[Refresh],
) -> RefreshedShape:
    """Read the catalogue that is connected to a WABA from Meta now.

    A feed that was loaded here less than a day ago is left alone.
    """
    catalogue_id = await management.catalogues.refresh(waba_of(account, data.waba_id), actor)
    await management.fresh(account.sid)
    return RefreshedShape(catalogue_id)


@get(f"{CATALOGUE}/products")
async def list_products(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    catalogue_id: FromPath[str],
    limit: Limit = 100,
    after: After = "",
) -> Page[ProductShape]:
    """List a catalogue's products, by retailer id."""
    found = await management.catalogues.page_products(
        account, catalogue_id, after=after, limit=limit + 1
    )
    shown = [convert(one, ProductShape, from_attributes=True) for one in found[:limit]]
    return Page(shown, shown[-1].retailer_id if len(found) > limit else None)


HANDLERS: Sequence[Any] = (list_catalogues, load_feed, refresh_catalogue, list_products)
