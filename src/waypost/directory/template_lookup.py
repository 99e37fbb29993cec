"""Asks Meta for one template by its name, when a send names one that is not known or not approved.

A WABA may have thousands of templates, and a send waits: so only this name is asked for, and Meta
is asked for few of them, whatever names are made up.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from waypost.directory.byte_keeper import Locks
from waypost.directory.pace import Pace
from waypost.directory.template_drift import keep_changed, pair_changed
from waypost.meta.graph import GraphClient
from waypost.meta.templates import ReadTemplates, find_call, join_pages, read_templates
from waypost.model.account import Account
from waypost.model.errors import MetaRefusedError
from waypost.model.waba import Waba
from waypost.runtime.clock import Clock
from waypost.runtime.http import AnswerLostError, HttpError
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Store, Transaction

HELD_S = 10.0
"""How long what a question came to is believed, whatever it was."""

LOOK_S = 5.0
"""How long a send waits for Meta."""

MOST_A_MINUTE = 30
"""Questions about one WABA, at once or over a minute: they leave room for everything else."""

MINUTE_S = 60.0
MOST_PAGES = 5
"""Meta's filter finds names that contain the one asked for; this is enough of them."""

MOST_REMEMBERED = 10_000

NAME = re.compile(r"[a-z0-9_]{1,512}")
"""What can be the name of a template; Meta need not be asked for anything else."""

log = structlog.get_logger("waypost.directory")


@dataclass(frozen=True, slots=True)
class TemplateLookup:
    """Looks for templates by name. One for each gateway: it remembers.

    next_number  makes numbers that grow; called on the writer's thread
    look_s       how long one question may take, pages and all
    """

    store: Store
    graph: GraphClient
    clock: Clock
    next_number: Callable[[], int]
    look_s: float = LOOK_S
    _questions: Locks = field(default_factory=Locks)
    _held: dict[tuple[int, str, str], tuple[float, bool]] = field(default_factory=dict)
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was asked yet."""
        pace = Pace(self.clock.monotonic, MOST_A_MINUTE, MOST_A_MINUTE / MINUTE_S)
        object.__setattr__(self, "_pace", pace)

    async def look_again(self, account: Account, waba_id: str, name: str) -> bool:
        """Keeps what Meta has of this name, in all languages.

        True if that was learned now or within the last seconds. False if Meta was not asked (the
        WABA is none of the account's, the name can be none, too much was asked of late), did not
        answer in time, or refused to. Who asks for the same name at the same time shares one
        question. Raises StoreError.
        """
        waba = account.wabas.get(waba_id)
        if waba is None or not NAME.fullmatch(name):
            return False
        key = (account.account_id, waba_id, name)
        async with self._questions.of(key):
            held_until, was_learned = self._held.get(key, (0.0, False))
            if held_until > self.clock.monotonic():
                return was_learned
            if not self._pace.may_ask((account.account_id, waba_id)):
                return False
            was_learned = await self._learn(waba, name)
            while len(self._held) >= MOST_REMEMBERED:
                del self._held[next(iter(self._held))]
            self._held.pop(key, None)
            self._held[key] = (self.clock.monotonic() + HELD_S, was_learned)
            return was_learned

    async def _learn(self, waba: Waba, name: str) -> bool:
        """Asks Meta, and keeps what is otherwise than it was known."""
        asked_at = self.clock.now()
        try:
            found = await self._ask(waba, name)
        except (MetaRefusedError, HttpError, VaultError) as error:
            ids = waba.account_id, waba.waba_id
            self._pace.fall_silent(ids)
            log.warning(
                "template.not_looked_up",
                account_id=ids[0],
                waba_id=ids[1],
                template=name,
                why=str(error),
            )
            return False

        async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            kept = await transaction.templates.of_name(waba.account_id, waba.waba_id, name)
            newer = [one.key for one, synced_at in kept if synced_at > asked_at]
            pairs = pair_changed({one.key: one for one, _ in kept}, newer, found)
            if pairs:
                await keep_changed(transaction, waba, pairs, asked_at, self.next_number)
            return items

        await self.store.write(step, None)
        return True

    async def _ask(self, waba: Waba, name: str) -> ReadTemplates:
        """What Meta has of exactly this name; what is left of a list too long counts as skipped.

        Raises MetaRefusedError, VaultError, and HttpError, also when it takes too long.
        """
        graph = replace(self.graph, timeout_s=min(self.graph.timeout_s, self.look_s))
        pages: list[ReadTemplates] = []
        try:
            async with asyncio.timeout(self.look_s):
                async for page in graph.pages(find_call(waba.waba_id, waba.access_token, name)):
                    pages.append(read_templates(page))
                    if len(pages) >= MOST_PAGES:
                        pages.append(ReadTemplates((), 1))
                        break
        except TimeoutError:
            raise AnswerLostError(f"no answer within {self.look_s:g} seconds") from None
        found = join_pages(pages)
        return ReadTemplates(
            tuple(one for one in found.templates if one.name == name), found.skipped
        )
