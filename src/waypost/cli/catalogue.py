"""`waypost catalogue`: the products that sends may name."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from waypost.cli.account import Sid
from waypost.cli.at_meta import MetaOption, choose_meta, work_at_meta
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    CommandError,
    MisusedError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.model.account import Account
from waypost.model.catalogue import Catalogue, Product

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools
    from waypost.directory.catalogues import FeedReport

application = typer.Typer(no_args_is_help=True, help="Catalogues of an account.")

PIECE = 1 << 16

CatalogueId = Annotated[str, typer.Argument(metavar="CATALOGUE_ID", help="Commerce Manager's.")]


@application.command("list")
def list_catalogues(
    sid: Sid, data: DataOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List an account's catalogues: how many products, from where, since when.

    Example: waypost catalogue list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> tuple[Account, list[Catalogue]]:
        account = await tools.registrar.find(sid)
        return account, await tools.catalogues.list_catalogues(account)

    account, found = work_on(load_for(data, config), work)
    if as_json:
        print_json([_row(account, one) for one in found])
    elif not found:
        print_lines(
            f"{sid} has no catalogue here. `waypost catalogue load {sid} CATALOGUE_ID FEED.csv` "
            f"loads a feed; `waypost catalogue refresh {sid} WABA_ID` reads Meta's."
        )
    else:
        print_rows(
            ("catalogue", "from", "products", "read", "of WABA"),
            [
                (
                    one.catalogue_id,
                    one.source,
                    one.products,
                    show_time(one.refreshed_at),
                    ", ".join(_wabas_of(account, one)),
                )
                for one in found
            ],
        )


@application.command("load")
def load(
    sid: Sid,
    catalogue_id: CatalogueId,
    feed: Annotated[Path, typer.Argument(metavar="FEED", help="CSV or TSV with Meta's columns.")],
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace a catalogue's products by those of a feed; Meta's list is left alone for a day.

    Example: waypost catalogue load HXIN1234567890IN 1234567890 products.csv
    """
    if not feed.is_file():
        raise MisusedError(f"{feed} is no file; name a CSV or TSV feed in Meta's columns.")

    async def work(tools: "OperatorTools") -> "FeedReport":
        account = await tools.registrar.find(sid)
        return await tools.catalogues.load_feed(account, catalogue_id, _pieces(feed), who_acts())

    report = work_on(load_for(data, config), work)
    if as_json:
        print_json(report)
        return
    print_lines(f"The catalogue {catalogue_id} has {_products(report.products)} now.")
    if report.skipped:
        rows = "1 row was" if report.skipped == 1 else f"{report.skipped} rows were"
        print_lines(f"{rows} left out. What is wrong in {feed}:")
    for fault in report.faults:
        column = f", column {fault.column}" if fault.column else ""
        print_lines(f"  line {fault.line}{column}: {fault.message}")


@application.command("refresh")
def refresh(
    sid: Sid,
    waba_id: Annotated[str, typer.Argument(metavar="WABA_ID", help="Meta's id of the WABA.")],
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the catalogue that is connected to a WABA from Meta.

    A feed that was loaded in the last 24 hours is left alone.
    Example: waypost catalogue refresh HXIN1234567890IN 102290129340398
    """

    async def work(tools: "OperatorTools") -> tuple[str | None, list[Catalogue]]:
        account = await tools.registrar.find(sid)
        waba = account.wabas.get(waba_id)
        if waba is None:
            has = ", ".join(account.wabas) or "none"
            raise CommandError(f"{sid} has no WABA {waba_id}; it has {has}.")
        await tools.synchronizer.sync_account(sid, who_acts())
        waba = (await tools.registrar.find(sid)).wabas[waba_id]
        if waba.sync_failure:
            raise CommandError(f"{waba_id} could not be read. {waba.sync_failure}")
        return waba.catalogue_id, await tools.catalogues.list_catalogues(account)

    catalogue_id, known = work_at_meta(choose_meta(meta_base_url, data, config), work)
    found = next((one for one in known if one.catalogue_id == catalogue_id), None)
    if as_json:
        print_json({"waba_id": waba_id, "catalogue": found})
    elif found is None:
        print_lines(
            f"Meta names no catalogue for {waba_id}. Connect one in Commerce Manager, or load a "
            f"feed: `waypost catalogue load {sid} CATALOGUE_ID FEED.csv`."
        )
    else:
        print_lines(
            f"The catalogue {catalogue_id} of {waba_id} has {_products(found.products)}, from "
            f"{found.source}, as of {show_time(found.refreshed_at)}."
        )


@application.command("show")
def show(
    sid: Sid,
    catalogue_id: CatalogueId,
    product: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this one: product_retailer_id.")
    ] = None,
    after: Annotated[str, typer.Option(metavar="ID", help="Only those behind this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a catalogue's products by id, or one of them.

    Example: waypost catalogue show HXIN1234567890IN 1234567890 --product SKU-17
    """

    async def work(tools: "OperatorTools") -> list[Product]:
        account = await tools.registrar.find(sid)
        page = await tools.catalogues.page_products(
            account, catalogue_id, after=after, limit=1 if product is not None else limit
        )
        if product is None:
            return page
        named = await tools.store.read(
            lambda transaction: transaction.catalogues.products(
                account.account_id, catalogue_id, [product]
            )
        )
        return list(named.values())

    found = work_on(load_for(data, config), work)
    if product is not None and not found:
        raise CommandError(
            f"The catalogue {catalogue_id} has no product {product} here; its id is the feed's "
            f"column `id`, and `waypost catalogue show {sid} {catalogue_id}` lists them."
        )
    if as_json:
        print_json(found)
        return
    print_rows(
        ("product", "name", "availability", "price", ""),
        [
            (
                one.retailer_id,
                one.name,
                one.availability,
                one.price,
                "hidden" if one.is_hidden else "",
            )
            for one in found
        ],
    )
    if product is None and len(found) == limit:
        print_lines(f"The next ones: --after {found[-1].retailer_id}")


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"


async def _pieces(feed: Path) -> AsyncIterator[bytes]:
    """A file in pieces. Raises MisusedError."""
    try:
        with feed.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as error:
        raise MisusedError(f"{feed} cannot be read: {error.strerror}.") from None


def _row(account: Account, one: Catalogue) -> dict[str, object]:
    return {
        "catalogue_id": one.catalogue_id,
        "source": one.source.value,
        "products": one.products,
        "refreshed_at": show_time(one.refreshed_at),
        "wabas": _wabas_of(account, one),
    }


def _wabas_of(account: Account, one: Catalogue) -> list[str]:
    return [
        waba.waba_id for waba in account.wabas.values() if waba.catalogue_id == one.catalogue_id
    ]
