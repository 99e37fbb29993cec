"""What is known of templates, held against what Meta has of them and kept where it differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from waypost.meta.templates import ReadTemplates
from waypost.model.drift import differences
from waypost.model.template import ChangeSource, Template, TemplateChange
from waypost.model.waba import Waba
from waypost.store.ports import Transaction

Pair = tuple[Template | None, Template | None]
"""A template as it was known, and as Meta has it."""

NameAndLanguage = tuple[str, str]


def pair_changed(
    known: Mapping[NameAndLanguage, Template],
    newer: Iterable[NameAndLanguage],
    found: ReadTemplates,
) -> list[Pair]:
    """What is known otherwise than Meta has it, but for what was learned after Meta was asked.

    None is taken to have vanished when something of the list was not understood.
    """
    newer = frozenset(newer)
    pairs: list[Pair] = [
        (known.get(one.key), one)
        for one in found.templates
        if known.get(one.key) != one and one.key not in newer
    ]
    if not found.skipped:
        listed = {one.key for one in found.templates}
        pairs += [
            (one, None) for key, one in known.items() if key not in listed and key not in newer
        ]
    return pairs


async def keep_changed(
    transaction: Transaction,
    waba: Waba,
    pairs: Sequence[Pair],
    asked_at: datetime,
    next_number: Callable[[], int],
) -> int:
    """Keeps templates as Meta had them at this time, and what changed; how many changes.

    The doors hear of it with the same commit, unless nothing that they go by has changed: the
    addresses of samples are new ones at each reading.
    """
    ids = waba.account_id, waba.waba_id
    changes = [
        TemplateChange(
            *ids,
            next_number(),
            *key_of(pair),
            one.what,
            one.before,
            one.after,
            one.reason,
            ChangeSource.SYNC,
            asked_at,
        )
        for pair in pairs
        for one in differences(*pair)
    ]
    await transaction.templates.save(*ids, [after for _, after in pairs if after], asked_at)
    await transaction.templates.drop(*ids, [key_of(pair) for pair in pairs if pair[1] is None])
    await transaction.templates.insert_changes(changes)
    if changes or any(before and after and _has_more(before, after) for before, after in pairs):
        await transaction.directory.touch(waba.account_id)
    return len(changes)


def _has_more(before: Template, after: Template) -> bool:
    """Whether more than its components differs: a reason, an id."""
    return replace(before, components=after.components) != after


def key_of(pair: Pair) -> NameAndLanguage:
    """Name and language; one of the two is there."""
    before, after = pair
    if after is not None:
        return after.key
    return ("", "") if before is None else before.key
