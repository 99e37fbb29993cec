"""Callback profiles: where and how accounts want their callbacks."""

import base64
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from waypost.directory.audit import bare_url
from waypost.directory.scribe import write_alone
from waypost.model.account import Account
from waypost.model.callback import (
    ASKABLE,
    Attachment,
    CallbackProfile,
    ProfileSecrets,
    SigningSecret,
    sender_target,
)
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.vault import Vault
from waypost.store.ports import Store, Transaction

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class ProfileKeeper:
    """The hand on callback profiles."""

    store: Store
    clock: Clock
    entropy: Entropy
    pod: str
    vault: Vault

    async def point(
        self, transaction: Transaction, account: Account, sender_id: str, url: str | None
    ) -> dict[str, Any]:
        """All that is told of a sender goes to this URL and nowhere else; None: nowhere.

        A profile of the account that has the URL and is told everything is used; else one is made.
        What changed, for the audit log; empty if nothing did.
        """
        id_, target = account.account_id, sender_target(sender_id)
        profiles = {one.profile_id: one for one in await transaction.profiles.of_account(id_)}
        attached = [
            one for one in await transaction.profiles.attachments(id_) if one.target == target
        ]
        urls = [profiles[one.profile_id].url for one in attached]
        if urls == ([] if url is None else [url]):
            return {}
        await transaction.profiles.detach(attached)
        if url is not None:
            profile = next((one for one in profiles.values() if _tells_all(one, url)), None)
            if profile is None:
                profile = self.make(id_, url)
                await transaction.profiles.save(profile)
            await transaction.profiles.attach([Attachment(id_, target, profile.profile_id)])
        before, after = [bare_url(one) for one in urls], None if url is None else bare_url(url)
        return {"callback_url": {"before": before[0] if before else None, "after": after}}

    def make(self, account_id: int, url: str) -> CallbackProfile:
        """A profile that is told everything, in the documented envelope."""
        now = self.clock.now()
        return CallbackProfile(
            account_id=account_id,
            profile_id=f"{self.pod}_{self.entropy.uuid()}",
            title="Callbacks",
            events=ASKABLE,
            url=url,
            created_at=now,
            changed_at=now,
            secrets=self.seal(ProfileSecrets((self.make_secret(),))),
        )

    def make_secret(self) -> SigningSecret:
        """A new secret that signs."""
        raw = bytes.fromhex(self.entropy.token_hex(SECRET_BYTES))
        return SigningSecret(f"whsec_{base64.b64encode(raw).decode()}")

    def seal(self, secrets: ProfileSecrets) -> str:
        """Secrets as they may be kept."""
        return self.vault.seal(msgspec.json.encode(secrets).decode())

    def open(self, profile: CallbackProfile) -> ProfileSecrets:
        """A profile's secrets. Raises VaultError."""
        return msgspec.json.decode(self.vault.open(profile.secrets), type=ProfileSecrets)

    async def complete(self) -> None:
        """Makes the secrets of profiles that an older version, or a migration, left without."""

        async def write(transaction: Transaction) -> None:
            for account in await transaction.directory.accounts():
                for profile in await transaction.profiles.of_account(account.account_id):
                    if profile.secrets:
                        continue
                    key = (profile.account_id, profile.profile_id)
                    held = await transaction.profiles.hold(key)
                    if held is not None and not held.secrets:
                        secrets = self.seal(ProfileSecrets((self.make_secret(),)))
                        await transaction.profiles.save(replace(held, secrets=secrets))

        await write_alone(self.store, write)


def _tells_all(profile: CallbackProfile, url: str) -> bool:
    return profile.url == url and profile.body is None and set(ASKABLE) <= set(profile.events)
