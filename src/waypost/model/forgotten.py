"""Erasing one recipient: what was asked, what came of it, and what is found afterwards."""

from collections.abc import Mapping

from msgspec import Struct

from waypost.model.audit import Actor
from waypost.model.personal import Kind
from waypost.model.recipient import Recipient


class ErasureOrder(Struct, frozen=True):
    """Whom to erase, and of which accounts.

    is_to_cancel    messages that still wait are cancelled, and callbacks that were not delivered
                    and media that were not fetched are given up; without it they refuse the whole
    forgets_opt_out the note that the recipient wants no marketing goes too
    """

    account_ids: tuple[int, ...]
    recipient: Recipient
    actor: Actor
    is_to_cancel: bool = False
    forgets_opt_out: bool = False


class Erasure(Struct, frozen=True):
    """What became of it.

    pseudonym  what stands in the recipient's place now
    erased     rows by table
    left       rows in which the recipient was found afterwards, by table; empty: none
    opt_outs   notes that the recipient wants no marketing, which stay as they are
    cancelled  messages that were cancelled before
    """

    pseudonym: str
    erased: Mapping[Kind, int]
    left: Mapping[Kind, int]
    opt_outs: int
    cancelled: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing was found afterwards."""
        return not self.left
