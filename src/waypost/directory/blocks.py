"""Recipients that a sender does not want to hear from: kept by Meta, asked for here.

Meta takes only users who wrote to the sender in the last 24 hours (`reference` kaleyra-v2 10).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from waypost.directory.scribe import Scribe, write_alone
from waypost.meta.blocks import UserResult, block_call, read_results
from waypost.meta.graph import GraphClient
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.failure import Failure
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store

MOST_USERS = 1000
LONGEST_USER = 128
UNTOLD = Failure(
    "WA500",
    "Meta did not say what became of this user",
    "",
    "Ask for it once more; what is done already stays done.",
)


class BlockedUser(Struct, frozen=True):
    """What became of one user.

    user     as the customer wrote it
    wa_id    the number as Meta has it; None if it did not say
    failure  None if it was done
    """

    user: str
    wa_id: str | None
    failure: Failure | None


class BlockReport(Struct, frozen=True):
    """What became of every user that was named, in their order, each once."""

    users: tuple[BlockedUser, ...]


@dataclass(frozen=True, slots=True)
class BlockList:
    """Blocks users at Meta, and lets them write again."""

    store: Store
    graph: GraphClient
    clock: Clock
    entropy: Entropy

    async def block(
        self, account: Account, sender: Sender, users: Sequence[str], actor: Actor
    ) -> BlockReport | tuple[Fault, ...]:
        """What these users write comes to nobody from now on.

        Raises MetaRefusedError, HttpError, VaultError or StoreError.
        """
        return await self._ask("POST", account, sender, users, (actor, "users.blocked"))

    async def unblock(
        self, account: Account, sender: Sender, users: Sequence[str], actor: Actor
    ) -> BlockReport | tuple[Fault, ...]:
        """These users may write again. Raises as `block` does."""
        return await self._ask("DELETE", account, sender, users, (actor, "users.unblocked"))

    async def _ask(
        self,
        method: str,
        account: Account,
        sender: Sender,
        users: Sequence[str],
        by: tuple[Actor, str],
    ) -> BlockReport | tuple[Fault, ...]:
        named = list(dict.fromkeys(one.strip() for one in users))
        faults = _faults_of(users, named)
        if faults:
            return faults
        call = block_call(method, sender.phone_number_id, sender.access_token, named)
        report = _report(named, read_results(await self.graph.answer(call)))
        done = [one.user for one in report.users if one.failure is None]
        if done:
            await self._write_down(account, sender, done, by)
        return report

    async def _write_down(
        self, account: Account, sender: Sender, done: Sequence[str], by: tuple[Actor, str]
    ) -> None:
        act, detail = (by[1], sender.sender_id), {"users": list(done)}
        entry = Scribe(self.clock, self.entropy).entry(account.account_id, by[0], act, detail)
        await write_alone(self.store, lambda transaction: transaction.audit.append([entry]))


def _report(named: Sequence[str], results: Sequence[UserResult]) -> BlockReport:
    """One entry for each user. Meta may write a number in another way than it was given."""
    told = {_plain(one.user): one for one in results}
    return BlockReport(
        tuple(
            BlockedUser(user, one.wa_id, one.failure)
            if (one := told.get(_plain(user))) is not None
            else BlockedUser(user, None, UNTOLD)
            for user in named
        )
    )


def _plain(user: str) -> str:
    """A number's digits; another user's name as it is."""
    digits = "".join(filter(str.isdigit, user))
    return digits if not any(map(str.isalpha, user)) else user


def _faults_of(users: Sequence[str], named: Sequence[str]) -> tuple[Fault, ...]:
    if not 1 <= len(named) <= MOST_USERS:
        return (
            Fault(
                "/block_users",
                "user_count",
                f"There are {len(named)} users; one request names 1 to {MOST_USERS}.",
                mend="Name them in several requests." if named else "Name at least one user.",
            ),
        )
    return tuple(
        Fault(
            f"/block_users/{index}/user",
            "user_invalid",
            "This is neither a phone number nor a user id.",
            mend="Write the number with its country code, like +919876543210.",
        )
        for index, user in enumerate(users)
        if not 1 <= len(user.strip()) <= LONGEST_USER or not user.strip().isprintable()
    )
