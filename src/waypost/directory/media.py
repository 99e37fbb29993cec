"""Media of senders: uploaded, looked up for the door, uploaded again, removed.

Law: the id that a customer was given stays for as long as the medium is kept. Meta's own id of
it changes with each upload and is put in its place when a message goes out.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace as replaced
from datetime import datetime, timedelta

import structlog
from msgspec import Struct
from msgspec.structs import replace

from waypost.directory.byte_keeper import ByteKeeper, Locks, digest_of
from waypost.directory.media_memory import Found, MediaMemory, Missed
from waypost.directory.media_questions import MediaQuestions
from waypost.directory.scribe import Scribe
from waypost.meta.graph import GraphCall, GraphClient
from waypost.meta.media import is_unknown, read_id, remove_call, upload_call
from waypost.model.account import Account
from waypost.model.audit import Actor, AuditEntry
from waypost.model.errors import MetaRefusedError, NotFoundError, StoreError
from waypost.model.media_type import MediumType, check_medium
from waypost.model.medium import Medium
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Key, Store, Transaction

META_KEEPS = timedelta(days=30)
TRUSTED = timedelta(minutes=1)
"""How long after it was given to Meta nobody asks whether Meta still has it."""

NEAR = timedelta(hours=1)
"""A medium that Meta forgets so soon is uploaded again rather than given out."""

LONGEST_NAME = 255

log = structlog.get_logger("waypost.directory")


class Upload(Struct, frozen=True):
    """What a customer sends in: bytes, the type they say it is, and the name of the file."""

    data: bytes
    declared_type: str | None
    file_name: str


class LookedUp(Struct, frozen=True):
    """What looking for media came to: each id stands in one of the three.

    known      by the id that was asked for; its `meta_expires_at` may have passed
    unknown    Meta says that there is no such medium of this sender
    unchecked  Meta could not be asked now
    """

    known: dict[str, Medium]
    unknown: frozenset[str]
    unchecked: frozenset[str]


class MediaLibrary:
    """Uploads media and knows them. One for each gateway: it remembers.

    upload_timeout_s  how long one upload to Meta may take
    """

    def __init__(
        self,
        keeper: ByteKeeper,
        graph: GraphClient,
        clock: Clock,
        entropy: Entropy,
        upload_timeout_s: float,
    ) -> None:
        self._keeper = keeper
        self._store: Store = keeper.store
        self._graph = graph
        self._uploading = replaced(graph, timeout_s=upload_timeout_s)
        self._clock = clock
        self._entropy = entropy
        self._memory = MediaMemory(clock.monotonic)
        self._asked = Locks()
        self._questions = MediaQuestions(graph, clock)
        self._used: dict[Key, datetime] = {}

    async def upload(
        self, account: Account, sender: Sender, upload: Upload, actor: Actor
    ) -> Medium | tuple[Fault, ...]:
        """Keeps a medium and gives it to Meta; what keeps Meta from taking it, if anything does.

        The same content again is the same medium, and is given to Meta once.

        Raises StoreError, MetaRefusedError, HttpError or VaultError: then nothing was kept.
        """
        type_ = await asyncio.to_thread(
            check_medium, upload.data, upload.declared_type, upload.file_name
        )
        if not isinstance(type_, MediumType):
            return type_
        digest = await digest_of(upload.data)
        async with self._keeper.lock(account.account_id, digest):
            known = await self._same(account, sender, digest, type_)
            if (
                known is not None
                and known.meta_expires_at > self._clock.now() + NEAR
                and not await self._is_lost(sender, known)
            ):
                self.use([known])
                return known
            return await self._keep(account, sender, upload, (type_, digest, known, actor))

    async def look_up(
        self, account: Account, sender: Sender, media_ids: Collection[str], *, may_ask: bool = True
    ) -> LookedUp:
        """Media by the ids that a send names. Raises StoreError.

        may_ask  what is not known here may have been uploaded at Meta directly: Meta is asked
                 once. Otherwise it is unchecked
        """
        found: dict[str, Found] = {}
        for media_id in media_ids:
            remembered = self._memory.get((account.account_id, sender.sender_id, media_id))
            if remembered is not None:
                found[media_id] = remembered
        missing = [one for one in dict.fromkeys(media_ids) if one not in found]
        if missing:
            found |= await self._find(account, sender, missing, may_ask=may_ask)
        return LookedUp(
            {id_: one for id_, one in found.items() if isinstance(one, Medium)},
            frozenset(id_ for id_, one in found.items() if one is Missed.UNKNOWN),
            frozenset(id_ for id_, one in found.items() if one is Missed.UNCHECKED),
        )

    async def list(self, account: Account, limit: int, offset: int) -> list[Medium]:
        """A page of the account's media, the newest first. Raises StoreError."""
        return await self._store.read(
            lambda transaction: transaction.media.of_account(account.account_id, limit, offset)
        )

    @property
    def keeper(self) -> ByteKeeper:
        """Who keeps the bytes: one for each process, for the locks are in it."""
        return self._keeper

    async def remove(self, account: Account, media_id: str, actor: Actor) -> None:
        """Removes a medium at Meta and here.

        Raises NotFoundError, StoreError, MetaRefusedError, HttpError or VaultError: then it
        stands as it stood.
        """
        key = (account.account_id, media_id)
        medium = (await self._read([key])).get(key)
        if medium is None:
            raise NotFoundError(f"There is no medium {media_id}; the list of media shows them.")
        async with self._lock(medium):
            medium = (await self._read([key])).get(key, medium)
            sender = account.senders.get(medium.sender_id)
            if sender is not None:
                await self._forget_at_meta(sender, medium)
            await self._drop(medium, self._entry(account, actor, "medium.removed", media_id))

    async def upload_again(self, sender: Sender, medium: Medium) -> Medium | None:
        """Gives the bytes of a medium to Meta once more; None if it is gone meanwhile.

        Raises StoreError, MetaRefusedError, HttpError or VaultError: then it is as it was.
        """
        if medium.digest is None or medium.object_key is None:
            return None
        key = (medium.account_id, medium.media_id)
        async with self._keeper.lock(medium.account_id, medium.digest):
            current = (await self._read([key])).get(key)
            if current is None:
                return None
            data = await self._keeper.get(medium.object_key, medium.digest)
            renewed = await self._give(sender, current, data)
            await self._save(renewed, None)
            return renewed

    async def lapse(self, medium: Medium, before: datetime) -> None:
        """Forgets a medium that Meta forgot before this, unless it came back meanwhile.

        Raises StoreError.
        """
        key = (medium.account_id, medium.media_id)
        async with self._lock(medium):
            current = (await self._read([key])).get(key)
            if current is not None and current.meta_expires_at < before:
                await self._drop(current, None)

    async def note_uses(self) -> None:
        """Writes down which media were named of late. Raises StoreError: it can be done later."""
        used, self._used = self._used, {}
        by_time: dict[datetime, list[Key]] = {}
        for key, at in used.items():
            by_time.setdefault(at.replace(minute=0, second=0, microsecond=0), []).append(key)

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            for at, keys in by_time.items():
                await transaction.media.mark_used(keys, at)
            return items

        if used:
            try:
                await self._store.write(step, None)
            except StoreError:
                self._used = used | self._used
                raise

    async def _keep(
        self,
        account: Account,
        sender: Sender,
        upload: Upload,
        about: tuple[MediumType, bytes, Medium | None, Actor],
    ) -> Medium:
        """The bytes first, then Meta, then the row; without the row the bytes go again."""
        type_, digest, known, actor = about
        now = self._clock.now()
        is_kept = False
        object_key = await self._keeper.put(account.account_id, digest, upload.data)
        try:
            medium = known or Medium(
                account_id=account.account_id,
                media_id="",
                sender_id=sender.sender_id,
                kind=type_.kind,
                mime_type=type_.mime_type,
                size_bytes=len(upload.data),
                file_name=upload.file_name.encode("utf-8", "replace").decode()[:LONGEST_NAME],
                digest=digest,
                object_key=object_key,
                meta_id="",
                meta_expires_at=now,
                created_at=now,
                last_used_at=now,
            )
            medium = await self._give(sender, medium, upload.data)
            medium = replace(medium, media_id=medium.media_id or medium.meta_id, last_used_at=now)
            entry = self._entry(account, actor, "medium.uploaded", medium.media_id)
            await self._save(medium, entry)
            is_kept = True
        finally:
            if not is_kept:
                await self._keeper.let_go(account.account_id, digest)
        await self._keeper.make_sure(object_key, upload.data)
        return medium

    async def _give(self, sender: Sender, medium: Medium, data: bytes) -> Medium:
        """The medium with a new id at Meta."""
        begun_at = self._clock.now()
        name = medium.file_name or medium.kind.value
        async with self._keeper.places:
            call = upload_call(
                sender.phone_number_id,
                sender.access_token,
                self._entropy.token_hex(16),
                (name, medium.mime_type, data),
            )
            meta_id = read_id(await self._uploading.ask(call))
        return replace(medium, meta_id=meta_id, meta_expires_at=begun_at + META_KEEPS)

    async def _same(
        self, account: Account, sender: Sender, digest: bytes, type_: MediumType
    ) -> Medium | None:
        """What this sender uploaded with the same content before."""
        uploaded = await self._store.read(
            lambda transaction: transaction.media.by_digest(
                account.account_id, sender.sender_id, digest
            )
        )
        return next((one for one in uploaded if one.mime_type == type_.mime_type), None)

    async def _is_lost(self, sender: Sender, medium: Medium) -> bool:
        """Whether Meta says now that it has a medium no more, before its time.

        Only what was given to Meta a while ago is asked for. Who cannot be asked has lost nothing.
        """
        given_at = medium.meta_expires_at - META_KEEPS
        if given_at > self._clock.now() - TRUSTED:
            return False
        found = await self._questions.ask(medium.account_id, sender, medium.meta_id)
        return found is Missed.UNKNOWN

    async def _find(
        self, account: Account, sender: Sender, media_ids: Sequence[str], *, may_ask: bool
    ) -> dict[str, Found]:
        rows = await self._read([(account.account_id, one) for one in media_ids])
        found: dict[str, Found] = {}
        asked: dict[str, asyncio.Task[Found]] = {}
        async with asyncio.TaskGroup() as tasks:
            for media_id in media_ids:
                row = rows.get((account.account_id, media_id))
                named = (account.account_id, sender.sender_id, media_id)
                if row is not None and self._may_use(account, sender, row):
                    found[media_id] = self._memory.put(named, row)
                elif not may_ask:
                    found[media_id] = self._memory.put(named, Missed.UNCHECKED)
                else:
                    asked[media_id] = tasks.create_task(self._ask(account, sender, media_id, row))
        return found | {media_id: task.result() for media_id, task in asked.items()}

    def _may_use(self, account: Account, sender: Sender, row: Medium) -> bool:
        """Whether what is kept says enough. Media are shared by the numbers of one WABA."""
        owner = account.senders.get(row.sender_id)
        if row.sender_id != sender.sender_id and (owner is None or owner.waba_id != sender.waba_id):
            return False
        return row.object_key is not None or row.meta_expires_at > self._clock.now()

    async def _ask(
        self, account: Account, sender: Sender, media_id: str, row: Medium | None
    ) -> Found:
        """What Meta says of an id; those who ask at the same time wait for one answer."""
        named = (account.account_id, sender.sender_id, media_id)
        async with self._asked.of(named):
            remembered = self._memory.get(named)
            if remembered is not None:
                return remembered
            found = await self._questions.ask(account.account_id, sender, media_id)
            if isinstance(found, Medium) and (row is None or row.object_key is None):
                try:
                    await self._save(found, None)
                except StoreError as error:  # it is known all the same, until the next start
                    log.warning("medium.not_noted", media_id=media_id, error=str(error))
            return self._memory.put(named, found)

    async def _forget_at_meta(self, sender: Sender, medium: Medium) -> None:
        call: GraphCall = remove_call(medium.meta_id, sender.phone_number_id, sender.access_token)
        try:
            await self._graph.ask(call)
        except MetaRefusedError as error:
            if not is_unknown(error.failure):
                raise

    async def _drop(self, medium: Medium, entry: AuditEntry | None) -> None:
        """Forgets a medium, and its bytes if nothing else needs them; its lock is held."""

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            await transaction.media.remove(medium.account_id, medium.media_id)
            if entry is not None:
                await transaction.audit.append([entry])
            return items

        await self._store.write(step, None)
        self._memory.drop(medium.account_id, medium.media_id)
        self._used.pop((medium.account_id, medium.media_id), None)
        if medium.digest is not None:
            await self._keeper.let_go(medium.account_id, medium.digest)

    def _lock(self, medium: Medium) -> asyncio.Lock:
        return self._keeper.lock(medium.account_id, medium.digest or medium.media_id.encode())

    async def _read(self, keys: Sequence[Key]) -> dict[Key, Medium]:
        return await self._store.read(lambda transaction: transaction.media.find(keys))

    async def _save(self, medium: Medium, entry: AuditEntry | None) -> None:
        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            await transaction.media.save([medium])
            if entry is not None:
                await transaction.audit.append([entry])
            return items

        await self._store.write(step, None)
        self._memory.drop(medium.account_id, medium.media_id)

    def use(self, media: Iterable[Medium]) -> None:
        """Media that a send was accepted with, or that were uploaded again, are in use.

        It is written down by the renewer, for all at once.
        """
        for medium in media:
            self._used[medium.account_id, medium.media_id] = self._clock.now()

    def _entry(self, account: Account, actor: Actor, act: str, media_id: str) -> AuditEntry:
        scribe = Scribe(self._clock, self._entropy)
        return scribe.entry(account.account_id, actor, (act, media_id))
