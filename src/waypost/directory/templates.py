"""Makes, changes and deletes templates: checked here, asked of Meta, then kept and on record.

Meta decides. What it took is known here with the same commit as its entry in the audit log; what
its answer does not say, and what became of a lost answer, the next reading of the WABA tells.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from msgspec import Struct

from waypost.directory.scribe import Scribe, write_alone
from waypost.directory.synchronizer import Synchronizer
from waypost.meta.graph import GraphCall, GraphClient
from waypost.meta.templates import (
    create_call,
    delete_call,
    edit_call,
    read_created,
    read_template,
    unpause_call,
)
from waypost.model.account import Account
from waypost.model.audit import Actor, AuditEntry
from waypost.model.definition_check.check import check_definition, check_edit
from waypost.model.drift import differences
from waypost.model.errors import NotFoundError, TooFastError
from waypost.model.refusal import Fault
from waypost.model.template import ChangeSource, Template, TemplateChange
from waypost.model.throughput import Bucket, full_bucket
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import AnswerLostError
from waypost.store.ports import Store, Transaction

PENDING = "PENDING"
PER_HOUR = 100
"""Creations, and edits, that one WABA may ask for in an hour (`reference` kaleyra-v2 6.1, 6.3)."""

HOUR_S = 3600
LOST = (
    "Meta's answer was lost, so it may have {done} {name} or not. Nothing was noted here; the WABA "
    "is read anew in a moment: look at its templates before you ask again."
)


class Created(Struct, frozen=True):
    """What Meta answered to a creation."""

    id: str
    status: str
    category: str


class TemplateQuery(Struct, frozen=True):
    """Which templates are wanted; None for all. Status and category in either case.

    name  exactly this one
    """

    name: str | None = None
    language: str | None = None
    status: str | None = None
    category: str | None = None
    limit: int | None = None
    offset: int = 0

    def is_met_by(self, template: Template) -> bool:
        """Whether it is one of them."""
        return (
            self.name in (None, template.name)
            and self.language in (None, template.language)
            and (self.status is None or self.status.upper() == template.status.upper())
            and (self.category is None or self.category.upper() == template.category.upper())
        )


@dataclass(frozen=True, slots=True)
class TemplateManager:
    """Acts upon the templates of an account's WABAs.

    Each act raises NotFoundError for a WABA or template that is not the account's, MetaRefusedError
    with Meta's words, VaultError, NeverLeftError when Meta cannot be reached, and AnswerLostError
    when it may have done it.

    next_number  makes numbers that grow; called on the writer's thread
    """

    store: Store
    graph: GraphClient
    synchronizer: Synchronizer
    clock: Clock
    next_number: Callable[[], int]
    entropy: Entropy
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    async def create(
        self, account: Account, waba_id: str, definition: Mapping[str, Any], actor: Actor
    ) -> Created | tuple[Fault, ...]:
        """A new template in Meta's review; or what is wrong with its definition.

        With a fault nothing was asked of Meta.
        Raises TooFastError after PER_HOUR of them, beside what the class says.
        """
        waba = waba_of(account, waba_id)
        faults = check_definition(definition)
        if faults:
            return faults
        self._pace(waba_id, "creations")
        call = create_call(waba_id, waba.access_token, definition)
        answer = await self._ask(waba, call, "made", str(definition.get("name")))
        template_id, status, category = read_created(answer)
        made = read_template(
            {
                **definition,
                "id": template_id,
                "status": status or PENDING,
                "category": category or definition.get("category"),
            }
        )

        async def write(transaction: Transaction) -> None:
            if made is not None:
                known = await transaction.templates.find(waba.account_id, waba_id, [made.key])
                await self._keep(transaction, waba, [(known.get(made.key), made)])
            await transaction.directory.set_sync_due(waba_id, self.clock.now())
            name, language = definition.get("name"), definition.get("language")
            detail = {"waba_id": waba_id, "template_id": template_id, "language": language}
            await transaction.audit.append(
                [self._entry(account, actor, ("template.created", str(name)), detail)]
            )

        await write_alone(self.store, write)
        return Created(template_id, status or PENDING, category)

    async def edit(
        self, account: Account, waba_id: str, change: Mapping[str, Any], actor: Actor
    ) -> Mapping[str, Any] | tuple[Fault, ...]:
        """Changes a template that is named by `template_id` (or `id`), or by name and language.

        Meta's answer; or what is wrong with the change: then nothing was asked of Meta. What
        becomes of the template is read from Meta within seconds.
        Raises TooFastError after PER_HOUR of them, beside what the class says.
        """
        waba = waba_of(account, waba_id)
        template = find_named(account, waba_id, change)
        asked = {key: change[key] for key in change if key not in ("template_id", "id")}
        faults = check_edit(asked, described(template))
        if faults:
            return faults
        self._pace(waba_id, "edits")
        call = edit_call(template.template_id, waba.access_token, asked)
        answer = await self._ask(waba, call, "changed", template.name)
        detail = {
            "template_id": template.template_id,
            "language": template.language,
            "changed": sorted(call.body) if isinstance(call.body, Mapping) else [],
        }
        await self._note(account, waba, actor, ("template.edited", template.name), detail)
        return answer

    async def delete(
        self,
        account: Account,
        waba_id: str,
        name: str,
        template_id: str | None,
        actor: Actor,
    ) -> None:
        """Deletes all languages of a template, or the one of this id."""
        waba = waba_of(account, waba_id)
        call = delete_call(waba_id, waba.access_token, name, template_id)
        await self._ask(waba, call, "deleted", name)
        gone = [
            one
            for one in templates_of(account, waba_id)
            if one.name == name and template_id in (None, one.template_id)
        ]

        async def write(transaction: Transaction) -> None:
            await self._keep(transaction, waba, [(one, None) for one in gone])
            await transaction.directory.set_sync_due(waba_id, self.clock.now())
            detail = {
                "waba_id": waba_id,
                "template_id": template_id,
                "languages": [one.language for one in gone],
            }
            await transaction.audit.append(
                [self._entry(account, actor, ("template.deleted", name), detail)]
            )

        await write_alone(self.store, write)

    async def unpause(self, account: Account, waba_id: str, template_id: str, actor: Actor) -> None:
        """Asks Meta to let a paused template be sent again."""
        waba = waba_of(account, waba_id)
        template = find_named(account, waba_id, {"template_id": template_id})
        await self._ask(waba, unpause_call(template_id, waba.access_token), "unpaused", template_id)
        detail = {"template_id": template_id, "language": template.language}
        await self._note(account, waba, actor, ("template.unpaused", template.name), detail)

    def list(self, account: Account, waba_id: str, query: TemplateQuery) -> list[Template]:
        """What is known here of a WABA's templates, by name and language.

        Raises NotFoundError for a WABA that is not the account's.
        """
        waba_of(account, waba_id)
        met = [one for one in templates_of(account, waba_id) if query.is_met_by(one)]
        met.sort(key=lambda one: one.key)
        end = None if query.limit is None else query.offset + query.limit
        return met[query.offset : end]

    async def changes(
        self, account: Account, waba_id: str, limit: int, before: int | None
    ) -> Sequence[TemplateChange]:
        """What became of a WABA's templates, the newest first; those before a change's id.

        Raises NotFoundError for a WABA that is not the account's.
        """
        waba_of(account, waba_id)
        return await self.store.read(
            lambda transaction: transaction.templates.changes(
                account.account_id, waba_id, limit, before
            )
        )

    # ---- parts of every act -------------------------------------------------------------------

    def _pace(self, waba_id: str, acts: str) -> None:
        """Counts one act; raises TooFastError when the hour has no more."""
        now = self.clock.monotonic()
        bucket = self._buckets.get((waba_id, acts))
        if bucket is None:
            bucket = self._buckets[waba_id, acts] = full_bucket(PER_HOUR / HOUR_S, PER_HOUR, now)
        wait_s = bucket.wait_s(now)
        if wait_s > 0:
            raise TooFastError(
                f"{waba_id} may ask for {PER_HOUR} {acts} of templates in an hour; "
                f"ask again in {ceil(wait_s)} seconds.",
                wait_s,
            )

    async def _ask(self, waba: Waba, call: GraphCall, done: str, name: str) -> dict[str, Any]:
        """Meta's answer. When it is lost the WABA is read, and the error says so."""
        try:
            return await self.graph.ask(call)
        except AnswerLostError as error:
            due = self.clock.now()
            await write_alone(self.store, lambda t: t.directory.set_sync_due(waba.waba_id, due))
            self.synchronizer.hurry(waba.account_id, waba.waba_id)
            raise AnswerLostError(f"{LOST.format(done=done, name=name)} ({error})") from error

    async def _note(
        self,
        account: Account,
        waba: Waba,
        actor: Actor,
        act: tuple[str, str],
        detail: Mapping[str, Any],
    ) -> None:
        """On record, and the WABA is read anew: the answer did not say what became of it."""

        async def write(transaction: Transaction) -> None:
            await transaction.directory.set_sync_due(waba.waba_id, self.clock.now())
            entry = self._entry(account, actor, act, {"waba_id": waba.waba_id, **detail})
            await transaction.audit.append([entry])

        await write_alone(self.store, write)
        self.synchronizer.hurry(waba.account_id, waba.waba_id)

    async def _keep(
        self,
        transaction: Transaction,
        waba: Waba,
        pairs: Sequence[tuple[Template | None, Template | None]],
    ) -> None:
        """Templates as they are from now on, None for those that are no more."""
        now, ids = self.clock.now(), (waba.account_id, waba.waba_id)
        changes = [
            TemplateChange(
                *ids,
                self.next_number(),
                one.name,
                one.language,
                difference.what,
                difference.before,
                difference.after,
                difference.reason,
                ChangeSource.API,
                now,
            )
            for before, after in pairs
            for difference in differences(before, after)
            if (one := after or before) is not None
        ]
        await transaction.templates.save(*ids, [one for _, one in pairs if one], now)
        await transaction.templates.drop(*ids, [b.key for b, one in pairs if b and one is None])
        await transaction.templates.insert_changes(changes)
        await transaction.directory.touch(waba.account_id)

    def _entry(
        self, account: Account, actor: Actor, act: tuple[str, str], detail: Mapping[str, Any]
    ) -> AuditEntry:
        return Scribe(self.clock, self.entropy).entry(account.account_id, actor, act, detail)


def waba_of(account: Account, waba_id: str) -> Waba:
    """The account's WABA. Raises NotFoundError."""
    waba = account.wabas.get(waba_id)
    if waba is None:
        has = ", ".join(account.wabas) or "none"
        raise NotFoundError(f"{account.sid} has no WABA {waba_id}; it has {has}.")
    return waba


def templates_of(account: Account, waba_id: str) -> list[Template]:
    """What is known of a WABA's templates."""
    return [one for (of_waba, _, _), one in account.templates.items() if of_waba == waba_id]


def find_named(account: Account, waba_id: str, change: Mapping[str, Any]) -> Template:
    """The template that a change names, with its id at Meta.

    Raises NotFoundError; also for one whose id is not known yet.
    """
    template_id = change.get("template_id") or change.get("id")
    if template_id is not None:
        for one in templates_of(account, waba_id):
            if one.template_id == str(template_id):
                return one
        raise NotFoundError(
            f"{waba_id} has no template with the id {template_id}, as far as is known here. List "
            "its templates to see their ids."
        )
    name, language = change.get("name"), change.get("language")
    if name is None or language is None:
        raise NotFoundError("The change names no template: give template_id, or name and language.")
    found = account.templates.get((waba_id, str(name), str(language)))
    if found is None or not found.template_id:
        raise NotFoundError(
            f"{waba_id} has no template {name} in the language {language}, as far as is known "
            "here. Name it by template_id, or by name and language."
        )
    return found


def described(template: Template) -> dict[str, Any]:
    """A template as `check_edit` wants to know it."""
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "parameter_format": template.parameter_format,
        "components": list(template.components),
    }
