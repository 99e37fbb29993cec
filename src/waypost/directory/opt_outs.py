"""The list of those who want no marketing, as people work on it: looked at, added to, shortened.

Recipients fill it themselves (`webhook.listener`); what is done here is told to the audit log.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from phonenumbers import NumberParseException, is_possible_number, parse

from waypost.directory.scribe import Scribe, write_alone
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.opt_out import OptIn, OptOut, OptOutSource, addresses_of
from waypost.model.recipient import Recipient
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store, Transaction

USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
MEXICAN_MOBILE = re.compile(r"521\d{10}", re.ASCII)
"""A way to write them that WhatsApp knows and the numbering plan gave up in 2020."""

SEPARATORS = str.maketrans("", "", " -()")
LONGEST_REASON = 200
MOST_PAGE = 1000
A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class OptOutList:
    """An account's opt-outs. Every method raises DirectoryError for what is no recipient."""

    store: Store
    clock: Clock
    entropy: Entropy

    async def add(
        self, account: Account, recipient: str, reason: str = "", *, actor: Actor
    ) -> OptOut:
        """A recipient wants no marketing: from now on, whatever was told before."""
        one = OptOut(
            account_id=account.account_id,
            recipient=parse_recipient(recipient).address,
            source=OptOutSource.OPERATOR,
            detail=" ".join(reason.split())[:LONGEST_REASON],
            opted_out_at=self.clock.now(),
        )

        async def change(transaction: Transaction) -> OptOut:
            await transaction.recipients.save_opt_outs([one])
            await self._tell(transaction, account, actor, ("opt_out.added", one.recipient))
            return one

        return await write_alone(self.store, change)

    async def remove(self, account: Account, recipient: str, *, actor: Actor) -> None:
        """A recipient wants marketing again, by every way to write its number.

        Raises NotFoundError if it was not opted out.
        """
        addresses = addresses_of(parse_recipient(recipient))
        keys = [(account.account_id, address) for address in addresses]

        async def change(transaction: Transaction) -> None:
            if not await transaction.recipients.opted_out(keys):
                raise NotFoundError(f"{addresses[0]} is not opted out.")
            at = self.clock.now() + A_MOMENT  # an opt-out of this very moment ends too
            await transaction.recipients.end_opt_outs([OptIn(*key, at) for key in keys])
            await self._tell(transaction, account, actor, ("opt_out.removed", addresses[0]))

        await write_alone(self.store, change)

    async def page(self, account: Account, *, after: str = "", limit: int = 100) -> list[OptOut]:
        """Opt-outs in force, by address, after this one."""
        size = max(1, min(limit, MOST_PAGE))
        return await self.store.read(
            lambda transaction: transaction.recipients.opt_outs(account.account_id, after, size)
        )

    async def _tell(
        self, transaction: Transaction, account: Account, actor: Actor, act: tuple[str, str]
    ) -> None:
        entry = Scribe(self.clock, self.entropy).entry(account.account_id, actor, act)
        await transaction.audit.append([entry])


def parse_recipient(text: str) -> Recipient:
    """Somebody by a phone number with its country code, or by a business-scoped user id.

    As in a send: `+`, spaces, hyphens and brackets may be there, and no digit is rewritten.
    Raises DirectoryError.
    """
    bare = text.strip()
    if USER_ID.fullmatch(bare):
        return Recipient(user_id=bare)
    digits = bare.translate(SEPARATORS).removeprefix("+")
    if digits.isascii() and digits.isdigit() and _is_possible(digits):
        return Recipient(phone=digits)
    raise DirectoryError(
        f"{bare[:40]!r} is neither a phone number with its country code, like +919812345678, nor a "
        "user id, like US.13491208655302741918."
    )


def _is_possible(digits: str) -> bool:
    if MEXICAN_MOBILE.fullmatch(digits):
        return True
    try:
        return is_possible_number(parse(f"+{digits}"))
    except NumberParseException:
        return False
