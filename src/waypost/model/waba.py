"""A WABA: a WhatsApp Business Account at Meta; it owns senders, templates and one catalogue."""

from datetime import datetime

from msgspec import Struct


class Waba(Struct, frozen=True):
    """One WABA of an account.

    access_token  speaks for it at Meta; sealed (`runtime.vault`), never shown
    catalogue_id  the catalogue connected to it; None if none is known
    synced_at     when templates and catalogue were last read from Meta in full
    sync_failure  why the last reading failed; None if it did not
    portfolio_id  the business portfolio whose messaging limit it shares; '': its own
    """

    account_id: int
    waba_id: str
    access_token: str
    name: str = ""
    catalogue_id: str | None = None
    synced_at: datetime | None = None
    sync_failure: str | None = None
    portfolio_id: str = ""

    @property
    def portfolio(self) -> str:
        """What its messaging limit is kept under: its portfolio's id, else its own."""
        return self.portfolio_id or self.waba_id
