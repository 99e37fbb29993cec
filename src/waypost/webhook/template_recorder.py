"""Records what Meta tells of templates: the door knows it with the commit of the webhook.

What a webhook says in full is changed at once: status, category, quality. For the rest, and to
be sure of all of it, the WABA is made due to be read from Meta.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from waypost.meta.template_events import TemplateEvent, TemplateEventKind
from waypost.model.drift import Difference, differences
from waypost.model.template import ChangeSource, Template, TemplateChange, TemplateChangeKind
from waypost.runtime.clock import Clock
from waypost.runtime.metrics import Metrics
from waypost.store.ports import Transaction


@dataclass(frozen=True, slots=True)
class TemplateRecorder:
    """Applies events within the step that marks their webhook.

    next_number  makes numbers that grow
    """

    clock: Clock
    next_number: Callable[[], int]
    metrics: Metrics

    async def apply(self, transaction: Transaction, events: Sequence[TemplateEvent]) -> None:
        """Records them in their order; those of WABAs that are not ours are counted."""
        now = self.clock.now()
        by_waba: dict[str, list[TemplateEvent]] = {}
        for event in events:
            by_waba.setdefault(event.waba_id, []).append(event)
        for waba_id, told in by_waba.items():
            owners = await transaction.directory.waba_owners(waba_id)
            result = "recorded" if owners else "unknown_waba"
            self.metrics.template_events[result].inc(len(told))
            if owners:
                await transaction.directory.set_sync_due(waba_id, now)
            for account_id in owners:
                await self._apply_to(transaction, account_id, told, now)

    async def _apply_to(
        self,
        transaction: Transaction,
        account_id: int,
        events: Sequence[TemplateEvent],
        now: datetime,
    ) -> None:
        """Events of one WABA. A template that is not known here comes with the reading."""
        waba_id = events[0].waba_id
        keys = list(dict.fromkeys((event.name, event.language) for event in events))
        known = await transaction.templates.find(account_id, waba_id, keys)
        changed: dict[tuple[str, str], Template] = {}
        changes: list[TemplateChange] = []
        for event in events:
            key = event.name, event.language
            before = changed.get(key) or known.get(key)
            if before is None:
                continue
            after = told_template(before, event)
            if after != before:
                changed[key] = after
            changes += [
                TemplateChange(
                    account_id=account_id,
                    waba_id=waba_id,
                    change_id=self.next_number(),
                    name=event.name,
                    language=event.language,
                    what=one.what,
                    before=one.before,
                    after=one.after,
                    reason=event.reason or one.reason,
                    source=ChangeSource.WEBHOOK,
                    changed_at=now,
                )
                for one in told_differences(before, after, event)
            ]
        await transaction.templates.insert_changes(changes)
        if changed:
            await transaction.templates.save(account_id, waba_id, list(changed.values()), now)
            await transaction.directory.touch(account_id)


def told_template(template: Template, event: TemplateEvent) -> Template:
    """The template as the event leaves it."""
    if not event.value:
        return template
    if event.kind is TemplateEventKind.STATUS:
        return replace(template, status=event.value)
    if event.kind is TemplateEventKind.CATEGORY:
        return replace(template, category=event.value)
    if event.kind is TemplateEventKind.QUALITY:
        return replace(template, quality=event.value)
    return template


def told_differences(
    before: Template, after: Template, event: TemplateEvent
) -> Sequence[Difference]:
    """What the event changes, or says that Meta will change."""
    if event.kind is TemplateEventKind.CATEGORY_ANNOUNCED and event.value != before.category:
        announced = TemplateChangeKind.CATEGORY_ANNOUNCED
        return [Difference(announced, before.category, event.value)]
    return list(differences(before, after))
