"""All that is sealed: WABAs' access tokens and profiles' secrets, tried, and sealed anew."""

from dataclasses import dataclass

from msgspec.structs import replace

from waypost.directory.audit import OPERATOR
from waypost.directory.scribe import Scribe, write_alone
from waypost.model.audit import GATEWAY, Actor
from waypost.model.callback import CallbackProfile
from waypost.model.waba import Waba
from waypost.runtime.vault import Vault, is_sealed
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    """Works on the tokens and the callback profiles of every account at once."""

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
        """Raises VaultError if something cannot be opened, and names every WABA or profile."""
        wabas = await self.store.read(lambda transaction: transaction.directory.all_wabas())
        lost = [waba.waba_id for waba in wabas if not self._opens(waba.access_token)]
        profiles = await self.store.read(_all_profiles)
        shut = [one.profile_id for one in profiles if not self._opens(one.secrets)]
        if shut:
            of_wabas = f", and the access tokens of the WABAs {', '.join(lost)}" if lost else ""
            raise VaultError(
                f"The secrets of these callback profiles were sealed with another key: "
                f"{', '.join(shut)}{of_wabas}. Put the key that sealed them back, into secret_keys "
                "or as the file secret.key in data_dir; if it is lost, make the profiles anew."
            )
        if lost:
            raise VaultError(
                f"The access tokens of these WABAs were sealed with another key: "
                f"{', '.join(lost)}. Put the key that sealed them back, into secret_keys or as "
                "the file secret.key in data_dir; if it is lost, give each a token again with "
                "`waypost waba add`."
            )

    async def reseal(self, *, actor: Actor = OPERATOR) -> int:
        """Writes every token and profile anew, sealed with the first key; how many there are.

        Raises VaultError, and changes nothing, if one of them cannot be opened.
        """

        async def write(transaction: Transaction) -> int:
            wabas = await transaction.directory.all_wabas()
            for waba in wabas:
                sealed = self.vault.reseal(waba.access_token)
                await self._replace(transaction, waba, sealed, actor)
            profiles = [one for one in await _all_profiles(transaction) if one.secrets]
            for profile in profiles:
                sealed = self.vault.reseal(profile.secrets)
                await transaction.profiles.save(replace(profile, secrets=sealed))
                act = ("callback_profile.secrets_sealed", profile.profile_id)
                entry = self.scribe.entry(profile.account_id, actor, act)
                await transaction.audit.append([entry])
            return len(wabas) + len(profiles)

        return await write_alone(self.store, write)

    def _opens(self, sealed: str) -> bool:
        """Whether a secret can be opened; one that is not made yet cannot be lost."""
        try:
            return not sealed or bool(self.vault.open(sealed))
        except VaultError:
            return False

    async def _replace(
        self, transaction: Transaction, waba: Waba, sealed: str, actor: Actor
    ) -> None:
        await transaction.directory.replace_token(replace(waba, access_token=sealed))
        await transaction.directory.touch(waba.account_id)
        act = ("waba.token_sealed", waba.waba_id)
        await transaction.audit.append([self.scribe.entry(waba.account_id, actor, act)])


async def _all_profiles(transaction: Transaction) -> list[CallbackProfile]:
    return [
        profile
        for account in await transaction.directory.accounts()
        for profile in await transaction.profiles.of_account(account.account_id)
    ]
