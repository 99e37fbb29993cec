"""Keeps catalogues: loaded from a feed, read from Meta, and looked into for the door.

A catalogue is replaced while it is used: its new products are written over the old ones in
commits of a bounded size, and what the reading did not name goes in the last of them. So whoever
looks finds each product as it was or as it is, and the writer is never held up for long.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as change
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from waypost.directory.byte_keeper import Locks
from waypost.directory.feed import FeedFault, FeedParser
from waypost.directory.pace import Pace
from waypost.directory.product_memory import (
    KNOWN_S,
    MISSING_S,
    Nothing,
    ProductMemory,
    Shelf,
    Standing,
)
from waypost.directory.scribe import Scribe
from waypost.meta.catalogue import (
    catalogues_call,
    find_call,
    products_call,
    read_catalogue_id,
    read_products,
)
from waypost.meta.graph import GraphClient
from waypost.model.account import Account
from waypost.model.audit import GATEWAY, Actor, AuditEntry
from waypost.model.catalogue import Catalogue, CatalogueSource, Product
from waypost.model.errors import DirectoryError, MetaRefusedError, NotFoundError, StoreError
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import HttpError
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Store, Transaction

FEED_HOLDS = timedelta(hours=24)
"""How long a feed that was loaded here stands against what Meta has: Meta takes up to a day to
offer new products, and an operator who loads a feed knows more than Meta does yet."""

PRODUCTS_PER_COMMIT = 2000
PIECE = 64 * 1024
MOST_ASKED = 50
"""Ids in one question to Meta: they travel in its URL."""

DOOR_TIMEOUT_S = 3.0
"""How long a send may wait until Meta said whether a product is there, and as long before until
those who asked earlier were told."""

MOST_AT_ONCE = 50
"""Questions about a catalogue before they are paced."""

PER_SECOND = 2.0
"""Questions afterwards, of MOST_ASKED ids each."""

MOST_PAGE = 1000
MOST_ACCOUNTS = 10_000
MILLISECOND = timedelta(milliseconds=1)

log = structlog.get_logger("waypost.directory")


class FeedReport(Struct, frozen=True):
    """What loading a feed came to.

    products  how many the catalogue has now
    skipped   rows that were left out
    faults    the first hundred of what was wrong
    """

    products: int
    skipped: int
    faults: tuple[FeedFault, ...]


class FoundProducts(Struct, frozen=True):
    """What looking for products came to.

    products   those that are there, by retailer id; None where no catalogue is known
    unchecked  ids of which nothing can be said, because Meta could not be asked now
    """

    catalogue_id: str | None
    products: dict[str, Product] | None
    unchecked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a catalogue, from its first product to its last."""

    account_id: int
    catalogue_id: str
    source: CatalogueSource
    began_at: datetime


@dataclass(frozen=True, slots=True)
class CatalogueKeeper:
    """The hand in catalogues and products. One for each gateway: it remembers.

    door_timeout_s  how long a send waits for Meta, and for its turn before
    """

    store: Store
    graph: GraphClient
    clock: Clock
    entropy: Entropy
    door_timeout_s: float = DOOR_TIMEOUT_S
    _memory: ProductMemory = field(default_factory=ProductMemory)
    _shelves: dict[int, tuple[float, dict[str, Catalogue]]] = field(default_factory=dict)
    _asking: Locks = field(default_factory=Locks)
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was asked yet."""
        object.__setattr__(self, "_pace", Pace(self.clock.monotonic, MOST_AT_ONCE, PER_SECOND))

    # ---- filling ------------------------------------------------------------------------------

    async def load_feed(
        self, account: Account, catalogue_id: str, text: bytes | AsyncIterator[bytes], actor: Actor
    ) -> FeedReport:
        """Replaces a catalogue's products by those of a feed in Meta's columns.

        Raises DirectoryError for an id that is none, a feed without the columns that are needed,
        and one without a product: the catalogue then stays as it was.
        """
        if not (catalogue_id.isascii() and catalogue_id.isdigit()):
            raise DirectoryError(
                f"{catalogue_id!r} is no catalogue id: Commerce Manager shows it, a number."
            )
        reading = await self._begin(account.account_id, catalogue_id, CatalogueSource.FEED)
        parser = FeedParser()
        waiting: dict[str, Product] = {}
        async for piece in _pieces(text):
            waiting.update((one.retailer_id, one) for one in parser.read(piece))
            if len(waiting) >= PRODUCTS_PER_COMMIT:
                await self._save(reading, waiting.values())
                waiting.clear()
        waiting.update((one.retailer_id, one) for one in parser.close())
        if not parser.products:
            first = parser.faults[0] if parser.faults else FeedFault(1, "", "it has no rows")
            raise DirectoryError(
                "The feed has no product that can be used; the catalogue stays as it was. "
                f"Line {first.line}: {first.message}."
            )
        await self._save(reading, waiting.values())
        entry = Scribe(self.clock, self.entropy).entry(
            account.account_id,
            actor,
            ("catalogue.loaded", catalogue_id),
            {"products": parser.products, "skipped": parser.skipped},
        )
        kept = await self._end(reading, [entry])
        return FeedReport(kept, parser.skipped, tuple(parser.faults))

    async def refresh(self, waba: Waba, actor: Actor = GATEWAY) -> str | None:
        """Reads the WABA's catalogue from Meta; its id, or None if none is connected.

        A feed that was loaded here less than FEED_HOLDS ago is left alone by the gateway's own
        readings; whoever asks for one gets it, and stands in the audit log. Raises
        MetaRefusedError if the token may not see catalogues, HttpError, VaultError, StoreError.
        """
        answer = await self.graph.ask(catalogues_call(waba.waba_id, waba.access_token))
        data = answer.get("data")
        catalogue_id = read_catalogue_id(data if isinstance(data, list) else [])
        if catalogue_id is None:
            return None
        known = await self._find(waba.account_id, catalogue_id)
        if actor == GATEWAY and known is not None and known.source is CatalogueSource.FEED:
            age = self.clock.now() - known.refreshed_at
            if age < FEED_HOLDS:
                return catalogue_id
        reading = await self._begin(waba.account_id, catalogue_id, CatalogueSource.META)
        async for page in self.graph.pages(products_call(catalogue_id, waba.access_token)):
            await self._save(reading, read_products(page))
        acts = []
        if actor != GATEWAY:
            act, detail = ("catalogue.refreshed", catalogue_id), {"waba_id": waba.waba_id}
            acts.append(Scribe(self.clock, self.entropy).entry(waba.account_id, actor, act, detail))
        await self._end(reading, acts)
        return catalogue_id

    # ---- looking ------------------------------------------------------------------------------

    async def find_products(
        self, account: Account, waba_id: str, retailer_ids: Collection[str]
    ) -> FoundProducts:
        """Products of a WABA's catalogue, by retailer id.

        The catalogue is the one that Meta names for the WABA, or else the only one of which the
        account loaded a feed. Ids that a catalogue read from Meta lacks are asked of Meta once.
        Raises StoreError.
        """
        waba = account.wabas.get(waba_id)
        shelves = await self._shelves_of(account.account_id)
        catalogue = _catalogue_of(waba, shelves)
        if waba is None or catalogue is None:
            return FoundProducts(None if waba is None else waba.catalogue_id, None)
        shelf = (account.account_id, catalogue.catalogue_id)
        wanted = set(retailer_ids)
        found = self._memory.recall(shelf, wanted, self.clock.monotonic())
        if len(found) < len(wanted):
            found |= await self._look_up(shelf, sorted(wanted - found.keys()))
            missing = sorted(wanted - found.keys())
            if missing and catalogue.source is CatalogueSource.META:
                found |= await self._ask(shelf, waba, missing)
            elif missing:
                self._remember(shelf, dict.fromkeys(missing, Nothing.MISSING), KNOWN_S)
        return FoundProducts(
            catalogue.catalogue_id,
            {key: one for key, one in found.items() if isinstance(one, Product)},
            frozenset(key for key, one in found.items() if one is Nothing.UNCHECKED),
        )

    async def list_catalogues(self, account: Account) -> list[Catalogue]:
        """All catalogues of an account that were read."""
        return await self.store.read(
            lambda transaction: transaction.catalogues.of_account(account.account_id)
        )

    async def page_products(
        self, account: Account, catalogue_id: str, *, after: str = "", limit: int = 100
    ) -> list[Product]:
        """Products by id, after this one. Raises NotFoundError for a catalogue not known here."""
        if await self._find(account.account_id, catalogue_id) is None:
            raise NotFoundError(f"There is no catalogue {catalogue_id}: load its feed first.")
        size = max(1, min(limit, MOST_PAGE))
        return await self.store.read(
            lambda transaction: transaction.catalogues.page(
                account.account_id, catalogue_id, after, size
            )
        )

    # ---- within -------------------------------------------------------------------------------

    async def _find(self, account_id: int, catalogue_id: str) -> Catalogue | None:
        return await self.store.read(
            lambda transaction: transaction.catalogues.find(account_id, catalogue_id)
        )

    async def _begin(self, account_id: int, catalogue_id: str, source: CatalogueSource) -> Reading:
        """A reading that is later than the last one: so what it does not name is told apart."""
        known, now = await self._find(account_id, catalogue_id), self.clock.now()
        began_at = now if known is None else max(now, known.refreshed_at + MILLISECOND)
        return Reading(account_id, catalogue_id, source, began_at)

    async def _save(self, reading: Reading, products: Iterable[Product]) -> None:
        """Products, in commits of a bounded size."""
        listed = list(products)
        for start in range(0, len(listed), PRODUCTS_PER_COMMIT):
            some = listed[start : start + PRODUCTS_PER_COMMIT]
            await self.store.write(_save_products, (reading, some))

    async def _end(self, reading: Reading, acts: Sequence[AuditEntry]) -> int:
        """What was not named goes, and the catalogue is known; how many products it has."""
        products = await self.store.write(_end_reading, (reading, acts))
        self._memory.forget()
        self._shelves.pop(reading.account_id, None)
        return products

    async def _shelves_of(self, account_id: int) -> dict[str, Catalogue]:
        """The account's catalogues, at most some seconds old."""
        now = self.clock.monotonic()
        held = self._shelves.get(account_id)
        if held is not None and held[0] > now:
            return held[1]
        listed = await self.store.read(
            lambda transaction: transaction.catalogues.of_account(account_id)
        )
        if len(self._shelves) >= MOST_ACCOUNTS:
            self._shelves.clear()
        shelves = {one.catalogue_id: one for one in listed}
        self._shelves[account_id] = (now + KNOWN_S, shelves)
        return shelves

    async def _look_up(self, shelf: Shelf, retailer_ids: Sequence[str]) -> dict[str, Product]:
        products = await self.store.read(
            lambda transaction: transaction.catalogues.products(*shelf, retailer_ids)
        )
        self._remember(shelf, products, KNOWN_S)
        return products

    async def _ask(
        self, shelf: Shelf, waba: Waba, retailer_ids: Sequence[str]
    ) -> dict[str, Standing]:
        """What Meta says of ids that are not known here; those who come meanwhile wait for it."""
        turn = self._asking.of(shelf)
        try:
            await asyncio.wait_for(turn.acquire(), self.door_timeout_s)
        except TimeoutError:
            return dict.fromkeys(retailer_ids, Nothing.UNCHECKED)
        try:
            found = self._memory.recall(shelf, retailer_ids, self.clock.monotonic())
            unknown = [one for one in retailer_ids if one not in found]
            for start in range(0, len(unknown), MOST_ASKED):
                some = unknown[start : start + MOST_ASKED]
                if self._pace.may_ask(shelf):
                    found |= await self._ask_some(shelf, waba, some)
                else:
                    found |= dict.fromkeys(some, Nothing.UNCHECKED)
        finally:
            turn.release()
        return found

    async def _ask_some(
        self, shelf: Shelf, waba: Waba, retailer_ids: Sequence[str]
    ) -> dict[str, Standing]:
        graph = change(self.graph, timeout_s=min(self.graph.timeout_s, self.door_timeout_s))
        try:
            answer = await graph.ask(find_call(shelf[1], waba.access_token, retailer_ids))
        except (MetaRefusedError, HttpError, VaultError) as error:
            log.warning("products.not_checked", catalogue_id=shelf[1], why=str(error))
            self._pace.fall_silent(shelf)
            return dict.fromkeys(retailer_ids, Nothing.UNCHECKED)
        data = answer.get("data")
        listed = read_products(data if isinstance(data, list) else [])
        there = {one.retailer_id: one for one in listed if one.retailer_id in retailer_ids}
        if there:
            reading = Reading(*shelf, CatalogueSource.META, self.clock.now())
            try:
                await self._save(reading, there.values())
            except StoreError as error:  # it is asked for again once it is forgotten
                log.warning("products.not_kept", catalogue_id=shelf[1], why=str(error))
        missing = dict.fromkeys((one for one in retailer_ids if one not in there), Nothing.MISSING)
        return self._remember(shelf, there, KNOWN_S) | self._remember(shelf, missing, MISSING_S)

    def _remember(
        self, shelf: Shelf, standings: "dict[str, Product] | dict[str, Nothing]", seconds: float
    ) -> dict[str, Standing]:
        ends_at = self.clock.monotonic() + seconds
        self._memory.keep(shelf, [(key, one, ends_at) for key, one in standings.items()])
        return dict(standings)


def _catalogue_of(waba: Waba | None, shelves: dict[str, Catalogue]) -> Catalogue | None:
    """The catalogue that a WABA's sends are held against, if it was read."""
    if waba is not None and waba.catalogue_id is not None:
        return shelves.get(waba.catalogue_id)
    loaded = [one for one in shelves.values() if one.source is CatalogueSource.FEED]
    return loaded[0] if len(loaded) == 1 else None


async def _pieces(text: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The feed in pieces that are quickly read."""
    if isinstance(text, bytes):
        for start in range(0, len(text), PIECE):
            yield text[start : start + PIECE]
        return
    async for chunk in text:
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


async def _save_products(
    transaction: Transaction, items: Sequence[tuple[Reading, Sequence[Product]]]
) -> Sequence[None]:
    """A step: products of a reading."""
    for reading, products in items:
        await transaction.catalogues.save_products(
            reading.account_id, reading.catalogue_id, products, reading.began_at
        )
    return [None] * len(items)


async def _end_reading(
    transaction: Transaction, items: Sequence[tuple[Reading, Sequence[AuditEntry]]]
) -> Sequence[int]:
    """A step: a reading came to its end."""
    counts = []
    for reading, acts in items:
        account_id, catalogue_id, at = reading.account_id, reading.catalogue_id, reading.began_at
        known = await transaction.catalogues.find(account_id, catalogue_id)
        # A reading that began later may have ended before: then it is the one that counts.
        latest = at if known is None else max(at, known.refreshed_at)
        await transaction.catalogues.drop_stale(account_id, catalogue_id, latest)
        count = await transaction.catalogues.count(account_id, catalogue_id)
        await transaction.catalogues.save(
            Catalogue(account_id, catalogue_id, reading.source, count, at)
        )
        await transaction.audit.append(acts)
        counts.append(count)
    return counts
