"""Callback profiles of an account and their events: made, attached, tried out, told once more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from waypost.api.callback_shapes import (
    EventShape,
    NewProfileShape,
    ProfileBody,
    ProfilePatch,
    ProfileShape,
    RemovedShape,
    ReplayBody,
    ReplayedShape,
    SecretRotation,
    SecretsShape,
    TargetBody,
    TestShape,
    ToldShape,
    read_change,
    show_event,
    show_profile,
    show_secrets,
    show_told,
)
from waypost.api.management.door import After, Limit, Management
from waypost.api.management.shapes import Page
from waypost.api.problem import ProblemDetail, ProblemError
from waypost.directory.event_desk import EventFilter, Replay
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.callback import EventKind
from waypost.model.outbox import CallbackState
from waypost.model.refusal import Fault

PROFILES = "/{sid:str}/callback-profiles"
PROFILE = f"{PROFILES}/{{profile_id:str}}"
EVENTS = "/{sid:str}/callbacks"
EVENT = f"{EVENTS}/{{event_id:str}}"

OfProfile = Annotated[str, QueryParameter(name="profile", max_length=100)]
OfMessage = Annotated[str, QueryParameter(name="message", max_length=100)]
InState = Annotated[CallbackState | None, QueryParameter(name="state")]
OfKind = Annotated[EventKind | None, QueryParameter(name="kind")]
Since = Annotated[datetime | None, QueryParameter(name="from")]
Until = Annotated[datetime | None, QueryParameter(name="to")]


@post(PROFILES, status_code=201)
async def make_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[ProfileBody],
) -> NewProfileShape:
    """Make a callback profile.

    The answer holds the secret that signs its callbacks. Attach the profile, or name it in
    requests as `callback_profile_id`.
    """
    made = await management.profiles.make(account, read_change(data), actor)
    if isinstance(made, tuple):
        raise _refuse(made)
    await management.fresh(account.sid)
    return NewProfileShape(show_profile(made.known), made.secret)


@get(PROFILES)
async def list_callback_profiles(
    management: NamedDependency[Management], account: NamedDependency[Account]
) -> Page[ProfileShape]:
    """List an account's callback profiles, the oldest first, without their secrets."""
    return Page([show_profile(one) for one in await management.profiles.list(account)])


@get(PROFILE)
async def get_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
) -> ProfileShape:
    """Show a callback profile, without its secrets."""
    return show_profile(await management.profiles.show(account, profile_id))


@patch(PROFILE)
async def change_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[ProfilePatch],
) -> ProfileShape:
    """Change a callback profile; what is left out stays."""
    changed = await management.profiles.change(account, profile_id, read_change(data), actor)
    if isinstance(changed, tuple):
        raise _refuse(changed)
    return show_profile(changed)


@delete(PROFILE, status_code=200)
async def remove_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    *,
    force: Annotated[
        bool, QueryParameter(description="Also if somebody's events go there.")
    ] = False,
) -> RemovedShape:
    """Remove a callback profile; what waits for it is given up.

    It is refused while the profile is attached, unless it is forced.
    """
    given_up = await management.profiles.remove(account, profile_id, actor, is_forced=force)
    await management.fresh(account.sid)
    return RemovedShape(profile_id, given_up)


@post(f"{PROFILE}/attach", status_code=200)
async def attach_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[TargetBody],
) -> ProfileShape:
    """Let the events of a sender, a WABA or the account go to a profile.

    `target` is `sender/<its number>`, `waba/<its id>` or `account`.
    """
    shown = await management.profiles.attach(account, profile_id, data.target, actor)
    await management.fresh(account.sid)
    return show_profile(shown)


@post(f"{PROFILE}/detach", status_code=200)
async def detach_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[TargetBody],
) -> ProfileShape:
    """Let the events of a sender, a WABA or the account go to a profile no more."""
    profiles = management.profiles
    shown = await profiles.attach(account, profile_id, data.target, actor, is_attached=False)
    await management.fresh(account.sid)
    return show_profile(shown)


@post(f"{PROFILE}/rotate", status_code=201)
async def rotate_callback_secret(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    data: JSONBody[SecretRotation],
) -> SecretsShape:
    """Make a new signing secret.

    Callbacks carry a signature by each secret for `overlap_hours`; then the new one signs alone.
    At most three sign at once.
    """
    overlap = timedelta(hours=data.overlap_hours)
    signing = await management.profiles.rotate(account, profile_id, overlap, actor)
    return show_secrets(profile_id, signing)


@get(f"{PROFILE}/secrets")
async def read_callback_secrets(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> SecretsShape:
    """Read the signing secrets of a profile; the audit log tells who did."""
    signing = await management.profiles.secrets(account, profile_id, actor)
    return show_secrets(profile_id, signing)


@post(f"{PROFILE}/pause", status_code=200)
async def pause_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> ProfileShape:
    """Call an endpoint no more until it is resumed; its events wait."""
    return show_profile(await management.profiles.pause(account, profile_id, actor))


@post(f"{PROFILE}/resume", status_code=200)
async def resume_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> ProfileShape:
    """Call an endpoint again that was paused, suspended or gone; what waits is due at once."""
    return show_profile(await management.profiles.resume(account, profile_id, actor))


@post(f"{PROFILE}/test", status_code=200)
async def test_callback_profile(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> TestShape:
    """Tell a profile a test event; look at the event to see what came of it."""
    return TestShape(await management.profiles.test(account, profile_id, actor))


@get(EVENTS)
async def list_callbacks(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    profile: OfProfile = "",
    in_state: InState = None,
    kind: OfKind = None,
    message: OfMessage = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    after: After = "",
) -> Page[EventShape]:
    """List callback events, the newest first.

    A page may hold fewer than `limit` and still have a `next`.
    """
    wanted = EventFilter(profile, in_state, kind, message, since, until)
    page = await management.events.page(account, wanted, after, limit)
    return Page([show_event(one) for one in page.events], page.after)


@get(EVENT)
async def get_callback(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    event_id: FromPath[str],
) -> ToldShape:
    """Show a callback event with its body and every attempt."""
    return show_told(await management.events.show(account, event_id))


@post(f"{EVENTS}/replay", status_code=200)
async def replay_callbacks(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    data: JSONBody[ReplayBody],
) -> ReplayedShape:
    """Tell callback events once more, to where their profiles point now.

    Name `event_id`, or `given_up_since`, or `attempted_from` and `attempted_until`; with
    `profile_id` only those of one profile. What waits already is left as it is.
    """
    wanted = Replay(
        data.event_id,
        data.profile_id,
        data.given_up_since,
        data.attempted_from,
        data.attempted_until,
    )
    return ReplayedShape(await management.events.replay(account, wanted, actor))


HANDLERS: Sequence[Any] = (
    make_callback_profile,
    list_callback_profiles,
    get_callback_profile,
    change_callback_profile,
    remove_callback_profile,
    attach_callback_profile,
    detach_callback_profile,
    rotate_callback_secret,
    read_callback_secrets,
    pause_callback_profile,
    resume_callback_profile,
    test_callback_profile,
    list_callbacks,
    get_callback,
    replay_callbacks,
)


def _refuse(faults: Sequence[Fault]) -> ProblemError:
    """All that is wrong with a profile."""
    count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    told = [ProblemDetail(one.path, one.code, one.message, one.mend) for one in faults]
    return ProblemError("invalid_body", f"The body has {count}.", told)
