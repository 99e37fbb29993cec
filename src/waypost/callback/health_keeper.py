"""How an endpoint does over time, and what follows from it. Steps.

An endpoint fails from its first failure after a success until its next success, whoever of the
processes sees them. After an hour of nothing but failures a person is warned; after half a day
the profile is suspended: its events wait, none of their attempts is used up, and one of them is
tried from time to time. The first that is taken opens the profile, ends the alarms, and has
everything that waits go out. `410 Gone` ends it at once, until a person resumes the profile.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from msgspec import Struct

from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.callback import CallbackProfile
from waypost.queue.retry import RetryPolicy
from waypost.store.ports import Key, Transaction

WARN_AFTER = timedelta(hours=1)
"""How long an endpoint fails before a person is told."""

LEAST_ATTEMPTS = 5
"""How many attempts failed at least before a person is told."""

SUSPEND_AFTER = timedelta(hours=12)
"""How long an endpoint fails before it is left alone but for probes."""

PROBES = RetryPolicy(first_s=300, factor=2, longest_s=3600)
"""Gaps between probes: 5 minutes, growing to an hour."""

KINDS = (AlarmKind.CALLBACKS_FAILING, AlarmKind.CALLBACKS_SUSPENDED, AlarmKind.CALLBACKS_GONE)

log = structlog.get_logger("waypost.callback")


class Answer(StrEnum):
    """What an attempt says of the endpoint."""

    WELL = "well"
    FAILED = "failed"
    GONE = "gone"


class Seen(Struct, frozen=True):
    """What one attempt saw of an endpoint.

    profile  as it was when the attempt began
    words    the answer, in words
    jitter   a chance in [0, 1)
    """

    profile: CallbackProfile
    answer: Answer
    words: str
    at: datetime
    jitter: float = 0.5

    @property
    def key(self) -> Key:
        """Its account and profile."""
        return self.profile.account_id, self.profile.profile_id


class Turn(StrEnum):
    """What became of an endpoint."""

    OPENED = "opened"
    """It had failed, and does no more."""
    CLOSED = "closed"
    """Nothing goes there from now on."""


async def note(transaction: Transaction, seen: Sequence[Seen]) -> dict[Key, Turn]:
    """Keeps what attempts saw; the endpoints for which that changed something."""
    well = {one.key: one for one in seen if one.answer is Answer.WELL}
    failed = {one.key: one for one in seen if one.answer is Answer.FAILED and one.key not in well}
    gone = {one.key: one for one in seen if one.answer is Answer.GONE}
    turns = dict.fromkeys(await transaction.endpoints.recover(sorted(well)), Turn.OPENED)
    await _clear(transaction, turns, well)
    fresh = {key: one for key, one in failed.items() if one.profile.failing_since is None}
    if fresh:
        first = next(iter(fresh.values()))
        await transaction.endpoints.fail(sorted(fresh), first.at)
    for key, one in failed.items():
        if await _judge(transaction, one):
            turns[key] = Turn.CLOSED
    for key, one in gone.items():
        if await transaction.endpoints.disable(key, one.profile.url, one.words):
            await _raise(transaction, gone_alarm(one))
        turns[key] = Turn.CLOSED
    return turns


async def _clear(
    transaction: Transaction, keys: Mapping[Key, Turn], seen: Mapping[Key, Seen]
) -> None:
    """The alarms of endpoints that answer again are over."""
    if not keys:
        return
    alarms = [(account_id, kind, name) for account_id, name in sorted(keys) for kind in KINDS]
    for account_id, kind, name in await transaction.alarms.clear(
        alarms, next(iter(seen.values())).at
    ):
        log.warning("alarm.cleared", account_id=account_id, kind=kind.value, subject=name)


async def _judge(transaction: Transaction, one: Seen) -> bool:
    """Warns or suspends, if an endpoint has failed for long enough; whether it was suspended."""
    profile, endpoints = one.profile, transaction.endpoints
    if profile.failing_since is None or one.at - profile.failing_since < WARN_AFTER:
        return False
    if profile.warned_at is None:
        count = await endpoints.attempts_since(one.key, profile.failing_since, LEAST_ATTEMPTS)
        if count < LEAST_ATTEMPTS or not await endpoints.warn(one.key, WARN_AFTER, one.at):
            return False
        await _raise(transaction, failing_alarm(one, profile.failing_since))
        return False
    if one.at - profile.failing_since < SUSPEND_AFTER:
        return False
    probe_at = one.at + probe_gap(0, one.jitter)
    if not await endpoints.suspend(one.key, one.words, SUSPEND_AFTER, one.at, probe_at):
        return False
    await _raise(transaction, suspended_alarm(one, profile.failing_since))
    return True


def probe_gap(probes: int, jitter: float) -> timedelta:
    """How long until the next probe, after so many."""
    return timedelta(seconds=PROBES.delay_s(probes + 1, jitter))


async def _raise(transaction: Transaction, alarm: Alarm) -> None:
    for account_id, kind, subject in await transaction.alarms.raise_all([alarm]):
        log.error("alarm.raised", account_id=account_id, kind=kind.value, subject=subject)


def failing_alarm(one: Seen, since: datetime) -> Alarm:
    """No callback of this profile was taken for an hour."""
    return _alarm(
        one,
        AlarmKind.CALLBACKS_FAILING,
        f"No callback of {_name(one)} has been taken since {since:%Y-%m-%d %H:%M} UTC. The last "
        f"answer: {one.words}.",
        "Customer: mend the endpoint; `waypost callback attempts` shows what it answered. Events "
        f"wait and are tried again. After {SUSPEND_AFTER.total_seconds() / 3600:.0f} hours the "
        "profile is suspended.",
    )


def suspended_alarm(one: Seen, since: datetime) -> Alarm:
    """No callback of this profile was taken for half a day."""
    return _alarm(
        one,
        AlarmKind.CALLBACKS_SUSPENDED,
        f"{_name(one)} is suspended: none of its callbacks has been taken since "
        f"{since:%Y-%m-%d %H:%M} UTC. The last answer: {one.words}.",
        "Customer: mend the endpoint. Its events wait. It is tried at least every 75 minutes and "
        "goes on by itself once it answers with 2xx; resuming the profile tries it at once.",
    )


def gone_alarm(one: Seen) -> Alarm:
    """The endpoint of this profile answered that it is gone."""
    return _alarm(
        one,
        AlarmKind.CALLBACKS_GONE,
        f"The endpoint of {_name(one)} answered 410 Gone: nothing more is sent to it.",
        "Customer: give the profile another URL, or bring the endpoint back, and resume the "
        "profile. Its events wait.",
    )


def _alarm(one: Seen, kind: AlarmKind, detail: str, next_step: str) -> Alarm:
    return Alarm(one.profile.account_id, kind, one.profile.profile_id, detail, next_step, one.at)


def _name(one: Seen) -> str:
    return f"the callback profile {one.profile.title!r} ({one.profile.profile_id})"
