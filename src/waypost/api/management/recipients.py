"""What is kept of one recipient of an account, erased."""

from collections.abc import Sequence
from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from waypost.api.management.bodies import ErasureBody
from waypost.api.management.door import Management
from waypost.api.problem import ProblemDetail, ProblemError
from waypost.directory.opt_outs import parse_recipient
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError
from waypost.model.forgotten import Erasure, ErasureOrder


class ErasureShape(Struct, frozen=True):
    """What was erased of a recipient.

    pseudonym      stands in the recipient's place now, in messages and figures
    erased         rows by table
    left           rows in which the recipient was found afterwards, by table; empty: nowhere
    opt_outs_kept  notes that the recipient wants no marketing, which still name it
    cancelled      messages that were cancelled before
    """

    pseudonym: str
    erased: dict[str, int]
    left: dict[str, int]
    opt_outs_kept: int
    cancelled: int
    is_complete: bool


@post("/{sid:str}/recipients/erase", status_code=200)
async def erase_recipient(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[ErasureBody],
) -> ErasureShape:
    """Erase everything that is kept of a recipient, and look whether anything is left.

    Messages and figures stay, with a keyed hash in the recipient's place. It reads all that is
    kept of the account, so it may take minutes. Of a recipient for whom something is still to be
    done nothing is erased, and 409 says what.
    """
    try:
        recipient = parse_recipient(data.recipient)
    except DirectoryError as error:
        fault = ProblemDetail("/recipient", "invalid_value", str(error))
        raise ProblemError("invalid_body", "The body has one fault.", [fault]) from None
    order = ErasureOrder(
        (account.account_id,),
        recipient,
        actor,
        is_to_cancel=data.cancel,
        forgets_opt_out=data.forget_opt_out,
    )
    return show_erasure(await management.forgetter.erase(order))


def show_erasure(erasure: Erasure) -> ErasureShape:
    """What was erased, as it is shown."""
    return ErasureShape(
        erasure.pseudonym,
        {kind.value: count for kind, count in erasure.erased.items()},
        {kind.value: count for kind, count in erasure.left.items()},
        erasure.opt_outs,
        erasure.cancelled,
        erasure.is_complete,
    )


HANDLERS: Sequence[Any] = (erase_recipient,)
