"""Blocked users in Meta's words. Pure.

An answer tells of each user by itself, also when it is a refusal as a whole: then some of them
may have been blocked nevertheless.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from waypost.meta.events import read_error
from waypost.meta.graph import UNREADABLE, GraphCall, read_object
from waypost.model.failure import Failure
from waypost.runtime.http import AnswerLostError, HttpAnswer

DONE_KEYS = ("added_users", "removed_users")
FAILED_KEY = "failed_users"

_decode = msgspec.json.Decoder().decode


class UserResult(Struct, frozen=True):
    """What became of one user; `failure` is None where it was done.

    user   as the customer wrote it
    wa_id  the number as Meta has it; None if it did not say
    """

    user: str
    wa_id: str | None
    failure: Failure | None


def block_call(method: str, phone_number_id: str, token: str, users: Sequence[str]) -> GraphCall:
    """`POST` blocks, `DELETE` lets write again.

    A name with letters in it is a business-scoped user id; everything else is a phone number.
    """
    named = [{"user_id" if any(map(str.isalpha, one)) else "user": one} for one in users]
    return GraphCall(
        method,
        f"{phone_number_id}/block_users",
        token,
        body={"messaging_product": "whatsapp", "block_users": named},
    )


def read_results(answer: HttpAnswer) -> list[UserResult]:
    """One result for each user that Meta told of.

    Raises MetaRefusedError or AnswerLostError for an answer that tells of none.
    """
    try:
        told = _decode(answer.body)["block_users"]
        done = [one for key in DONE_KEYS for one in told.get(key) or []]
        failed = told.get(FAILED_KEY) or []
        results = [UserResult(one["input"], one.get("wa_id"), None) for one in done]
        results += [
            UserResult(one["input"], one.get("wa_id"), _failure(one, answer.status))
            for one in failed
        ]
    except (*UNREADABLE, AttributeError):
        results = []
    if not results:
        read_object(answer)
        raise AnswerLostError("Meta's answer tells of no user")
    return results


def _failure(one: dict[str, Any], status: int) -> Failure:
    errors = one.get("errors") or [{}]
    return read_error(errors[0], status)
