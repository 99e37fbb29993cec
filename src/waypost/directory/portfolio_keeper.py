"""Which portfolio a WABA belongs to, and how its portfolio stands at its messaging limit.

Meta does not tell which WABAs share a portfolio: the operator does, or each is one by itself.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from waypost.directory.audit import OPERATOR
from waypost.directory.named import account_named
from waypost.directory.scribe import Scribe, write_alone
from waypost.directory.templates import waba_of
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError
from waypost.model.messaging_limit import Forecast, forecast
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class PortfolioKeeper:
    """Every method raises NotFoundError for what the account does not have."""

    store: Store
    clock: Clock
    scribe: Scribe

    async def assign(
        self, sid: str, waba_id: str, portfolio_id: str, *, actor: Actor = OPERATOR
    ) -> None:
        """Says which portfolio a WABA belongs to; empty: it is one by itself.

        What Meta allows is read anew; until then the new portfolio is allowed what the old one
        was. Raises DirectoryError for an id that is none.
        """
        if len(portfolio_id) > LONGEST_ID or portfolio_id != "".join(portfolio_id.split()):
            raise DirectoryError(
                f"A portfolio's id is one word of at most {LONGEST_ID} characters; "
                "Meta's Business Manager shows it.",
                "/portfolio_id",
            )

        async def write(transaction: Transaction) -> None:
            account = await account_named(transaction, sid)
            waba = waba_of(account, waba_id)
            changed = replace(waba, portfolio_id=portfolio_id)
            if changed == waba:
                return
            await transaction.directory.set_portfolio(changed)
            await _take_limit_along(transaction, waba, changed)
            await transaction.directory.touch(account.account_id)
            detail = {"portfolio_id": {"before": waba.portfolio_id, "after": portfolio_id}}
            entry = self.scribe.entry(
                account.account_id, actor, ("waba.portfolio_set", waba_id), detail
            )
            await transaction.audit.append([entry])

        await write_alone(self.store, write)

    async def forecast(self, account: Account, waba_id: str) -> Forecast:
        """How the portfolio of a WABA stands, and when those who wait will have gone."""
        key = account.account_id, waba_of(account, waba_id).portfolio

        async def read(transaction: Transaction) -> Forecast:
            limits = await transaction.portfolios.find([key])
            hours = await transaction.portfolios.hours([key])
            return forecast(key[1], limits.get(key), hours[key], self.clock.now())

        return await self.store.read(read)


async def _take_limit_along(transaction: Transaction, before: Waba, after: Waba) -> None:
    """A portfolio of which nothing is known is taken to be allowed what the WABA was."""
    old, new = (before.account_id, before.portfolio), (after.account_id, after.portfolio)
    known = await transaction.portfolios.find([old, new])
    if old in known and new not in known:
        await transaction.portfolios.learn([replace(known[old], portfolio_id=after.portfolio)])
