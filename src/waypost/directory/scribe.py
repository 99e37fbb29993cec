"""What every act upon the directory does: one change in a commit, and its entry beside it."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from waypost.model.audit import Actor, AuditEntry, make_entry
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store, Transaction

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Scribe:
    """Makes entries of the audit log."""

    clock: Clock
    entropy: Entropy

    def entry(
        self,
        account_id: int,
        actor: Actor,
        act: tuple[str, str],
        detail: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        """What was done just now, and to what: `("key.made", "A1b2c3")`."""
        chance = int(self.entropy.token_hex(2), 16)
        return make_entry(account_id, self.clock.now(), chance, actor, act, detail)


async def write_alone(
    store: Store, change: Callable[[Transaction], Coroutine[Any, Any, Result]]
) -> Result:
    """What a change came to, as a step of its own. Raises what it raises, and StoreError."""

    async def step(transaction: Transaction, items: Sequence[None]) -> Sequence[Result]:
        return [await change(transaction) for _ in items]

    return await store.write(step, None)
