"""Callback profiles in the hands of customers and operators: made, changed, tried out, removed.

Every change is kept with its entry of the audit log in one commit. No entry, no list and no refusal
holds a secret, a header's value, or what a URL may hide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from waypost.callback.profile_check import find_template_faults
from waypost.callback.publisher import TAIL, Publisher
from waypost.directory.audit import bare_url, differences
from waypost.directory.profile_changes import (
    ProfileChange,
    changed_profile,
    changed_secrets,
    profile_faults,
)
from waypost.directory.profiles import ProfileKeeper
from waypost.directory.scribe import Scribe, write_alone
from waypost.model.account import Account
from waypost.model.alarm import AlarmKind
from waypost.model.audit import Actor
from waypost.model.callback import (
    WHOLE_ACCOUNT,
    Attachment,
    CallbackProfile,
    ProfileSecrets,
    ProfileState,
    SigningSecret,
    TestEvent,
)
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.outbox import CallbackSettlement, CallbackState
from waypost.model.refusal import Fault
from waypost.model.work import LaneKey, Priority, QueueName
from waypost.runtime.ids import IdMaker
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Store, Transaction

MOST_SECRETS = 3
MOST_PROFILES = 100
LONGEST_OVERLAP = timedelta(days=30)
BATCH = 500
FAR_AHEAD = timedelta(days=3650)
"""No event is due later."""
REMOVED = "the profile was removed"
ALARMS = (
    AlarmKind.CALLBACKS_FAILING,
    AlarmKind.CALLBACKS_SUSPENDED,
    AlarmKind.CALLBACKS_GONE,
)
"""What may be open of an endpoint."""


@dataclass(frozen=True, slots=True)
class KnownProfile:
    """A profile as its account may see it, without its secrets.

    targets       whose events go there
    auth          the kind of its authentication
    header_names  of the customer's own
    expiries      when its signing secrets end, the newest first; None: it does not
    """

    profile: CallbackProfile
    targets: tuple[str, ...]
    auth: str
    header_names: tuple[str, ...]
    expiries: tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class MadeProfile:
    """A profile that was just made, and the secret that signs its callbacks."""

    known: KnownProfile
    secret: str


@dataclass(frozen=True, slots=True)
class ProfileDesk:
    """Does what accounts ask of their profiles.

    Of an account's profiles each method names one by its id, or by the last twelve characters of
    it, and raises NotFoundError if there is none.
    """

    store: Store
    keeper: ProfileKeeper
    publisher: Publisher
    ids: IdMaker

    async def make(
        self, account: Account, change: ProfileChange, actor: Actor
    ) -> MadeProfile | tuple[Fault, ...]:
        """A new profile with its signing secret, or all that is wrong with it.

        Raises DirectoryError if the account has as many as it may have.
        """
        bare = self.keeper.make(account.account_id, "")
        secrets = changed_secrets(self.keeper.open(bare), change)
        profile = replace(changed_profile(bare, change), secrets=self.keeper.seal(secrets))
        faults = _faults_of(profile, secrets)
        if faults:
            return faults

        async def write(transaction: Transaction) -> MadeProfile:
            if len(await transaction.profiles.of_account(account.account_id)) >= MOST_PROFILES:
                raise DirectoryError(
                    f"{account.sid} has {MOST_PROFILES} callback profiles, and may have no more; "
                    "remove one that is not needed."
                )
            await transaction.profiles.save(profile)
            detail = show_profile(profile, secrets)
            await self._commit(transaction, profile, actor, "made", detail)
            return MadeProfile(_known(profile, secrets, ()), secrets.signing[0].secret)

        return await write_alone(self.store, write)

    async def change(
        self, account: Account, named: str, change: ProfileChange, actor: Actor
    ) -> KnownProfile | tuple[Fault, ...]:
        """The profile after its change, or all that is wrong with it. Raises VaultError."""

        async def write(transaction: Transaction) -> KnownProfile | tuple[Fault, ...]:
            profile = await self._hold(transaction, account, named)
            secrets = self.keeper.open(profile)
            changed, opened = changed_profile(profile, change), changed_secrets(secrets, change)
            faults = _faults_of(changed, opened)
            if faults:
                return faults
            targets = await _targets_of(transaction, changed)
            detail = differences(show_profile(profile, secrets), show_profile(changed, opened))
            if changed == profile and opened == secrets:
                return _known(profile, secrets, targets)
            changed = replace(changed, changed_at=self.keeper.clock.now())
            if opened != secrets:
                changed = replace(changed, secrets=self.keeper.seal(opened))
                detail["has_new_secrets"] = True
            await transaction.profiles.save(changed)
            await self._commit(transaction, changed, actor, "changed", detail)
            return _known(changed, opened, targets)

        return await write_alone(self.store, write)

    async def list(self, account: Account) -> list[KnownProfile]:
        """All profiles of an account, the oldest first."""

        async def read(transaction: Transaction) -> list[KnownProfile]:
            id_ = account.account_id
            attached = await transaction.profiles.attachments(id_)
            return [
                self._seen(
                    profile,
                    [one.target for one in attached if one.profile_id == profile.profile_id],
                )
                for profile in await transaction.profiles.of_account(id_)
            ]

        return await self.store.read(read)

    async def show(self, account: Account, named: str) -> KnownProfile:
        """One profile."""

        async def read(transaction: Transaction) -> KnownProfile:
            profile = await self._find(transaction, account, named)
            return self._seen(profile, await _targets_of(transaction, profile))

        return await self.store.read(read)

    async def remove(
        self, account: Account, named: str, actor: Actor, *, is_forced: bool = False
    ) -> int:
        """Removes a profile; how many events that waited for it are given up.

        Raises DirectoryError if somebody's events go there, unless it is forced.
        """

        async def write(transaction: Transaction) -> CallbackProfile:
            profile = await self._hold(transaction, account, named)
            targets = await _targets_of(transaction, profile)
            if targets and not is_forced:
                raise DirectoryError(
                    f"The events of {', '.join(targets)} go to {profile.profile_id}; detach it "
                    "first, or remove it with force."
                )
            await transaction.profiles.remove(account.account_id, profile.profile_id)
            await self._clear(transaction, profile)
            detail = {"title": profile.title, "targets": list(targets)}
            await self._commit(transaction, profile, actor, "removed", detail)
            return profile

        profile = await write_alone(self.store, write)
        lane = LaneKey(account.account_id, profile.profile_id)
        given_up = 0
        while batch := await write_alone(
            self.store, lambda transaction: self._give_up(transaction, lane)
        ):
            given_up += batch
        return given_up

    async def attach(
        self, account: Account, named: str, target: str, actor: Actor, *, is_attached: bool = True
    ) -> KnownProfile:
        """The events of a sender, a WABA or the account go to a profile, or do no more.

        Raises DirectoryError for a target that is none of the account's.
        """
        cleaned = clean_target(account, target, is_attached=is_attached)

        async def write(transaction: Transaction) -> KnownProfile:
            profile = await self._hold(transaction, account, named)
            before = await _targets_of(transaction, profile)
            if is_attached != (cleaned in before):
                one = Attachment(account.account_id, cleaned, profile.profile_id)
                profiles = transaction.profiles
                await (profiles.attach if is_attached else profiles.detach)([one])
                act = "attached" if is_attached else "detached"
                await self._commit(transaction, profile, actor, act, {"target": cleaned})
            return self._seen(profile, await _targets_of(transaction, profile))

        return await write_alone(self.store, write)

    async def rotate(
        self, account: Account, named: str, overlap: timedelta, actor: Actor
    ) -> tuple[SigningSecret, ...]:
        """A new signing secret first; those before it sign too until their overlap is over.

        Raises DirectoryError for an overlap that is none, or if three sign already; VaultError.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise DirectoryError(
                f"Both secrets cannot sign for {overlap.total_seconds():,.0f} s; "
                f"give an overlap of 0 to {LONGEST_OVERLAP.days} days."
            )

        async def write(transaction: Transaction) -> tuple[SigningSecret, ...]:
            profile = await self._hold(transaction, account, named)
            secrets, now = self.keeper.open(profile), self.keeper.clock.now()
            signing = rotated(secrets.signing, self.keeper.make_secret(), now, overlap)
            sealed = self.keeper.seal(replace(secrets, signing=signing))
            await transaction.profiles.save(replace(profile, secrets=sealed, changed_at=now))
            detail = {"old_expires_at": (now + overlap).isoformat(), "secrets": len(signing)}
            await self._commit(transaction, profile, actor, "secret_rotated", detail)
            return signing

        return await write_alone(self.store, write)

    async def secrets(
        self, account: Account, named: str, actor: Actor
    ) -> tuple[SigningSecret, ...]:
        """The secrets that sign now, the newest first; that they were read is told to the log.

        Raises VaultError.
        """

        async def write(transaction: Transaction) -> tuple[SigningSecret, ...]:
            profile = await self._find(transaction, account, named)
            now = self.keeper.clock.now()
            signing = still_signing(self.keeper.open(profile).signing, now)
            await self._commit(transaction, profile, actor, "secret_read", {})
            return signing

        return await write_alone(self.store, write)

    async def pause(self, account: Account, named: str, actor: Actor) -> KnownProfile:
        """Calls nobody until a person resumes it; what happens meanwhile waits."""

        async def write(transaction: Transaction) -> KnownProfile:
            profile = await self._hold(transaction, account, named)
            paused = replace(
                profile, state=ProfileState.PAUSED, state_reason=f"paused by {actor.name}"
            )
            if profile.state is not ProfileState.PAUSED:
                await transaction.profiles.save(paused)
                await self._clear(transaction, profile)
                detail = {"state": {"before": profile.state.value, "after": "paused"}}
                await self._commit(transaction, profile, actor, "paused", detail)
            return self._seen(paused, await _targets_of(transaction, profile))

        return await write_alone(self.store, write)

    async def resume(self, account: Account, named: str, actor: Actor) -> KnownProfile:
        """Calls it again, whyever it was not called; what waits is due at once."""

        async def write(transaction: Transaction) -> KnownProfile:
            profile = await self._hold(transaction, account, named)
            active = replace(
                profile,
                state=ProfileState.ACTIVE,
                state_reason="",
                failing_since=None,
                warned_at=None,
                probe_at=None,
                probes=0,
            )
            if active != profile:
                await transaction.profiles.save(active)
                await self._clear(transaction, profile)
                detail = {"state": {"before": profile.state.value, "after": "active"}}
                await self._commit(transaction, profile, actor, "resumed", detail)
            return self._seen(active, await _targets_of(transaction, profile))

        resumed = await write_alone(self.store, write)
        key, now = (account.account_id, resumed.profile.profile_id), self.keeper.clock.now()
        while await write_alone(
            self.store, lambda transaction: transaction.endpoints.advance(key, now, BATCH)
        ):
            pass
        self.store.hint(QueueName.CALLBACK)
        return resumed

    async def test(self, account: Account, named: str, actor: Actor) -> str:
        """Tells a profile one event that is only a test; the event's id, to look at its attempts.

        Raises DirectoryError if the profile is not active: the event would wait.
        """

        async def write(transaction: Transaction) -> str:
            profile = await self._find(transaction, account, named)
            if profile.state is not ProfileState.ACTIVE:
                raise DirectoryError(
                    f"{profile.profile_id} is {profile.state}: a test would wait. Resume it first."
                )
            now, subject = self.keeper.clock.now(), self.ids.message_id()
            event = TestEvent(account.account_id, subject, profile.profile_id, now)
            await self.publisher.publish(transaction, [event], now)
            await self._commit(transaction, profile, actor, "tested", {})
            return f"{subject}.test.{profile.profile_id[-TAIL:]}"

        event_id = await write_alone(self.store, write)
        self.store.hint(QueueName.CALLBACK)
        return event_id

    # ---- within a transaction -----------------------------------------------------------------

    async def _find(
        self, transaction: Transaction, account: Account, named: str
    ) -> CallbackProfile:
        profiles = await transaction.profiles.of_account(account.account_id)
        for profile in profiles:
            if named in (profile.profile_id, profile.profile_id[-TAIL:]):
                return profile
        has = ", ".join(f"{one.profile_id} ({one.title})" for one in profiles) or "none"
        raise NotFoundError(f"{account.sid} has no callback profile {named[:100]}; it has {has}.")

    async def _hold(
        self, transaction: Transaction, account: Account, named: str
    ) -> CallbackProfile:
        """The same, to be changed: whoever calls its endpoint keeps how that went beside us."""
        found = await self._find(transaction, account, named)
        held = await transaction.profiles.hold((account.account_id, found.profile_id))
        if held is None:
            raise NotFoundError(f"{found.profile_id} was removed a moment ago.")
        return held

    def _seen(self, profile: CallbackProfile, targets: Sequence[str]) -> KnownProfile:
        """A profile without secrets; one that cannot be opened is shown too."""
        try:
            return _known(profile, self.keeper.open(profile), targets)
        except VaultError:
            return KnownProfile(profile, tuple(targets), "sealed", (), ())

    async def _give_up(self, transaction: Transaction, lane: LaneKey) -> int:
        """Gives up some of what waits for a profile that is gone; how many."""
        now = self.keeper.clock.now()
        account_id, queue = lane.account_id, transaction.queue
        waiting = await queue.find(
            QueueName.CALLBACK, lane, Priority.NORMAL, now + FAR_AHEAD, BATCH
        )
        item_ids = [one.item_id for one in waiting]
        cancelled = await queue.cancel(account_id, QueueName.CALLBACK, item_ids)
        due = await transaction.callbacks.load([(account_id, one) for one in sorted(cancelled)])
        await transaction.callbacks.settle(
            [
                CallbackSettlement(
                    account_id,
                    one.row.event_id,
                    CallbackState.GIVEN_UP,
                    one.row.attempts,
                    REMOVED,
                    now,
                )
                for one in due.values()
            ]
        )
        return len(cancelled)

    async def _clear(self, transaction: Transaction, profile: CallbackProfile) -> None:
        keys = [(profile.account_id, kind, profile.profile_id) for kind in ALARMS]
        await transaction.alarms.clear(keys, self.keeper.clock.now())

    async def _commit(
        self,
        transaction: Transaction,
        profile: CallbackProfile,
        actor: Actor,
        act: str,
        detail: dict[str, Any],
    ) -> None:
        """Tells every process that the account changed, and the audit log how."""
        await transaction.directory.touch(profile.account_id)
        scribe = Scribe(self.keeper.clock, self.keeper.entropy)
        of = (f"callback_profile.{act}", profile.profile_id)
        await transaction.audit.append([scribe.entry(profile.account_id, actor, of, detail)])


def _faults_of(profile: CallbackProfile, secrets: ProfileSecrets) -> tuple[Fault, ...]:
    faults = profile_faults(profile, secrets)
    told = {fault.path for fault in faults}
    return (
        *faults,
        *(
            one
            for one in find_template_faults(profile.url, profile.body, profile.content_type)
            if one.path not in told
        ),
    )


async def _targets_of(transaction: Transaction, profile: CallbackProfile) -> tuple[str, ...]:
    attached = await transaction.profiles.attachments(profile.account_id)
    return tuple(one.target for one in attached if one.profile_id == profile.profile_id)


def _known(
    profile: CallbackProfile, secrets: ProfileSecrets, targets: Sequence[str]
) -> KnownProfile:
    return KnownProfile(
        profile,
        tuple(targets),
        kind_of_auth(secrets),
        tuple(secrets.headers),
        tuple(one.expires_at for one in secrets.signing),
    )


def kind_of_auth(secrets: ProfileSecrets) -> str:
    """`none`, `basic` or `bearer`."""
    return str(type(secrets.auth).__struct_config__.tag)


def show_profile(profile: CallbackProfile, secrets: ProfileSecrets) -> dict[str, Any]:
    """What the audit log tells of a profile."""
    return {
        "title": profile.title,
        "events": [kind.value for kind in profile.events],
        "method": profile.method,
        "url": bare_url(profile.url),
        "has_own_body": profile.body is not None,
        "content_type": profile.content_type,
        "auth": kind_of_auth(secrets),
        "headers": sorted(secrets.headers),
    }


def clean_target(account: Account, target: str, *, is_attached: bool = True) -> str:
    """`sender/<number>`, `waba/<id>` or `account`, as it is kept. Raises DirectoryError.

    is_attached  whether it must be one of the account's
    """
    if target == WHOLE_ACCOUNT:
        return target
    kind, _, id_ = target.partition("/")
    owned = {"sender": account.senders, "waba": account.wabas}.get(kind)
    if owned is None or not id_:
        raise DirectoryError(
            f"{target[:100]} is no target; write sender/<its number>, waba/<its id> or account.",
            "/target",
        )
    plain = id_.removeprefix("+") if kind == "sender" else id_
    if is_attached and plain not in owned:
        has = ", ".join(owned) or "none"
        raise DirectoryError(f"{account.sid} has no {kind} {id_[:100]}; it has {has}.", "/target")
    return f"{kind}/{plain}"


def still_signing(signing: Sequence[SigningSecret], now: datetime) -> tuple[SigningSecret, ...]:
    """Those that have not expired."""
    return tuple(one for one in signing if one.expires_at is None or one.expires_at > now)


def rotated(
    signing: Sequence[SigningSecret], new: SigningSecret, now: datetime, overlap: timedelta
) -> tuple[SigningSecret, ...]:
    """The new secret, and those before it that still sign, each until the overlap at most.

    Raises DirectoryError if they would be more than three.
    """
    ends = now + overlap
    kept = [
        replace(one, expires_at=ends if one.expires_at is None else min(ends, one.expires_at))
        for one in still_signing(signing, now)
    ]
    kept = list(still_signing(kept, now))
    if len(kept) >= MOST_SECRETS:
        first = min(one.expires_at for one in kept if one.expires_at is not None)
        raise DirectoryError(
            f"{MOST_SECRETS} secrets sign already; wait until {first:%Y-%m-%d %H:%M} UTC, when "
            "the first of them ends, or rotate without an overlap."
        )
    return (new, *kept)
