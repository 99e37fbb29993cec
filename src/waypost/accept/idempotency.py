"""Same key and same body, same answer. Pure; the acceptor keeps the answers.

A customer that got no answer may ask again with the same `Idempotency-Key` and never sends a
second message by it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from waypost.model.message import RememberedAnswer
from waypost.model.refusal import Fault, Reason, Refusal

LONGEST = 255
OTHER_BODY = Refusal(Reason.IDEMPOTENCY)


class IdempotencyKey(Struct, frozen=True):
    """The key of a request and the hash of its body."""

    key: str
    body_hash: bytes


class Accepted(Struct, frozen=True):
    """What a customer is told: the request's id, and each recipient with its message id.

    findings  what was noted with it now; none of an answer that is given again
    """

    submission_id: str
    messages: tuple[tuple[str, str], ...]
    findings: tuple[Fault, ...] = ()


def key_of(key: str, sender_id: str, body: bytes) -> IdempotencyKey:
    """The key with what it was used for: a body, from a sender."""
    return IdempotencyKey(key, hashlib.sha256(sender_id.encode() + b"\n" + body).digest())


class Asked(Struct, frozen=True):
    """One request of a batch that carries a key, by its place in the batch."""

    position: int
    account_id: int
    key: IdempotencyKey


class Recalled(Struct, frozen=True):
    """What is already decided of a batch.

    answers    by position: what was answered before, or a refusal for a key with another body
    followers  by position: the position of the request whose answer is theirs too
    """

    answers: Mapping[int, Accepted | Refusal]
    followers: Mapping[int, int]


def resolve(
    asked: Sequence[Asked],
    remembered: Mapping[tuple[int, str], RememberedAnswer],
    now: datetime,
    lifetime: timedelta,
) -> Recalled:
    """Holds a batch against what was answered before, and against itself."""
    answers: dict[int, Accepted | Refusal] = {}
    followers: dict[int, int] = {}
    firsts: dict[tuple[int, str], Asked] = {}
    for one in asked:
        key = (one.account_id, one.key.key)
        before = remembered.get(key)
        first = firsts.setdefault(key, one)
        if before is not None and now - before.created_at < lifetime:
            is_same = before.body_hash == one.key.body_hash
            answers[one.position] = recall(before) if is_same else OTHER_BODY
        elif first is not one:
            if first.key.body_hash == one.key.body_hash:
                followers[one.position] = first.position
            else:
                answers[one.position] = OTHER_BODY
    return Recalled(answers, followers)


def remember(
    account_id: int, key: IdempotencyKey, accepted: Accepted, now: datetime
) -> RememberedAnswer:
    """The answer as it is kept."""
    lines = [accepted.submission_id, *(f"{to} {id_}" for to, id_ in accepted.messages)]
    return RememberedAnswer(account_id, key.key, key.body_hash, "\n".join(lines), now)


def recall(answer: RememberedAnswer) -> Accepted:
    """The answer as it was given."""
    submission_id, *lines = answer.answer.split("\n")
    pairs = (line.rpartition(" ") for line in lines)
    return Accepted(submission_id, tuple((to, id_) for to, _, id_ in pairs))
