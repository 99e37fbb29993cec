"""Where the examiner finds templates, media and products: the directory, joined to it here."""

from collections.abc import Collection
from dataclasses import dataclass

from waypost.accept.examiner import FoundMedia, FoundProducts
from waypost.directory.accounts import Accounts
from waypost.directory.catalogues import CatalogueKeeper
from waypost.directory.media import MediaLibrary
from waypost.directory.template_lookup import NAME, TemplateLookup
from waypost.model.account import Account
from waypost.model.medium import Medium
from waypost.model.sender import Sender


@dataclass(frozen=True, slots=True)
class DirectoryShelves:
    """`accept.examiner.Shelves` over the directory."""

    accounts: Accounts
    templates: TemplateLookup
    media: MediaLibrary
    catalogues: CatalogueKeeper

    async def look_again(self, account: Account, waba_id: str, name: str) -> tuple[Account, bool]:
        """See `Shelves.look_again`.

        What was learned otherwise meanwhile counts too: `account` may be a second old.
        """
        was_learned = await self.templates.look_again(account, waba_id, name)
        is_certain = was_learned or not NAME.fullmatch(name)
        return await self.accounts.find_anew(account.sid) or account, is_certain

    async def find_media(
        self, account: Account, sender: Sender, media_ids: Collection[str], *, may_ask: bool
    ) -> FoundMedia:
        """See `Shelves.find_media`."""
        found = await self.media.look_up(account, sender, media_ids, may_ask=may_ask)
        return FoundMedia(found.known, frozenset(found.unchecked))

    async def find_products(
        self, account: Account, waba_id: str, retailer_ids: Collection[str]
    ) -> FoundProducts:
        """See `Shelves.find_products`."""
        found = await self.catalogues.find_products(account, waba_id, retailer_ids)
        return FoundProducts(found.catalogue_id, found.products, frozenset(found.unchecked))

    def use_media(self, media: Collection[Medium]) -> None:
        """See `Shelves.use_media`."""
        self.media.use(media)
