"""What may be asked of a callback profile, and all that is wrong with it. Pure.

Faults name the fields of `ProfileChange` by JSON pointers: every door calls them the same.
Source: reference/kaleyra-v2.md 4.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from waypost.callback.request import is_ours
from waypost.model.callback import (
    ASKABLE,
    BasicAuth,
    BearerAuth,
    CallbackProfile,
    EventKind,
    ProfileAuth,
    ProfileSecrets,
)
from waypost.model.refusal import Fault
from waypost.runtime.addresses import ForbiddenAddressError, read_url

LONGEST_TITLE = 100
LONGEST_URL = 2000
LONGEST_BODY = 20_000
LONGEST_VALUE = 4096
LONGEST_TYPE = 100
MOST_HEADERS = 20
METHODS = ("GET", "POST", "PUT", "DELETE")
BODILESS = "GET"
TITLE = re.compile(rf"[\w -]{{1,{LONGEST_TITLE}}}")
HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
HEADER_VALUE = re.compile(rf"[ -~]{{0,{LONGEST_VALUE}}}")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+( *; *[\w-]+=[\w.\"-]+)*", re.ASCII)
URL = re.compile(r"https?://[!-~]+")


class ProfileChange(Struct, frozen=True):
    """What is to change of a profile; UNSET leaves a thing as it is.

    events        any of `model.callback.ASKABLE`
    url, body     may hold `<name>` placeholders; a body of None: the documented envelope
    content_type  of a body of one's own
    headers       all of the customer's own, by name
    """

    title: str | UnsetType = UNSET
    events: tuple[EventKind, ...] | UnsetType = UNSET
    url: str | UnsetType = UNSET
    method: str | UnsetType = UNSET
    body: str | UnsetType | None = UNSET
    content_type: str | UnsetType = UNSET
    auth: ProfileAuth | UnsetType = UNSET
    headers: Mapping[str, str] | UnsetType = UNSET


def changed_profile(profile: CallbackProfile, change: ProfileChange) -> CallbackProfile:
    """The profile with all but its secrets changed; nothing is checked."""
    given = {
        name: getattr(change, name)
        for name in ("title", "events", "url", "method", "body", "content_type")
        if getattr(change, name) is not UNSET
    }
    if "title" in given:
        given["title"] = given["title"].strip()
    if "events" in given:
        given["events"] = tuple(kind for kind in ASKABLE if kind in given["events"])
    return replace(profile, **given)


def changed_secrets(secrets: ProfileSecrets, change: ProfileChange) -> ProfileSecrets:
    """The secrets with authentication and headers changed; nothing is checked."""
    if change.auth is not UNSET:
        secrets = replace(secrets, auth=change.auth)
    if change.headers is not UNSET:
        secrets = replace(secrets, headers=dict(change.headers))
    return secrets


def profile_faults(profile: CallbackProfile, secrets: ProfileSecrets) -> list[Fault]:
    """All that is wrong with a profile as it is to be; placeholders are another's to check."""
    return [
        *_of_title(profile.title),
        *_of_events(profile.events),
        *_of_url(profile.url, "/url"),
        *_of_body(profile),
        *_of_auth(secrets.auth),
        *_of_headers(secrets),
    ]


def _of_title(title: str) -> Iterator[Fault]:
    if not TITLE.fullmatch(title):
        yield Fault(
            "/title",
            "title_invalid",
            f"A title has 1 to {LONGEST_TITLE} letters, digits, spaces, hyphens and underscores.",
        )


def _of_events(events: tuple[EventKind, ...]) -> Iterator[Fault]:
    if not events:
        known = ", ".join(ASKABLE)
        yield Fault("/events", "events_empty", f"Name at least one event, of {known}.")


def _of_url(url: str, path: str) -> Iterator[Fault]:
    if len(url) > LONGEST_URL:
        yield Fault(path, "url_too_long", f"A URL has at most {LONGEST_URL} characters.")
    elif not URL.fullmatch(url):
        message = "This is no http:// or https:// address with a host, in ASCII without spaces."
        yield Fault(path, "url_invalid", message)
    else:
        try:
            read_url(url)
        except ForbiddenAddressError as error:
            yield Fault(path, "url_invalid", f"No callback can be sent there: {error}.")


def _of_body(profile: CallbackProfile) -> Iterator[Fault]:
    if profile.method not in METHODS:
        message = f"The method must be one of {', '.join(METHODS)}."
        yield Fault("/method", "method_invalid", message)
    if not MEDIA_TYPE.fullmatch(profile.content_type) or len(profile.content_type) > LONGEST_TYPE:
        message = "This is no media type; write one like application/json or text/xml."
        yield Fault("/content_type", "content_type_invalid", message)
    if profile.body is None:
        return
    if len(profile.body) > LONGEST_BODY:
        message = f"A body has at most {LONGEST_BODY} characters before it is filled."
        yield Fault("/body", "body_too_long", message)
    if profile.method == BODILESS:
        message = "A GET has no body: leave it out and put placeholders into the URL, or use POST."
        yield Fault("/body", "body_misplaced", message)


def _of_auth(auth: ProfileAuth) -> Iterator[Fault]:
    match auth:
        case BasicAuth():
            if not auth.user or ":" in auth.user:
                message = "Basic authentication needs a user without a colon."
                yield Fault("/auth/user", "auth_invalid", message)
            yield from _too_long("/auth/user", auth.user)
            yield from _too_long("/auth/password", auth.password)
        case BearerAuth():
            yield from _of_url(auth.url, "/auth/url")
            for name in ("client_id", "client_secret"):
                if not getattr(auth, name):
                    message = f"Bearer authentication needs {name}, for its client credentials."
                    yield Fault(f"/auth/{name}", "auth_invalid", message)
            for name in ("client_id", "client_secret", "scope"):
                yield from _too_long(f"/auth/{name}", getattr(auth, name))


def _too_long(path: str, text: str) -> Iterator[Fault]:
    if len(text) > LONGEST_VALUE or not text.isprintable():
        message = f"This has at most {LONGEST_VALUE} printable characters."
        yield Fault(path, "auth_invalid", message)


def _of_headers(secrets: ProfileSecrets) -> Iterator[Fault]:
    if len(secrets.headers) > MOST_HEADERS:
        message = f"{len(secrets.headers)} headers are too many; give at most {MOST_HEADERS}."
        yield Fault("/headers", "too_many_headers", message)
        return
    has_auth = isinstance(secrets.auth, BasicAuth | BearerAuth)
    for name, value in secrets.headers.items():
        path = f"/headers/{name[:100].replace('~', '~0').replace('/', '~1')}"
        plain = name.lower()
        if not HEADER_NAME.fullmatch(name):
            yield Fault(path, "header_invalid", "This is no name of an HTTP header.")
        elif is_ours(name):
            message = f"{name} is set by the gateway or the connection; leave it out."
            yield Fault(path, "header_reserved", message)
        elif plain == "authorization" and has_auth:
            message = f"{name} is set by the profile's authentication; leave one of them out."
            yield Fault(path, "header_reserved", message)
        elif not HEADER_VALUE.fullmatch(value):
            message = f"A header's value is at most {LONGEST_VALUE} printable ASCII characters."
            yield Fault(path, "header_invalid", message)
