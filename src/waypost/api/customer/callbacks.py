"""`/v2/<SID>/callback_profiles` and `/v2/<SID>/callbacks`: where callbacks go, what became of them.

The documents make profiles in a console (`reference` kaleyra-v2 4) and print no address for them;
these are in the shape of those that they print.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Response
from msgspec import Struct

from waypost.api.callback_shapes import (
    NewProfileShape,
    ProfileBody,
    ProfilePatch,
    RemovedShape,
    ReplayBody,
    ReplayedShape,
    SecretRotation,
    TargetBody,
    TestShape,
    read_change,
    show_events,
    show_profile,
    show_secrets,
    show_told,
)
from waypost.api.customer.asked import Limit
from waypost.api.customer.door import processed, read_object, refuse
from waypost.api.customer.hands import CustomerHands
from waypost.api.field_faults import field_faults
from waypost.directory.event_desk import EventFilter, Replay
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.callback import EventKind
from waypost.model.outbox import CallbackState
from waypost.model.refusal import Fault

PROFILES = "/{sid:str}/callback_profiles"
PROFILE = f"{PROFILES}/{{profile_id:str}}"
EVENTS = "/{sid:str}/callbacks"
EVENT = f"{EVENTS}/{{event_id:str}}"

Kind = TypeVar("Kind", bound=Struct)
OfProfile = Annotated[str, QueryParameter(name="profile", max_length=100)]
OfMessage = Annotated[str, QueryParameter(name="message", max_length=100)]
InState = Annotated[CallbackState | None, QueryParameter(name="state")]
OfKind = Annotated[EventKind | None, QueryParameter(name="kind")]
Since = Annotated[datetime | None, QueryParameter(name="from")]
Until = Annotated[datetime | None, QueryParameter(name="to")]
After = Annotated[
    str, QueryParameter(max_length=300, description="`next` of the page before; empty at first.")
]


@post(PROFILES, status_code=200)
async def make_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Make a callback profile.

    The answer holds the secret that signs its callbacks. Attach the profile, or name it in
    requests as `callback_profile_id`.
    """
    body = await _read(request, ProfileBody)
    made = await hands.profiles.make(account, read_change(body), actor)
    if isinstance(made, tuple):
        raise refuse(*made)
    await hands.accounts.find_anew(account.sid)
    return processed(NewProfileShape(show_profile(made.known), made.secret))


@get(PROFILES)
async def list_own_profiles(
    hands: NamedDependency[CustomerHands], account: NamedDependency[Account]
) -> Response[bytes]:
    """List callback profiles, the oldest first, without their secrets."""
    return processed([show_profile(one) for one in await hands.profiles.list(account)])


@get(PROFILE)
async def get_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
) -> Response[bytes]:
    """Show a callback profile, without its secrets."""
    return processed(show_profile(await hands.profiles.show(account, profile_id)))


@patch(PROFILE)
async def change_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Change a callback profile; what is left out stays."""
    change = read_change(await _read(request, ProfilePatch))
    changed = await hands.profiles.change(account, profile_id, change, actor)
    if isinstance(changed, tuple):
        raise refuse(*changed)
    return processed(show_profile(changed))


@delete(PROFILE, status_code=200)
async def remove_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    *,
    force: Annotated[
        bool, QueryParameter(description="Also if somebody's events go there.")
    ] = False,
) -> Response[bytes]:
    """Remove a callback profile; what waits for it is given up.

    It is refused while the profile is attached, unless it is forced.
    """
    given_up = await hands.profiles.remove(account, profile_id, actor, is_forced=force)
    await hands.accounts.find_anew(account.sid)
    return processed(RemovedShape(profile_id, given_up))


@post(f"{PROFILE}/attach", status_code=200)
async def attach_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Let the events of a sender, a WABA or the account go to a profile.

    `target` is `sender/<its number>`, `waba/<its id>` or `account`.
    """
    body = await _read(request, TargetBody)
    shown = await hands.profiles.attach(account, profile_id, body.target, actor)
    await hands.accounts.find_anew(account.sid)
    return processed(show_profile(shown))


@post(f"{PROFILE}/detach", status_code=200)
async def detach_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Let the events of a sender, a WABA or the account go to a profile no more."""
    body, profiles = await _read(request, TargetBody), hands.profiles
    shown = await profiles.attach(account, profile_id, body.target, actor, is_attached=False)
    await hands.accounts.find_anew(account.sid)
    return processed(show_profile(shown))


@post(f"{PROFILE}/rotate", status_code=200)
async def rotate_own_secret(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Make a new signing secret.

    Callbacks carry a signature by each secret for `overlap_hours`; then the new one signs alone.
    At most three sign at once.
    """
    overlap = timedelta(hours=(await _read(request, SecretRotation)).overlap_hours)
    signing = await hands.profiles.rotate(account, profile_id, overlap, actor)
    return processed(show_secrets(profile_id, signing))


@get(f"{PROFILE}/secrets")
async def read_own_secrets(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[bytes]:
    """Read the signing secrets of a profile; that you did is noted."""
    signing = await hands.profiles.secrets(account, profile_id, actor)
    return processed(show_secrets(profile_id, signing))


@post(f"{PROFILE}/pause", status_code=200)
async def pause_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[bytes]:
    """Call an endpoint no more until it is resumed; its events wait."""
    return processed(show_profile(await hands.profiles.pause(account, profile_id, actor)))


@post(f"{PROFILE}/resume", status_code=200)
async def resume_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[bytes]:
    """Call an endpoint again that was paused, suspended or gone; what waits is due at once."""
    return processed(show_profile(await hands.profiles.resume(account, profile_id, actor)))


@post(f"{PROFILE}/test", status_code=200)
async def test_own_profile(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile_id: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[bytes]:
    """Tell a profile a test event; look at the event to see what came of it."""
    return processed(TestShape(await hands.profiles.test(account, profile_id, actor)))


@get(EVENTS)
async def list_own_callbacks(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    profile: OfProfile = "",
    in_state: InState = None,
    kind: OfKind = None,
    message: OfMessage = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
    after: After = "",
) -> Response[bytes]:
    """List callback events, the newest first.

    A page may hold fewer than `limit` and still have a `next`.
    """
    wanted = EventFilter(profile, in_state, kind, message, since, until)
    return processed(show_events(await hands.events.page(account, wanted, after, limit)))


@get(EVENT)
async def get_own_callback(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    event_id: FromPath[str],
) -> Response[bytes]:
    """Show a callback event with its body and every attempt."""
    return processed(show_told(await hands.events.show(account, event_id)))


@post(f"{EVENTS}/replay", status_code=200)
async def replay_own_callbacks(
    hands: NamedDependency[CustomerHands],
    account: NamedDependency[Account],
    actor: NamedDependency[Actor],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """Tell callback events once more, to where their profiles point now.

    Name `event_id`, or `given_up_since`, or `attempted_from` and `attempted_until`; with
    `profile_id` only those of one profile. What waits already is left as it is.
    """
    body = await _read(request, ReplayBody)
    wanted = Replay(
        body.event_id,
        body.profile_id,
        body.given_up_since,
        body.attempted_from,
        body.attempted_until,
    )
    return processed(ReplayedShape(await hands.events.replay(account, wanted, actor)))


HANDLERS: Sequence[Any] = (
    make_own_profile,
    list_own_profiles,
    get_own_profile,
    change_own_profile,
    remove_own_profile,
    attach_own_profile,
    detach_own_profile,
    rotate_own_secret,
    read_own_secrets,
    pause_own_profile,
    resume_own_profile,
    test_own_profile,
    list_own_callbacks,
    get_own_callback,
    replay_own_callbacks,
)


async def _read(request: Request[Any, Any, Any], kind: type[Kind]) -> Kind:
    """A body of this type. Raises RefusedError with every fault."""
    value = read_object(await request.body(), request.headers.get("content-type", ""))
    faults = [
        Fault(one.path, one.code, one.message, mend=one.mend) for one in field_faults(value, kind)
    ]
    if faults:
        raise refuse(*faults[:100])
    return msgspec.convert(value, kind)
