"""`/v2/<SID>/recipients/erase`: what is kept of one recipient, erased.

The documents print no such address; this one is ours, in the shape of those that they print.
"""

from collections.abc import Sequence
from typing import Any

from litestar import post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.response import Response

from waypost.api.customer.door import processed, read_object, refuse
from waypost.api.customer.hands import CustomerHands
from waypost.directory.opt_outs import parse_recipient
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError
from waypost.model.forgotten import ErasureOrder
from waypost.model.refusal import Fault

ERASE = "/{sid:str}/recipients/erase"
FLAGS = ("cancel", "forget_opt_out")


@post(ERASE, status_code=200)
async def erase_own_recipient(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Erase everything that is kept of a recipient.

    Messages and figures stay, with a keyed hash in the recipient's place. Of a recipient for whom
    something is still to be done nothing is erased, unless `cancel` has it cancelled. `left` tells
    where the recipient was found afterwards: nowhere, or ask again.
    """
    body = read_object(await request.body(), request.headers.get("content-type", ""))
    faults = [
        Fault(f"/{name}", "wrong_kind", f"{name} must be true or false.")
        for name in FLAGS
        if not isinstance(body.get(name, False), bool)
    ]
    named = body.get("recipient")
    if not isinstance(named, str):
        faults.append(Fault("/recipient", "required", "recipient must be a number or a user id."))
    if faults or not isinstance(named, str):
        raise refuse(*faults)
    try:
        order = ErasureOrder(
            (account.account_id,),
            parse_recipient(named),
            actor,
            is_to_cancel=body.get("cancel", False),
            forgets_opt_out=body.get("forget_opt_out", False),
        )
        erasure = await hands.forgetter.erase(order)
    except DirectoryError as error:
        raise refuse(Fault("/recipient", "not_erased", str(error))) from None
    return processed(
        {
            "pseudonym": erasure.pseudonym,
            "erased": {kind.value: count for kind, count in erasure.erased.items()},
            "left": {kind.value: count for kind, count in erasure.left.items()},
            "opt_outs_kept": erasure.opt_outs,
            "cancelled": erasure.cancelled,
            "is_complete": erasure.is_complete,
        }
    )


HANDLERS: Sequence[Any] = (erase_own_recipient,)
