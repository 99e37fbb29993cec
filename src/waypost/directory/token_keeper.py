"""The access tokens of all WABAs: sealed, tried, and sealed anew with another key."""

from dataclasses import dataclass

from msgspec.structs import replace

from waypost.directory.audit import OPERATOR
from waypost.directory.scribe import Scribe, write_alone
from waypost.model.audit import GATEWAY, Actor
from waypost.model.waba import Waba
from waypost.runtime.vault import Vault, is_sealed
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    """Works on the tokens of every account at once."""

    store: Store
    vault: Vault
    scribe: Scribe

    async def seal(self) -> int:
        """Seals the tokens that an older version kept as they are; how many there were."""

        async def write(transaction: Transaction) -> int:
            bare = [
                waba
                for waba in await transaction.directory.all_wabas()
                if not is_sealed(waba.access_token)
            ]
            for waba in bare:
                sealed = self.vault.seal(waba.access_token)
                await self._replace(transaction, waba, sealed, GATEWAY)
            return len(bare)

        return await write_alone(self.store, write)

    async def check(self) -> None:
        """Raises VaultError if a token cannot be opened, and names every WABA it is of."""
        lost: list[str] = []
        for waba in await self.store.read(lambda transaction: transaction.directory.all_wabas()):
            try:
                self.vault.open(waba.access_token)
            except VaultError:
                lost.append(waba.waba_id)
        if lost:
            raise VaultError(
                f"The access tokens of these WABAs were sealed with another key: "
                f"{', '.join(lost)}. Put the key that sealed them back, into secret_keys or as "
                "the file secret.key in data_dir; if it is lost, give each a token again with "
                "`waypost waba add`."
            )

    async def reseal(self, *, actor: Actor = OPERATOR) -> int:
        """Writes every token anew, sealed with the first key; how many there are.

        Raises VaultError, and changes nothing, if one of them cannot be opened.
        """

        async def write(transaction: Transaction) -> int:
            wabas = await transaction.directory.all_wabas()
            for waba in wabas:
                sealed = self.vault.reseal(waba.access_token)
                await self._replace(transaction, waba, sealed, actor)
            return len(wabas)

        return await write_alone(self.store, write)

    async def _replace(
        self, transaction: Transaction, waba: Waba, sealed: str, actor: Actor
    ) -> None:
        await transaction.directory.replace_token(replace(waba, access_token=sealed))
        await transaction.directory.touch(waba.account_id)
        act = ("waba.token_sealed", waba.waba_id)
        await transaction.audit.append([self.scribe.entry(waba.account_id, actor, act)])
